"""Background work: look after each payment until it is settled.

One job for each payment asks the provider for the transaction, then again and again what became of
it, so that whoever pays and never comes back has paid. It comes often while the payment is young.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from amtsweg.platform.federation import wall
from amtsweg.platform.payments import actions
from amtsweg.platform.payments.models import Payment, PaymentState
from amtsweg.platform.payments.provider import ProviderAway, ProviderRefused

SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
LATE_DAYS = timedelta(days=30)
"""For so long after the deadline money may still come in by a page that was left open."""
log = structlog.get_logger(__name__)


@app.task(queue="payment", retry=RetryStrategy(max_attempts=20, exponential_wait=2))
def look_after(authority_id: str, payment_id: str) -> None:
    """Move one payment on and come back later; a provider that is away is simply asked again."""
    with wall.scope(authority=UUID(authority_id)):
        payment = Payment.objects.get(pk=UUID(payment_id))
        try:
            move_on(payment)
        except (ProviderAway, ProviderRefused) as trouble:
            log.warning("payment_provider", payment=payment_id, trouble=repr(trouble))
        payment.refresh_from_db()
        if not finished(payment):
            look_after.configure(schedule_at=timezone.now() + pause(payment)).defer(
                authority_id=authority_id, payment_id=payment_id
            )


def move_on(payment: Payment) -> None:
    """What can be done for a payment now. Runs in the authority's scope."""
    if payment.state == PaymentState.REQUESTED:
        actions.open_at_provider(payment.pk)
    elif payment.transaction_id and payment.state in {PaymentState.OPEN, PaymentState.WITHDRAWN}:
        actions.reconcile(payment)


def finished(payment: Payment) -> bool:
    """Whether nothing can come any more."""
    if payment.state == PaymentState.WITHDRAWN:
        gone = timezone.localdate() > payment.pay_until + LATE_DAYS
        return gone or not payment.transaction_id
    return payment.state in {PaymentState.PAID, PaymentState.LATE}


def pause(payment: Payment) -> timedelta:
    """How long to wait before the next look: a quarter of the payment's age."""
    age = timezone.now() - payment.requested_at
    return min(max(age / 4, SHORTEST_PAUSE), LONGEST_PAUSE)
