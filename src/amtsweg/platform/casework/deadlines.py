"""The decision deadline of a case: set, at rest while documents are missing, running again.

§ 42a (2) VwVfG: the period begins when the documents are complete; here it rests for the days on
which the authority waited.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from amtsweg.kit import calendar
from amtsweg.platform.casework.models import Case, Deadline

DAY = timedelta(days=1)


def today() -> date:
    """The day in Germany."""
    return timezone.localdate()


def last_day(case: Case, days: int, *, since: date | None = None) -> date:
    """The last of so many days after a day (today), by the working days of the authority's state.

    The day itself does not count, and an end on a Saturday, Sunday or holiday moves to the next
    working day (§ 31 (1), (3) VwVfG). This holds for the authority's own periods too: § 31 (4)
    excepts only services for a certain time. One query unless the authority is at hand.
    """
    state = calendar.state_of(case.authority.area_id)
    return calendar.period_of_days(since or today(), days, state)


def set_due(case: Case, due_on: date) -> None:
    """Replace the day until which the case is to be decided."""
    Deadline.objects.filter(case=case).update(due_on=due_on)


def rest(case: Case) -> bool:
    """Let the deadline rest from today; False if there is none or it rests already."""
    return bool(Deadline.objects.filter(case=case, rests_since=None).update(rests_since=today()))


def run_again(case: Case) -> int | None:
    """Let a resting deadline run again and move it by the days it rested; these days, or None.

    Where it then ends on no working day, it moves on to the next one.
    """
    deadline = Deadline.objects.filter(case=case).exclude(rests_since=None).first()
    if deadline is None or deadline.rests_since is None:
        return None
    days = (today() - deadline.rests_since).days
    state = calendar.state_of(case.authority.area_id)
    deadline.due_on = calendar.next_working_day(deadline.due_on + DAY * days, state)
    deadline.rested_days += days
    deadline.rests_since = None
    deadline.save()
    return days
