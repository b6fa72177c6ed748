"""What delivery does when lower rooms tell something. Each runs in the teller's transaction."""

from __future__ import annotations

from amtsweg.platform.casework.events import DocumentsRequested, NoticeRequested
from amtsweg.platform.delivery import actions
from amtsweg.platform.events import on
from amtsweg.platform.transport.events import SubmissionAccepted, SubmissionSent


@on(SubmissionSent)
def confirm_receipt(event: SubmissionSent) -> None:
    """An application was sent: its receipt lies in the mailbox at once."""
    actions.confirm_receipt(event.submission_id)


@on(SubmissionAccepted)
def tell_receipt(event: SubmissionAccepted) -> None:
    """The authority has it: say so by mail."""
    actions.tell_receipt(event.submission_id)


@on(DocumentsRequested)
def request_documents(event: DocumentsRequested) -> None:
    """A clerk asks for documents: into the mailbox, and a mail."""
    actions.request_documents(event.case_id, event.message_id)


@on(NoticeRequested)
def request_notice(event: NoticeRequested) -> None:
    """A case is decided: make the notice."""
    actions.request_notice(event.case_id, event.template)
