"""The case's journal: who did what and when, chained by hashes, so that no line can be changed unseen.

The chain runs over the *sealed* details: it is verified without opening anything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone

from amtsweg.platform.casework.models import Case, Entry, JournalEntry
from amtsweg.platform.federation import vault

APPLICANT = "applicant"
SYSTEM = "system"
GENESIS = b""


@dataclass(frozen=True)
class Break:
    """A place where a journal does not hold: which case, which line, what is wrong."""

    case_id: UUID
    number: int
    reason: str


def append(case: Case, actor: str, entry: Entry, **detail: object) -> JournalEntry:
    """Append one line. The caller holds the lock on the case, so numbers have no gap and no double,
    and saves the case, which knows its journal's end.

    ``actor`` is a member's id, ``APPLICANT`` or ``SYSTEM``; ``detail`` is JSON and is sealed.
    """
    number, previous, at = case.journal_length + 1, bytes(case.journal_head), timezone.now()
    sealed = vault.seal_json(case.authority_id, detail, context=f"journal:{case.id}")
    line = JournalEntry.objects.create(
        authority_id=case.authority_id,
        case=case,
        number=number,
        at=at,
        actor=actor,
        entry=entry,
        detail=sealed,
        previous=previous,
        digest=_digest(case.id, number, at, actor, entry, sealed, previous),
    )
    case.journal_length, case.journal_head = number, line.digest
    return line


def verify(case: Case, lines: Iterable[JournalEntry]) -> list[Break]:
    """Walk a case's lines, ordered by number; return every break of the chain (empty: it holds)."""
    breaks: list[Break] = []
    expected, previous = 1, GENESIS
    for line in lines:
        if line.number != expected:
            breaks.append(Break(line.case_id, expected, "a line is missing"))
        elif bytes(line.previous) != previous:
            breaks.append(Break(line.case_id, line.number, "the line before was changed"))
        if bytes(line.digest) != _digest(
            line.case_id,
            line.number,
            line.at,
            line.actor,
            line.entry,
            bytes(line.detail),
            bytes(line.previous),
        ):
            breaks.append(Break(line.case_id, line.number, "the line was changed"))
        expected, previous = line.number + 1, bytes(line.digest)
    if (expected - 1, previous) != (case.journal_length, bytes(case.journal_head)):
        breaks.append(Break(case.id, expected, "the end of the journal is missing"))
    return breaks


def _digest(
    case_id: UUID,
    number: int,
    at: datetime,
    actor: str,
    entry: str,
    sealed: bytes,
    previous: bytes,
) -> bytes:
    head = json.dumps(
        [str(case_id), number, at.astimezone(UTC).isoformat(), actor, str(entry)],
        separators=(",", ":"),
    )
    return hashlib.sha256(head.encode() + hashlib.sha256(sealed).digest() + previous).digest()
