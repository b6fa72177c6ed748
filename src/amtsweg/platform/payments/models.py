"""Payments and direct debit mandates, visible to the authority and, payments, to whoever is to pay."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

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


class PaymentState(models.TextChoices):
    """Where a payment stands. A failed one can be tried again; the last three are final."""

    REQUESTED = "requested", _("Wird vorbereitet")
    OPEN = "open", _("Offen")
    FAILED = "failed", _("Abgebrochen, noch nicht gezahlt")
    PAID = "paid", _("Gezahlt")
    WITHDRAWN = "withdrawn", _("Nicht gezahlt, Frist abgelaufen")
    LATE = "late", _("Nach Ablauf der Frist gezahlt, bitte erstatten")


UNSETTLED = (PaymentState.REQUESTED, PaymentState.OPEN, PaymentState.FAILED)
"""The case waits for such a payment."""


class Payment(models.Model):
    """An amount that a case asks of the applicant, paid at the payment provider.

    `request_id` names our request to the provider and is new for each try; `transaction_id`,
    `pay_url` and `provider_reference` are the provider's. Amounts are whole cents of `currency`.
    `account` and `code_hash` are of whoever sent the application, as is `language`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(
        "identity.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    code_hash = models.BinaryField(null=True)
    language = models.CharField(max_length=2)
    reference = models.CharField(max_length=32)
    purpose = models.CharField(max_length=100)
    amount_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="EUR")
    pay_until = models.DateField()
    state = models.CharField(
        max_length=16, choices=PaymentState.choices, default=PaymentState.REQUESTED
    )
    request_id = models.UUIDField(unique=True, default=uuid7)
    transaction_id = models.CharField(max_length=64, blank=True, default="")
    provider_reference = models.CharField(max_length=64, blank=True, default="")
    pay_url = models.TextField(blank=True, default="")
    requested_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state__in=["requested", "open", "failed"]),
                name="payment_one_unsettled",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="payment_more_than_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"
