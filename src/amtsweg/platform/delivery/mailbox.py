"""Putting messages into the mailbox of whoever sent an application, and mail that tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from amtsweg.platform.delivery.events import MailQueued
from amtsweg.platform.delivery.models import MailboxMessage, MessageKind, Outbox
from amtsweg.platform.events import emit
from amtsweg.platform.federation import vault
from amtsweg.platform.statements import Columns, Statement, insert
from amtsweg.platform.transport.models import Submission

_RECIPIENT = Statement(
    "SELECT {submission} FROM transport_submission AS submission WHERE submission.id = %s",
    submission=Columns(
        Submission, *("id", "authority_id", "account_id", "code_hash", "reference", "state")
    ),
)


def recipient(submission_id: UUID) -> Submission:
    """The submission without its content: whose it is and to which authority it went."""
    row = _RECIPIENT.first(submission_id)
    if row is None:
        raise Submission.DoesNotExist
    found: Submission = row[0]
    return found


def put(
    to: Submission, kind: MessageKind, content: Mapping[str, Any] | None = None, **columns: Any
) -> MailboxMessage:
    """Lay one message into the mailbox. One query."""
    message = MailboxMessage(
        authority_id=to.authority_id,
        submission=to,
        account_id=to.account_id,
        code_hash=to.code_hash,
        kind=kind,
        created_at=timezone.now(),
        **columns,
    )
    message.content = vault.seal_json(to.authority_id, content or {}, _context(message))
    insert(message)
    return message


def answered(request_id: UUID) -> None:
    """Note that what a message asked for is there, or is not asked for any more."""
    MailboxMessage.objects.filter(request_id=request_id, answered_at=None).update(
        answered_at=timezone.now()
    )


def content_of(message: MailboxMessage) -> Mapping[str, Any]:
    """What the message holds, in clear."""
    found: Mapping[str, Any] = vault.unseal_json(
        message.authority_id, message.content, _context(message)
    )
    return found


def tell_by_mail(message: MailboxMessage) -> None:
    """Queue one mail that tells of a message, in the running transaction."""
    Outbox(
        message=message,
        authority_id=message.authority_id,
        account_id=message.account_id,
        code_hash=message.code_hash,
        queued_at=timezone.now(),
    ).save(force_insert=True)
    emit(MailQueued(message.pk, message.authority_id))


def _context(message: MailboxMessage) -> str:
    return f"mailbox:{message.pk}"
