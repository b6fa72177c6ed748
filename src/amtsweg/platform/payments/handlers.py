"""What payments does when lower rooms tell something."""

from __future__ import annotations

from amtsweg.platform.casework.events import MandateGiven
from amtsweg.platform.events import on
from amtsweg.platform.payments import actions


@on(MandateGiven)
def record(event: MandateGiven) -> None:
    """A case's process gave a mandate: keep it in the same transaction."""
    actions.record_mandate(event.case_id, iban=event.iban, holder=event.holder)
