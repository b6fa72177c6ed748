"""Jinja2 templates in each room's `templates` folder."""

from __future__ import annotations

from django.template.backends.jinja2 import Jinja2


class RoomTemplates(Jinja2):
    """Django's Jinja2 backend, looking into `templates` as the room plan has it."""

    app_dirname = "templates"
