"""The identity provider: OpenID Connect code flow with PKCE, by Authlib."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import HttpRequest
from joserfc.errors import JoseError

from amtsweg.platform.federation import vault
from amtsweg.platform.identity.models import TrustLevel

_SCOPE = "openid profile email address"
_TIMEOUT_SECONDS = 10
_PROFILE_CLAIMS = ("name", "given_name", "family_name", "birthdate", "email", "address")
_TRUST_LEVELS = {
    # words, eIDAS levels of assurance, and numbers of STORK-QAA as providers in Germany use them
    "basic": TrustLevel.BASIC,
    "low": TrustLevel.BASIC,
    "1": TrustLevel.BASIC,
    "substantial": TrustLevel.SUBSTANTIAL,
    "3": TrustLevel.SUBSTANTIAL,
    "high": TrustLevel.HIGH,
    "4": TrustLevel.HIGH,
}
# The demo provider's address changes with the port; its people stay the same.
_DEMO_ISSUER = "urn:amtsweg:demo"


class ProviderAway(Exception):
    """The provider cannot be reached or answers nonsense: try again later."""


class SignInRefused(Exception):
    """The provider or the person broke the sign-in off, or its answer does not belong to this browser."""


@dataclass(frozen=True)
class Identity:
    """Who came back from the provider."""

    subject: bytes
    profile: Mapping[str, Any]
    trust_level: TrustLevel
    id_token: str
    staff: bool
    wanted: str


@cache
def _client() -> Any:
    config = settings.AMTSWEG
    return OAuth().register(
        "amtsweg",
        client_id=config.idp_client_id,
        client_secret=config.idp_client_secret,
        server_metadata_url=f"{config.idp_issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": _SCOPE,
            "code_challenge_method": "S256",
            "default_timeout": _TIMEOUT_SECONDS,
        },
    )


def subject_of(sub: str) -> bytes:
    """The keyed hash under which an account is known: issuer and subject."""
    config = settings.AMTSWEG
    issuer = _DEMO_ISSUER if config.embedded_provider else config.idp_issuer
    return vault.blind(f"{issuer}|{sub}")


def start(
    request: HttpRequest, redirect_uri: str, *, staff: bool, wanted: str, language: str
) -> str:
    """The address at the provider to send the browser to; raises ProviderAway.

    The session keeps state, nonce, code verifier, and where the person wanted to go.
    """
    try:
        way = _client().create_authorization_url(redirect_uri, ui_locales=language)
    except (requests.RequestException, ValueError, RuntimeError) as error:
        raise ProviderAway from error
    _client().save_authorize_data(
        request, redirect_uri=redirect_uri, staff=staff, wanted=wanted, **way
    )
    return str(way["url"])


def finish(request: HttpRequest) -> Identity:
    """Check the provider's answer and read who it is; raises SignInRefused, ProviderAway."""
    client = _client()
    kept = client.framework.get_state_data(request.session, request.GET.get("state") or "") or {}
    try:
        token = client.authorize_access_token(request)
    except (AuthlibBaseError, JoseError) as error:
        raise SignInRefused from error
    except (requests.RequestException, ValueError, RuntimeError) as error:
        raise ProviderAway from error
    claims = token.get("userinfo")
    if not claims or not claims.get("sub"):
        raise SignInRefused
    return Identity(
        subject=subject_of(claims["sub"]),
        profile={name: claims[name] for name in _PROFILE_CLAIMS if claims.get(name)},
        trust_level=_trust_level(claims),
        id_token=token["id_token"],
        staff=bool(kept.get("staff")),
        wanted=str(kept.get("wanted") or ""),
    )


def sign_out_url(id_token: str, back: str) -> str | None:
    """Where the provider ends its own session; None if it has no such address or is away."""
    try:
        way = _client().create_logout_url(
            post_logout_redirect_uri=back,
            id_token_hint=id_token or None,
            client_id=settings.AMTSWEG.idp_client_id,
        )
    except (requests.RequestException, ValueError, RuntimeError):
        return None
    return str(way["url"])


def _trust_level(claims: Mapping[str, Any]) -> TrustLevel:
    said = str(claims.get("trust_level") or claims.get("acr") or "")
    return _TRUST_LEVELS.get(said.rpartition("/")[2].lower(), TrustLevel.BASIC)
