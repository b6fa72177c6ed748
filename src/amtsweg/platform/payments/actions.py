"""The verbs of payments."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from amtsweg.platform.casework.models import Case
from amtsweg.platform.federation import vault
from amtsweg.platform.federation.codes import new_reference
from amtsweg.platform.payments.models import Mandate

REFERENCE_PREFIX = "SEPA"


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
