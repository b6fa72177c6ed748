"""What payments does when lower rooms tell something. Each runs in the teller's transaction."""

from __future__ import annotations

from amtsweg.platform.casework.events import (
    MandateGiven,
    PaymentReminded,
    PaymentRequested,
    PaymentWithdrawn,
)
from amtsweg.platform.events import on
from amtsweg.platform.payments import actions, jobs


@on(MandateGiven)
def record(event: MandateGiven) -> None:
    """A case's process gave a mandate: keep it in the same transaction."""
    actions.record_mandate(event.case_id, iban=event.iban, holder=event.holder)


@on(PaymentRequested)
def request_payment(event: PaymentRequested) -> None:
    """A case waits for money: ask for it, and look after it from now on."""
    payment = actions.request_payment(
        event.case_id, amount_cents=event.amount_cents, purpose=event.purpose, until=event.until
    )
    jobs.look_after.defer(authority_id=str(event.authority_id), payment_id=str(payment.pk))


@on(PaymentReminded)
def remind(event: PaymentReminded) -> None:
    """The deadline comes near."""
    actions.remind(event.case_id)


@on(PaymentWithdrawn)
def withdraw(event: PaymentWithdrawn) -> None:
    """The deadline is over."""
    actions.withdraw(event.case_id)
