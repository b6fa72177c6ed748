"""The access log: who read, changed or was refused what. Never personal data, only ids and words of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from .models import AuditEntry


def audit(
    action: str,
    *,
    authority: UUID | None = None,
    actor: UUID | None = None,
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry in the running transaction. One query.

    `authority` must be that of the running scope, or None for an entry of the installation itself;
    `actor` is an account's id; `subject` names an object, such as `case 0198…`. A refusal is recorded
    after the refused transaction has ended, or the entry goes with it.
    """
    AuditEntry(
        at=timezone.now(),
        authority_id=authority,
        actor=actor,
        action=action,
        subject=subject[:200],
        detail=dict(detail or {}),
    ).save(force_insert=True)
