"""Bounds and content of a field: of its type, the right way round, within limits and list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from amtsweg.kit.fim.model import DataType, Field
from amtsweg.kit.fim.quality.checks import Checks, Found, Kind

on_content: Checks[Field] = Checks()

_TEXTS = (DataType.TEXT, DataType.TEXT_LATIN)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text) else None


def _whole(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch("[+-]?[0-9]+", text) else None


def day(text: str) -> date | None:
    """The day that is written so: 2025-01-31."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    """Moments with and without a zone become comparable: one without is taken for UTC."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*", text, re.ASCII):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _clock(text: str) -> time | None:
    if not re.fullmatch(r"\d\d:\d\d.*", text, re.ASCII):
        return None
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _truth(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


@dataclass(frozen=True, slots=True)
class _Format:
    """How a type is written, and the numbers of the messages for content and bounds."""

    types: tuple[DataType, ...]
    parse: Callable[[str], Any]
    words: tuple[str, str]
    content: int
    low: int | None = None
    high: int | None = None


_FORMATS = (
    _Format(
        (DataType.NUM, DataType.NUM_CURRENCY),
        _number,
        ("eine Zahl wie 12.50", "a number such as 12.50"),
        *(1069, 1062, 1063),
    ),
    _Format(
        (DataType.NUM_INT,),
        _whole,
        ("eine ganze Zahl wie 12", "a whole number such as 12"),
        *(1070, 1065, 1066),
    ),
    _Format(
        (DataType.DATE,),
        day,
        ("ein Datum wie 2025-01-31", "a date such as 2025-01-31"),
        *(1071, 1067, 1068),
    ),
    _Format(
        (DataType.DATETIME,),
        _moment,
        ("einen Zeitpunkt wie 2025-01-31T14:30:00", "a moment such as 2025-01-31T14:30:00"),
        *(1083, 1079, 1080),
    ),
    _Format(
        (DataType.TIME,),
        _clock,
        ("eine Uhrzeit wie 14:30:00", "a time such as 14:30:00"),
        *(1084, 1081, 1082),
    ),
    _Format((DataType.BOOL,), _truth, ("true oder false", "true or false"), 1077),
)
_PARSERS = {type_: format_.parse for format_ in _FORMATS for type_ in format_.types}


def _content(field: Field) -> str | None:
    return field.content


def _low(field: Field) -> str | None:
    return field.constraints.min_value


def _high(field: Field) -> str | None:
    return field.constraints.max_value


def _is_written_otherwise(
    format_: _Format, text_of: Callable[[Field], str | None]
) -> Callable[[Field], Found]:
    def broken(field: Field) -> Iterator[str]:
        text = text_of(field)
        if field.type in format_.types and text and format_.parse(text) is None:
            yield f"„{text}“"

    return broken


for _format in _FORMATS:
    _de, _en = _format.words
    for _message, _text_of, _name_de, _name_en in (
        (_format.content, _content, "in den Inhalt", "the content"),
        (_format.low, _low, "als untere Wertgrenze", "the lower bound"),
        (_format.high, _high, "als obere Wertgrenze", "the upper bound"),
    ):
        if _message:
            on_content(
                _message,
                Kind.CRITICAL,
                f"Schreiben Sie {_name_de} {_de} statt {{what}}.",
                f"Write {_name_en} as {_en}, not {{what}}.",
            )(_is_written_otherwise(_format, _text_of))


def _value(field: Field, text: str | None) -> Any:
    """A bound or content as a value that can be compared; None where it is none."""
    parse = _PARSERS.get(field.type)
    return parse(text) if parse and text else None


@on_content(
    1064,
    Kind.CRITICAL,
    "Vertauschen Sie die Wertgrenzen: Die untere liegt über der oberen ({what}).",
    "Swap the bounds: the lower lies above the upper ({what}).",
)
def _has_swapped_bounds(field: Field) -> Iterator[str]:
    low, high = _value(field, _low(field)), _value(field, _high(field))
    if low is not None and high is not None and low > high:
        yield f"{_low(field)} > {_high(field)}"


@on_content(
    1072,
    Kind.CRITICAL,
    "Heben Sie den Inhalt auf die untere Wertgrenze, oder senken Sie die Grenze ({what}).",
    "Raise the content to the lower bound, or lower the bound ({what}).",
)
def _has_content_below_its_bound(field: Field) -> Iterator[str]:
    content, low = _value(field, _content(field)), _value(field, _low(field))
    if content is not None and low is not None and content < low:
        yield f"{field.content} < {_low(field)}"


@on_content(
    1073,
    Kind.CRITICAL,
    "Senken Sie den Inhalt auf die obere Wertgrenze, oder heben Sie die Grenze ({what}).",
    "Lower the content to the upper bound, or raise the bound ({what}).",
)
def _has_content_above_its_bound(field: Field) -> Iterator[str]:
    content, high = _value(field, _content(field)), _value(field, _high(field))
    if content is not None and high is not None and content > high:
        yield f"{field.content} > {_high(field)}"


@on_content(
    1074,
    Kind.CRITICAL,
    "Verlängern Sie den Inhalt bis zur kleinsten Feldlänge ({what}).",
    "Lengthen the content to the smallest length ({what}).",
)
def _has_content_that_is_too_short(field: Field) -> Iterator[str]:
    length, least = len(field.content or ""), field.constraints.min_length
    if field.type in _TEXTS and field.content and least is not None and length < least:
        yield f"{length} < {least}"


@on_content(
    1075,
    Kind.CRITICAL,
    "Kürzen Sie den Inhalt auf die größte Feldlänge ({what}).",
    "Shorten the content to the greatest length ({what}).",
)
def _has_content_that_is_too_long(field: Field) -> Iterator[str]:
    length, most = len(field.content or ""), field.constraints.max_length
    if field.type in _TEXTS and most is not None and length > most:
        yield f"{length} > {most}"


@on_content(
    1076,
    Kind.METHODICAL,
    "Setzen Sie als Inhalt einen Code der Codeliste ein statt {what}.",
    "Set the content to a code of the code list, not {what}.",
)
def _has_content_outside_its_code_list(field: Field) -> Iterator[str]:
    return _missing_choice(field) if field.code_list else iter(())


@on_content(
    1085,
    Kind.METHODICAL,
    "Setzen Sie als Inhalt einen Code der Werteliste ein statt {what}.",
    "Set the content to a code of the field's own list, not {what}.",
)
def _has_content_outside_its_values(field: Field) -> Iterator[str]:
    return iter(()) if field.code_list else _missing_choice(field)


def _missing_choice(field: Field) -> Iterator[str]:
    if field.values and field.content and field.content not in {v.code for v in field.values}:
        yield f"„{field.content}“"
