"""Legal time: working days, periods of the civil code, and when a notice counts as notified.

All functions take and return dates of German local time; none reads a clock. A German state is its
ISO 3166-2 letter code ("SN" is Saxony). Holidays that hold in single municipalities only, such as
Corpus Christi in parts of Saxony, are not counted: the period then ends a day early, never late
for a person who keeps to it.
"""

from __future__ import annotations

import calendar as _calendar
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

import holidays as _holidays

_SATURDAY = 5

STATES: Mapping[str, str] = MappingProxyType(
    {
        "01": "SH",
        "02": "HH",
        "03": "NI",
        "04": "HB",
        "05": "NW",
        "06": "HE",
        "07": "RP",
        "08": "BW",
        "09": "BY",
        "10": "SL",
        "11": "BE",
        "12": "BB",
        "13": "MV",
        "14": "SN",
        "15": "ST",
        "16": "TH",
    }
)
"""First two digits of a regional key (ARS) → letter code of the state."""


class Channel(StrEnum):
    """How a notice reaches a person; the law ties a different date to each."""

    POST = "post"
    EMAIL = "email"
    PORTAL = "portal"


def state_of(ars: str) -> str:
    """The letter code of the state in which the area with this regional key lies.

    Raises ValueError if the key names no German state.
    """
    try:
        return STATES[ars[:2]]
    except KeyError:
        raise ValueError(f"The regional key {ars!r} begins with no German state.") from None


@lru_cache(maxsize=256)
def holidays(year: int, state: str) -> frozenset[date]:
    """The public holidays of one year that hold in the whole state, by the holiday acts of the states.

    The library `holidays` knows them with the years in which they came and went. The Day of German
    Unity is a holiday by federal law (article 2 (2) of the Unification Treaty). Raises ValueError for
    an unknown state.
    """
    if state not in STATES.values():
        raise ValueError(f"There is no German state {state!r}.")
    return frozenset(_holidays.country_holidays("DE", subdiv=state, years=year))


def is_working_day(day: date, state: str) -> bool:
    """Whether the day is neither Saturday, Sunday nor a public holiday of the state (§ 193 BGB).

    Which state: that of the authority for what is done before it. Where a notice is received, the
    holidays of that place count; whoever asks for `notified_on` says which.
    """
    return day.weekday() < _SATURDAY and day not in holidays(day.year, state)


def next_working_day(day: date, state: str) -> date:
    """The day itself if it is a working day, else the first one after it.

    § 193 BGB; for periods of an authority § 31 (3) VwVfG, of a tax authority § 108 (3) AO.
    """
    while not is_working_day(day, state):
        day += timedelta(days=1)
    return day


def add_months(day: date, months: int) -> date:
    """The day with the same number `months` later, or the month's last day (§ 188 (2), (3) BGB)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _calendar.monthrange(year, month + 1)[1]))


def period_of_days(event: date, days: int, state: str) -> date:
    """Last day of a period of days that an event sets off.

    The day of the event does not count (§ 187 (1) BGB); an end on a Saturday, Sunday or holiday
    moves to the next working day (§ 193 BGB, § 31 (3) VwVfG).
    """
    return next_working_day(event + timedelta(days=days), state)


def period_of_months(event: date, months: int, state: str) -> date:
    """Last day of a period of months that an event sets off (§§ 187 (1), 188 (2), (3), 193 BGB)."""
    return next_working_day(add_months(event, months), state)


_FOUR_DAYS_SINCE = date(2025, 1, 1)


def notified_on(channel: Channel, day: date, state: str) -> date:
    """The date on which a notice counts as notified (§ 41 VwVfG; of municipal taxes § 122 AO).

    `day` is the day of posting within Germany or of sending by e-mail: the third day after it, and
    the fourth for what was posted or sent since 1 January 2025 (§ 41 (2) VwVfG and § 122 (2), (2a)
    AO, both as amended by the PostModG of 15 July 2024, Federal Law Gazette 2024 I no. 236; for taxes
    its article 20, applied by article 21). The old and the new rule differ by the day of posting,
    never by the day of the application.

    If that is a Saturday, Sunday or holiday, it is the next working day. For taxes that is settled
    (§ 108 (3) AO; Federal Fiscal Court, 14 October 2003, IX R 68/98). For § 41 VwVfG most hold that
    a fiction is a date and no period and does not move; here it does, in favour of the person.

    For the portal `day` is the day of retrieval: the day after it, whatever weekday that is
    (§ 41 (2a) sentence 3 VwVfG).
    """
    if channel is Channel.PORTAL:
        return day + timedelta(days=1)
    return period_of_days(day, 4 if day >= _FOUR_DAYS_SINCE else 3, state)


_DAYS_TO_RETRIEVE = 10


def retrieval_until(announced: date, state: str) -> date:
    """Last day on which a notice can be retrieved from the portal with legal effect.

    Ten days after the person was told that it is there; later its notification is not effected
    and must be made in another way (§ 41 (2a) sentences 4 and 5 VwVfG).
    """
    return period_of_days(announced, _DAYS_TO_RETRIEVE, state)


def objection_until(notified: date, state: str) -> date:
    """Last day to object: one month after notification.

    § 70 (1) VwGO, § 57 (2) VwGO with § 222 (1), (2) ZPO, § 188 (2) BGB. It moves to a working day.
    """
    return period_of_months(notified, 1, state)
