"""Reads: the mandate of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from amtsweg.platform.federation import vault
from amtsweg.platform.payments.actions import context
from amtsweg.platform.payments.models import Mandate


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
