"""What changes accounts: signing in, choosing a membership, deactivating."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from amtsweg.platform.federation import actions as federation
from amtsweg.platform.federation import vault, wall
from amtsweg.platform.federation.audit import audit
from amtsweg.platform.federation.models import Member
from amtsweg.platform.identity import sessions
from amtsweg.platform.identity.models import PROFILE_CONTEXT, Account, TrustLevel
from amtsweg.platform.identity.provider import Identity


class AccountClosed(Exception):
    """The account may not sign in any more."""


def account_for(subject: bytes, profile: Mapping[str, Any], trust_level: TrustLevel) -> Account:
    """The account of this identity, made at its first sign-in, with the profile as told now."""
    with wall.scope(code=subject):
        account = Account.objects.filter(subject=subject).first()
        if account is None:
            account = Account(subject=subject)
        account.sealed_profile = vault.seal_json(vault.PLATFORM, dict(profile), PROFILE_CONTEXT)
        account.trust_level = trust_level
        account.save()
    return account


def sign_in(session: SessionBase, identity: Identity) -> Account:
    """Begin a session for who came back from the provider; raises AccountClosed."""
    account = account_for(identity.subject, identity.profile, identity.trust_level)
    if not account.active:
        with wall.scope():
            audit("sign_in_refused", actor=account.id, detail={"reason": "account closed"})
        raise AccountClosed
    with wall.scope(account=account.id):
        Account.objects.filter(id=account.id).update(signed_in_at=timezone.now())
        audit("signed_in", actor=account.id, detail={"staff": identity.staff})
    sessions.begin(session, account, identity.trust_level, id_token=identity.id_token)
    return account


def work_under(session: SessionBase, account: Account, member: Member) -> None:
    """Act as this membership from now on; colleagues see the name that the provider gave."""
    with wall.scope(authority=member.authority_id):
        federation.remember_name(member, account.display_name)
        audit(
            "working_under",
            authority=member.authority_id,
            actor=account.id,
            subject=f"member {member.id}",
        )
    sessions.work_under(session, member)


def refuse_staff(account: Account) -> None:
    """Record that somebody without membership asked to enter as staff."""
    with wall.scope():
        audit("staff_sign_in_refused", actor=account.id, detail={"reason": "no membership"})


def sign_out(session: SessionBase, account: UUID | None) -> None:
    """End the session."""
    session.flush()
    if account is not None:
        with wall.scope():
            audit("signed_out", actor=account)
