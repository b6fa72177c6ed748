"""The verbs of payments.

Whoever locks a payment and its case locks the case first: a timer that ends the waiting does so too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from amtsweg.platform.casework import actions as casework
from amtsweg.platform.casework.models import Case, Entry
from amtsweg.platform.delivery import mailbox
from amtsweg.platform.delivery.models import MailboxMessage, MessageKind
from amtsweg.platform.federation import vault
from amtsweg.platform.federation.codes import new_reference
from amtsweg.platform.federation.ids import uuid7
from amtsweg.platform.payments import provider
from amtsweg.platform.payments.errors import AmountDiffers, NotPayable
from amtsweg.platform.payments.models import UNSETTLED, Mandate, Payment, PaymentState

REFERENCE_PREFIX = "SEPA"
EXISTS = "PAYMENT_EXISTS"


@transaction.atomic(savepoint=False)
def record_mandate(case_id: UUID, *, iban: str, holder: str) -> Mandate:
    """Keep the mandate of a case; it counts as given when the application was sent.

    A case has one mandate: recording it again returns the one that is there. Runs in the
    authority's scope.
    """
    present = Mandate.objects.filter(case=case_id).first()
    if present is not None:
        return present
    case = Case.objects.only("authority_id", "applied_on").get(pk=case_id)
    mandate = Mandate(
        authority_id=case.authority_id,
        case=case,
        reference=new_reference(REFERENCE_PREFIX),
        given_on=case.applied_on,
        recorded_at=timezone.now(),
    )
    content = {"iban": "".join(iban.split()).upper(), "holder": holder.strip()}
    mandate.account = vault.seal_json(case.authority_id, content, context(mandate.id))
    mandate.save(force_insert=True)
    return mandate


def context(mandate_id: UUID) -> str:
    """The vault context of a mandate's bank account."""
    return f"mandate:{mandate_id}"


@transaction.atomic(savepoint=False)
def request_payment(case_id: UUID, *, amount_cents: int, purpose: str, until: date) -> Payment:
    """Ask whoever sent the application to pay; the provider is asked afterwards, by a job.

    Runs in the authority's scope. Raises NotPayable for an amount that no provider takes.
    """
    if not 0 < amount_cents <= provider.MOST_CENTS:
        raise NotPayable(amount_cents)
    case = Case.objects.only("submission_id", "reference").get(pk=case_id)
    to = mailbox.recipient(case.submission_id)
    payment = Payment.objects.create(
        authority_id=to.authority_id,
        case_id=case_id,
        account_id=to.account_id,
        code_hash=to.code_hash,
        language=to.language,
        reference=case.reference,
        purpose=purpose[:100],
        amount_cents=amount_cents,
        pay_until=until,
        requested_at=timezone.now(),
    )
    message = _tell(payment, MessageKind.PAYMENT_REQUESTED, request_id=payment.pk)
    mailbox.tell_by_mail(message)
    return payment


@transaction.atomic(savepoint=False)
def remind(case_id: UUID) -> None:
    """Remind of the payment that a case waits for; nothing happens if it waits for none."""
    payment = Payment.objects.filter(case=case_id, state__in=UNSETTLED).first()
    if payment is not None:
        mailbox.tell_by_mail(_tell(payment, MessageKind.PAYMENT_REMINDED))


@transaction.atomic(savepoint=False)
def withdraw(case_id: UUID) -> None:
    """The case waits no longer: tell that nobody shall pay. The caller holds the lock on the case."""
    unsettled = Payment.objects.select_for_update().filter(case=case_id, state__in=UNSETTLED)
    for payment in unsettled:
        payment.state = PaymentState.WITHDRAWN
        payment.save(update_fields=["state"])
        mailbox.answered(payment.pk)
        mailbox.tell_by_mail(_tell(payment, MessageKind.PAYMENT_WITHDRAWN, until=False))


@transaction.atomic
def open_at_provider(payment_id: UUID) -> None:
    """Make the transaction at the provider, if there is none yet; runs in any scope that sees the row.

    The row stays locked meanwhile, so that two at once never make two. Raises ProviderAway,
    ProviderRefused.
    """
    payment = (
        Payment.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=payment_id, state=PaymentState.REQUESTED)
        .first()
    )
    if payment is None:
        return
    try:
        made = provider.create(_request(payment))
    except provider.ProviderRefused as refusal:
        if refusal.code != EXISTS:
            raise
        # An earlier answer was lost before anybody saw its address: that transaction stays unpaid.
        payment.request_id = uuid7()
        made = provider.create(_request(payment))
    payment.transaction_id, payment.pay_url = made.id, made.pay_url
    payment.state = PaymentState.OPEN
    payment.save(update_fields=["request_id", "transaction_id", "pay_url", "state"])


@transaction.atomic
def try_again(payment_id: UUID) -> None:
    """Begin anew after the person broke off; runs in their scope. Nothing happens in other states."""
    Payment.objects.filter(pk=payment_id, state=PaymentState.FAILED).update(
        state=PaymentState.REQUESTED, request_id=uuid7(), transaction_id="", pay_url=""
    )


def reconcile(payment: Payment) -> None:
    """Ask the provider what became of a transaction and note it. Runs in the authority's scope.

    Raises ProviderAway, ProviderRefused, AmountDiffers.
    """
    found = provider.look(payment.transaction_id)
    if found.status is provider.Status.PAID:
        if found.amount_cents != payment.amount_cents:
            raise AmountDiffers(str(payment.pk))
        settle(payment.pk, reference=found.reference)
    elif found.status is not provider.Status.INITIAL:
        fail(payment.pk, transaction_id=found.id)


@transaction.atomic
def settle(payment_id: UUID, *, reference: str) -> None:
    """It is paid, told once however often it is heard: the case goes on, or was closed before."""
    with _locked(payment_id) as payment:
        if payment.state in {PaymentState.PAID, PaymentState.LATE}:
            return
        payment.paid_at, payment.provider_reference = timezone.now(), reference[:64]
        in_time = casework.payment_received(
            payment.case_id, payment=str(payment.pk), amount_cents=payment.amount_cents
        )
        payment.state = PaymentState.PAID if in_time else PaymentState.LATE
        payment.pay_url = ""
        payment.save(update_fields=["state", "paid_at", "provider_reference", "pay_url"])
        mailbox.answered(payment.pk)
        kind = MessageKind.PAYMENT_RECEIVED if in_time else MessageKind.PAYMENT_LATE
        mailbox.tell_by_mail(_tell(payment, kind, until=False))


@transaction.atomic
def fail(payment_id: UUID, *, transaction_id: str) -> None:
    """The person broke this transaction off; they may try again."""
    with _locked(payment_id) as payment:
        if payment.state != PaymentState.OPEN or payment.transaction_id != transaction_id:
            return
        payment.state, payment.pay_url = PaymentState.FAILED, ""
        payment.save(update_fields=["state", "pay_url"])
        casework.record(payment.case_id, Entry.PAYMENT_FAILED, payment=str(payment.pk))


@contextmanager
def _locked(payment_id: UUID) -> Iterator[Payment]:
    known = Payment.objects.only("case_id").get(pk=payment_id)
    Case.objects.select_for_update(of=("self",)).only("id").get(pk=known.case_id)
    yield Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)


def _request(payment: Payment) -> provider.Request:
    with override(payment.language):
        back = reverse("payments:back", args=[payment.pk])
    return provider.Request(
        id=payment.request_id,
        at=timezone.now(),
        amount_cents=payment.amount_cents,
        reference=payment.reference,
        purpose=payment.purpose,
        redirect_url=settings.BASE_URL + back,
    )


def _tell(
    payment: Payment, kind: MessageKind, *, request_id: UUID | None = None, until: bool = True
) -> MailboxMessage:
    case = Case.objects.only("submission_id").get(pk=payment.case_id)
    return mailbox.put(
        mailbox.recipient(case.submission_id),
        kind,
        {
            "payment": str(payment.pk),
            "amount_cents": payment.amount_cents,
            "purpose": payment.purpose,
        },
        case_id=payment.case_id,
        request_id=request_id,
        answer_until=payment.pay_until if until else None,
    )
