"""The preview's registration: its templates."""

from __future__ import annotations

from django.apps import AppConfig


class PreviewConfig(AppConfig):
    """The preview of a schema."""

    name = "amtsweg.preview"
