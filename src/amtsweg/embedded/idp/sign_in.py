"""Who may sign in at the demo, and what the portal is told about them."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest
from oauth2_provider.oauth2_validators import OAuth2Validator

from amtsweg.config import Config
from amtsweg.embedded.idp.people import people


class DemoBackend(ModelBackend):
    """Every demo person has this installation's one demo password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_kwargs: Any,
    ) -> User | None:
        """The person's account, made at the first sign-in; None if name or password is wrong."""
        name = (username or "").strip().lower()
        right = secrets.compare_digest(
            (password or "").strip().encode(), Config.load().demo_password.encode()
        )
        if not right or name not in people():
            return None
        return User.objects.get_or_create(username=name)[0]


class ClaimsValidator(OAuth2Validator):
    """Adds the demo person's facts to ID token and user info."""

    # Claims go by scope; the trust level belongs to the sign-in itself, so to `openid`.
    oidc_claim_scope = OAuth2Validator.oidc_claim_scope | {"trust_level": "openid"}

    def get_additional_claims(self, request: Any) -> dict[str, object]:
        """The claims of the signed-in person; `sub` replaces the provider's own number."""
        return people()[request.user.username].claims

    def get_discovery_claims(self, request: Any) -> list[str]:
        """Every claim that somebody may have."""
        return sorted({claim for person in people().values() for claim in person.claims})
