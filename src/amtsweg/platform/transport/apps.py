"""The room's registration."""

from __future__ import annotations

from django.apps import AppConfig


class TransportConfig(AppConfig):
    """Destinations and submissions."""

    name = "amtsweg.platform.transport"
    label = "transport"
