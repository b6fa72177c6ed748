"""Small schemas and forms with sensible defaults."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from amtsweg.kit import forms
from amtsweg.kit.fim.model import (
    Constraints,
    DataType,
    Field,
    FieldKind,
    Group,
    Schema,
    Use,
    Value,
    keyed,
)
from amtsweg.kit.forms import FileInfo, Form

_numbers = count(1)


def field(name: str, type_: DataType = DataType.TEXT, **more: Any) -> Field:
    limits = {key: more.pop(key) for key in list(more) if key in Constraints.__dataclass_fields__}
    id_ = more.pop("id", f"F{next(_numbers)}")
    return Field(
        id=id_, name=name, label=name, type=type_, constraints=Constraints(**limits), **more
    )


def select(name: str, *codes: str, **more: Any) -> Field:
    values = tuple(Value(code, code.title()) for code in codes)
    return field(name, kind=FieldKind.SELECT, values=values, **more)


def group(name: str, *parts: Any, **more: Any) -> Group:
    id_ = more.pop("id", f"G{next(_numbers)}")
    return Group(id=id_, name=name, label=name, uses=uses(*parts), **more)


def uses(*parts: Any) -> tuple[Use, ...]:
    """Elements (1:1), or (element, minimum, maximum)."""
    return keyed(Use(*part) if isinstance(part, tuple) else Use(part) for part in parts)


def schema(*parts: Any, **more: Any) -> Schema:
    return Schema(id="S1", version="1.0.0", name="Antrag", uses=uses(*parts), **more)


def form_of(
    *parts: Any,
    pages: list[dict[str, Any]] | None = None,
    fields: Mapping[str, Any] | None = None,
    rules: list[dict[str, Any]] | None = None,
    texts: Mapping[str, Any] | None = None,
) -> Form:
    """A form with everything on the page "alles" unless pages are given."""
    built = schema(*parts)
    keys = [use.key for use in built.uses]
    settings = {
        "page": pages or [{"id": "alles", "items": keys}],
        "field": fields or {},
        "rule": rules or [],
    }
    return forms.compile(built, settings, texts or {})


def a_file(id_: str = "f1", **more: Any) -> FileInfo:
    given: dict[str, Any] = {
        "filename": "nachweis.pdf",
        "media_type": "application/pdf",
        "size": 1000,
    } | more
    return FileInfo(id=id_, **given)


def read(form: Form, data: Mapping[str, str], answers: Any = None, **more: Any) -> Any:
    """Read the first page with one value per control."""
    page = more.pop("page", form.pages[0].id)
    posted = {name: [value] for name, value in data.items()}
    return form.read(page, posted, answers or {}, **more)


def messages(result: Any) -> list[str]:
    return [error.message for error in getattr(result, "errors", result)]


def paths(result: Any) -> list[str]:
    return [error.path for error in getattr(result, "errors", result)]


def drawn(form: Form, answers: Mapping[str, Any], **more: Any) -> Any:
    """The items of the page "alles"."""
    return form.render("alles", answers, **more)
