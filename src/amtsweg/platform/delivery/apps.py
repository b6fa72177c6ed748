"""The room's registration."""

from __future__ import annotations

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Notices and mailbox."""

    name = "amtsweg.platform.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Listen to what lower rooms tell."""
        from amtsweg.platform.delivery import handlers, jobs  # noqa: F401, PLC0415
