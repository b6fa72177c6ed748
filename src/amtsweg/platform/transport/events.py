"""What transport tells the rooms above it. Handlers run in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class SubmissionSent:
    """A person's application is sealed and stored for this authority; nobody has opened it yet."""

    submission_id: UUID
    authority_id: UUID


@dataclass(frozen=True)
class SubmissionAccepted:
    """The submission was opened and is what its sender sealed: it is now the authority's."""

    submission_id: UUID
    authority_id: UUID
