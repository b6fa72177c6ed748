"""Cases and their parts. Whatever a person said is sealed with the authority's key; the rest is plain.

All tables stand behind the tenant wall by ``authority_id``.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from amtsweg.platform.federation.ids import uuid7


class CaseState(models.TextChoices):
    """Where a case stands, as the inbox shows it."""

    OPEN = "open", _("In Bearbeitung")
    WAITING = "waiting", _("Wartet auf Unterlagen")
    PAYMENT = "payment", _("Wartet auf Zahlung")
    DECIDED = "decided", _("Entschieden")
    CLOSED = "closed", _("Abgeschlossen")


class Case(models.Model):
    """What an authority does about one submission, under the edition that was in force for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    submission = models.OneToOneField("transport.Submission", on_delete=models.PROTECT)
    edition = models.ForeignKey(
        "catalogue.Edition", on_delete=models.PROTECT, db_column="edition_hash"
    )
    reference = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=CaseState.choices, default=CaseState.OPEN)
    outcome = models.CharField(max_length=64, blank=True, default="")
    parameters = models.JSONField()
    headline = models.BinaryField()
    search_tokens = ArrayField(models.BinaryField(), default=list)
    process_state = models.BinaryField()
    applied_on = models.DateField()
    opened_at = models.DateTimeField()
    wakes_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    journal_length = models.PositiveIntegerField(default=0)
    journal_head = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "reference"], name="case_reference"),
        ]
        indexes = [
            models.Index(fields=["authority", "state", "-id"], name="case_inbox"),
            GinIndex(fields=["search_tokens"], name="case_search"),
        ]

    def __str__(self) -> str:
        return self.reference


class TaskState(models.TextChoices):
    """Life of a task."""

    OPEN = "open", _("Offen")
    DONE = "done", _("Erledigt")
    WITHDRAWN = "withdrawn", _("Entfallen")


class Task(models.Model):
    """One piece of work for one role, as the edition's process names it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    engine_id = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    role = models.CharField(max_length=32)
    different_from = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=16, choices=TaskState.choices, default=TaskState.OPEN)
    assignee = models.ForeignKey(
        "federation.Member", null=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        "federation.Member", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "engine_id"], name="task_engine_id"),
        ]

    def __str__(self) -> str:
        return self.name


class Deadline(models.Model):
    """Until when the case is to be decided. It rests while documents are missing (§ 42a (2) VwVfG)."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    due_on = models.DateField()
    rests_since = models.DateField(null=True)
    rested_days = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["authority", "due_on"], name="deadline_due")]

    def __str__(self) -> str:
        return self.due_on.isoformat()


class MessageKind(models.TextChoices):
    """What passes between clerk and applicant within a case."""

    DOCUMENTS_REQUESTED = "documents_requested", _("Unterlagen angefordert")
    DOCUMENTS_RECEIVED = "documents_received", _("Unterlagen eingegangen")


class Message(models.Model):
    """A sealed message within a case: ``{"text": str, "documents": str}``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=32, choices=MessageKind.choices)
    content = models.BinaryField()
    created_at = models.DateTimeField()
    answer_until = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.kind


class Document(models.Model):
    """A file of the case: an attachment of the submission, or one that came later (then sealed here)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT)
    meta = models.BinaryField()
    content = models.BinaryField(null=True)
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class Entry(models.TextChoices):
    """What the journal can say."""

    CASE_OPENED = "case_opened", _("Vorgang angelegt")
    TASK_OPENED = "task_opened", _("Aufgabe entstanden")
    TASK_TAKEN = "task_taken", _("Aufgabe übernommen")
    TASK_DONE = "task_done", _("Aufgabe erledigt")
    DOCUMENTS_REQUESTED = "documents_requested", _("Unterlagen angefordert")
    DOCUMENTS_RECEIVED = "documents_received", _("Unterlagen eingegangen")
    DEADLINE_RESTS = "deadline_rests", _("Frist ruht")
    DEADLINE_RUNS = "deadline_runs", _("Frist läuft weiter")
    NOTICE_REQUESTED = "notice_requested", _("Bescheid verfügt")
    NOTICE_SEALED = "notice_sealed", _("Bescheid gesiegelt")
    NOTICE_RETRIEVED = "notice_retrieved", _("Bescheid abgerufen")
    NOTICE_NOT_EFFECTED = "notice_not_effected", _("Bekanntgabe nicht bewirkt")
    MANDATE_RECORDED = "mandate_recorded", _("Lastschriftmandat erfasst")
    PAYMENT_REQUESTED = "payment_requested", _("Zahlung angefordert")
    PAYMENT_REMINDED = "payment_reminded", _("An die Zahlung erinnert")
    PAYMENT_RECEIVED = "payment_received", _("Zahlung eingegangen")
    PAYMENT_FAILED = "payment_failed", _("Zahlung abgebrochen")
    PAYMENT_WITHDRAWN = "payment_withdrawn", _("Nicht gezahlt, Zahlungsfrist abgelaufen")
    PAYMENT_LATE = "payment_late", _("Zahlung nach Ablauf der Frist eingegangen")
    CASE_CLOSED = "case_closed", _("Vorgang abgeschlossen")


class JournalEntry(models.Model):
    """One line of a case's journal: append-only by trigger, each line holds the hash of the one before."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="journal")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    entry = models.CharField(max_length=32, choices=Entry.choices)
    detail = models.BinaryField()
    previous = models.BinaryField()
    digest = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="journal_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.entry}"
