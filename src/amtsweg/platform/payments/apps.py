"""The room's registration."""

from __future__ import annotations

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Payments and mandates."""

    name = "amtsweg.platform.payments"
    label = "payments"

    def ready(self) -> None:
        """Listen to what lower rooms tell, and stand beside their cases."""
        from amtsweg.platform.payments import desk, handlers, jobs  # noqa: F401, PLC0415
