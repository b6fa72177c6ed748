"""From everyday words to the page where an application starts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from amtsweg.kit.package import FeeTable, fee_tables
from amtsweg.platform.catalogue import queries
from amtsweg.platform.catalogue.course import course as describe
from amtsweg.platform.catalogue.models import Edition
from amtsweg.platform.federation import queries as federation
from amtsweg.platform.identity.models import TrustLevel
from amtsweg.platform.web.shortcuts import render

LONGEST_INPUT = 200
RESULTS = 20
SERVICES_ON_HOME = 6


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The search box, and what people need most."""
    return render(
        request, "catalogue/home.html", {"services": queries.search("", limit=SERVICES_ON_HOME)}
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Services that fit the words, at a place if one is given."""
    text, place = _asked(request, "q"), _asked(request, "ort")
    areas = queries.places(place) if place else []
    area = areas[0] if len(areas) == 1 else None
    context = {
        "q": text,
        "place": place,
        "area": area,
        "place_unknown": bool(place) and not areas,
        "places_like": queries.places_like(place) if place and not areas else [],
        "found": queries.search(text, area, limit=RESULTS),
    }
    return render(request, "catalogue/search.html", context)


@require_safe
def service(request: HttpRequest, slug: str) -> HttpResponse:
    """A service in general; asks for the place, and which one if there are several."""
    found = queries.service(slug)
    if found is None:
        raise Http404
    place = _asked(request, "ort")
    areas = queries.places(place) if place else []
    if len(areas) == 1:
        return HttpResponseRedirect(reverse("catalogue:service-here", args=[slug, areas[0].ars]))
    context = {
        "service": found,
        "place": place,
        "areas": areas,
        "places_like": queries.places_like(place) if place and not areas else [],
        "towns": queries.live_towns(found),
    }
    return render(request, "catalogue/service.html", context)


@require_safe
def service_here(request: HttpRequest, slug: str, ars: str) -> HttpResponse:
    """A service at a place: who is competent, what it costs, what is needed, and the way in."""
    found, area = queries.service(slug), federation.area(ars)
    if found is None or area is None:
        raise Http404
    competence = queries.competence(found, area)
    context = {
        "service": found,
        "area": area,
        "authority": competence.authority,
        "adoption": competence.adoption,
        "online": competence.online,
        "fee_tables": _fee_tables(competence),
        "sign_in_needed": found.trust_level > TrustLevel.NONE,
    }
    return render(request, "catalogue/service_here.html", context)


@require_safe
def course(request: HttpRequest, slug: str) -> HttpResponse:
    """How a service is worked through: the steps, who does them, and the decision tables."""
    found = queries.service(slug)
    edition = queries.edition_in_force(found) if found else None
    if edition is None:
        raise Http404
    compiled = queries.compiled(edition.hash)
    context = {"service": found, "course": describe(compiled, get_language() or "de")}
    return render(request, "catalogue/course.html", context)


@require_safe
def drawing(request: HttpRequest, edition: str, name: str) -> HttpResponse:
    """A file of an edition as its editor saved it; an edition never changes."""
    try:
        content = queries.compiled(edition).drawings.get(name)
    except Edition.DoesNotExist:
        content = None
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="application/xml")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _fee_tables(competence: queries.Competence) -> tuple[FeeTable, ...]:
    if competence.adoption is None:
        return ()
    edition = queries.edition_in_force(competence.service)
    if edition is None:
        return ()
    compiled = queries.compiled(edition.hash)
    return fee_tables(compiled, competence.adoption.parameters, get_language() or "de")


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:LONGEST_INPUT]
