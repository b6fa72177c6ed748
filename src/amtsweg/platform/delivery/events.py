"""What delivery tells its own jobs and the rooms above it. Handlers run in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class NoticeDelivered:
    """A sealed notice lies in the person's mailbox."""

    notice_id: UUID
    case_id: UUID
    authority_id: UUID


@dataclass(frozen=True)
class NoticeRetrieved:
    """The person retrieved the notice: the day after, it is notified."""

    notice_id: UUID
    case_id: UUID
    authority_id: UUID


@dataclass(frozen=True)
class NoticeOrdered:
    """A notice is to be written, sealed and delivered."""

    notice_id: UUID
    authority_id: UUID


@dataclass(frozen=True)
class MailQueued:
    """A mail that tells of this message is to be sent."""

    message_id: UUID
    authority_id: UUID
