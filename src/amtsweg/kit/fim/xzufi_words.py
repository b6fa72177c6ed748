"""Deadlines and costs of a service description in words, German and English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from amtsweg.kit.fim.markup import plain_text
from amtsweg.kit.fim.xzufi_model import (
    Code,
    Cost,
    Deadline,
    Duration,
    FixedCost,
    FreeOfCharge,
    KeyDates,
    LocalText,
    Money,
    Price,
    TimeUnit,
    in_language,
)
from amtsweg.kit.messages import LANGUAGES

# (one, several) in German and in English
_UNITS: Mapping[TimeUnit, tuple[tuple[str, str], tuple[str, str]]] = {
    TimeUnit.YEAR: (("Jahr", "Jahre"), ("year", "years")),
    TimeUnit.MONTH: (("Monat", "Monate"), ("month", "months")),
    TimeUnit.WEEK: (("Woche", "Wochen"), ("week", "weeks")),
    TimeUnit.DAY: (("Tag", "Tage"), ("day", "days")),
    # English has one word for both: only German law tells them apart.
    TimeUnit.WORKDAY: (("Werktag", "Werktage"), ("working day", "working days")),
    TimeUnit.WORKING_DAY: (("Arbeitstag", "Arbeitstage"), ("working day", "working days")),
    TimeUnit.HOUR: (("Stunde", "Stunden"), ("hour", "hours")),
    TimeUnit.MINUTE: (("Minute", "Minuten"), ("minute", "minutes")),
    TimeUnit.SECOND: (("Sekunde", "Sekunden"), ("second", "seconds")),
}
_MONTHS = (
    (
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
    (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
)
_WORDS: Mapping[str, tuple[str, str]] = {
    "span": ("{0} bis {1}", "{0} to {1}"),
    "from": ("ab {0}", "from {0}"),
    "until": ("bis {0}", "up to {0}"),
    "until_day": ("bis {0}", "until {0}"),
    "free": ("kostenlos", "free of charge"),
    "euro": ("Euro", "euros"),
}
_DAY = re.compile(r"(\d{4}|-)-(0[1-9]|1[0-2])-(\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


def cost_lines(costs: Iterable[Cost], language: str) -> list[str]:
    """One line for each cost in words; none in a language that has no words here."""
    if language not in LANGUAGES:
        return []
    lines = (
        _line(_price(cost.price, language), _own(cost.price, language), cost.description, language)
        for cost in costs
    )
    return [line for line in lines if line]


def deadline_lines(deadlines: Iterable[Deadline], language: str) -> list[str]:
    """One line for each deadline or time in words; none in a language that has no words here."""
    if language not in LANGUAGES:
        return []
    lines = (_line(_span(d.span, language), "", d.description, language) for d in deadlines)
    return [line for line in lines if line]


def _line(fact: str, why: str, description: tuple[LocalText, ...], language: str) -> str:
    said = filter(None, (fact, why, _text(description, language)))
    return ": ".join(" ".join(part.split("\n")) for part in said)


def _text(texts: tuple[LocalText, ...], language: str) -> str:
    return plain_text(in_language(texts, language))


def _own(price: Price, language: str) -> str:
    return "" if isinstance(price, FixedCost) else _text(price.why, language)


def _price(price: Price, language: str) -> str:
    if isinstance(price, FreeOfCharge):
        return _say("free", language)
    if isinstance(price, FixedCost):
        return _money(price.amount, language)
    low, high = price.minimum, price.maximum
    if low and high:
        return _say("span", language, _money(low, language), _money(high, language))
    if low:
        return _say("from", language, _money(low, language))
    return _say("until", language, _money(high, language)) if high else ""


def _money(money: Money, language: str) -> str:
    amount = f"{money.amount:,.2f}"
    if language == "de":
        amount = amount.translate(str.maketrans(",.", ".,"))
    return f"{amount} {_say('euro', language) if money.currency == 'EUR' else money.currency}"


def _span(span: Duration | KeyDates, language: str) -> str:
    if isinstance(span, Duration):
        if span.amount_to is None:
            return _duration(span.amount, span.unit, language)
        until = _duration(span.amount_to, span.unit_to or span.unit, language)
        same = span.unit_to is None or span.unit_to.code == span.unit.code
        start = str(span.amount) if same else _duration(span.amount, span.unit, language)
        return _say("span", language, start, until)
    start, end = _day(span.start, language), _day(span.end, language)
    if start and end:
        return _say("span", language, start, end)
    if start:
        return _say("from", language, start)
    return _say("until_day", language, end) if end else ""


def _duration(amount: int, unit: Code, language: str) -> str:
    one, several = _UNITS[TimeUnit(unit.code)][_index(language)]
    return f"{amount} {one if amount == 1 else several}"


def _day(text: str, language: str) -> str:
    """A date as people write it; words stay words."""
    found = _DAY.fullmatch(text)
    if not found:
        return plain_text(text)
    year, month, day = found.groups()
    point = "." if language == "de" else ""
    named = f"{int(day)}{point} {_MONTHS[_index(language)][int(month) - 1]}"
    return named if year == "-" else f"{named} {year}"


def _say(word: str, language: str, *values: str) -> str:
    return _WORDS[word][_index(language)].format(*values)


def _index(language: str) -> int:
    return 0 if language == "de" else 1
