"""The shipped dog tax in Dresden, as tests need it: published, adopted, with a destination.

Where a folder is asked for, another shipped package does as well.
"""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from amtsweg.kit import package
from amtsweg.platform.catalogue.models import Adoption, AdoptionState, Edition, Service
from amtsweg.platform.federation import vault, wall
from amtsweg.platform.federation.models import Authority
from amtsweg.platform.transport import envelope, queries
from amtsweg.platform.transport.models import Destination, DestinationKey

FOLDER = Path(__file__).parents[2] / "services" / "hundesteuer"
DRESDEN = "146120000000"
PDF = b"%PDF-1.7\n" + b"proof of the guide dog\n" * 20 + b"%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@dataclass(frozen=True)
class Offer:
    """A service that an authority offers."""

    service: Service
    authority: Authority
    adoption: Adoption
    edition_hash: str
    destination: Destination


@cache
def read(folder: Path = FOLDER) -> package.Edition:
    """The shipped edition, compiled once per process."""
    return package.read_package(folder).editions[-1]


@cache
def archive(folder: Path = FOLDER) -> bytes:
    """Its canonical archive."""
    return package.archive(folder, read(folder).name)


@cache
def key() -> envelope.KeyPair:
    """One RSA-4096 key for all tests of a process: making one takes a second."""
    return envelope.new_key()


def answers() -> dict[str, Any]:
    """The answers of Dresden's first golden case: a complete application without a file."""
    town = next(town for town in read().towns if town.ars == DRESDEN)
    return copy.deepcopy(dict(town.cases[0].answers))


def offer(authority: Authority, folder: Path = FOLDER) -> Offer:
    """Publish, adopt and open a door, with the rights of whoever runs this."""
    edition = read(folder)
    service = Service.objects.create(
        slug=edition.package.slug,
        names=dict(edition.package.name),
        texts={lang: dict(texts["service"]) for lang, texts in edition.texts.items()},
        leika_keys=list(edition.package.leika_keys),
        level=edition.package.level,
    )
    publish(service, edition.hash, archive(folder), edition.in_force_from)
    town = next(town for town in edition.towns if town.ars == authority.area_id)
    with wall.scope(authority=authority.pk):
        adoption = Adoption.objects.create(
            authority=authority,
            service=service,
            state=AdoptionState.LIVE,
            parameters=town.parameters,
            changed_at=timezone.now(),
        )
    return Offer(service, authority, adoption, edition.hash, open_door(authority, service))


def publish(service: Service, hash_: str, content: bytes, in_force_from: date) -> None:
    """One edition row."""
    Edition.objects.create(
        hash=hash_,
        service=service,
        in_force_from=in_force_from,
        archive=content,
        published_at=timezone.now(),
    )


def open_door(authority: Authority, service: Service) -> Destination:
    """A destination under the shared test key."""
    with wall.scope(authority=authority.pk):
        destination = Destination.objects.create(
            authority=authority,
            service=service,
            encryption_kid=key().kid,
            public_key=key().public,
            created_at=timezone.now(),
        )
        DestinationKey.objects.create(
            destination=destination,
            authority=authority,
            sealed=vault.seal(
                authority.pk, key().private, queries.private_key_context(destination.pk)
            ),
        )
    return destination


def upload(content: bytes, name: str, media_type: str = "application/pdf") -> io.BytesIO:
    """A file as Django's test client posts it."""
    stream = io.BytesIO(content)
    stream.name = name
    stream.content_type = media_type  # type: ignore[attr-defined]
    return stream
