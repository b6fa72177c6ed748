"""Reads: the mandate and the payments of a case, and one payment for whoever is to pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from amtsweg.platform.federation import vault
from amtsweg.platform.payments.actions import context
from amtsweg.platform.payments.models import Mandate, Payment


@dataclass(frozen=True)
class MandateView:
    """A mandate in clear, for the authority."""

    reference: str
    iban: str
    holder: str
    given_on: date

    @property
    def grouped_iban(self) -> str:
        """The IBAN as people read it, in groups of four."""
        return " ".join(self.iban[start : start + 4] for start in range(0, len(self.iban), 4))


def mandate_of(case_id: UUID) -> MandateView | None:
    """The mandate that was recorded for a case, if any. One query."""
    row = Mandate.objects.filter(case=case_id).first()
    if row is None:
        return None
    account = vault.unseal_json(row.authority_id, row.account, context(row.pk))
    return MandateView(row.reference, account["iban"], account["holder"], row.given_on)


def payments_of(case_id: UUID) -> tuple[Payment, ...]:
    """What a case asked to be paid, newest first. One query."""
    return tuple(Payment.objects.filter(case=case_id).order_by("-id"))


def payment(payment_id: UUID) -> Payment | None:
    """One payment that the scope may see. One query."""
    return Payment.objects.select_related("authority").filter(pk=payment_id).first()
