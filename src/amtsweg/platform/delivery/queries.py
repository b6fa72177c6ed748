"""What people see of their applications and notices, and what anybody sees of a sealed notice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from amtsweg.platform.delivery import mailbox, proofs
from amtsweg.platform.delivery.models import (
    MailboxMessage,
    MailState,
    MessageKind,
    Notice,
    NoticeState,
    Outbox,
    Proof,
)
from amtsweg.platform.federation import vault, wall
from amtsweg.platform.transport.models import Submission, SubmissionState

PAGE = 25
_SEALED_PARTS = ("metadata_jwe", "data_jwe", "content_keys", "edition__archive")


@dataclass(frozen=True)
class Step:
    """One step of an application as the person sees it; `state` is done, current or open."""

    label: str
    state: str
    at: datetime | None = None


@dataclass(frozen=True)
class StatusPage:
    """Everything that the status page shows."""

    submission: Submission
    steps: tuple[Step, ...]
    next_text: str
    messages: tuple[MailboxMessage, ...]
    notices: tuple[Notice, ...]
    payment: UUID | None
    """The payment that the person is asked for and has not made."""


@dataclass(frozen=True)
class MessageView:
    """A message, opened, with what became of the mail about it."""

    message: MailboxMessage
    content: Mapping[str, Any]
    mail: Outbox | None

    @property
    def awaits_answer(self) -> bool:
        """Whether the person is asked for documents and has not sent them."""
        return (
            self.message.kind == MessageKind.DOCUMENTS_REQUESTED
            and self.message.answered_at is None
        )

    @property
    def mail_failed(self) -> bool:
        """Whether no mail about it could be sent."""
        return self.mail is not None and self.mail.state == MailState.FAILED


@dataclass(frozen=True)
class Mailbox:
    """One page of an account's messages, newest first, and the key of the next page."""

    messages: tuple[MailboxMessage, ...]
    before: UUID | None


def submission_of_code(code_hash: bytes) -> Submission | None:
    """The application that was sent under a code. Two queries, in a scope of its own."""
    with wall.scope(code=code_hash):
        return Submission.objects.only("reference").filter(code_hash=code_hash).first()


def status_page(reference: str) -> StatusPage | None:
    """The status of an application that the scope may see. Three queries."""
    submission = (
        Submission.objects.select_related("authority", "edition__service")
        .defer(*_SEALED_PARTS)
        .filter(reference=reference)
        .first()
    )
    if submission is None:
        return None
    messages = tuple(MailboxMessage.objects.filter(submission=submission).order_by("-id"))
    notices = tuple(
        Notice.objects.filter(submission=submission)
        .exclude(state=NoticeState.REQUESTED)
        .defer("pdf")
        .order_by("-id")
    )
    waiting = next((m for m in messages if _awaits_answer(m)), None)
    payment = next((m.request_id for m in messages if _awaits_payment(m)), None)
    return StatusPage(
        submission=submission,
        steps=_steps(submission, notices),
        next_text=_what_next(submission, waiting, payment, notices),
        messages=messages,
        notices=notices,
        payment=payment,
    )


def _steps(submission: Submission, notices: tuple[Notice, ...]) -> tuple[Step, ...]:
    accepted = submission.state == SubmissionState.ACCEPTED
    decided = notices[0].sealed_at if notices else None
    if submission.state == SubmissionState.REJECTED:
        return (
            Step(_("Gesendet"), "done", submission.submitted_at),
            Step(_("Zurückgewiesen"), "current"),
        )
    return (
        Step(_("Gesendet"), "done", submission.submitted_at),
        Step(_("Eingegangen"), "done" if accepted else "current"),
        Step(_("In Bearbeitung"), "done" if decided else "current" if accepted else "open"),
        Step(_("Entschieden"), "done" if decided else "open", decided),
    )


def _what_next(
    submission: Submission,
    waiting: MailboxMessage | None,
    payment: UUID | None,
    notices: tuple[Notice, ...],
) -> str:
    if submission.state == SubmissionState.REJECTED:
        return _(
            "Die Behörde konnte Ihren Antrag nicht lesen. Bitte stellen Sie ihn noch einmal "
            "oder wenden Sie sich an die Behörde."
        )
    if waiting is not None:
        return _("Es fehlen noch Unterlagen. Bitte beantworten Sie die Nachricht der Behörde.")
    if payment is not None:
        return _(
            "Bitte bezahlen Sie die Gebühr. Danach bearbeitet die Behörde Ihren Antrag weiter."
        )
    if not notices:
        return _(
            "Die Behörde bearbeitet Ihren Antrag. Sie müssen nichts tun. "
            "Wenn etwas fehlt oder der Bescheid da ist, finden Sie hier eine Nachricht."
        )
    return {
        NoticeState.DELIVERED: _("Ihr Bescheid liegt bereit. Bitte rufen Sie ihn ab."),
        NoticeState.RETRIEVED: _("Ihr Antrag ist entschieden. Den Bescheid finden Sie unten."),
        NoticeState.NOT_EFFECTED: _("Die Behörde schickt Ihnen den Bescheid auf anderem Weg."),
    }[NoticeState(notices[0].state)]


def _awaits_answer(message: MailboxMessage) -> bool:
    return message.kind == MessageKind.DOCUMENTS_REQUESTED and message.answered_at is None


def _awaits_payment(message: MailboxMessage) -> bool:
    return message.kind == MessageKind.PAYMENT_REQUESTED and message.answered_at is None


def inbox(account_id: UUID, before: UUID | None) -> Mailbox:
    """One page of an account's messages over all authorities. One query."""
    found = _messages().filter(account=account_id).order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    messages = tuple(found[: PAGE + 1])
    shown = messages[:PAGE]
    return Mailbox(shown, shown[-1].pk if len(messages) > PAGE else None)


def message(message_id: UUID) -> MessageView | None:
    """One message that the scope may see. One query."""
    row = _messages().filter(pk=message_id).first()
    if row is None:
        return None
    return MessageView(row, mailbox.content_of(row), getattr(row, "mail", None))


def _messages() -> QuerySet[MailboxMessage]:
    return MailboxMessage.objects.select_related(
        "authority", "submission__edition__service", "notice", "mail"
    ).defer(*(f"submission__{part}" for part in _SEALED_PARTS), "notice__pdf")


def notice(notice_id: UUID) -> Notice | None:
    """A delivered notice that the scope may see, without its PDF. One query."""
    return (
        Notice.objects.select_related("authority", "submission__edition__service")
        .defer(*(f"submission__{part}" for part in _SEALED_PARTS), "pdf")
        .exclude(state=NoticeState.REQUESTED)
        .filter(pk=notice_id)
        .first()
    )


def pdf_of(row: Notice) -> bytes:
    """The sealed PDF. One query."""
    return vault.unseal(row.authority_id, row.pdf, proofs.pdf_context(row))


def file_name(row: Notice) -> str:
    """What the notice's file is called."""
    words = "".join(c if c.isalnum() or c in " -" else " " for c in row.title)
    return f"{'-'.join(words.split())}_{row.submission.reference}.pdf"


@dataclass(frozen=True)
class CaseNotice:
    """A notice as the desk sees it: how far it got, and whether the person was told by mail."""

    notice: Notice
    mail: Outbox | None


def notices_of_case(case_id: UUID) -> tuple[CaseNotice, ...]:
    """All notices of a case, newest first, for its authority. Two queries."""
    rows = list(
        Notice.objects.filter(case=case_id)
        .select_related("submission")
        .defer("pdf", "submission__metadata_jwe", "submission__data_jwe")
        .order_by("-id")
    )
    mails = {
        mail.message.notice_id: mail
        for mail in Outbox.objects.filter(
            message__notice__in=rows, message__kind=MessageKind.NOTICE
        ).select_related("message")
    }
    return tuple(CaseNotice(row, mails.get(row.pk)) for row in rows)


@dataclass(frozen=True)
class ProofView:
    """What anybody may know of a sealed notice."""

    authority: str
    title: str
    sealed_at: datetime


def proof_by_code(code: str) -> ProofView | None:
    """The notice with this verification code. Two queries, in a scope of its own."""
    return _proof(proofs.by_code(code), "code_hash")


def proof_by_file(content: bytes) -> ProofView | None:
    """The notice that is this very file, to the byte. Two queries, in a scope of its own."""
    return _proof(proofs.by_file(hashlib.sha512(content).digest()), "file_hash")


def _proof(key: bytes, column: str) -> ProofView | None:
    with wall.scope(code=key):
        row = Proof.objects.select_related("authority").filter(**{column: key}).first()
    return ProofView(row.authority.name, row.title, row.sealed_at) if row else None
