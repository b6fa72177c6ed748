"""The pages of assistants: read the request, call one action or query, render or redirect.

What stands in a person's way (no cookie, expired, sent already, another edition) is raised below and
becomes a page with a sentence in ``assistant``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
)

from amtsweg.kit.forms import FieldError
from amtsweg.platform.catalogue.models import Adoption
from amtsweg.platform.federation import guesses
from amtsweg.platform.identity.auth import trust_level
from amtsweg.platform.identity.middleware import Identified
from amtsweg.platform.intake import access, actions, assistants, queries, screens, uploads
from amtsweg.platform.intake.content import Content
from amtsweg.platform.intake.errors import (
    AlreadySent,
    DraftExpired,
    EditionChanged,
    NotOffered,
    NotYourDraft,
    SignInNeeded,
    Unfinished,
)
from amtsweg.platform.intake.models import Draft
from amtsweg.platform.transport.errors import NoDestination
from amtsweg.platform.web import errors
from amtsweg.platform.web.shortcuts import render

View = Callable[..., HttpResponse]
REFUSED = "resume.refused"
_NOT_FIELDS = {"csrfmiddlewaretoken", "_version"}


def assistant(view: View) -> View:
    """Give a draft's view its answers for whatever stands in the way."""

    @wraps(view)
    def guarded(
        request: HttpRequest, slug: str, ars: str, draft_id: UUID, **kwargs: Any
    ) -> HttpResponse:
        where = (slug, ars, draft_id)
        try:
            response = view(request, slug, ars, draft_id, **kwargs)
        except NotYourDraft:
            return screens.resume(
                request,
                _(
                    "Dieser Entwurf ist in diesem Browser nicht geöffnet. Geben Sie Ihren Code "
                    "ein, um weiterzumachen."
                ),
                status=403,
            )
        except DraftExpired:
            return screens.told(
                request,
                _("Dieser Entwurf ist abgelaufen"),
                _(
                    "Entwürfe werden nach 30 Tagen ohne Änderung gelöscht. Beginnen Sie den Antrag "
                    "bitte neu. Ist Ihr Antrag schon abgesendet, sehen Sie seinen Stand mit Ihrem "
                    "Code."
                ),
                status=410,
                button=(_("Antrag neu beginnen"), reverse("intake:start", args=[slug, ars])),
            )
        except AlreadySent:
            return screens.redirect("intake:sent", *where)
        except SignInNeeded:
            return screens.to_sign_in(request)
        except EditionChanged:
            actions.renew(access.of_request(request, draft_id), draft_id)
            return screens.redirect("intake:draft", *where, hint="fassung")
        response["Cache-Control"] = "no-store"
        return response

    return guarded


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, slug: str, ars: str) -> HttpResponse:
    """What the application is about and needs; beginning makes a draft."""
    try:
        adoption = queries.offer(slug, ars)
        needed = adoption.service.trust_level
        sure_enough = not needed or (
            access.person(request) is not None and trust_level(request) >= needed
        )
        choices = adoption.service.choices
        # Chosen on the page before, or in the form.
        chosen = request.POST.get("verrichtung", request.GET.get("verrichtung", ""))
        known = not choices or chosen in dict(choices)
        if request.method == "POST" and sure_enough and known:
            return _begin(request, adoption, chosen)
    except NotOffered:
        return screens.told(
            request,
            _("Diese Leistung gibt es hier nicht online"),
            _(
                "Sie können den Antrag an diesem Ort zurzeit nicht online stellen. Wenden Sie sich "
                "bitte an die zuständige Behörde."
            ),
            status=404,
        )
    missing = request.method == "POST" and not known
    return render(
        request,
        "intake/start.html",
        {
            "service": adoption.service,
            "authority": adoption.authority,
            "chosen": chosen,
            "errors": (FieldError("verrichtung", _("Wählen Sie bitte aus, was Sie beantragen.")),)
            if missing
            else (),
            "sure_enough": sure_enough,
            "sign_in": screens.sign_in_address(request),
        },
        422 if missing else 200,
    )


def _begin(request: HttpRequest, adoption: Adoption, operation: str) -> HttpResponse:
    draft, page_id = actions.start(
        adoption,
        account=access.person(request),
        profile=_profile(request),
        operation=operation,
    )
    # The draft lives under its authority's own key, wherever the person came from.
    slug, ars = adoption.service.slug, adoption.authority.area_id
    response = screens.redirect("intake:page", slug, ars, draft.pk, page_id)
    access.grant(response, draft, slug, ars)
    return response


@require_GET
@assistant
def draft(request: HttpRequest, slug: str, ars: str, draft_id: UUID) -> HttpResponse:
    """Go to the page whose turn it is."""
    _draft, kept = _open(request, slug, ars, draft_id)
    progress = assistants.progress(assistants.form_of(_draft), kept)
    return screens.to_page(slug, ars, draft_id, progress.open_page, hint=screens.hint_of(request))


@csrf_exempt
def page(request: HttpRequest, slug: str, ars: str, draft_id: UUID, page_id: str) -> HttpResponse:
    """One page. Uploads are bounded before anything reads the form, the CSRF check included."""
    refused: dict[str, str] = {}
    if request.method == "POST":

        def limits() -> uploads.Limits:
            return queries.upload_limits(access.of_request(request, draft_id), draft_id, page_id)

        refused = uploads.bound(request, limits).refused
    return _page(request, slug, ars, draft_id, page_id=page_id, refused=refused)


@csrf_protect
@require_http_methods(["GET", "POST"])
@assistant
def _page(
    request: HttpRequest,
    slug: str,
    ars: str,
    draft_id: UUID,
    *,
    page_id: str,
    refused: dict[str, str],
) -> HttpResponse:
    if request.method == "POST":
        return _save_page(request, slug, ars, draft_id, page_id, refused)
    shown, kept = _open(request, slug, ars, draft_id)
    progress = assistants.progress(assistants.form_of(shown), kept)
    if not progress.reaches(page_id):
        return screens.to_page(slug, ars, draft_id, progress.open_page, hint="reihenfolge")
    return screens.page(request, shown, kept, page_id)


def _save_page(
    request: HttpRequest,
    slug: str,
    ars: str,
    draft_id: UUID,
    page_id: str,
    refused: dict[str, str],
) -> HttpResponse:
    saved = actions.save_page(
        access.of_request(request, draft_id),
        draft_id,
        page_id,
        _post(request, refused),
        screens.language(),
    )
    hint = "fassung" if saved.edition_changed else "fenster" if saved.overtaken else ""
    if saved.errors and not saved.edition_changed:
        return screens.page(
            request,
            saved.draft,
            saved.content,
            page_id,
            errors=saved.errors,
            hint=hint,
            status=413 if refused else 422,
        )
    if "aendern" in request.GET and saved.page_id != page_id:
        progress = assistants.progress(assistants.form_of(saved.draft), saved.content)
        return screens.to_page(slug, ars, draft_id, progress.open_page, hint=hint)
    return screens.to_page(slug, ars, draft_id, saved.page_id, hint=hint)


@require_GET
@assistant
def review(request: HttpRequest, slug: str, ars: str, draft_id: UUID) -> HttpResponse:
    """All answers once more, with links to change them."""
    shown, kept = _open(request, slug, ars, draft_id)
    progress = assistants.progress(assistants.form_of(shown), kept)
    if progress.open_page is not None:
        return screens.to_page(slug, ars, draft_id, progress.open_page, hint="offen")
    return screens.review(request, shown, kept)


@require_http_methods(["GET", "POST"])
@assistant
def send(request: HttpRequest, slug: str, ars: str, draft_id: UUID) -> HttpResponse:
    """Send, once; the second click comes to the same receipt."""
    if request.method == "GET":
        return screens.redirect("intake:review", slug, ars, draft_id)
    try:
        sent_draft = actions.send(
            access.of_request(request, draft_id), draft_id, screens.language()
        )
    except Unfinished as unfinished:
        return screens.to_page(slug, ars, draft_id, unfinished.page_id, hint="offen")
    except NoDestination:
        return screens.told(
            request,
            _("Absenden ist gerade nicht möglich"),
            _(
                "Die Behörde nimmt zurzeit keine Anträge für diese Leistung an. Ihr Entwurf bleibt "
                "gespeichert. Versuchen Sie es später noch einmal."
            ),
            status=503,
        )
    if sent_draft.submission_id is None:
        return screens.redirect("intake:draft", slug, ars, draft_id, hint="fassung")
    return screens.redirect("intake:sent", slug, ars, draft_id)


@require_GET
@assistant
def sent(request: HttpRequest, slug: str, ars: str, draft_id: UUID) -> HttpResponse:
    """The receipt: reference and status code, for this browser and for an hour."""
    receipt = queries.receipt(access.of_request(request, draft_id), draft_id)
    _require_place(receipt.draft, slug, ars)
    return render(
        request,
        "intake/sent.html",
        {
            "receipt": receipt,
            "name": receipt.draft.name,
            "authority": receipt.draft.authority,
        },
    )


@require_GET
@assistant
def code(request: HttpRequest, slug: str, ars: str, draft_id: UUID) -> HttpResponse:
    """The code with which the person goes on later, on any device."""
    shown, kept = _open(request, slug, ars, draft_id)
    return render(
        request,
        "intake/code.html",
        {
            "draft": shown,
            "code": kept.code,
            "name": shown.name,
            "authority": shown.authority,
            "back": reverse("intake:draft", args=[slug, ars, draft_id]),
        },
    )


@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """Enter a code and go on."""
    if request.method == "GET":
        return screens.resume(request)
    typed = request.POST.get("code", "")
    try:
        guesses.check(request, REFUSED)
        found = actions.resume(typed)
    except guesses.TooManyGuesses:
        return errors.page(request, 429)
    except (NotYourDraft, DraftExpired):
        guesses.record(request, REFUSED)
        return screens.resume(
            request,
            error=_(
                "Zu diesem Code gibt es keinen Entwurf. Prüfen Sie bitte die Eingabe. Entwürfe werden "
                "nach 30 Tagen gelöscht."
            ),
            typed=typed,
            status=422,
        )
    except AlreadySent:
        return screens.resume(
            request,
            _(
                "Dieser Antrag ist schon abgesendet. Mit demselben Code sehen Sie seinen Stand unter "
                "„Stand abfragen“."
            ),
        )
    response = screens.redirect("intake:draft", *screens.where(found))
    access.grant(response, found, *screens.where(found)[:2])
    return response


@require_GET
def drafts(request: HttpRequest) -> HttpResponse:
    """A signed-in person's drafts."""
    account = access.person(request)
    if account is None:
        return screens.to_sign_in(request)
    return render(request, "intake/drafts.html", {"drafts": queries.own_drafts(account)})


def _profile(request: HttpRequest) -> dict[str, Any]:
    if access.person(request) is None:
        return {}
    account = cast("Identified", request).account
    return account.profile if account else {}


def _open(request: HttpRequest, slug: str, ars: str, draft_id: UUID) -> tuple[Draft, Content]:
    shown, kept = queries.draft(access.of_request(request, draft_id), draft_id)
    _require_place(shown, slug, ars)
    return shown, kept


def _require_place(shown: Draft, slug: str, ars: str) -> None:
    if screens.where(shown)[:2] != (slug, ars):
        raise Http404


def _post(request: HttpRequest, refused: dict[str, str]) -> actions.Post:
    version = request.POST.get("_version", "")
    return actions.Post(
        data={key: values for key, values in request.POST.lists() if key not in _NOT_FIELDS},
        uploads=dict(request.FILES.lists()),
        refused=refused,
        version=int(version) if version.isdecimal() and len(version) < 10 else 0,
    )
