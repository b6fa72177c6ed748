"""Whose messages a request may see: those of the signed-in account, and of the code it gave.

Whoever has no account gives the code once; a signed cookie, unreadable for scripts, keeps its blinded
form for two hours or until the browser closes.
"""

from __future__ import annotations

from typing import NamedTuple, cast
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from amtsweg.platform.federation import wall
from amtsweg.platform.identity.middleware import Identified

COOKIE = "amtsweg_status"
SECONDS = 2 * 60 * 60
_signer = TimestampSigner(salt="amtsweg.delivery.status")


class Access(NamedTuple):
    """What a request can show; both may be missing."""

    account: UUID | None
    code_hash: bytes | None

    @property
    def none(self) -> bool:
        """Whether the request can show nothing."""
        return self.account is None and self.code_hash is None

    @property
    def scope(self) -> wall.Scope:
        """The wall's scope that it opens."""
        return wall.Scope(account=self.account, code=self.code_hash)


def of_request(request: HttpRequest) -> Access:
    """What this request can show."""
    return Access(cast("Identified", request).account_id, _code_hash(request))


def grant(response: HttpResponse, code_hash: bytes) -> None:
    """Remember in the browser that the person gave this code."""
    response.set_cookie(
        COOKIE,
        _signer.sign(code_hash.hex()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _code_hash(request: HttpRequest) -> bytes | None:
    value = request.COOKIES.get(COOKIE)
    if value is None:
        return None
    try:
        return bytes.fromhex(_signer.unsign(value, max_age=SECONDS))
    except (BadSignature, ValueError):
        return None
