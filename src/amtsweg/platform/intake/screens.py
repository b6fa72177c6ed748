"""What a person sees of a draft, and where a view sends them next."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from amtsweg.kit.forms import FieldError, Language
from amtsweg.platform.intake import assistants, uploads
from amtsweg.platform.intake.content import Content
from amtsweg.platform.intake.models import Draft
from amtsweg.platform.web.shortcuts import render

# Sentences that a page shows once, by their key in its address (German; translated when shown).
HINTS = {
    "reihenfolge": _("Diese Angaben fehlen noch. Danach können Sie zu den folgenden Seiten gehen."),
    "offen": _("Hier fehlt noch etwas. Ergänzen Sie bitte diese Seite."),
    "fassung": _(
        "Während Sie den Antrag ausgefüllt haben, hat sich das Formular geändert, weil neues Recht "
        "gilt. Ihre Angaben haben wir übernommen. Bitte prüfen Sie sie."
    ),
    "fenster": _(
        "Sie haben diesen Antrag auch in einem anderen Fenster bearbeitet. Es gelten die Angaben, "
        "die Sie zuletzt gespeichert haben."
    ),
}


def page(
    request: HttpRequest,
    draft: Draft,
    kept: Content,
    page_id: str,
    *,
    errors: tuple[FieldError, ...] = (),
    hint: str = "",
    status: int = 200,
) -> HttpResponse:
    """One page of the assistant, with what was answered or typed on it."""
    form, spoken = assistants.form_of(draft), language()
    pages = form.page_ids(kept.answers)
    place = pages.index(page_id)
    title, introduction = form.titles(page_id, spoken)
    return render(
        request,
        "intake/page.html",
        {
            "name": draft.name,
            "authority": draft.authority,
            "title": title,
            "help": introduction,
            "items": form.render(
                page_id,
                kept.answers,
                raw=kept.raw.get(page_id),
                errors=errors,
                language=spoken,
                files=kept.files,
            ),
            "takes_files": uploads.takes_files(form, page_id),
            "errors": errors,
            "hint": _sentence(hint or hint_of(request)),
            "step": place + 1,
            "steps": len(pages) + 1,
            "version": draft.version,
            "back": reverse("intake:page", args=[*where(draft), pages[place - 1]]) if place else "",
            "code": reverse("intake:code", args=where(draft)),
        },
        status,
    )


def review(request: HttpRequest, draft: Draft, kept: Content) -> HttpResponse:
    """All answers, each section with a link to change it, and the button that sends."""
    form = assistants.form_of(draft)
    pages = form.page_ids(kept.answers)

    def change(page_id: str) -> str:
        return reverse("intake:page", args=[*where(draft), page_id]) + "?aendern=1"

    return render(
        request,
        "intake/review.html",
        {
            "name": draft.name,
            "authority": draft.authority,
            "sections": form.summary(kept.answers, language=language(), files=kept.files),
            "change": change,
            "hint": _sentence(hint_of(request)),
            "steps": len(pages) + 1,
            "back": reverse("intake:page", args=[*where(draft), pages[-1]]),
            "send": reverse("intake:send", args=where(draft)),
            "code": reverse("intake:code", args=where(draft)),
        },
    )


def resume(
    request: HttpRequest, sentence: str = "", *, error: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    """The form for a code, with a sentence above it or an error at the field."""
    errors = (FieldError("code", error),) if error else ()
    values = {"sentence": sentence, "errors": errors, "typed": typed[:64]}
    return render(request, "intake/resume.html", values, status)


def told(
    request: HttpRequest,
    title: str,
    text: str,
    *,
    status: int,
    button: tuple[str, str] | None = None,
) -> HttpResponse:
    """A page that says what is the matter and what to do; ``button`` is a label and an address."""
    values = {"title": title, "text": text, "button": button}
    return render(request, "intake/told.html", values, status)


def to_page(
    slug: str, ars: str, draft_id: UUID, page_id: str | None, *, hint: str = ""
) -> HttpResponse:
    """On to a page, or to the review if there is none."""
    if page_id is None:
        return redirect("intake:review", slug, ars, draft_id, hint=hint)
    return redirect("intake:page", slug, ars, draft_id, page_id, hint=hint)


def redirect(name: str, *args: Any, hint: str = "") -> HttpResponse:
    """See other (303): the browser goes on with GET, and reloading repeats nothing."""
    address = reverse(name, args=args) + (f"?{urlencode({'hinweis': hint})}" if hint else "")
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and back here after it."""
    return HttpResponseRedirect(sign_in_address(request))


def sign_in_address(request: HttpRequest) -> str:
    """The sign-in that comes back to this page."""
    return f"{reverse('identity:sign-in')}?{urlencode({'next': request.get_full_path()})}"


def language() -> Language:
    """The language of the request."""
    return "en" if (get_language() or "de").startswith("en") else "de"


def hint_of(request: HttpRequest) -> str:
    """The key of the sentence that the page's address asks for; empty if it is none of ours."""
    key = request.GET.get("hinweis", "")
    return key if key in HINTS else ""


def where(draft: Draft) -> tuple[str, str, UUID]:
    """A draft's place in addresses: service, area, draft."""
    return draft.service.slug, draft.authority.area_id, draft.pk


def _sentence(key: str) -> str:
    return gettext(HINTS[key]) if key else ""
