"""The verbs of casework. Each is one transaction: permission, lock, rule, change, journal, event."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from amtsweg.kit.forms import FileInfo
from amtsweg.platform.casework import deadlines, journal, running
from amtsweg.platform.casework.errors import (
    FourEyes,
    NotAdopted,
    NothingRequested,
    NotPermitted,
    TaskGone,
    WrongRole,
)
from amtsweg.platform.casework.events import CaseOpened
from amtsweg.platform.casework.models import (
    Case,
    CaseState,
    Deadline,
    Document,
    Entry,
    Message,
    MessageKind,
    Task,
    TaskState,
)
from amtsweg.platform.catalogue import queries as catalogue
from amtsweg.platform.events import emit
from amtsweg.platform.federation import vault
from amtsweg.platform.federation.ids import uuid7
from amtsweg.platform.federation.models import Member, Role
from amtsweg.platform.transport import queries as transport


@dataclass(frozen=True)
class IncomingFile:
    """A file that a person sent later: what it is called, what it is, its bytes."""

    filename: str
    media_type: str
    content: bytes


@transaction.atomic(savepoint=False)
def open_case(submission_id: UUID) -> Case:
    """Open the case of an accepted submission under its edition; the same one if it is open already.

    Runs in the authority's scope, in the transaction that accepted the submission.
    """
    present = Case.objects.filter(submission_id=submission_id).first()
    if present is not None:
        return present
    submission = transport.submission(submission_id)
    opened = transport.open_submission(submission)
    edition = catalogue.compiled(submission.edition_id)
    adoption = catalogue.adoption(submission.authority, submission.destination.service)
    if adoption is None:
        raise NotAdopted(str(submission_id))
    applied_on = timezone.localtime(submission.submitted_at).date()
    now = timezone.now()
    context = running.context_of(edition, opened, adoption.parameters, applied_on)
    # A case is known by whom its notice will be addressed to.
    headline = str(edition.notice_rules.recipient[0].evaluate(context)).strip()
    case = Case(
        id=submission.case_id,
        authority=submission.authority,
        submission=submission,
        edition_id=submission.edition_id,
        reference=submission.reference,
        parameters=adoption.parameters,
        search_tokens=tokens(submission.authority_id, headline),
        applied_on=applied_on,
        opened_at=now,
    )
    case.headline = vault.seal_json(case.authority_id, [headline], context=f"headline:{case.id}")
    case.process_state = b""
    case.save(force_insert=True)
    journal.append(
        case, journal.SYSTEM, Entry.CASE_OPENED, submission=str(submission.id), edition=edition.hash
    )
    for attachment in opened.attachments:
        _keep_document(case, attachment.id, attachment.info, None, None)
    Deadline.objects.create(
        case=case,
        authority_id=case.authority_id,
        due_on=deadlines.last_day(case, edition.decision_days, since=applied_on),
    )
    running.settle(case, edition.process.start(context), journal.SYSTEM)
    emit(CaseOpened(case.id, case.authority_id))
    return case


@transaction.atomic
def take_task(task_id: UUID, *, member: Member) -> Task:
    """Put one's name on an open task, so that colleagues see who works on it."""
    task = _open_task(task_id)
    case = _lock(task.case_id)
    _permit(member, task)
    if task.assignee_id != member.pk:
        task.assignee = member
        task.save(update_fields=["assignee"])
        journal.append(case, str(member.pk), Entry.TASK_TAKEN, task=task.name)
        case.save()
    return task


@transaction.atomic
def complete_task(task_id: UUID, *, member: Member, result: Mapping[str, Any]) -> Case:
    """Finish a task with its result and let the process go on.

    Raises WrongRole, FourEyes or TaskGone; the kit's TaskError if the result does not fit the inputs.
    """
    task = _open_task(task_id)
    case = _lock(task.case_id)
    task = _open_task(task_id)
    _permit(member, task)
    instance = running.restore(case)
    instance.complete(task.engine_id, result)
    task.state, task.done_at, task.done_by = TaskState.DONE, timezone.now(), member
    task.save()
    journal.append(case, str(member.pk), Entry.TASK_DONE, task=task.name, result=dict(result))
    running.settle(case, instance, str(member.pk))
    return case


@transaction.atomic
def documents_received(
    case_id: UUID, *, message_id: UUID, text: str, files: Sequence[IncomingFile]
) -> Case:
    """The applicant answered a request for documents: keep everything, let deadline and process run.

    An answer that comes late is kept as well. Raises NothingRequested if the request was answered
    already or the case is decided.
    """
    case = _lock(case_id)
    request = Message.objects.filter(
        pk=message_id, case=case, kind=MessageKind.DOCUMENTS_REQUESTED, answered_at=None
    ).first()
    if request is None or case.state not in (CaseState.OPEN, CaseState.WAITING):
        raise NothingRequested
    now = timezone.now()
    request.answered_at = now
    request.save(update_fields=["answered_at"])
    answer = Message(
        authority_id=case.authority_id,
        case=case,
        kind=MessageKind.DOCUMENTS_RECEIVED,
        created_at=now,
    )
    answer.content = vault.seal_json(
        case.authority_id, {"text": text}, context=f"message:{answer.id}"
    )
    answer.save()
    for file in files:
        document_id = uuid7()
        info = FileInfo(
            str(document_id),
            file.filename,
            file.media_type,
            len(file.content),
            hashlib.sha512(file.content).hexdigest(),
        )
        _keep_document(case, document_id, info, answer, file.content)
    journal.append(
        case,
        journal.APPLICANT,
        Entry.DOCUMENTS_RECEIVED,
        message=str(answer.id),
        documents=len(files),
    )
    instance = running.restore(case)
    if running.DOCUMENTS_RECEIVED in instance.waiting_for():
        instance.receive(running.DOCUMENTS_RECEIVED, {})
    running.settle(case, instance, journal.APPLICANT)
    return case


@transaction.atomic
def payment_received(case_id: UUID, **detail: object) -> bool:
    """The applicant paid: let deadline and process run; the detail goes into the journal.

    False if the case does not wait for a payment (any more): it is journalled as late.
    """
    case = _lock(case_id)
    instance = running.restore(case)
    if running.PAYMENT_RECEIVED not in instance.waiting_for():
        journal.append(case, journal.APPLICANT, Entry.PAYMENT_LATE, **detail)
        case.save()
        return False
    journal.append(case, journal.APPLICANT, Entry.PAYMENT_RECEIVED, **detail)
    instance.receive(running.PAYMENT_RECEIVED, {})
    running.settle(case, instance, journal.APPLICANT)
    return True


@transaction.atomic
def wake(case_id: UUID) -> None:
    """Let the timers of a case's process fire that are due; nothing happens if none is."""
    case = _lock(case_id)
    instance = running.restore(case)
    if instance.refresh(timezone.now()):
        running.settle(case, instance, journal.SYSTEM)


@transaction.atomic
def record(case_id: UUID, entry: Entry, *, actor: str = journal.SYSTEM, **detail: object) -> None:
    """Write into a case's journal what a higher room did for it (notice sealed, retrieved, …)."""
    case = _lock(case_id)
    journal.append(case, actor, entry, **detail)
    case.save()


def tokens(authority_id: UUID, text: str) -> list[bytes]:
    """Blind search tokens of names: equal words meet, nobody without the key can read them."""
    folded = {_fold(word) for word in text.replace("-", " ").split()}
    return sorted(vault.blind(f"case:{authority_id}:{word}") for word in folded if word)


def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in decomposed if sign.isalnum())


def _keep_document(
    case: Case, document_id: UUID, info: FileInfo, message: Message | None, content: bytes | None
) -> None:
    owner = case.authority_id
    Document.objects.create(
        id=document_id,
        authority_id=owner,
        case=case,
        message=message,
        meta=vault.seal_json(owner, asdict(info), context=f"document-meta:{document_id}"),
        content=content
        if content is None
        else vault.seal(owner, content, context=f"document:{document_id}"),
        received_at=timezone.now(),
    )


def _lock(case_id: UUID) -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("submission").get(pk=case_id)


def _open_task(task_id: UUID) -> Task:
    task = Task.objects.filter(pk=task_id).first()
    if task is None or task.state != TaskState.OPEN:
        raise TaskGone
    return task


def refusal(member: Member, task: Task) -> NotPermitted | None:
    """Why this member may not do this task; None if they may.

    A task is for its role, a clerk's also for the head of the office; never for the same person twice.
    """
    allowed = {task.role} | ({Role.HEAD} if task.role == Role.CLERK else set())
    if member.authority_id != task.authority_id or member.role not in allowed:
        return WrongRole(Role(task.role))
    if (
        task.different_from
        and Task.objects.filter(
            case_id=task.case_id,
            name=task.different_from,
            state=TaskState.DONE,
            done_by__account_id=member.account_id,
        ).exists()
    ):
        return FourEyes()
    return None


def _permit(member: Member, task: Task) -> None:
    if refused := refusal(member, task):
        raise refused
