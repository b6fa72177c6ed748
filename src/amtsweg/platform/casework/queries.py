"""What the desk shows. Each query names a page and needs a bounded number of SQL queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from amtsweg.kit.forms import FileInfo, Language, Section
from amtsweg.kit.package import Edition
from amtsweg.kit.process import Input
from amtsweg.platform.casework import deadlines, journal, notices, running
from amtsweg.platform.casework.actions import tokens
from amtsweg.platform.casework.models import (
    Case,
    CaseState,
    Deadline,
    Document,
    JournalEntry,
    Message,
    Task,
    TaskState,
)
from amtsweg.platform.catalogue.course import Course
from amtsweg.platform.catalogue.course import course as describe
from amtsweg.platform.catalogue.models import Adoption
from amtsweg.platform.federation import vault
from amtsweg.platform.federation.models import Member
from amtsweg.platform.identity import queries as identity
from amtsweg.platform.transport import queries as transport

PAGE = 25


@dataclass(frozen=True)
class InboxFilters:
    """What the clerk asks the inbox for: which shelf, words (reference or name), which service."""

    shelf: str = "mine"
    words: str = ""
    service: str = ""


SHELVES = ("mine", "open", "waiting", "done")


@dataclass(frozen=True)
class InboxRow:
    """One case on the inbox page."""

    case: Case
    headline: str
    service: str
    tasks: tuple[Task, ...]
    due_on: date | None
    overdue: bool


@dataclass(frozen=True)
class Inbox:
    """One page of the inbox and the key of the next page, if there is one."""

    rows: tuple[InboxRow, ...]
    after: str


def inbox(member: Member, filters: InboxFilters, after: str) -> Inbox:
    """One page of cases, the one that is due first on top. Two SQL queries, whatever the filters."""
    found = (
        Case.objects.filter(authority_id=member.authority_id)
        .select_related("deadline", "edition__service", "submission")
        .defer(*(f"submission__{part}" for part in ("data_jwe", "metadata_jwe", "content_keys")))
    )
    found = _on_shelf(found, member, filters.shelf)
    if filters.service:
        found = found.filter(edition__service__slug=filters.service)
    if filters.words.strip():
        found = found.filter(_matches(member.authority_id, filters.words))
    found = found.order_by("deadline__due_on", "id")
    if after:
        found = found.filter(_behind(after))
    cases = list(found[: PAGE + 1])
    shown = cases[:PAGE]
    tasks = _open_tasks([case.pk for case in shown])
    rows = tuple(_row(case, tasks.get(case.pk, ())) for case in shown)
    more = f"{shown[-1].deadline.due_on.isoformat()}_{shown[-1].pk}" if len(cases) > PAGE else ""
    return Inbox(rows, more)


def _on_shelf(found: QuerySet[Case], member: Member, shelf: str) -> QuerySet[Case]:
    if shelf == "waiting":
        return found.filter(state__in=(CaseState.WAITING, CaseState.PAYMENT))
    if shelf == "done":
        return found.filter(state__in=(CaseState.DECIDED, CaseState.CLOSED))
    if shelf == "open":
        return found.filter(state=CaseState.OPEN)
    mine = Task.objects.filter(case=OuterRef("pk"), state=TaskState.OPEN, role=member.role).filter(
        Q(assignee=None) | Q(assignee=member)
    )
    return found.filter(Exists(mine))


def _matches(authority_id: UUID, words: str) -> Q:
    by_name = Q()
    for token in tokens(authority_id, words):
        by_name &= Q(search_tokens__contains=[token])
    reference = words.strip().upper().replace(" ", "")
    return Q(reference__istartswith=reference) | (by_name or Q(pk__in=()))


def _behind(after: str) -> Q:
    due_on, _, case_id = after.partition("_")
    try:
        day, last = date.fromisoformat(due_on), UUID(case_id)
    except ValueError:
        return Q()
    return Q(deadline__due_on__gt=day) | Q(deadline__due_on=day, id__gt=last)


def _open_tasks(case_ids: Sequence[UUID]) -> dict[UUID, tuple[Task, ...]]:
    tasks: dict[UUID, tuple[Task, ...]] = {}
    for task in Task.objects.filter(case_id__in=case_ids, state=TaskState.OPEN).select_related(
        "assignee__account"
    ):
        tasks[task.case_id] = (*tasks.get(task.case_id, ()), task)
    return tasks


def _row(case: Case, tasks: tuple[Task, ...]) -> InboxRow:
    due_on = case.deadline.due_on
    return InboxRow(
        case=case,
        headline=headline(case),
        service=case.edition.service.name_for(case.submission.service_identifier),
        tasks=tasks,
        due_on=due_on,
        overdue=case.state == CaseState.OPEN and due_on < deadlines.today(),
    )


def headline(case: Case) -> str:
    """By whose names the case is known."""
    (name,) = vault.unseal_json(
        case.authority_id, bytes(case.headline), context=f"headline:{case.id}"
    )
    return str(name)


@dataclass(frozen=True)
class DocumentView:
    """A file of the case as the desk lists it."""

    id: UUID
    info: FileInfo
    received_at: datetime
    later: bool


@dataclass(frozen=True)
class MessageView:
    """A message of the case, opened."""

    message: Message
    content: Mapping[str, Any]


@dataclass(frozen=True)
class JournalLine:
    """A line of the journal, opened, with the actor's name."""

    line: JournalEntry
    actor: str
    detail: Mapping[str, Any]

    @property
    def short_digest(self) -> str:
        """The first signs of the line's hash, enough to compare by eye."""
        return bytes(self.line.digest).hex()[:12]


@dataclass(frozen=True)
class CaseView:
    """Everything that the case page shows."""

    case: Case
    edition: Edition
    headline: str
    sections: tuple[Section, ...]
    documents: tuple[DocumentView, ...]
    tasks: tuple[Task, ...]
    deadline: Deadline
    messages: tuple[MessageView, ...]
    journal: tuple[JournalLine, ...]


def find_case(case_id: UUID) -> Case | None:
    """The case, or None if it is not this authority's (the wall hides it)."""
    return (
        Case.objects.select_related("submission", "deadline", "edition__service", "authority")
        .filter(pk=case_id)
        .first()
    )


def case_view(case: Case, language: Language) -> CaseView:
    """The case page: answers beside documents, tasks, deadline, messages, journal. Eight queries."""
    edition = running.edition_of(case)
    opened = transport.open_submission(case.submission)
    documents = tuple(_document_view(row) for row in case.documents.defer("content"))
    files = {str(document.id): document.info for document in documents}
    form = edition.form_for(running.operation_of(edition, opened), case.parameters)
    return CaseView(
        case=case,
        edition=edition,
        headline=headline(case),
        sections=form.summary(opened.data, language=language, files=files),
        documents=documents,
        tasks=tuple(case.tasks.filter(state=TaskState.OPEN).select_related("assignee__account")),
        deadline=case.deadline,
        messages=tuple(
            MessageView(row, _content(row)) for row in case.messages.order_by("created_at")
        ),
        journal=_journal(case),
    )


def _document_view(row: Document) -> DocumentView:
    meta = vault.unseal_json(row.authority_id, bytes(row.meta), context=f"document-meta:{row.id}")
    return DocumentView(row.id, FileInfo(**meta), row.received_at, row.message_id is not None)


def _content(row: Message) -> Mapping[str, Any]:
    content: Mapping[str, Any] = vault.unseal_json(
        row.authority_id, bytes(row.content), context=f"message:{row.id}"
    )
    return content


def message(message_id: UUID) -> MessageView:
    """One message of a case, opened (for the room that delivers it)."""
    row = Message.objects.get(pk=message_id)
    return MessageView(row, _content(row))


def document(case: Case, document_id: UUID) -> tuple[FileInfo, bytes] | None:
    """A file of the case with its bytes; None if the case has no such file."""
    row = Document.objects.filter(case=case, pk=document_id).first()
    if row is None:
        return None
    info = _document_view(row).info
    if row.content is not None:
        content = vault.unseal(row.authority_id, bytes(row.content), context=f"document:{row.id}")
        return info, content
    return info, transport.attachment(case.submission, row.id)


def _journal(case: Case) -> tuple[JournalLine, ...]:
    lines = list(case.journal.order_by("number"))
    names = identity.member_names({line.actor for line in lines})
    return tuple(
        JournalLine(
            line,
            names.get(line.actor, line.actor),
            vault.unseal_json(line.authority_id, bytes(line.detail), context=f"journal:{case.id}"),
        )
        for line in lines
    )


def verify_journals() -> Iterator[tuple[Case, list[journal.Break]]]:
    """Every case of the scope's authority with the breaks of its journal (empty: it holds)."""
    for case in Case.objects.order_by("id").iterator(chunk_size=500):
        yield case, journal.verify(case, case.journal.order_by("number").iterator(chunk_size=500))


def task_label(case: Case, task: Task, language: Language) -> str:
    """What a task is called for people, by the edition's texts."""
    return process_label(running.edition_of(case), task.name, language)


def process_label(edition: Edition, task: str, language: Language) -> str:
    """What a step of the process is called for people."""
    return edition.text(language, f"task.{task}.name")


def course(case: Case, language: Language) -> Course:
    """How the case is worked through under its edition, and where it is. Two queries."""
    return describe(running.edition_of(case), language, running.restore(case).places())


def inputs(case: Case, task: Task) -> tuple[Input, ...]:
    """What the process wants to know when this task is finished."""
    return running.edition_of(case).process.inputs(task.name, case.parameters)


def notice_preview(
    case: Case, task: Task, result: Mapping[str, Any], *, language: Language, clerk: str
) -> bytes | None:
    """The draft of the notice that this result would cause; None if it would cause none.

    The process is moved on in memory only. Raises the kit's TaskError if the result does not fit.
    """
    instance = running.restore(case)
    instance.complete(task.engine_id, result)
    templates = [
        str(effect.arguments["template"])
        for effect in instance.effects()
        if effect.activity == "issue_notice"
    ]
    if not templates:
        return None
    return notices.draw(case, templates[-1], instance.data, language=language, clerk=clerk)


def services(authority_id: UUID) -> list[tuple[str, str]]:
    """Slug and name of the services that this authority has adopted, for the filter."""
    return [
        (adoption.service.slug, adoption.service.name)
        for adoption in Adoption.objects.filter(authority=authority_id).select_related("service")
    ]
