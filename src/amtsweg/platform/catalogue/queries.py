"""Reads of the catalogue. All of them are public: no tenant is needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import structlog
from django.conf import settings
from django.contrib.postgres.search import TrigramSimilarity
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from amtsweg.kit import package
from amtsweg.kit.fim import xzufi
from amtsweg.kit.fim.xzufi_model import Identifier
from amtsweg.platform.catalogue import search as words
from amtsweg.platform.catalogue.models import Adoption, AdoptionState, Edition, Level, Service
from amtsweg.platform.federation import queries as federation
from amtsweg.platform.federation.models import Area, AreaKind, Authority
from amtsweg.platform.statements import Columns, Statement

log = structlog.get_logger(__name__)

MOST_COMPILED = 64
LONGEST_PLACE = 100
LEAST_LIKENESS = 0.3


_SERVICE_BY_SLUG = Statement(
    "SELECT {service} FROM catalogue_service AS service WHERE service.slug = %s",
    service=Columns(
        Service,
        *(
            "id",
            "slug",
            "names",
            "texts",
            "leika_keys",
            "operations",
            "ozg_bundle",
            "level",
            "trust_level",
        ),
    ),
)
_EDITION_IN_FORCE = Statement(
    """
    SELECT {edition} FROM catalogue_edition AS edition
    WHERE edition.service_id = %s AND edition.in_force_from <= %s
    ORDER BY edition.in_force_from DESC, edition.published_at DESC LIMIT 1
    """,
    edition=Columns(Edition, "hash", "service_id", "in_force_from", "published_at"),
)
_CANDIDATES = Statement(
    """
    SELECT {authority}, {adoption} FROM federation_authority AS authority
    LEFT JOIN catalogue_adoption AS adoption
        ON adoption.authority_id = authority.id AND adoption.service_id = %s
    WHERE authority.area_id = ANY(%s)
    ORDER BY authority.name DESC
    """,
    authority=Columns(Authority),
    adoption=Columns(Adoption),
)


@dataclass(frozen=True)
class Competence:
    """Who is competent for a service in an area.

    ``authority`` is None if nobody is entered for the area yet; ``adoption`` is None if the authority
    does not use the service here.
    """

    service: Service
    area: Area
    authority: Authority | None
    adoption: Adoption | None

    @property
    def online(self) -> bool:
        """Whether people can apply here."""
        return self.adoption is not None and self.adoption.is_live


@dataclass(frozen=True)
class Found:
    """A service that a search found, and whether people can apply for it at the asked place."""

    service: Service
    online_here: bool
    address: str


def service(slug: str) -> Service | None:
    """The service of this name in addresses. One query."""
    row = _SERVICE_BY_SLUG.first(slug)
    return row[0] if row else None


def service_by_key(key: str) -> Service | None:
    """The service with this LeiKa key (14 digits) or slug. One query."""
    services = Service.objects.defer("search_de", "search_en", "search_words")
    if key.isdigit():
        return services.filter(leika_keys__contains=[key]).first()
    return services.filter(slug=key).first()


def description(service_: Service) -> bytes:
    """The service's page as a description in XZuFi 2.2.0, named by its address here."""
    texts = {
        language: {"name": name, **service_.texts.get(language, {})}
        for language, name in service_.names.items()
    }
    identifier = Identifier(service_.slug, data_uri=settings.BASE_URL)
    return xzufi.write(xzufi.description_of(texts, id=identifier, leika_keys=service_.leika_keys))


def edition_in_force(service_: Service, on: date | None = None) -> Edition | None:
    """The edition that holds on a day (today if none is given), without its archive. One query."""
    day = on or timezone.localdate()
    row = _EDITION_IN_FORCE.first(service_.pk, day)
    return row[0] if row else None


@lru_cache(maxsize=MOST_COMPILED)
def compiled(edition_hash: str) -> package.Edition:
    """The edition ready for work. One query and a compilation the first time in a process.

    Editions never change, so a process may keep them. Raises Edition.DoesNotExist for a hash that
    nobody published.
    """
    archive = Edition.objects.values_list("archive", flat=True).get(hash=edition_hash)
    return package.load_edition(bytes(archive))


def compile_newest() -> None:
    """Compile what a process will need first, so that nobody waits for it. One query and one each.

    What cannot be read now, a database that is away or an edition of another version of the kit, is
    logged and told when somebody asks for it.
    """
    newest = Edition.objects.order_by("-published_at").values_list("hash", flat=True)
    try:
        for edition_hash in newest[:MOST_COMPILED]:
            try:
                compiled(edition_hash)
            except package.PackageError:
                log.warning("not_compiled_ahead", edition=edition_hash, exc_info=True)
    except DatabaseError:
        log.warning("nothing_compiled_ahead", exc_info=True)
    finally:
        connection.close()


def adoption(authority: Authority, service_: Service) -> Adoption | None:
    """How an authority uses a service. One query."""
    return Adoption.objects.filter(authority=authority, service=service_).first()


def competence(service_: Service, area: Area) -> Competence:
    """Who is competent for a service in an area. One query.

    The municipality itself or, where it handed the task over, its association; the district or the
    state for their services. Whoever adopted the service holds the task.
    """
    keys = _competent_areas(service_, area)
    rows = _CANDIDATES.rows(service_.pk, keys)
    authorities = {authority.area_id: authority for authority, _ in rows}
    adoptions = {authority.pk: found for authority, found in rows}
    candidates = [authorities[key] for key in keys if key in authorities]
    if not candidates:
        return Competence(service_, area, None, None)
    holder = min(candidates, key=lambda one: _distance(adoptions.get(one.pk)))
    return Competence(service_, area, holder, adoptions.get(holder.pk))


def live_towns(service_: Service, *, limit: int = 50) -> list[Authority]:
    """The authorities that take applications for a service, by name. One query."""
    return list(
        Authority.objects.filter(
            adoption__service=service_, adoption__state=AdoptionState.LIVE
        ).order_by("area__name")[:limit]
    )


def search(text: str, area: Area | None = None, *, limit: int = 20) -> list[Found]:
    """Services in everyday words, best first, and whether they are online at a place.

    At most three queries.
    """
    services = [hit.service for hit in words.search(text, limit=limit)]
    online = _online_in(services, area) if area else set()
    return [Found(one, one.pk in online, page_of(one, area)) for one in services]


def page_of(service_: Service, area: Area | None) -> str:
    """The address of a service's page, at a place if one is given, in the request's language."""
    if area is None:
        return reverse("catalogue:service", args=[service_.slug])
    return reverse("catalogue:service-here", args=[service_.slug, area.ars])


def places(text: str, *, limit: int = 12) -> list[Area]:
    """Municipalities for a postcode, a name or both; only those of exactly this name if any. One query."""
    found = federation.municipalities_at(text, limit=limit)
    exact = [one for one in found if one.name.casefold() == text.strip().casefold()]
    return exact or found


def places_like(text: str, *, limit: int = 5) -> list[Area]:
    """Municipalities whose names look like a mistyped one, most alike first. One query."""
    name = text.strip()[:LONGEST_PLACE]
    if not name or name.isdigit():
        return []
    likeness = TrigramSimilarity("name", name)
    municipalities = Area.objects.filter(kind=AreaKind.MUNICIPALITY, gone=False)
    alike = municipalities.annotate(likeness=likeness).filter(likeness__gt=LEAST_LIKENESS)
    return list(alike.order_by("-likeness", "name")[:limit])


def _online_in(services: Iterable[Service], area: Area) -> set[object]:
    keys = {key for level in Level for key in _areas_of_level(level, area)}
    rows = Adoption.objects.filter(
        service__in=[one.pk for one in services],
        state=AdoptionState.LIVE,
        authority__area_id__in=keys,
    )
    return set(rows.values_list("service_id", flat=True))


def _competent_areas(service_: Service, area: Area) -> list[str]:
    return [key for key in _areas_of_level(Level(service_.level), area) if key]


def _areas_of_level(level: Level, area: Area) -> list[str]:
    match level:
        case Level.MUNICIPALITY:
            return [area.ars, area.association]
        case Level.DISTRICT:
            # A city without district does its district's tasks itself.
            return [area.district or area.ars]
        case Level.STATE:
            return [area.state]
        case _:
            return ["0" * 12]


def _distance(found: Adoption | None) -> int:
    if found is None:
        return 2
    return 0 if found.is_live else 1
