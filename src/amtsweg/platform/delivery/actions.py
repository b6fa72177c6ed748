"""The verbs of delivery. Each is one transaction: lock, rule, change, journal, event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from amtsweg.kit import calendar
from amtsweg.platform.casework import actions as casework
from amtsweg.platform.casework.actions import IncomingFile
from amtsweg.platform.casework.errors import NothingRequested
from amtsweg.platform.casework.models import Case, Entry, Message
from amtsweg.platform.delivery import mailbox
from amtsweg.platform.delivery.errors import AlreadyAnswered, RetrievalEnded
from amtsweg.platform.delivery.events import NoticeOrdered, NoticeRetrieved
from amtsweg.platform.delivery.models import (
    MailboxMessage,
    MessageKind,
    Notice,
    NoticeState,
)
from amtsweg.platform.events import emit
from amtsweg.platform.federation import vault, wall


@transaction.atomic(savepoint=False)
def confirm_receipt(submission_id: UUID) -> MailboxMessage:
    """Lay the receipt of a sent application into the mailbox."""
    return mailbox.put(mailbox.recipient(submission_id), MessageKind.RECEIPT)


@transaction.atomic(savepoint=False)
def tell_receipt(submission_id: UUID) -> None:
    """Tell by mail that the application arrived; runs when it was opened and so the address is known."""
    message = MailboxMessage.objects.filter(
        submission=submission_id, kind=MessageKind.RECEIPT, mail=None
    ).first()
    if message is not None:
        mailbox.tell_by_mail(message)


@transaction.atomic(savepoint=False)
def request_documents(case_id: UUID, request_id: UUID) -> MailboxMessage:
    """Deliver casework's request for documents to the applicant, once."""
    present = MailboxMessage.objects.filter(request_id=request_id).first()
    if present is not None:
        return present
    case = Case.objects.only("submission_id").get(pk=case_id)
    request = Message.objects.get(pk=request_id)
    content = vault.unseal_json(
        request.authority_id, request.content, context=f"message:{request.pk}"
    )
    message = mailbox.put(
        mailbox.recipient(case.submission_id),
        MessageKind.DOCUMENTS_REQUESTED,
        {"documents": content["documents"]},
        case_id=case_id,
        request_id=request_id,
        answer_until=request.answer_until,
    )
    mailbox.tell_by_mail(message)
    return message


@transaction.atomic
def answer_documents(
    message_id: UUID, *, text: str, files: Sequence[IncomingFile]
) -> MailboxMessage:
    """Hand the person's answer to a request for documents to casework, and confirm it.

    Runs in the person's scope. Raises AlreadyAnswered.
    """
    message = MailboxMessage.objects.select_for_update().get(
        pk=message_id, kind=MessageKind.DOCUMENTS_REQUESTED
    )
    if message.answered_at is not None or message.case_id is None or message.request_id is None:
        raise AlreadyAnswered
    try:
        with wall.scope(authority=message.authority_id):
            casework.documents_received(
                message.case_id, message_id=message.request_id, text=text, files=files
            )
    except NothingRequested as reason:
        raise AlreadyAnswered from reason
    message.answered_at = timezone.now()
    message.save(update_fields=["answered_at"])
    return mailbox.put(
        mailbox.recipient(message.submission_id),
        MessageKind.DOCUMENTS_RECEIVED,
        {"text": text, "files": [file.filename for file in files]},
        case_id=message.case_id,
    )


@transaction.atomic(savepoint=False)
def request_notice(case_id: UUID, template: str) -> Notice:
    """Note that a notice is to be made, and have it made."""
    case = Case.objects.only("authority_id", "submission_id").get(pk=case_id)
    to = mailbox.recipient(case.submission_id)
    notice = Notice.objects.create(
        authority_id=to.authority_id,
        case_id=case_id,
        submission=to,
        account_id=to.account_id,
        code_hash=to.code_hash,
        template=template,
        requested_at=timezone.now(),
    )
    emit(NoticeOrdered(notice.pk, to.authority_id))
    return notice


@transaction.atomic
def retrieve_notice(notice_id: UUID) -> Notice:
    """The person retrieves a notice: from the first time on its notification date stands.

    It is the day after (§ 41 (2a) sentence 3 VwVfG), and the period to object runs from it. Runs in
    the person's scope. Raises RetrievalEnded.
    """
    notice = (
        Notice.objects.select_for_update(of=("self",)).select_related("authority").get(pk=notice_id)
    )
    if notice.state == NoticeState.RETRIEVED:
        return notice
    today = timezone.localdate()
    if (
        notice.state != NoticeState.DELIVERED
        or notice.retrieve_until is None
        or today > notice.retrieve_until
    ):
        raise RetrievalEnded
    state = _state(notice)
    notice.state, notice.retrieved_at = NoticeState.RETRIEVED, timezone.now()
    notice.notified_on = calendar.notified_on(calendar.Channel.PORTAL, today, state)
    notice.objection_until = calendar.objection_until(notice.notified_on, state)
    notice.save(update_fields=["state", "retrieved_at", "notified_on", "objection_until"])
    with wall.scope(authority=notice.authority_id):
        casework.record(
            notice.case_id,
            Entry.NOTICE_RETRIEVED,
            notice=str(notice.pk),
            notified_on=notice.notified_on.isoformat(),
            objection_until=notice.objection_until.isoformat(),
        )
    emit(NoticeRetrieved(notice.pk, notice.case_id, notice.authority_id))
    return notice


@transaction.atomic(savepoint=False)
def end_retrievals(today: date) -> int:
    """End the provision of notices that were not retrieved in time; returns how many.

    Their notification is not effected (§ 41 (2a) sentence 5 VwVfG): the desk must send them by
    another way. Runs in the authority's scope.
    """
    late = Notice.objects.select_for_update().filter(
        state=NoticeState.DELIVERED, retrieve_until__lt=today
    )
    ended = list(late.defer("pdf"))
    for notice in ended:
        notice.state = NoticeState.NOT_EFFECTED
        notice.save(update_fields=["state"])
        mailbox.put(
            mailbox.recipient(notice.submission_id),
            MessageKind.NOTICE_WITHDRAWN,
            notice=notice,
            case_id=notice.case_id,
        )
        casework.record(notice.case_id, Entry.NOTICE_NOT_EFFECTED, notice=str(notice.pk))
    return len(ended)


@transaction.atomic(savepoint=False)
def announce(notice_id: UUID, on: date) -> None:
    """The mail that tells of a notice went out on this day: the ten days to retrieve run from it."""
    notice = Notice.objects.select_related("authority").defer("pdf").get(pk=notice_id)
    until = retrieval_day(notice, on)
    Notice.objects.filter(pk=notice_id, state=NoticeState.DELIVERED).update(retrieve_until=until)


def retrieval_day(notice: Notice, announced: date) -> date:
    """The last day to retrieve a notice that was announced on this day."""
    return calendar.retrieval_until(announced, _state(notice))


def mark_read(message: MailboxMessage) -> None:
    """Note when the person first opened a message."""
    if message.read_at is None:
        MailboxMessage.objects.filter(pk=message.pk, read_at=None).update(read_at=timezone.now())


def _state(notice: Notice) -> str:
    return calendar.state_of(notice.authority.area_id)
