"""The room in Django's list of apps."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Accounts and sign-in."""

    name = "amtsweg.platform.identity"
    label = "identity"
