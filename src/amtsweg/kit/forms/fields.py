"""From a field of the schema to the kind of its answers, its choices and its constant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from amtsweg.kit.fim.model import DataType, Field, FieldKind
from amtsweg.kit.fim.patterns import PatternError
from amtsweg.kit.forms.kinds import BoolKind, ChoiceKind, FileKind, Kind, Refused, text_kind
from amtsweg.kit.forms.numbers import (
    DateKind,
    DateTimeKind,
    NumberKind,
    TimeKind,
    Unit,
    day_limit,
    limit,
)
from amtsweg.kit.forms.searching import SearchKind
from amtsweg.kit.forms.widgets import Language, Option, WidgetKind
from amtsweg.kit.messages import LANGUAGES, word

MOST_RADIOS = 7
MOST_SELECTED = 30
LONG_TEXT = 300
_TEXT_WIDGETS = ("text", "textarea", "email", "tel", "iban")
_TRUTHS = {"ja": "true", "nein": "false", "1": "true", "0": "false"}
"""How FIM's editors write a truth value, in small letters."""
_UNITS: Mapping[DataType, Unit] = {
    DataType.NUM: "number",
    DataType.NUM_INT: "whole_number",
    DataType.NUM_CURRENCY: "currency",
}


class FieldMistake(ValueError):
    """The schema or the pages ask something of a field that cannot be done."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        self.code = code
        self.remedy = remedy
        super().__init__(message)


def kind_of(
    field: Field, widget: str, options: Mapping[Language, tuple[Option, ...]]
) -> Kind | None:
    """The kind of a field's answers, None for shown text; raises FieldMistake.

    ``widget`` is what pages.toml wishes, "" for the usual one: radio buttons up to seven choices,
    a select up to thirty, beyond it a text that is looked for among the names; a text area from
    300 characters.
    """
    if not field.holds_answer:
        return None
    try:
        if field.kind is FieldKind.SELECT or field.values:
            return _choice(field, widget, options)
        if field.type in (DataType.TEXT, DataType.TEXT_LATIN):
            return _text(field, widget)
        _refuse(widget)
        return _other(field)
    except PatternError as error:
        remedy = "Correct the pattern in the schema."
        raise FieldMistake("form.pattern", str(error), remedy) from error
    except ValueError as error:
        if isinstance(error, FieldMistake):
            raise
        message = f"minValue or maxValue '{error}' does not fit the type {field.type}."
        raise FieldMistake("form.bound", message, "Correct it in the schema.") from error


def options_of(
    field: Field, texts: Mapping[Language, Mapping[str, Any]]
) -> Mapping[Language, tuple[Option, ...]]:
    """The choices per language: the texts' ``values`` and ``value_help``, else the schema's.

    A truth value has "Ja" and "Nein".
    """
    if field.type is DataType.BOOL and not field.values:
        return {
            language: (Option("true", word("yes", language)), Option("false", word("no", language)))
            for language in LANGUAGES
        }
    result: dict[Language, tuple[Option, ...]] = {}
    for language in LANGUAGES:
        names = texts[language].get("values", {})
        helps = texts[language].get("value_help", {})
        result[language] = tuple(
            Option(v.code, names.get(v.code, v.label), helps.get(v.code, v.help))
            for v in field.values
        )
    return result


def constant_of(field: Field, kind: Kind | None) -> Any:
    """The value of ``content``: of a locked or hidden field, or the default of an asked one."""
    if kind is None or not field.content:
        return None
    try:
        content = field.content
        if field.type is DataType.BOOL:
            content = _TRUTHS.get(content.strip().lower(), content.strip().lower())
        value = kind.parse(content, "en" if field.type in _UNITS else "de")
        if kind.check(value, {}) is None:
            return value
    except Refused:
        pass
    message = f"the content '{field.content}' is no {field.type}."
    raise FieldMistake("form.content", message, "Correct the content in the schema.")


def _choice(field: Field, widget: str, options: Mapping[Language, tuple[Option, ...]]) -> Kind:
    if not field.values:
        urn = field.code_list.urn if field.code_list else ""
        raise FieldMistake(
            "form.list",
            f"the code list '{urn}' was not found.",
            "Put its genericode file into the folder lists of the edition.",
        )
    _refuse(widget, "radio", "select", "search")
    count = len(field.values)
    usual = "radio" if count <= MOST_RADIOS else "select" if count <= MOST_SELECTED else "search"
    labels = {
        language: {option.value: option.label for option in choices}
        for language, choices in options.items()
    }
    if (widget or usual) == "search":
        return SearchKind(labels)
    return ChoiceKind(cast("WidgetKind", widget or usual), labels)


def _text(field: Field, widget: str) -> Kind:
    _refuse(widget, *_TEXT_WIDGETS)
    constraints = field.constraints
    usual = "textarea" if (constraints.max_length or 0) >= LONG_TEXT else "text"
    return text_kind(
        cast("WidgetKind", widget or usual),
        latin=field.type is DataType.TEXT_LATIN,
        min_length=constraints.min_length,
        max_length=constraints.max_length,
        pattern=constraints.pattern,
    )


def _other(field: Field) -> Kind:
    constraints = field.constraints
    if field.type in _UNITS:
        unit = _UNITS[field.type]
        lowest, highest = limit(constraints.min_value, unit), limit(constraints.max_value, unit)
        return NumberKind(unit, lowest, highest)
    if field.type is DataType.DATE:
        return DateKind(day_limit(constraints.min_value), day_limit(constraints.max_value))
    if field.type is DataType.FILE:
        return FileKind(constraints.media_types, constraints.max_size)
    kinds: Mapping[DataType, Kind] = {
        DataType.BOOL: BoolKind(),
        DataType.TIME: TimeKind(),
        DataType.DATETIME: DateTimeKind(),
    }
    return kinds[field.type]


def _refuse(widget: str, *allowed: str) -> None:
    if widget and widget not in allowed:
        known = ", ".join(allowed) or "none: the type decides"
        raise FieldMistake("form.widget", f"the widget '{widget}' does not fit.", f"Fit: {known}.")
