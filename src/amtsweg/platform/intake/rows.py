"""Reads and writes a draft with one statement each.

Every request of an assistant begins here, and every saved page ends here.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from amtsweg.platform.catalogue.models import Adoption, AdoptionState, Service
from amtsweg.platform.federation.models import Authority
from amtsweg.platform.intake.models import Draft
from amtsweg.platform.statements import Columns, Statement
from amtsweg.platform.transport.models import Submission

_PARTS = {
    "draft": Columns(
        Draft,
        *("id", "authority_id", "service_id", "edition_id", "account_id", "submission_id"),
        *("operation", "code_hash", "content", "version", "expires_at"),
    ),
    "service": Columns(Service, "id", "slug", "names", "operations", "trust_level"),
    "authority": Columns(Authority, "id", "area_id", "name"),
    "adoption": Columns(Adoption, "id", "parameters"),
}
_FROM = """
FROM intake_draft AS draft
JOIN catalogue_service AS service ON service.id = draft.service_id
JOIN federation_authority AS authority ON authority.id = draft.authority_id
JOIN catalogue_adoption AS adoption ON adoption.id = draft.adoption_id
"""
# What is in force is the catalogue's rule (catalogue.queries.edition_in_force): the newest date that
# has come, of that date the last published.
_SELECT = f"""
SELECT {{draft}}, {{service}}, {{authority}}, {{adoption}},
       (SELECT edition.hash FROM catalogue_edition AS edition
        WHERE edition.service_id = draft.service_id AND edition.in_force_from <= %s
        ORDER BY edition.in_force_from DESC, edition.published_at DESC LIMIT 1)
{_FROM} WHERE draft.id = %s
"""  # noqa: S608 - of constants
_READ = Statement(_SELECT, **_PARTS)
_LOCK = Statement(_SELECT + "FOR UPDATE OF draft", **_PARTS)
_SENT = Statement(
    f"""
    SELECT {{draft}}, {{service}}, {{authority}}, {{adoption}}, {{submission}} {_FROM}
    JOIN transport_submission AS submission ON submission.id = draft.submission_id
    WHERE draft.id = %s
    """,
    **_PARTS,
    submission=Columns(Submission, "id", "reference", "submitted_at"),
)
_OFFER = Statement(
    """
    SELECT {adoption}, {service}, {authority} FROM catalogue_adoption AS adoption
    JOIN catalogue_service AS service ON service.id = adoption.service_id
    JOIN federation_authority AS authority ON authority.id = adoption.authority_id
    WHERE service.slug = %s AND authority.area_id = %s AND adoption.state = %s
    ORDER BY adoption.id LIMIT 1
    """,
    adoption=Columns(Adoption),
    service=Columns(Service, "id", "slug", "names", "texts", "operations", "level", "trust_level"),
    authority=Columns(Authority),
)

_UPDATE = """
UPDATE intake_draft SET edition_hash = %s, account_id = %s, content = %s, version = %s,
    changed_at = %s, expires_at = %s, submission_id = %s
WHERE id = %s
"""


class Row(NamedTuple):
    """A draft with service and authority, and the hash of the edition that is in force today."""

    draft: Draft
    in_force: str | None


def read(draft_id: UUID, *, lock: bool = False) -> Row | None:
    """The draft, if the scope may see it. One query."""
    row = (_LOCK if lock else _READ).first(timezone.localdate(), draft_id)
    if row is None:
        return None
    draft, draft.service, draft.authority, draft.adoption, in_force = row
    return Row(draft, in_force)


def sent(draft_id: UUID) -> Draft | None:
    """The draft with its submission's reference and time, if it was sent. One query."""
    row = _SENT.first(draft_id)
    if row is None:
        return None
    draft: Draft
    draft, draft.service, draft.authority, draft.adoption, draft.submission = row
    return draft


def offer(slug: str, ars: str) -> Adoption | None:
    """The live adoption of a service by the authority of a place itself. One query."""
    row = _OFFER.first(slug, ars, AdoptionState.LIVE)
    if row is None:
        return None
    adoption: Adoption
    adoption, adoption.service, adoption.authority = row
    return adoption


def write(draft: Draft) -> None:
    """Store what changes in a draft that is locked. One query."""
    values = [
        draft.edition_id,
        draft.account_id,
        bytes(draft.content),
        draft.version,
        draft.changed_at,
        draft.expires_at,
        draft.submission_id,
        draft.pk,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, values)
