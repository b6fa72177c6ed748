"""The functions that packages may use beside CEL's own: sums and legal arithmetic on dates.

Dates are text in the form YYYY-MM-DD. There is no function that reads a clock: the day comes in
as data, so that a decision made today can be repeated in ten years.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta

from cel_expr_python import cel

NO_DATE = "A date must have the form YYYY-MM-DD and exist."
NO_NUMBERS = "A sum needs a list of whole numbers."
SUM_TOO_LARGE = "The sum is too large."
OUTSIDE_CALENDAR = "The date lies outside the calendar."
BIRTH_LATER = "The date of birth lies after the day."

SENTENCES = (NO_DATE, NO_NUMBERS, SUM_TOO_LARGE, OUTSIDE_CALENDAR, BIRTH_LATER)
"""All that a function of this module can complain of."""

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def _date(text: str) -> date:
    # fromisoformat also reads 20240131 and 2024-W05-3, which no form writes
    if not _ISO_DATE.match(text):
        raise ValueError(NO_DATE)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(NO_DATE) from None


def total(numbers: Sequence[int]) -> int:
    """The sum of whole numbers, 0 for none."""
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        raise ValueError(NO_NUMBERS)
    result = sum(numbers)
    if not -(2**63) <= result < 2**63:
        raise ValueError(SUM_TOO_LARGE)
    return result


def year(day: str) -> int:
    """The year of a date."""
    return _date(day).year


def month(day: str) -> int:
    """The month of a date, 1 to 12."""
    return _date(day).month


def day_of_month(day: str) -> int:
    """The day of a date, 1 to 31."""
    return _date(day).day


def add_days(day: str, days: int) -> str:
    """The date that many days later (earlier if negative)."""
    try:
        return (_date(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        raise ValueError(OUTSIDE_CALENDAR) from None


def add_months(day: str, months: int) -> str:
    """The date that many months later; a day that the month lacks becomes its last (§ 188 BGB)."""
    start = _date(day)
    years, index = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= years <= 9999:
        raise ValueError(OUTSIDE_CALENDAR)
    last = calendar.monthrange(years, index + 1)[1]
    return date(years, index + 1, min(start.day, last)).isoformat()


def days_between(first: str, second: str) -> int:
    """Days from the first date to the second, negative if the second is earlier."""
    return (_date(second) - _date(first)).days


def months_between(first: str, second: str) -> int:
    """Whole months from the first date to the second, negative if the second is earlier."""
    start, end = _date(first), _date(second)
    if end < start:
        return -months_between(second, first)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if add_months(first, months) > second else months


def age_on(birth: str, day: str) -> int:
    """Age in whole years on a date.

    A year is completed with the end of the day before the birthday (§ 187 (2), § 188 (2) BGB);
    someone born on 29 February completes it with the end of 28 February.
    """
    born, then = _date(birth), _date(day)
    if then < born:
        raise ValueError(BIRTH_LATER)
    return then.year - born.year - ((then.month, then.day) < (born.month, born.day))


def _declare(
    name: str, implementation: object, result: cel.Type, *parameters: cel.Type
) -> cel.FunctionDecl:
    overload = cel.Overload(
        f"amtsweg_{name}",
        return_type=result,
        parameters=list(parameters),
        impl=implementation,
    )
    return cel.FunctionDecl(name, [overload])


_TEXT, _INT = cel.Type.STRING, cel.Type.INT

FUNCTIONS = (
    _declare("sum", total, _INT, cel.Type.List(_INT)),
    _declare("year", year, _INT, _TEXT),
    _declare("month", month, _INT, _TEXT),
    _declare("day", day_of_month, _INT, _TEXT),
    _declare("add_days", add_days, _TEXT, _TEXT, _INT),
    _declare("add_months", add_months, _TEXT, _TEXT, _INT),
    _declare("days_between", days_between, _INT, _TEXT, _TEXT),
    _declare("months_between", months_between, _INT, _TEXT, _TEXT),
    _declare("age_on", age_on, _INT, _TEXT, _TEXT),
)

NAMES = (
    "sum", "year", "month", "day", "add_days", "add_months",
    "days_between", "months_between", "age_on", "has", "size",
)  # fmt: skip
