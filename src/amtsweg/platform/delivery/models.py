"""Notices, messages to people, mail about them, and what anybody may know about a sealed notice.

All but the proofs stand behind the tenant wall, visible to the authority and to the
account or the code that sent the application. A proof is visible only to who holds the verification
code or the file.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from amtsweg.platform.federation.ids import uuid7


class NoticeState(models.TextChoices):
    """Where a notice is on its way to the person."""

    REQUESTED = "requested", _("Wird erstellt")
    DELIVERED = "delivered", _("Liegt zum Abruf bereit")
    RETRIEVED = "retrieved", _("Abgerufen")
    NOT_EFFECTED = "not_effected", _("Nicht abgerufen, Bekanntgabe nicht bewirkt")


class Notice(models.Model):
    """A decision in writing. `pdf` and `code` (for verification) are sealed with the authority's key.

    `sha512` is that of the sealed PDF. `retrieve_until` is the last day to retrieve it with legal
    effect, `notified_on` and `objection_until` follow from the retrieval (§ 41 (2a) VwVfG, § 70 VwGO).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    case = models.ForeignKey("casework.Case", on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        "transport.Submission", on_delete=models.PROTECT, related_name="+"
    )
    account = models.ForeignKey(
        "identity.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    code_hash = models.BinaryField(null=True)
    template = models.CharField(max_length=64)
    title = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(
        max_length=16, choices=NoticeState.choices, default=NoticeState.REQUESTED
    )
    pdf = models.BinaryField(default=b"")
    size = models.PositiveIntegerField(default=0)
    sha512 = models.BinaryField(default=b"")
    code = models.BinaryField(default=b"")
    requested_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    retrieve_until = models.DateField(null=True)
    retrieved_at = models.DateTimeField(null=True)
    notified_on = models.DateField(null=True)
    objection_until = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case"], name="notice_case"),
            models.Index(fields=["submission"], name="notice_submission"),
            models.Index(
                fields=["authority", "retrieve_until"],
                condition=models.Q(state="delivered"),
                name="notice_to_retrieve",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.state}"


class Proof(models.Model):
    """What anybody who holds a sealed notice may know about it: who issued what kind of it when.

    Found by the blinded verification code or the blinded hash of the file; nothing personal.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    code_hash = models.BinaryField(unique=True)
    file_hash = models.BinaryField(unique=True)
    title = models.CharField(max_length=200)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.title} {self.sealed_at:%Y-%m-%d}"


class MessageKind(models.TextChoices):
    """Why something lies in the mailbox."""

    RECEIPT = "receipt", _("Eingangsbestätigung")
    DOCUMENTS_REQUESTED = "documents_requested", _("Unterlagen angefordert")
    DOCUMENTS_RECEIVED = "documents_received", _("Unterlagen eingegangen")
    NOTICE = "notice", _("Bescheid")
    NOTICE_WITHDRAWN = "notice_withdrawn", _("Abrufzeit abgelaufen")
    PAYMENT_REQUESTED = "payment_requested", _("Zahlung angefordert")
    PAYMENT_REMINDED = "payment_reminded", _("Erinnerung an die Zahlung")
    PAYMENT_RECEIVED = "payment_received", _("Zahlung eingegangen")
    PAYMENT_WITHDRAWN = "payment_withdrawn", _("Zahlungsfrist abgelaufen")
    PAYMENT_LATE = "payment_late", _("Zahlung nach Ablauf der Frist eingegangen")


class MailboxMessage(models.Model):
    """A message to whoever sent the application. `content` is sealed JSON; its keys depend on the kind.

    documents_requested: {"documents": text of the clerk}; documents_received: {"files": [names],
    "text": str}; those about a payment: {"payment": its id, "amount_cents": int, "purpose": str}; the
    others: {}. `request_id` is casework's message that asks for documents, or the payment asked for.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    submission = models.ForeignKey(
        "transport.Submission", on_delete=models.PROTECT, related_name="+"
    )
    account = models.ForeignKey(
        "identity.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    code_hash = models.BinaryField(null=True)
    kind = models.CharField(max_length=32, choices=MessageKind.choices)
    content = models.BinaryField()
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="messages")
    case_id = models.UUIDField(null=True)
    request_id = models.UUIDField(null=True, unique=True)
    answer_until = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "-id"], name="mailbox_account_newest"),
            models.Index(fields=["submission", "-id"], name="mailbox_submission_newest"),
        ]

    def __str__(self) -> str:
        return self.kind


class MailState(models.TextChoices):
    """What became of a mail. Only `SENT` is shown as sent."""

    QUEUED = "queued", _("E-Mail wird gesendet")
    SENT = "sent", _("E-Mail gesendet")
    FAILED = "failed", _("E-Mail konnte nicht gesendet werden")
    NO_ADDRESS = "no_address", _("keine E-Mail-Adresse bekannt")


class Outbox(models.Model):
    """One mail that tells a person of a message. The address is looked up when it is sent."""

    message = models.OneToOneField(
        MailboxMessage, primary_key=True, on_delete=models.PROTECT, related_name="mail"
    )
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    account = models.ForeignKey(
        "identity.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    code_hash = models.BinaryField(null=True)
    state = models.CharField(max_length=16, choices=MailState.choices, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=100, blank=True, default="")
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "outbox"

    def __str__(self) -> str:
        return self.state
