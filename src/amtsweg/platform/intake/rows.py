"""Reads and writes a draft with one statement each.

Every request of an assistant begins here, and every saved page ends here. A statement written once
costs a third of one that is built anew each time, and the edition in force comes along.
"""

from __future__ import annotations

import json
from typing import NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.utils import timezone

from amtsweg.platform.catalogue.models import Service
from amtsweg.platform.federation.models import Authority
from amtsweg.platform.intake.models import Draft

_DRAFT = [field.attname for field in Draft._meta.concrete_fields]
_SERVICE = ["id", "slug", "names", "trust_level"]
_AUTHORITY = ["id", "area_id", "name"]
_NAMES = len(_DRAFT) + _SERVICE.index("names")

# What is in force is the catalogue's rule (catalogue.queries.edition_in_force): the newest date that
# has come, of that date the last published.
_SELECT = f"""
SELECT {", ".join(f"draft.{field.column}" for field in Draft._meta.concrete_fields)},
       {", ".join(f"service.{name}" for name in _SERVICE)},
       {", ".join(f"authority.{name}" for name in _AUTHORITY)},
       (SELECT edition.hash FROM catalogue_edition AS edition
        WHERE edition.service_id = draft.service_id AND edition.in_force_from <= %s
        ORDER BY edition.in_force_from DESC, edition.published_at DESC LIMIT 1)
FROM intake_draft AS draft
JOIN catalogue_service AS service ON service.id = draft.service_id
JOIN federation_authority AS authority ON authority.id = draft.authority_id
WHERE draft.id = %s
"""  # noqa: S608 - the columns are the models' own
_LOCK = _SELECT + "FOR UPDATE OF draft"

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
    with connection.cursor() as cursor:
        cursor.execute(_LOCK if lock else _SELECT, [timezone.localdate(), draft_id])
        row = cursor.fetchone()
    if row is None:
        return None
    values = list(row)
    values[_NAMES] = json.loads(values[_NAMES])
    ours, services = len(_DRAFT), len(_DRAFT) + len(_SERVICE)
    draft = Draft.from_db(DEFAULT_DB_ALIAS, _DRAFT, values[:ours])
    draft.service = Service.from_db(DEFAULT_DB_ALIAS, _SERVICE, values[ours:services])
    draft.authority = Authority.from_db(DEFAULT_DB_ALIAS, _AUTHORITY, values[services:-1])
    return Row(draft, values[-1])


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
