"""Drafts and their files, all sealed with the key of the authority that they are meant for.

Behind the tenant wall: a draft is seen by the account or the code that owns it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models

from amtsweg.platform.federation.ids import uuid7


class Draft(models.Model):
    """An application that is being filled in, for 30 days since the last change.

    ``content`` is sealed JSON: see ``content.Content``. ``code_hash`` is the blinded resume code,
    which after sending is the status code. ``version`` counts saved pages, so that a second tab is
    noticed. ``operation`` is the id of one of the service's operations, if it names any.
    ``submission`` is set when it was sent; then ``content`` keeps nothing but the code.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    service = models.ForeignKey("catalogue.Service", on_delete=models.PROTECT)
    adoption = models.ForeignKey("catalogue.Adoption", on_delete=models.PROTECT)
    edition = models.ForeignKey(
        "catalogue.Edition", on_delete=models.PROTECT, db_column="edition_hash"
    )
    account = models.ForeignKey("identity.Account", null=True, on_delete=models.PROTECT)
    operation = models.CharField(max_length=40, blank=True, default="")
    code_hash = models.BinaryField()
    content = models.BinaryField()
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    submission = models.OneToOneField(
        "transport.Submission", null=True, on_delete=models.PROTECT, related_name="draft"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code_hash"], name="draft_code")]
        indexes = [
            models.Index(fields=["account", "-id"], name="draft_account_newest"),
            models.Index(fields=["authority", "expires_at"], name="draft_expiry"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def name(self) -> str:
        """What is applied for, in the language of the request."""
        return self.service.name_for(self.operation)

    def has_expired(self, now: datetime) -> bool:
        """Whether its time is over at this moment."""
        return self.expires_at <= now


class DraftFile(models.Model):
    """The sealed content of one uploaded file. Its name and place are in the draft's content.

    ``size`` is that of the file itself, in bytes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    account = models.ForeignKey("identity.Account", null=True, on_delete=models.PROTECT)
    code_hash = models.BinaryField()
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)
