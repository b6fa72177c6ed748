"""A person's pages: status, mailbox, message, notice. Each reads, calls one action or query, renders."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from amtsweg.kit.forms import FieldError
from amtsweg.platform.delivery import access, actions, answers, queries
from amtsweg.platform.delivery.errors import AlreadyAnswered, RetrievalEnded
from amtsweg.platform.delivery.models import MessageKind, NoticeState
from amtsweg.platform.federation import guesses, vault, wall
from amtsweg.platform.federation.audit import audit
from amtsweg.platform.federation.codes import parse_code
from amtsweg.platform.identity.auth import PersonRequest, person_required
from amtsweg.platform.identity.middleware import Identified
from amtsweg.platform.web import errors
from amtsweg.platform.web.shortcuts import render

View = Callable[..., HttpResponse]
REFUSED = "status.refused"


def with_access(view: View) -> View:
    """Open the scope of whoever asks, by account or code; without either, to the page that asks for it.

    What the wall hides is not found, and the refusal is audited.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = access.of_request(request)
        if allowed.none:
            return redirect("delivery:status")
        try:
            with wall.scope(*allowed.scope):
                return view(request, *args, **kwargs)
        except Http404:
            with wall.scope(*allowed.scope):
                audit("not_found", actor=allowed.account, subject=request.path)
            raise

    return guarded


@never_cache
@require_http_methods(["GET", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """Ask for the code of an application and open its status."""
    if request.method == "GET":
        return _ask_for_code(request)
    entered = request.POST.get("code", "")
    try:
        guesses.check(request, REFUSED)
    except guesses.TooManyGuesses:
        return errors.page(request, 429)
    code = parse_code(entered)
    if code is None:
        return _ask_for_code(
            request, entered, _("Bitte prüfen Sie den Code: Er enthält einen Tippfehler.")
        )
    code_hash = vault.blind(code)
    submission = queries.submission_of_code(code_hash)
    if submission is None:
        guesses.record(request, REFUSED)
        return _ask_for_code(
            request,
            entered,
            _(
                "Zu diesem Code gibt es keinen gesendeten Antrag. Haben Sie den Antrag schon abgeschickt?"
            ),
        )
    response = redirect("delivery:status_page", submission.reference)
    access.grant(response, code_hash)
    return response


def _ask_for_code(request: HttpRequest, entered: str = "", problem: str = "") -> HttpResponse:
    context = {
        "entered": entered,
        "errors": (FieldError("code", problem),) if problem else (),
        "signed_in": cast("Identified", request).account_id is not None,
    }
    return render(request, "delivery/status.html", context, status=422 if problem else 200)


@require_GET
@with_access
def status_page(request: HttpRequest, reference: str) -> HttpResponse:
    """The steps of one application, its messages and notices."""
    page = queries.status_page(reference)
    if page is None:
        raise Http404
    context = {"page": page, "authority": page.submission.authority}
    return render(request, "delivery/status_page.html", context)


@never_cache
@require_GET
@person_required
def mailbox(request: PersonRequest) -> HttpResponse:
    """All messages to an account."""
    found = queries.inbox(request.account_id, _uuid(request.GET.get("vor", "")))
    return render(request, "delivery/mailbox.html", {"mailbox": found})


@require_http_methods(["GET", "POST"])
@with_access
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message; a request for documents is answered here."""
    view = queries.message(message_id)
    if view is None:
        raise Http404
    entered = answers.Answer()
    if request.method == "POST" and view.message.kind == MessageKind.DOCUMENTS_REQUESTED:
        entered = answers.read(request)
        if not entered.errors:
            try:
                receipt = actions.answer_documents(
                    message_id, text=entered.text, files=entered.files
                )
            except AlreadyAnswered as refusal:
                entered = answers.Answer(errors=(FieldError("", str(refusal)),))
            else:
                return redirect("delivery:message", receipt.pk)
    actions.mark_read(view.message)
    context = {
        "view": view,
        "authority": view.message.authority,
        "entered": entered,
        "errors": entered.errors,
        "largest": answers.LARGEST_FILE,
        "most": answers.MOST_FILES,
    }
    return render(request, "delivery/message.html", context, status=422 if entered.errors else 200)


@require_http_methods(["GET", "POST"])
@with_access
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """What a notice is and what its retrieval means; POST retrieves it."""
    row = queries.notice(notice_id)
    if row is None:
        raise Http404
    if request.method == "POST":
        try:
            actions.retrieve_notice(notice_id)
        except RetrievalEnded as refusal:
            context = {"notice": row, "authority": row.authority, "ended": str(refusal)}
            return render(request, "delivery/notice.html", context, status=409)
        return redirect("delivery:notice", notice_id)
    ended = str(RetrievalEnded()) if row.state == NoticeState.NOT_EFFECTED else ""
    context = {"notice": row, "authority": row.authority, "ended": ended}
    return render(request, "delivery/notice.html", context)


@require_GET
@with_access
def notice_file(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """The sealed PDF of a notice that the person has retrieved."""
    row = queries.notice(notice_id)
    if row is None:
        raise Http404
    if row.state != NoticeState.RETRIEVED:
        return redirect("delivery:notice", notice_id)
    return pdf_response(queries.pdf_of(row), queries.file_name(row))


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    """A PDF that the browser may show."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return response


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
