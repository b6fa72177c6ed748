"""What everybody may ask the catalogue by machine: search and competence."""

from __future__ import annotations

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from amtsweg.platform.catalogue import queries
from amtsweg.platform.federation import queries as federation
from amtsweg.platform.federation.models import Area

router = Router(tags=["catalogue"])

MOST_RESULTS = 100

Ars = Annotated[
    str | None, Query(pattern=r"^\d{12}$", description="Regional key of a municipality, 12 digits")
]


class ServiceItem(Schema):
    """A service that fits."""

    leika_key: str = Field(description="First of the service's LeiKa keys, 14 digits")
    name: str
    bundle: str = Field(description="Number of the OZG bundle, empty if there is none")
    online_here: bool = Field(description="Whether people can apply at the given area")
    url: str = Field(description="Page of the service")


class SearchResult(Schema):
    """Services, best first."""

    items: list[ServiceItem]


class CompetentAuthority(Schema):
    """Who is competent in one area, and how to reach it."""

    ars: str
    area: str
    authority: str | None = Field(description="None if no authority is entered for the area")
    street: str = ""
    postcode: str = ""
    place: str = ""
    email: str = ""
    phone: str = ""
    online: bool
    url: str = Field(description="Page of the service at this place")


class CompetenceResult(Schema):
    """Competent authorities: several if a postcode belongs to several municipalities."""

    leika_key: str
    name: str
    items: list[CompetentAuthority]


@router.get("/search", response=SearchResult, summary="Find services in everyday words")
def search(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200)] = "",
    ars: Ars = None,
    limit: Annotated[int, Query(ge=1, le=MOST_RESULTS)] = 20,
) -> SearchResult:
    """Search names, search words and texts, German and English, with typing errors."""
    area = _area(ars) if ars else None
    return SearchResult(
        items=[
            ServiceItem(
                leika_key=found.service.leika_keys[0],
                name=found.service.name,
                bundle=found.service.ozg_bundle,
                online_here=found.online_here,
                url=f"{settings.BASE_URL}{found.address}",
            )
            for found in queries.search(q, area, limit=limit)
        ]
    )


@router.get("/competence", response=CompetenceResult, summary="Who is competent for a service")
def competence(
    request: HttpRequest,
    service: Annotated[str, Query(description="LeiKa key (14 digits) or name in addresses")],
    ars: Ars = None,
    postcode: Annotated[str | None, Query(pattern=r"^\d{5}$")] = None,
) -> CompetenceResult:
    """Give exactly one of ``ars`` and ``postcode``."""
    if (ars is None) == (postcode is None):
        raise HttpError(422, "Give exactly one of ars and postcode.")
    found = queries.service_by_key(service)
    if found is None:
        raise HttpError(404, "There is no service with this key.")
    areas = [_area(ars)] if ars else queries.places(postcode or "")
    if not areas:
        raise HttpError(404, "There is no municipality with this postcode.")
    return CompetenceResult(
        leika_key=found.leika_keys[0],
        name=found.name,
        items=[_competent(queries.competence(found, area)) for area in areas],
    )


@router.get(
    "/services/{slug}/xzufi",
    response=None,
    summary="A service's description in XZuFi 2.2.0",
    openapi_extra={"responses": {"200": {"content": {"application/xml": {}}}}},
)
def description(request: HttpRequest, slug: str) -> HttpResponse:
    """What the service page says, for portals of states and of the federation."""
    service = queries.service_by_key(slug)
    if service is None:
        raise HttpError(404, "There is no service with this name.")
    return HttpResponse(queries.description(service), content_type="application/xml")


def _area(ars: str) -> Area:
    area = federation.area(ars)
    if area is None:
        raise HttpError(404, "There is no area with this regional key.")
    return area


def _competent(who: queries.Competence) -> CompetentAuthority:
    contact = ("street", "postcode", "place", "email", "phone")
    authority = who.authority
    return CompetentAuthority(
        ars=who.area.ars,
        area=who.area.name,
        authority=authority.name if authority else None,
        online=who.online,
        url=f"{settings.BASE_URL}{queries.page_of(who.service, who.area)}",
        **{name: getattr(authority, name) for name in contact if authority},
    )
