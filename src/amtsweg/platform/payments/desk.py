"""What the clerk sees of payments beside a case."""

from __future__ import annotations

from amtsweg.platform.casework.models import Case
from amtsweg.platform.casework.panels import Panel, beside_case
from amtsweg.platform.payments import queries


@beside_case
def mandate(case: Case) -> Panel | None:
    """The direct debit mandate that was given with the application."""
    found = queries.mandate_of(case.pk)
    return Panel("payments/mandate.html", {"mandate": found}) if found else None


@beside_case
def payments(case: Case) -> Panel | None:
    """What the applicant was asked to pay, and whether they did."""
    found = queries.payments_of(case.pk)
    return Panel("payments/payments.html", {"payments": found}) if found else None
