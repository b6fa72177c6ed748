"""The room's registration."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Drafts and their pages."""

    name = "amtsweg.platform.intake"
    label = "intake"
