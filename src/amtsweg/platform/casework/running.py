"""A case's process: restored, moved on, its effects performed, its tasks brought in line.

The engine is the kit's. It never acts itself: it names effects, and they are performed here, in the
same transaction as the step that caused them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from django.utils import timezone

from amtsweg.kit.package import Edition
from amtsweg.kit.process import Effect, Instance
from amtsweg.platform.casework import deadlines, jobs, journal
from amtsweg.platform.casework.events import (
    CaseClosed,
    DocumentsRequested,
    MandateGiven,
    NoticeRequested,
    PaymentReminded,
    PaymentRequested,
    PaymentWithdrawn,
)
from amtsweg.platform.casework.models import (
    Case,
    CaseState,
    Entry,
    Message,
    MessageKind,
    Task,
    TaskState,
)
from amtsweg.platform.catalogue import queries as catalogue
from amtsweg.platform.events import emit
from amtsweg.platform.federation import vault
from amtsweg.platform.transport import queries as transport

DOCUMENTS_RECEIVED = "documents_received"
"""The message for which a process waits after it asked the applicant for documents."""

PAYMENT_RECEIVED = "payment_received"
"""The message for which a process waits after it asked the applicant to pay."""

_AWAITED: Mapping[str, str] = {
    CaseState.WAITING: DOCUMENTS_RECEIVED,
    CaseState.PAYMENT: PAYMENT_RECEIVED,
}
"""In which state of a case its process waits for which message."""


def edition_of(case: Case) -> Edition:
    """The compiled edition under which this case runs."""
    return catalogue.compiled(case.edition_id)


def operation_of(edition: Edition, opened: transport.Opened) -> str:
    """The id of the operation that was applied for; "" where the service has only one."""
    operation = edition.package.operation(opened.leika_key)
    return operation.id if operation else ""


def context_of(
    edition: Edition, opened: transport.Opened, parameters: Mapping[str, Any], applied_on: date
) -> dict[str, Any]:
    """What expressions of the process can see: answers, parameters, operation and date."""
    return {
        "answers": opened.data,
        "parameters": parameters,
        "application": {
            "operation": operation_of(edition, opened),
            "date": applied_on.isoformat(),
            "number_of_attachments": len(opened.attachments),
        },
    }


def restore(case: Case) -> Instance:
    """The case's process where it stands."""
    edition = edition_of(case)
    opened = transport.open_submission(case.submission)
    context = context_of(edition, opened, case.parameters, case.applied_on)
    state = vault.unseal(case.authority_id, bytes(case.process_state), context=f"process:{case.id}")
    return edition.process.restore(state, context)


def settle(case: Case, instance: Instance, actor: str) -> None:
    """Perform the effects of the last step, bring tasks in line and keep the new state.

    The caller holds the lock on the case.
    """
    # First, so that a deadline that an effect sets anew is not moved by the days before.
    awaited = _AWAITED.get(case.state)
    if awaited is not None and awaited not in instance.waiting_for():
        _wait_no_longer(case)
    for effect in instance.effects():
        _PERFORM[effect.activity](case, effect, actor)
    _sync_tasks(case, instance)
    due = instance.next_due()
    if due is not None and due != case.wakes_at:
        jobs.wake.configure(schedule_at=due).defer(
            case_id=str(case.pk), authority_id=str(case.authority_id)
        )
    case.wakes_at = due
    case.process_state = vault.seal(
        case.authority_id, instance.dump(), context=f"process:{case.id}"
    )
    case.save()


def _wait_no_longer(case: Case) -> None:
    case.state = CaseState.OPEN
    days = deadlines.run_again(case)
    if days is not None:
        journal.append(case, journal.SYSTEM, Entry.DEADLINE_RUNS, rested_days=days)


def _sync_tasks(case: Case, instance: Instance) -> None:
    wanted = {task.id: task for task in instance.tasks()}
    present = {
        task.engine_id: task for task in Task.objects.filter(case=case, state=TaskState.OPEN)
    }
    gone = [task.pk for engine_id, task in present.items() if engine_id not in wanted]
    if gone:
        Task.objects.filter(pk__in=gone).update(state=TaskState.WITHDRAWN, done_at=timezone.now())
    for engine_id, task in wanted.items():
        if engine_id not in present:
            Task.objects.create(
                authority_id=case.authority_id,
                case=case,
                engine_id=engine_id,
                name=task.name,
                role=task.role,
                different_from=task.different_from or "",
                opened_at=timezone.now(),
            )
            journal.append(case, journal.SYSTEM, Entry.TASK_OPENED, task=task.name)


def _request_documents(case: Case, effect: Effect, actor: str) -> None:
    days = _whole(effect, "days")
    until = deadlines.last_day(case, days)
    content = {"documents": effect.arguments["documents"]}
    message = Message(
        authority_id=case.authority_id,
        case=case,
        kind=MessageKind.DOCUMENTS_REQUESTED,
        created_at=timezone.now(),
        answer_until=until,
    )
    message.content = vault.seal_json(case.authority_id, content, context=f"message:{message.id}")
    message.save()
    case.state = CaseState.WAITING
    journal.append(
        case, actor, Entry.DOCUMENTS_REQUESTED, message=str(message.id), until=until.isoformat()
    )
    if deadlines.rest(case):
        journal.append(case, journal.SYSTEM, Entry.DEADLINE_RESTS, message=str(message.id))
    emit(DocumentsRequested(case.id, case.authority_id, message.id))


def _issue_notice(case: Case, effect: Effect, actor: str) -> None:
    template = _text(effect, "template")
    case.state, case.decided_at, case.outcome = CaseState.DECIDED, timezone.now(), template
    journal.append(case, actor, Entry.NOTICE_REQUESTED, template=template)
    emit(NoticeRequested(case.id, case.authority_id, template))


def _record_mandate(case: Case, effect: Effect, actor: str) -> None:
    journal.append(case, journal.SYSTEM, Entry.MANDATE_RECORDED)
    iban, holder = _text(effect, "iban"), _text(effect, "holder")
    emit(MandateGiven(case.id, case.authority_id, iban, holder))


def _request_payment(case: Case, effect: Effect, actor: str) -> None:
    amount_cents = _whole(effect, "amount_cents")
    until = deadlines.today() + deadlines.DAY * _whole(effect, "days")
    case.state = CaseState.PAYMENT
    journal.append(
        case,
        actor,
        Entry.PAYMENT_REQUESTED,
        amount_cents=amount_cents,
        until=until.isoformat(),
    )
    if deadlines.rest(case):
        journal.append(case, journal.SYSTEM, Entry.DEADLINE_RESTS)
    purpose = _text(effect, "purpose")
    emit(PaymentRequested(case.id, case.authority_id, amount_cents, purpose, until))


def _remind_payment(case: Case, effect: Effect, actor: str) -> None:
    journal.append(case, journal.SYSTEM, Entry.PAYMENT_REMINDED)
    emit(PaymentReminded(case.id, case.authority_id))


def _withdraw_payment(case: Case, effect: Effect, actor: str) -> None:
    journal.append(case, journal.SYSTEM, Entry.PAYMENT_WITHDRAWN)
    emit(PaymentWithdrawn(case.id, case.authority_id))


def _set_deadline(case: Case, effect: Effect, actor: str) -> None:
    deadlines.set_due(case, deadlines.last_day(case, _whole(effect, "days")))


def _close(case: Case, effect: Effect, actor: str) -> None:
    outcome = _text(effect, "outcome")
    case.state, case.closed_at, case.outcome = CaseState.CLOSED, timezone.now(), outcome
    journal.append(case, journal.SYSTEM, Entry.CASE_CLOSED, outcome=outcome)
    emit(CaseClosed(case.id, case.authority_id, outcome))


def _text(effect: Effect, name: str) -> str:
    # The kit compiled every argument against the activity's types.
    return cast("str", effect.arguments[name])


def _whole(effect: Effect, name: str) -> int:
    return cast("int", effect.arguments[name])


_PERFORM: Mapping[str, Callable[[Case, Effect, str], None]] = {
    "request_documents": _request_documents,
    "issue_notice": _issue_notice,
    "record_mandate": _record_mandate,
    "request_payment": _request_payment,
    "remind_payment": _remind_payment,
    "withdraw_payment": _withdraw_payment,
    "set_deadline": _set_deadline,
    "close": _close,
}
