"""The room's registration."""

from __future__ import annotations

from django.apps import AppConfig


class TransportConfig(AppConfig):
    """Destinations and submissions."""

    name = "amtsweg.platform.transport"
    label = "transport"

    def ready(self) -> None:
        """Enqueue the acceptance of whatever is sent."""
        from amtsweg.platform.transport import jobs  # noqa: F401, PLC0415
