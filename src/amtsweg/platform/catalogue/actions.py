"""Verbs of the catalogue: publish a package, adopt a service, suspend an adoption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from amtsweg.kit import package
from amtsweg.platform.catalogue import queries, search
from amtsweg.platform.catalogue.errors import (
    NotInForce,
    ParameterError,
    ParametersRefused,
    RehearsalFailed,
)
from amtsweg.platform.catalogue.models import Adoption, AdoptionState, Edition, Service
from amtsweg.platform.federation import wall
from amtsweg.platform.federation.audit import audit
from amtsweg.platform.federation.models import Authority
from amtsweg.platform.identity.models import TrustLevel

TRUST_LEVELS = {
    "none": TrustLevel.NONE,
    "low": TrustLevel.BASIC,
    "substantial": TrustLevel.SUBSTANTIAL,
    "high": TrustLevel.HIGH,
}


@transaction.atomic
def publish(path: Path) -> Service:
    """Bring a package's service and editions into the catalogue; what is known already stays.

    Raises package.PackageError for a package that cannot be used, RehearsalFailed if golden cases of
    a new edition do not pass. Runs as the worker's or owner's login: no web request may publish.
    """
    read = package.read_package(path)
    service = _bring_up_to_date(read)
    hashes = [edition.hash for edition in read.editions]
    known = set(Edition.objects.filter(hash__in=hashes).values_list("hash", flat=True))
    for edition in read.editions:
        if edition.hash in known:
            continue
        _demand(package.rehearse(edition))
        Edition.objects.create(
            hash=edition.hash,
            service=service,
            in_force_from=edition.in_force_from,
            archive=package.archive(path, edition.name),
            published_at=timezone.now(),
        )
        audit("edition_published", subject=edition.hash, detail={"service": service.slug})
    return service


def adopt(
    authority: Authority,
    service: Service,
    parameters: Mapping[str, Any],
    *,
    actor: UUID | None = None,
    confirmed: bool = False,
) -> Adoption:
    """Let an authority offer a service under its own parameters: check them, rehearse, go live.

    The authority's own golden cases must end exactly as expected. Where a package has none of its
    own, the other towns' cases are played: amounts rest on other statutes and are not compared, and a
    case that its parameters exclude, such as a period that it does not offer, says nothing. But none
    may break off, and for each operation one must run through to a notice.

    ``confirmed`` says that the authority stands by the parameters; else they are marked as examples.

    Raises NotInForce, ParametersRefused, RehearsalFailed; then nothing has changed.
    """
    in_force = queries.edition_in_force(service)
    if in_force is None:
        raise NotInForce(service.slug)
    edition = queries.compiled(in_force.hash)
    _check(edition, parameters)
    with wall.scope(authority=authority.pk):
        adoption, _new = Adoption.objects.select_for_update().get_or_create(
            authority=authority, service=service, defaults={"changed_at": timezone.now()}
        )
        now_and_then = (
            adoption.is_live,
            adoption.parameters == parameters,
            adoption.rehearsed_edition_id == in_force.hash,
            bool(adoption.confirmed_at) or not confirmed,
        )
        if all(now_and_then):
            return adoption
        _rehearse(edition, authority.area_id, parameters)
        adoption.parameters = dict(parameters)
        adoption.rehearsed_edition = in_force
        adoption.state = AdoptionState.LIVE
        adoption.changed_at = timezone.now()
        adoption.confirmed_at = adoption.changed_at if confirmed else None
        adoption.save()
        audit(
            "adoption_live",
            authority=authority.pk,
            actor=actor,
            subject=service.slug,
            detail={"edition": in_force.hash, "confirmed": confirmed},
        )
    return adoption


def suspend(authority: Authority, service: Service, *, actor: UUID | None = None) -> Adoption:
    """Take no further applications; what was sent is worked through. Raises Adoption.DoesNotExist."""
    with wall.scope(authority=authority.pk):
        adoption = Adoption.objects.select_for_update().get(authority=authority, service=service)
        adoption.state = AdoptionState.SUSPENDED
        adoption.changed_at = timezone.now()
        adoption.save(update_fields=["state", "changed_at"])
        audit("adoption_suspended", authority=authority.pk, actor=actor, subject=service.slug)
    return adoption


def _bring_up_to_date(read: package.Package) -> Service:
    meta, newest = read.meta, read.editions[-1]
    service, _new = Service.objects.update_or_create(
        slug=meta.slug,
        defaults={
            "names": dict(meta.name),
            "texts": newest.service_texts(),
            "leika_keys": list(meta.leika_keys),
            "operations": [
                {"id": one.id, "leika_key": one.leika_key, "name": dict(one.name)}
                for one in meta.operations
            ],
            "ozg_bundle": meta.ozg_bundle,
            "level": meta.level,
            "trust_level": TRUST_LEVELS[meta.trust_level],
        },
    )
    search.index(service, meta.search)
    return service


def _check(edition: package.Edition, parameters: Mapping[str, Any]) -> None:
    findings = edition.check_parameters(parameters)
    if findings.failed:
        raise ParametersRefused(
            [ParameterError(finding.file, finding.message) for finding in findings]
        )


def _rehearse(edition: package.Edition, ars: str, parameters: Mapping[str, Any]) -> None:
    own = [town for town in edition.towns if town.ars == ars]
    towns = tuple(replace(town, parameters=parameters) for town in own or edition.towns)
    results = package.rehearse(replace(edition, towns=towns), borrowed=not own)
    if own:
        _demand(results)
        return
    _demand([result for result in results if result.fits and not result.facts])
    for operation in [one.id for one in edition.package.operations] or [""]:
        played = [result for result in results if result.operation == operation]
        if not any(result.facts for result in played):
            _demand(played)


def _demand(results: list[package.CaseResult]) -> None:
    failures = [
        (f"{result.town}: {result.name}", " ".join(result.why))
        for result in results
        if not result.passed
    ]
    if failures:
        raise RehearsalFailed(failures)
