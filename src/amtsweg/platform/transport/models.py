"""Destinations, their private keys, submissions, attachments, and the log of their events.

A destination's public part is readable by everybody, because whoever sends must know its key. All
else stands behind the tenant wall; a submission with its attachments and events is also visible to
the account or code that sent it. Private keys are the worker's alone: the web never sees them.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amtsweg.platform.federation.ids import uuid7


class DestinationStatus(models.TextChoices):
    """Whether a destination takes submissions (FIT-Connect: destination status)."""

    CREATED = "created", _("Angelegt")
    ACTIVE = "active", _("Aktiv")
    INACTIVE = "inactive", _("Abgeschaltet")


class Destination(models.Model):
    """Where an authority receives the submissions of one service, with the key that seals them.

    ``public_key`` is an RSA-4096 JWK with ``alg`` RSA-OAEP-256 and ``key_ops`` wrapKey, as
    FIT-Connect hands it out.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    service = models.ForeignKey("catalogue.Service", on_delete=models.PROTECT)
    status = models.CharField(
        max_length=16, choices=DestinationStatus.choices, default=DestinationStatus.ACTIVE
    )
    encryption_kid = models.CharField(max_length=64)
    public_key = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "service"],
                condition=models.Q(status="active"),
                name="destination_active_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class DestinationKey(models.Model):
    """The private half of a destination's key: PKCS #8, sealed with the authority's key."""

    destination = models.OneToOneField(
        Destination, primary_key=True, on_delete=models.PROTECT, related_name="key"
    )
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return str(self.destination_id)


class SubmissionState(models.TextChoices):
    """Life of a submission (FIT-Connect's states that a receiver knows)."""

    ANNOUNCED = "announced", _("Angekündigt")
    SUBMITTED = "submitted", _("Eingereicht")
    ACCEPTED = "accepted", _("Angenommen")
    REJECTED = "rejected", _("Zurückgewiesen")


class Submission(models.Model):
    """A sent application: two JWE in compact form, which only the destination's key opens.

    ``case_id`` is FIT-Connect's caseId: it ties later submissions of the same matter together.
    ``reference`` is what the person quotes and what the authority files the case under.
    ``code_hash`` is the blinded status code of whoever sent it, ``language`` the one they used (ISO
    639-1), in which they are told of messages.
    ``content_keys`` is empty until acceptance. Then it holds the JWE's content keys, sealed with
    the authority's key: reading needs no private key any more, and the JWE stay what was sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case_id = models.UUIDField(default=uuid7)
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    edition = models.ForeignKey(
        "catalogue.Edition", on_delete=models.PROTECT, db_column="edition_hash"
    )
    service_identifier = models.CharField(max_length=255)
    reference = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=SubmissionState.choices)
    metadata_jwe = models.TextField()
    data_jwe = models.TextField()
    account = models.ForeignKey("identity.Account", null=True, on_delete=models.PROTECT)
    code_hash = models.BinaryField(null=True)
    content_keys = models.BinaryField(null=True)
    submitted_at = models.DateTimeField()
    language = models.CharField(max_length=2, default="de")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "reference"], name="submission_reference"),
        ]
        indexes = [
            models.Index(fields=["code_hash"], name="submission_code"),
            models.Index(fields=["account", "-id"], name="submission_account_newest"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def name(self) -> str:
        """What was applied for, in the language of the request."""
        return self.edition.service.name_for(self.service_identifier)


class SubmissionAttachment(models.Model):
    """One attachment: a JWE in compact form (ASCII). Its name and hash are in the metadata.

    ``size`` is that of the file itself, in bytes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="attachments")
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    account = models.ForeignKey("identity.Account", null=True, on_delete=models.PROTECT)
    code_hash = models.BinaryField(null=True)
    size = models.PositiveIntegerField()
    jwe = models.BinaryField()

    def __str__(self) -> str:
        return str(self.id)


class EventKind(models.TextChoices):
    """FIT-Connect's events of a submission."""

    CREATE = "create", _("Angekündigt")
    SUBMIT = "submit", _("Eingereicht")
    ACCEPT = "accept", _("Angenommen")
    REJECT = "reject", _("Zurückgewiesen")


class EventLog(models.Model):
    """One event of a submission. Append-only by trigger.

    ``problems`` is a list of ``{"code", "where", "detail"}``: what the receiver found wrong. It
    names places and rules, never values, because it is not sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="events")
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    account = models.ForeignKey("identity.Account", null=True, on_delete=models.PROTECT)
    code_hash = models.BinaryField(null=True)
    kind = models.CharField(max_length=16, choices=EventKind.choices)
    at = models.DateTimeField()
    problems = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.submission_id} {self.kind}"
