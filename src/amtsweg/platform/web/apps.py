"""The room's registration: its templates, static files and translations."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Page frame and components."""

    name = "amtsweg.platform.web"
    label = "web"
