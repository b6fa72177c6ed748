"""What a session knows: ids only, never a name."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from amtsweg.platform.federation.models import Member
from amtsweg.platform.federation.wall import Scope
from amtsweg.platform.identity.models import Account, TrustLevel

_KEY = "signed_in"


class SignedIn(NamedTuple):
    """A sign-in: whose, how sure, and for staff under which membership."""

    account: UUID
    trust_level: TrustLevel
    member: UUID | None = None
    authority: UUID | None = None

    @property
    def scope(self) -> Scope:
        """What this sign-in opens: for staff the authority's rows and not the own ones as a person."""
        if self.authority is not None:
            return Scope(authority=self.authority)
        return Scope(account=self.account)


def read(session: SessionBase) -> SignedIn | None:
    """The sign-in that the session holds."""
    stored = session.get(_KEY)
    if not stored:
        return None
    account, level, member, authority = stored
    return SignedIn(
        UUID(account),
        TrustLevel(level),
        UUID(member) if member else None,
        UUID(authority) if authority else None,
    )


def begin(session: SessionBase, account: Account, level: TrustLevel, *, id_token: str = "") -> None:
    """Sign in under a new session key: a key that somebody planted before is worth nothing (fixation)."""
    session.flush()
    session[_KEY] = [str(account.id), int(level), None, None]
    if id_token:
        session["id_token"] = id_token


def work_under(session: SessionBase, member: Member) -> None:
    """Act as this membership from now on, again under a new session key."""
    session.cycle_key()
    account, level, _, _ = session[_KEY]
    session[_KEY] = [account, level, str(member.id), str(member.authority_id)]
