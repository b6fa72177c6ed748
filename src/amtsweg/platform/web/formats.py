"""How amounts, dates and sizes read in the language of the request."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext

_KILOBYTE, _MEGABYTE = 1_000, 1_000_000


def cents(amount: int) -> str:
    """An amount of euro cents: ``10800`` → ``108,00 €`` in German, ``€108.00`` in English."""
    text = f"{Decimal(abs(amount)) / 100:,.2f}"
    sign = "−" if amount < 0 else ""
    if _english():
        return f"{sign}€{text}"
    return f"{sign}{text.translate(_GERMAN_NUMBER)}\u00a0€"


def date_text(day: date | datetime | str) -> str:
    """A day in words: ``1. Januar 2025``, ``1 January 2025``. ISO text is read as a day."""
    if isinstance(day, str):
        day = date.fromisoformat(day)
    if isinstance(day, datetime):
        day = timezone.localtime(day)
    return date_format(day, "j F Y" if _english() else "j. F Y").replace(" ", "\u00a0", 1)


def datetime_text(moment: datetime) -> str:
    """A moment in local time: ``1. Januar 2025, 14:05 Uhr``, ``1 January 2025, 14:05``."""
    clock = timezone.localtime(moment).strftime("%H:%M")
    return f"{date_text(moment)}, {clock}" + ("" if _english() else "\u00a0Uhr")


def duration_text(duration: str) -> str:
    """An ISO duration in words: ``P14D`` → ``14 Tage``, ``P1M`` → ``1 month``."""
    date_part, _, time_part = duration.removeprefix("P").partition("T")
    units = {"Y": _years, "M": _months, "W": _weeks, "D": _days}
    parts = [units[unit](int(number)) for number, unit in _NUMBER_AND_UNIT.findall(date_part)]
    units = {"H": _hours, "M": _minutes, "S": _seconds}
    parts += [units[unit](int(number)) for number, unit in _NUMBER_AND_UNIT.findall(time_part)]
    return ", ".join(parts)


_NUMBER_AND_UNIT = re.compile(r"(\d+)([YMWDHS])")


def _years(number: int) -> str:
    return ngettext("%(num)d Jahr", "%(num)d Jahre", number) % {"num": number}


def _months(number: int) -> str:
    return ngettext("%(num)d Monat", "%(num)d Monate", number) % {"num": number}


def _weeks(number: int) -> str:
    return ngettext("%(num)d Woche", "%(num)d Wochen", number) % {"num": number}


def _days(number: int) -> str:
    return ngettext("%(num)d Tag", "%(num)d Tage", number) % {"num": number}


def _hours(number: int) -> str:
    return ngettext("%(num)d Stunde", "%(num)d Stunden", number) % {"num": number}


def _minutes(number: int) -> str:
    return ngettext("%(num)d Minute", "%(num)d Minuten", number) % {"num": number}


def _seconds(number: int) -> str:
    return ngettext("%(num)d Sekunde", "%(num)d Sekunden", number) % {"num": number}


def file_size(size: int) -> str:
    """A size in bytes, rounded for people: ``812 KB``, ``1,4 MB``, ``10 MB`` (decimal units)."""
    if size < _MEGABYTE:
        return f"{max(1, round(size / _KILOBYTE))}\u00a0KB"
    text = f"{size / _MEGABYTE:.1f}".removesuffix(".0")
    return f"{text if _english() else text.translate(_GERMAN_NUMBER)}\u00a0MB"


_GERMAN_NUMBER = str.maketrans(",.", ".,")


def _english() -> bool:
    return (get_language() or "de").startswith("en")
