"""The decision deadline of a case: set, at rest while documents are missing, running again.

§ 42a (2) VwVfG: the period begins when the documents are complete; here it rests for the days on
which the authority waited.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from amtsweg.platform.casework.models import Case, Deadline

DAY = timedelta(days=1)


def today() -> date:
    """The day in Germany."""
    return timezone.localdate()


def set_due(case: Case, due_on: date) -> None:
    """Replace the day until which the case is to be decided."""
    Deadline.objects.filter(case=case).update(due_on=due_on)


def rest(case: Case) -> bool:
    """Let the deadline rest from today; False if there is none or it rests already."""
    return bool(Deadline.objects.filter(case=case, rests_since=None).update(rests_since=today()))


def run_again(case: Case) -> int | None:
    """Let a resting deadline run again and move it by the days it rested; these days, or None."""
    deadline = Deadline.objects.filter(case=case).exclude(rests_since=None).first()
    if deadline is None or deadline.rests_since is None:
        return None
    days = (today() - deadline.rests_since).days
    deadline.due_on += DAY * days
    deadline.rested_days += days
    deadline.rests_since = None
    deadline.save()
    return days
