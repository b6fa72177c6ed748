"""Direct debit mandates, sealed with the authority's key and visible to the authority alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from amtsweg.platform.federation.ids import uuid7


class Mandate(models.Model):
    """A SEPA core mandate that a person gave within an application (SEPA Direct Debit Core Rulebook).

    `reference` is the unique mandate reference, at most 35 signs, which every collection quotes.
    `account` is sealed JSON: {"iban": str without blanks, "holder": str}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    case = models.OneToOneField("casework.Case", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=35)
    account = models.BinaryField()
    given_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "reference"], name="mandate_reference_once"
            )
        ]

    def __str__(self) -> str:
        return self.reference
