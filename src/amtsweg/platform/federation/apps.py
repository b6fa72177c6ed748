"""The room in Django's list of apps."""

from __future__ import annotations

from django.apps import AppConfig


class FederationConfig(AppConfig):
    """Areas, authorities, members."""

    name = "amtsweg.platform.federation"
    label = "federation"
