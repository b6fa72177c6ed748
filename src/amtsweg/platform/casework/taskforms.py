"""The form of a task: the inputs that the process names, drawn with the same items as an assistant.

Labels come from the edition's texts: ``task.<task>.inputs.<input>`` and, for a choice,
``task.<task>.values.<input>.<value>``; a choice that the authority's parameters offer is named there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from amtsweg.kit.forms import Option, Widget, WidgetKind
from amtsweg.kit.forms.fields import MOST_RADIOS
from amtsweg.kit.package import Edition
from amtsweg.kit.process import Input, InputType

_KINDS: Mapping[InputType, WidgetKind] = {
    InputType.CHOICE: "radio",
    InputType.TEXT: "textarea",
    InputType.INT: "number",
    InputType.CENTS: "currency",
    InputType.DATE: "date",
    InputType.BOOL: "bool",
}


def items(
    edition: Edition,
    task: str,
    inputs: tuple[Input, ...],
    language: str,
    *,
    entered: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> tuple[Widget, ...]:
    """The widgets of a task's form, with what was entered and what is wrong with it."""
    return tuple(
        _widget(edition, task, one, language, entered or {}, errors or {}) for one in inputs
    )


def _widget(
    edition: Edition,
    task: str,
    one: Input,
    language: str,
    entered: Mapping[str, str],
    errors: Mapping[str, str],
) -> Widget:
    words = f"task.{task}"
    many = len(one.values) > MOST_RADIOS
    return Widget(
        kind="select" if many else _KINDS[one.type],
        path=one.name,
        label=edition.text(language, f"{words}.inputs.{one.name}"),
        help=edition.text(language, f"{words}.help.{one.name}", default=""),
        required=one.required or one.required_when is not None,
        value=_shown(one, entered),
        options=tuple(
            Option(value, _name(edition, language, words, one, value)) for value in one.values
        ),
        errors=(errors[one.name],) if one.name in errors else (),
    )


def _name(edition: Edition, language: str, words: str, one: Input, value: str) -> str:
    if value in one.names:
        return f"{value}: {one.names[value]}"
    return edition.text(language, f"{words}.values.{one.name}.{value}")


def _shown(one: Input, entered: Mapping[str, str]) -> str | dict[str, str]:
    if one.type == InputType.DATE:
        return {part: entered.get(f"{one.name}.{part}", "") for part in ("day", "month", "year")}
    return entered.get(one.name, "")


def read(
    inputs: tuple[Input, ...], entered: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The result that the entered texts mean, and what is wrong with them by input name."""
    result: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for one in inputs:
        text = _text(one, entered)
        if not text:
            continue
        try:
            result[one.name] = _value(one, text)
        except ValueError:
            errors[one.name] = _("Bitte prüfen Sie diese Eingabe.")
    return result, errors


def _text(one: Input, entered: Mapping[str, str]) -> str:
    if one.type == InputType.DATE:
        parts = [entered.get(f"{one.name}.{part}", "").strip() for part in ("year", "month", "day")]
        return "-".join(part.zfill(2) for part in parts) if any(parts) else ""
    return entered.get(one.name, "").strip()


def _value(one: Input, text: str) -> Any:
    if one.type == InputType.BOOL:
        return text == "true"
    if one.type == InputType.INT:
        return int(text)
    if one.type == InputType.CENTS:
        euros, _sep, cents = text.replace(".", "").replace("€", "").strip().partition(",")
        return int(euros) * 100 + int(cents.ljust(2, "0")[:2] or "0")
    return text
