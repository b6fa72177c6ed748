"""The room's registration: its tables and the events it listens to."""

from __future__ import annotations

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Cases and the clerk's desk."""

    name = "amtsweg.platform.casework"
    label = "casework"

    def ready(self) -> None:
        """Listen to accepted submissions."""
        from amtsweg.platform.casework import handlers  # noqa: F401, PLC0415
