"""Who may open a draft: the account that owns it, or a browser that holds its cookie.

The cookie is signed for one draft, sent to its pages only, unreadable for scripts, and gone when the
browser closes. It holds the blinded code, which opens the wall for exactly this draft.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import NamedTuple, cast
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, override

from amtsweg.platform.federation import wall
from amtsweg.platform.identity.auth import trust_level
from amtsweg.platform.identity.middleware import Identified
from amtsweg.platform.identity.models import TrustLevel
from amtsweg.platform.intake.errors import NotYourDraft
from amtsweg.platform.intake.models import Draft


class Access(NamedTuple):
    """What a request can show for a draft: a person's account, the code, how sure the sign-in is."""

    account: UUID | None
    code_hash: bytes | None
    trust_level: int = TrustLevel.NONE

    def scope(self) -> AbstractContextManager[None]:
        """A transaction in which the draft is visible. One query."""
        return wall.scope(account=self.account, code=self.code_hash)


def of_request(request: HttpRequest, draft_id: UUID) -> Access:
    """What this request can show; raises NotYourDraft if it is nothing. No query without a session."""
    account, code_hash = person(request), _code_hash(request, draft_id)
    if account is None and code_hash is None:
        raise NotYourDraft
    return Access(account, code_hash, trust_level(request))


def person(request: HttpRequest) -> UUID | None:
    """The account of whoever is signed in as a person; members of an authority act for it."""
    signed_in = cast("Identified", request).signed_in
    return signed_in.account if signed_in and signed_in.authority is None else None


def grant(response: HttpResponse, draft: Draft, slug: str, ars: str) -> None:
    """Give this browser the draft's cookie, once for each language's address."""
    value = _signer(draft.pk).sign(bytes(draft.code_hash).hex())
    for code, _name in settings.LANGUAGES:
        with override(code):
            path = reverse("intake:draft", args=[slug, ars, draft.pk])
        response.set_cookie(
            _cookie_name(code),
            value,
            path=path,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def _code_hash(request: HttpRequest, draft_id: UUID) -> bytes | None:
    value = request.COOKIES.get(_cookie_name(get_language() or settings.LANGUAGE_CODE))
    if value is None:
        return None
    try:
        return bytes.fromhex(_signer(draft_id).unsign(value))
    except (BadSignature, ValueError):
        return None


def _signer(draft_id: UUID) -> Signer:
    return Signer(salt=f"draft:{draft_id}")


def _cookie_name(language: str) -> str:
    # Two cookies of one name cannot be set in one answer, and each has its own path.
    return f"amtsweg_draft_{language[:2]}"
