"""Reads about accounts and memberships."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from amtsweg.platform.federation import wall
from amtsweg.platform.federation.models import Member


def memberships(account: UUID) -> list[Member]:
    """The active memberships of an account with their authorities. Two queries: scope and rows."""
    with wall.scope(account=account):
        return list(
            Member.objects.filter(account_id=account, active=True)
            .select_related("authority")
            .order_by("authority__name", "role")
        )


def member_names(ids: Iterable[str]) -> dict[str, str]:
    """Names of members of the scope's authority by their ids; other words are passed over. One query."""
    wanted = [found for text in ids if (found := _uuid(text)) is not None]
    if not wanted:
        return {}
    return {str(member.id): member.name for member in Member.objects.filter(id__in=wanted)}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
