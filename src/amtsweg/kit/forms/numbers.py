"""Kinds of answers that count: numbers, money, dates and times, as Germans and others write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, TypeAlias

from amtsweg.kit.forms.kinds import Problem, Refused, Shown
from amtsweg.kit.forms.widgets import FileInfo, Language, WidgetKind

Unit: TypeAlias = Literal["number", "whole_number", "currency"]

LARGEST = 10**15
"""Beyond this a JSON number is no longer exact everywhere (RFC 8259, section 6)."""

_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_MARKS: Mapping[Language, tuple[str, str]] = {"de": (",", "."), "en": (".", ",")}
_MAX_TYPED = 40
_MAX_DECIMALS = 9
_CENT = 2
_HIGHEST = LARGEST * 100
_TWO_DIGITS_BY_FOUR = "(?:0[48]|[2468][048]|[13579][26])"
_YEAR = "(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
_LEAP_YEAR = f"(?:[0-9]{{2}}{_TWO_DIGITS_BY_FOUR}|{_TWO_DIGITS_BY_FOUR}00)"
_DAY = (
    f"(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    f"|{_LEAP_YEAR}-02-29)"
)
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
DEFINITIONS: Final[dict[str, dict[str, Any]]] = {
    "date": {"type": "string", "maxLength": 10, "format": "date", "pattern": f"^{_DAY}$"},
    "time": {"type": "string", "maxLength": 5, "pattern": f"^{_CLOCK}$"},
    "datetime": {"type": "string", "maxLength": 16, "pattern": f"^{_DAY}T{_CLOCK}$"},
}
"""Real days of the Gregorian calendar and times of day.

The formats ``time`` and ``date-time`` are not these: they ask for seconds and an offset (RFC 3339).
"""
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?:\s*Uhr)?")
_TIME_VALUE = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DATE_VALUE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})[, ]\s*(.+)")
EARLIEST_YEAR = 1800
LATEST_YEAR = 2200


def decimal_of(raw: str, language: Language) -> Decimal | None:
    """The number in what a person typed, None where there is none.

    In German "1.234,56", "1234,56" and "1 234,56" are the same number, in English "1,234.56" is.
    The other language's decimal mark is understood wherever it cannot be a thousands mark.
    """
    if len(raw) > _MAX_TYPED:
        return None
    typed = _BLANKS.sub("", raw).replace("−", "-")
    point, thousands = _MARKS[language]
    for mark, group in ((point, thousands), (thousands, point)):
        m, g = re.escape(mark), re.escape(group)
        if re.fullmatch(rf"[+-]?([0-9]+|[0-9]{{1,3}}({g}[0-9]{{3}})+)({m}[0-9]+)?", typed):
            return Decimal(typed.replace(group, "").replace(mark, "."))
    return None


@dataclass(frozen=True, slots=True)
class NumberKind:
    """A number, a whole number, or an amount of money in whole cents.

    ``lowest`` and ``highest`` are in the unit of the value (cents for money).
    """

    unit: Unit
    lowest: int | float | None = None
    highest: int | float | None = None
    missing: str = "required"

    @property
    def widget(self) -> WidgetKind:
        """Money has its own control."""
        return "currency" if self.unit == "currency" else "number"

    def parse(self, raw: str, language: Language) -> int | float:
        """The number; for money the cents."""
        typed = raw.strip()
        if self.unit == "currency":
            typed = typed.removesuffix("€").removesuffix("EUR").removeprefix("€").strip()
        number = decimal_of(typed, language)
        if number is None:
            raise Refused(self.unit)
        if abs(number) > LARGEST:
            raise Refused("number_range")
        if self.unit == "currency":
            number = number.scaleb(2)
        if self.unit != "number":
            if number != number.to_integral_value():
                raise Refused(self.unit)
            return int(number)
        return float(number)

    def check(self, value: Any, files: Mapping[str, FileInfo]) -> Problem | None:
        """Type, then range. 3.0 is a whole number: to JSON it is the same as 3."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            return Problem("type")
        if self.unit != "number" and isinstance(value, float) and not value.is_integer():
            return Problem("type")
        if not -_HIGHEST <= value <= _HIGHEST:
            return Problem("number_range")
        if self.lowest is not None and value < self.lowest:
            return Problem("too_low", {"limit": Shown(self, self.lowest)})
        if self.highest is not None and value > self.highest:
            return Problem("too_high", {"limit": Shown(self, self.highest)})
        return None

    def edit(self, value: Any, language: Language) -> str:
        """Without thousands marks, so that it is read back the same."""
        point, _ = _MARKS[language]
        number = self._decimal(value)
        places = _CENT if self.unit == "currency" else max(0, -_exponent(number))
        return f"{number:.{places}f}".replace(".", point)

    def show(self, value: Any, language: Language) -> str:
        """With thousands marks, money with its currency."""
        point, thousands = _MARKS[language]
        number = self._decimal(value)
        if self.unit == "currency":
            places, end = _CENT, " €"
        else:
            places, end = min(max(0, -_exponent(number)), _MAX_DECIMALS), ""
        text = f"{number:,.{places}f}"
        return text.replace(",", "\0").replace(".", point).replace("\0", thousands) + end

    def json_schema(self) -> dict[str, Any]:
        """A number in its range."""
        return {
            "type": "number" if self.unit == "number" else "integer",
            "minimum": -_HIGHEST if self.lowest is None else max(-_HIGHEST, self.lowest),
            "maximum": _HIGHEST if self.highest is None else min(_HIGHEST, self.highest),
        }

    def _decimal(self, value: Any) -> Decimal:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
        if number == number.to_integral_value():
            number = number.quantize(Decimal(1))
        return number.scaleb(-2) if self.unit == "currency" else number


@dataclass(frozen=True, slots=True)
class DateKind:
    """A day, kept as ISO text. ``earliest`` and ``latest`` are ISO text too."""

    earliest: str | None = None
    latest: str | None = None
    widget: WidgetKind = "date"
    missing: str = "required"

    def parse_parts(self, day: str, month: str, year: str) -> str:
        """The date in three typed parts, not all blank; raises Refused."""
        parts = {"day": day.strip(), "month": month.strip(), "year": year.strip()}
        blank = tuple(name for name, part in parts.items() if not part)
        if blank:
            raise Refused("date_part", parts=blank)
        if not all(part.isascii() and part.isdigit() for part in parts.values()):
            raise Refused("date")
        if len(parts["year"]) != 4 or not EARLIEST_YEAR <= int(parts["year"]) <= LATEST_YEAR:
            raise Refused("date_year")
        if max(len(parts["day"]), len(parts["month"])) > 2:
            raise Refused("date")
        d, m, y = (int(part) for part in parts.values())
        try:
            return date(y, m, d).isoformat()
        except ValueError:
            raise Refused("date_impossible", date=f"{d}.{m}.{y}") from None

    def parse(self, raw: str, language: Language) -> str:
        """A date written in one piece: "27.3.2024" or "2024-03-27"."""
        typed = raw.strip()
        if _DATE_VALUE.fullmatch(typed):
            year, month, day = typed.split("-")
        elif typed.count(".") == 2:
            day, month, year = typed.split(".")
        else:
            raise Refused("date")
        return self.parse_parts(day, month, year)

    def check(self, value: Any, files: Mapping[str, FileInfo]) -> Problem | None:
        """A real day, not before or after the bounds."""
        if not isinstance(value, str) or not _DATE_VALUE.fullmatch(value):
            return Problem("type")
        try:
            date.fromisoformat(value)
        except ValueError:
            return Problem("type")
        if self.earliest and value < self.earliest:
            return Problem("too_early", {"limit": Shown(self, self.earliest)})
        if self.latest and value > self.latest:
            return Problem("too_late", {"limit": Shown(self, self.latest)})
        return None

    def edit(self, value: Any, language: Language) -> str:
        """ISO text; the control has three parts, see ``parts``."""
        return str(value)

    def parts(self, value: str) -> dict[str, str]:
        """What stands in the three controls."""
        year, month, day = value.split("-")
        return {"day": str(int(day)), "month": str(int(month)), "year": year}

    def show(self, value: Any, language: Language) -> str:
        """27.3.2024 in both languages: the form of German offices, without doubt about the month."""
        return ".".join(self.parts(str(value)).values())

    def json_schema(self) -> dict[str, Any]:
        """A real day; JSON Schema has no bounds of dates, so that patterns say them."""
        bounds = [_from(self.earliest)] if self.earliest else []
        bounds += [_until(self.latest)] if self.latest else []
        described: dict[str, Any] = {"$ref": "#/$defs/date"}
        return described | ({"allOf": [{"pattern": p} for p in bounds]} if bounds else {})


@dataclass(frozen=True, slots=True)
class TimeKind:
    """A time of day, kept as "HH:MM"."""

    widget: WidgetKind = "time"
    missing: str = "required"

    def parse(self, raw: str, language: Language) -> str:
        """ "8:30", "08:30", "8.30 Uhr"."""
        found = _TIME.fullmatch(raw.strip()) if raw.isascii() else None
        if not found:
            raise Refused("time")
        return f"{int(found[1]):02}:{found[2]}"

    def check(self, value: Any, files: Mapping[str, FileInfo]) -> Problem | None:
        """Only "HH:MM"."""
        fits = isinstance(value, str) and value.isascii() and _TIME_VALUE.fullmatch(value)
        return None if fits else Problem("type")

    def edit(self, value: Any, language: Language) -> str:
        """As kept."""
        return str(value)

    def show(self, value: Any, language: Language) -> str:
        """14:30 Uhr; English without the word."""
        return f"{value} Uhr" if language == "de" else str(value)

    def json_schema(self) -> dict[str, Any]:
        """A time of day."""
        return {"$ref": "#/$defs/time"}


@dataclass(frozen=True, slots=True)
class DateTimeKind:
    """A point in local time, kept as "YYYY-MM-DDTHH:MM"."""

    widget: WidgetKind = "text"
    missing: str = "required"

    def parse(self, raw: str, language: Language) -> str:
        """ "27.3.2024 14:30"."""
        found = _DATETIME.fullmatch(raw.strip()) if raw.isascii() else None
        if not found:
            raise Refused("datetime")
        day = DateKind().parse_parts(found[1], found[2], found[3])
        try:
            return f"{day}T{TimeKind().parse(found[4], language)}"
        except Refused:
            raise Refused("datetime") from None

    def check(self, value: Any, files: Mapping[str, FileInfo]) -> Problem | None:
        """A real day and time."""
        day, _, time = value.partition("T") if isinstance(value, str) else ("", "", "")
        return DateKind().check(day, files) or TimeKind().check(time, files)

    def edit(self, value: Any, language: Language) -> str:
        """27.3.2024 14:30."""
        day, _, time = str(value).partition("T")
        return f"{DateKind().show(day, language)} {time}"

    def show(self, value: Any, language: Language) -> str:
        """As in the control."""
        return self.edit(value, language)

    def json_schema(self) -> dict[str, Any]:
        """A real day and time."""
        return {"$ref": "#/$defs/datetime"}


def limit(text: str | None, unit: Unit) -> int | float | None:
    """A bound as the schema writes it, in the unit of the value; raises ValueError.

    What lies beyond every number that may be answered is cut to there.
    """
    if text is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite():
        raise ValueError(text)
    number = max(Decimal(-_HIGHEST), min(Decimal(_HIGHEST), number))
    if unit == "currency":
        number = number.scaleb(2)
    return int(number) if number == number.to_integral_value() else float(number)


def day_limit(text: str | None) -> str | None:
    """A bound of a date; raises ValueError where it is no ISO date."""
    return None if text is None else datetime.strptime(text, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007


def _from(day: str) -> str:
    """A pattern of the ISO dates that are not before a day."""
    later = [f"{day[:at]}[{int(day[at]) + 1}-9]" for at in _places(day) if day[at] < "9"]
    return f"^(?:{day}|{'|'.join(later)})"


def _until(day: str) -> str:
    """A pattern of the ISO dates that are not after a day."""
    earlier = [f"{day[:at]}[0-{int(day[at]) - 1}]" for at in _places(day) if day[at] > "0"]
    return f"^(?:{day}|{'|'.join(earlier)})"


def _places(day: str) -> list[int]:
    return [at for at, sign in enumerate(day) if sign.isdigit()]


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
