"""The desk: inbox, case, task, preview. Each view reads, calls one action or query, and renders."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amtsweg.kit.forms import FieldError, Language
from amtsweg.kit.process import TaskError
from amtsweg.platform.casework import actions, queries, taskforms
from amtsweg.platform.casework.errors import NotPermitted, TaskGone
from amtsweg.platform.casework.models import Case, Task, TaskState
from amtsweg.platform.casework.panels import panels
from amtsweg.platform.federation.audit import audit
from amtsweg.platform.federation.models import Role
from amtsweg.platform.identity.auth import StaffRequest, staff_required
from amtsweg.platform.web.shortcuts import render

INLINE_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg"})


def _with_case(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Find the case behind the wall, else 404; every read stands in the access log."""

    @staff_required(Role.CLERK, Role.HEAD)
    @wraps(view)
    def inner(request: StaffRequest, case_id: UUID, **kwargs: Any) -> HttpResponse:
        case = queries.find_case(case_id)
        if case is None:
            raise Http404
        audit(
            "case.read" if request.method == "GET" else "case.work",
            authority=case.authority_id,
            actor=request.account_id,
            subject=f"case {case.pk}",
        )
        return view(request, case, **kwargs)

    return inner


def language() -> Language:
    """The language of the page, as the kit names it."""
    return "en" if (get_language() or "de").startswith("en") else "de"


LABELS = {
    "task_label": lambda case, task: queries.task_label(case, task, language()),
    "process_label": lambda edition, task: queries.process_label(edition, task, language()),
}


@require_GET
@staff_required(Role.CLERK, Role.HEAD)
def inbox(request: StaffRequest) -> HttpResponse:
    """The authority's inbox: shelves, search, due first."""
    shelf = request.GET.get("ablage", "mine")
    filters = queries.InboxFilters(
        shelf=shelf if shelf in queries.SHELVES else "mine",
        words=request.GET.get("q", "")[:100],
        service=request.GET.get("leistung", "")[:64],
    )
    found = queries.inbox(request.member, filters, request.GET.get("ab", "")[:64])
    services = queries.services(request.member.authority_id)
    context = {
        **LABELS,
        "authority": request.member.authority,
        "filters": filters,
        "inbox": found,
        "services": services,
    }
    return render(request, "casework/inbox.html", context)


@require_GET
@_with_case
def case(request: StaffRequest, case: Case) -> HttpResponse:
    """The case: answers beside documents, tasks, deadline, messages, journal."""
    view = queries.case_view(case, language())
    context = {
        **LABELS,
        "authority": case.authority,
        "view": view,
        "refusals": {task.pk: actions.refusal(request.member, task) for task in view.tasks},
        "panels": panels(case),
    }
    return render(request, "casework/case.html", context)


@require_GET
@_with_case
def course(request: StaffRequest, case: Case) -> HttpResponse:
    """The process of the case as a drawing and in words, with where the case is."""
    context = {
        "authority": case.authority,
        "case": case,
        "course": queries.course(case, language()),
    }
    return render(request, "casework/course.html", context)


@require_GET
@_with_case
def document(request: StaffRequest, case: Case, *, document_id: UUID) -> HttpResponse:
    """A file of the case; only types that a browser shows safely are shown inline."""
    found = queries.document(case, document_id)
    if found is None:
        raise Http404
    info, content = found
    inline = info.media_type in INLINE_TYPES
    response = HttpResponse(
        content, content_type=info.media_type if inline else "application/octet-stream"
    )
    disposition = content_disposition_header(not inline, info.filename)
    if disposition:
        response["Content-Disposition"] = disposition
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_POST
@_with_case
def take(request: StaffRequest, case: Case, *, task_id: UUID) -> HttpResponse:
    """Put one's name on a task and open it."""
    try:
        actions.take_task(task_id, member=request.member)
    except (TaskGone, NotPermitted) as refusal:
        return _refused(request, case, refusal)
    return redirect("casework:task", case.pk, task_id)


@require_http_methods(["GET", "POST"])
@_with_case
def task(request: StaffRequest, case: Case, *, task_id: UUID) -> HttpResponse:
    """The form of a task; sending it lets the process go on."""
    row = _task(case, task_id)
    if row.state != TaskState.OPEN:
        return _refused(request, case, TaskGone())
    entered = {name: str(value) for name, value in request.POST.items()}
    errors: dict[str, str] = {}
    inputs = queries.inputs(case, row)
    if request.method == "POST":
        result, errors = taskforms.read(inputs, entered)
        if not errors:
            try:
                actions.complete_task(task_id, member=request.member, result=result)
            except TaskError as wrong:
                errors = {one.input: one.sentence(language()) for one in wrong.problems}
            except (TaskGone, NotPermitted) as refusal:
                return _refused(request, case, refusal)
            else:
                return redirect("casework:case", case.pk)
    view = queries.case_view(case, language())
    context = {
        **LABELS,
        "authority": case.authority,
        "view": view,
        "task": row,
        "items": taskforms.items(
            view.edition, row.name, inputs, language(), entered=entered, errors=errors
        ),
        "errors": tuple(FieldError(path, message) for path, message in errors.items()),
    }
    return render(request, "casework/task.html", context, status=422 if errors else 200)


@require_POST
@_with_case
def preview(request: StaffRequest, case: Case, *, task_id: UUID) -> HttpResponse:
    """The notice that this result would cause, as a PDF marked as a draft; nothing is changed."""
    row = _task(case, task_id)
    entered = {name: str(value) for name, value in request.POST.items()}
    result, errors = taskforms.read(queries.inputs(case, row), entered)
    wrong = next(iter(errors.values()), "")
    pdf = None
    if not wrong:
        try:
            pdf = queries.notice_preview(
                case, row, result, language=language(), clerk=request.member.name
            )
        except TaskError as error:
            wrong = " ".join(one.sentence(language()) for one in error.problems)
    if pdf is None:
        context = {"authority": case.authority, "case": case, "task": row, "wrong": wrong}
        return render(request, "casework/no_preview.html", context, status=422 if wrong else 200)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = "inline"
    return response


def _task(case: Case, task_id: UUID) -> Task:
    row = case.tasks.filter(pk=task_id).first()
    if row is None:
        raise Http404
    return row


def _refused(request: StaffRequest, case: Case, refusal: Exception) -> HttpResponse:
    denied = isinstance(refusal, NotPermitted)
    audit(
        "task.refused" if denied else "task.gone",
        authority=case.authority_id,
        actor=request.account_id,
        subject=f"case {case.pk}",
        detail={"reason": type(refusal).__name__},
    )
    context = {"authority": case.authority, "case": case, "reason": str(refusal)}
    return render(request, "casework/refused.html", context, status=403 if denied else 409)
