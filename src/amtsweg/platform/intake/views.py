"""The pages of assistants: read the request, call one action or query, render or redirect.

What stands in a person's way (no cookie, expired, sent already, another edition) is raised below and
becomes a page with a sentence in ``assistant``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
)

from amtsweg.kit.forms import FieldError, Language
from amtsweg.platform.catalogue.models import Adoption
from amtsweg.platform.identity.auth import trust_level
from amtsweg.platform.identity.middleware import Identified
from amtsweg.platform.intake import access, actions, assistants, guesses, queries, uploads
from amtsweg.platform.intake.content import Content
from amtsweg.platform.intake.errors import (
    AlreadySent,
    DraftExpired,
    EditionChanged,
    NotOffered,
    NotYourDraft,
    SignInNeeded,
    TooManyGuesses,
    Unfinished,
)
from amtsweg.platform.intake.models import Draft
from amtsweg.platform.transport.errors import NoDestination
from amtsweg.platform.web import errors
from amtsweg.platform.web.shortcuts import render

View = Callable[..., HttpResponse]
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
            return _resume_page(request, _NO_COOKIE(), status=403)
        except DraftExpired:
            return _told(
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
            return _redirect("intake:sent", *where)
        except SignInNeeded:
            return _to_sign_in(request)
        except EditionChanged:
            actions.renew(access.of_request(request, draft_id), draft_id)
            return _redirect("intake:draft", *where, hint="fassung")
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
        if request.method == "POST" and sure_enough:
            return _begin(request, adoption)
    except NotOffered:
        return _told(
            request,
            _("Diese Leistung gibt es hier nicht online"),
            _(
                "Sie können den Antrag an diesem Ort zurzeit nicht online stellen. Wenden Sie sich "
                "bitte an die zuständige Behörde."
            ),
            status=404,
        )
    return render(
        request,
        "intake/start.html",
        {
            "service": adoption.service,
            "authority": adoption.authority,
            "sure_enough": sure_enough,
            "sign_in": _sign_in_address(request),
        },
    )


def _begin(request: HttpRequest, adoption: Adoption) -> HttpResponse:
    draft, page_id = actions.start(
        adoption, account=access.person(request), profile=_profile(request)
    )
    # The draft lives under its authority's own key, wherever the person came from.
    slug, ars = adoption.service.slug, adoption.authority.area_id
    response = _redirect("intake:page", slug, ars, draft.pk, page_id)
    access.grant(response, draft, slug, ars)
    return response


@require_GET
@assistant
def draft(request: HttpRequest, slug: str, ars: str, draft_id: UUID) -> HttpResponse:
    """Go to the page whose turn it is."""
    _draft, kept = _open(request, slug, ars, draft_id)
    progress = assistants.progress(assistants.form_of(_draft), kept)
    return _to_page(slug, ars, draft_id, progress.open_page, hint=_hint_of(request))


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
        return _to_page(slug, ars, draft_id, progress.open_page, hint="reihenfolge")
    return _render_page(request, shown, kept, page_id)


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
        _language(),
    )
    if saved.errors and not saved.edition_changed:
        return _render_page(
            request,
            saved.draft,
            saved.content,
            page_id,
            errors_=saved.errors,
            overtaken=saved.overtaken,
            status=413 if refused else 422,
        )
    hint = "fassung" if saved.edition_changed else "fenster" if saved.overtaken else ""
    if "aendern" in request.GET and saved.page_id != page_id:
        progress = assistants.progress(assistants.form_of(saved.draft), saved.content)
        return _to_page(slug, ars, draft_id, progress.open_page, hint=hint)
    return _to_page(slug, ars, draft_id, saved.page_id, hint=hint)


@require_GET
@assistant
def review(request: HttpRequest, slug: str, ars: str, draft_id: UUID) -> HttpResponse:
    """All answers once more, with links to change them."""
    shown, kept = _open(request, slug, ars, draft_id)
    progress = assistants.progress(assistants.form_of(shown), kept)
    if progress.open_page is not None:
        return _to_page(slug, ars, draft_id, progress.open_page, hint="offen")
    return _render_review(request, shown, kept)


@require_http_methods(["GET", "POST"])
@assistant
def send(request: HttpRequest, slug: str, ars: str, draft_id: UUID) -> HttpResponse:
    """Send, once; the second click comes to the same receipt."""
    if request.method == "GET":
        return _redirect("intake:review", slug, ars, draft_id)
    try:
        sent_draft = actions.send(access.of_request(request, draft_id), draft_id, _language())
    except Unfinished as unfinished:
        return _to_page(slug, ars, draft_id, unfinished.page_id, hint="offen")
    except NoDestination:
        return _told(
            request,
            _("Absenden ist gerade nicht möglich"),
            _(
                "Die Behörde nimmt zurzeit keine Anträge für diese Leistung an. Ihr Entwurf bleibt "
                "gespeichert. Versuchen Sie es später noch einmal."
            ),
            status=503,
        )
    if sent_draft.submission_id is None:
        return _redirect("intake:draft", slug, ars, draft_id, hint="fassung")
    return _redirect("intake:sent", slug, ars, draft_id)


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
            "service": receipt.draft.service,
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
            "service": shown.service,
            "authority": shown.authority,
            "back": reverse("intake:draft", args=[slug, ars, draft_id]),
        },
    )


@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """Enter a code and go on."""
    if request.method == "GET":
        return _resume_page(request)
    typed = request.POST.get("code", "")
    try:
        guesses.check(request)
        found = actions.resume(typed)
    except TooManyGuesses:
        return errors.page(request, 429)
    except (NotYourDraft, DraftExpired):
        guesses.record(request)
        return _resume_page(
            request,
            error=_(
                "Zu diesem Code gibt es keinen Entwurf. Prüfen Sie bitte die Eingabe. Entwürfe werden "
                "nach 30 Tagen gelöscht."
            ),
            typed=typed,
            status=422,
        )
    except AlreadySent:
        return _resume_page(
            request,
            _(
                "Dieser Antrag ist schon abgesendet. Mit demselben Code sehen Sie seinen Stand unter "
                "„Stand abfragen“."
            ),
        )
    where = (found.service.slug, found.authority.area_id, found.pk)
    response = _redirect("intake:draft", *where)
    access.grant(response, found, found.service.slug, found.authority.area_id)
    return response


@require_GET
def drafts(request: HttpRequest) -> HttpResponse:
    """A signed-in person's drafts."""
    account = access.person(request)
    if account is None:
        return _to_sign_in(request)
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
    if (shown.service.slug, shown.authority.area_id) != (slug, ars):
        raise Http404


def _post(request: HttpRequest, refused: dict[str, str]) -> actions.Post:
    version = request.POST.get("_version", "")
    return actions.Post(
        data={key: values for key, values in request.POST.lists() if key not in _NOT_FIELDS},
        uploads=dict(request.FILES.lists()),
        refused=refused,
        version=int(version) if version.isdecimal() and len(version) < 10 else 0,
    )


def _render_page(
    request: HttpRequest,
    shown: Draft,
    kept: Content,
    page_id: str,
    *,
    errors_: tuple[FieldError, ...] = (),
    overtaken: bool = False,
    status: int = 200,
) -> HttpResponse:
    form, language = assistants.form_of(shown), _language()
    pages = form.page_ids(kept.answers)
    where = [shown.service.slug, shown.authority.area_id, shown.pk]
    position = pages.index(page_id)
    before = reverse("intake:page", args=[*where, pages[position - 1]]) if position else ""
    title, introduction = form.titles(page_id, language)
    return render(
        request,
        "intake/page.html",
        {
            "service": shown.service,
            "authority": shown.authority,
            "title": title,
            "help": introduction,
            "items": form.render(
                page_id,
                kept.answers,
                raw=kept.raw.get(page_id),
                errors=errors_,
                language=language,
                files=kept.files,
            ),
            "takes_files": assistants.takes_files(form, page_id),
            "errors": errors_,
            "hint": _HINTS["fenster"]() if overtaken else _hint(request),
            "step": position + 1,
            "steps": len(pages) + 1,
            "version": shown.version,
            "back": before,
            "code": reverse("intake:code", args=where),
        },
        status,
    )


def _render_review(request: HttpRequest, shown: Draft, kept: Content) -> HttpResponse:
    form = assistants.form_of(shown)
    where = [shown.service.slug, shown.authority.area_id, shown.pk]
    pages = form.page_ids(kept.answers)

    def change(page_id: str) -> str:
        return reverse("intake:page", args=[*where, page_id]) + "?aendern=1"

    return render(
        request,
        "intake/review.html",
        {
            "service": shown.service,
            "authority": shown.authority,
            "sections": form.summary(kept.answers, language=_language(), files=kept.files),
            "change": change,
            "hint": _hint(request),
            "steps": len(pages) + 1,
            "back": reverse("intake:page", args=[*where, pages[-1]]),
            "send": reverse("intake:send", args=where),
            "code": reverse("intake:code", args=where),
        },
    )


def _resume_page(
    request: HttpRequest, sentence: str = "", *, error: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    found = (FieldError("code", error),) if error else ()
    return render(
        request,
        "intake/resume.html",
        {"sentence": sentence, "errors": found, "typed": typed[:64]},
        status,
    )


def _told(
    request: HttpRequest,
    title: str,
    text: str,
    *,
    status: int,
    button: tuple[str, str] | None = None,
) -> HttpResponse:
    return render(
        request, "intake/told.html", {"title": title, "text": text, "button": button}, status
    )


def _to_page(
    slug: str, ars: str, draft_id: UUID, page_id: str | None, *, hint: str = ""
) -> HttpResponse:
    if page_id is None:
        return _redirect("intake:review", slug, ars, draft_id, hint=hint)
    return _redirect("intake:page", slug, ars, draft_id, page_id, hint=hint)


def _redirect(name: str, *args: Any, hint: str = "") -> HttpResponse:
    address = reverse(name, args=args) + (f"?hinweis={hint}" if hint else "")
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(_sign_in_address(request))


def _sign_in_address(request: HttpRequest) -> str:
    return f"{reverse('identity:sign-in')}?{urlencode({'next': request.path})}"


def _language() -> Language:
    return "en" if (get_language() or "de").startswith("en") else "de"


def _NO_COOKIE() -> str:  # noqa: N802
    return _(
        "Dieser Entwurf ist in diesem Browser nicht geöffnet. Geben Sie Ihren Code ein, um "
        "weiterzumachen."
    )


_HINTS: dict[str, Callable[[], str]] = {
    "reihenfolge": lambda: _(
        "Diese Angaben fehlen noch. Danach können Sie zu den folgenden Seiten gehen."
    ),
    "offen": lambda: _("Hier fehlt noch etwas. Ergänzen Sie bitte diese Seite."),
    "fassung": lambda: _(
        "Während Sie den Antrag ausgefüllt haben, hat sich das Formular geändert, weil neues Recht "
        "gilt. Ihre Angaben haben wir übernommen. Bitte prüfen Sie sie."
    ),
    "fenster": lambda: _(
        "Sie haben diesen Antrag auch in einem anderen Fenster bearbeitet. Es gelten die Angaben, "
        "die Sie zuletzt gespeichert haben."
    ),
}


def _hint_of(request: HttpRequest) -> str:
    key = request.GET.get("hinweis", "")
    return key if key in _HINTS else ""


def _hint(request: HttpRequest) -> str:
    key = _hint_of(request)
    return _HINTS[key]() if key else ""
