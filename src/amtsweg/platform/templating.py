"""Jinja2 templates in each room's `templates` folder, compiled once for each language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template.backends.base import BaseEngine
from django.template.backends.jinja2 import Jinja2, Template
from django.utils.translation import get_language


class LanguageTemplates(Jinja2):
    """Django's Jinja2 backend, looking into `templates` as the room plan has it."""

    app_dirname = "templates"


class RoomTemplates(BaseEngine):
    """The templates in the language of the request.

    Each language has an environment of its own: what a template says stands in the compiled template
    and is not looked up for every page.
    """

    app_dirname = LanguageTemplates.app_dirname

    def __init__(self, params: dict[str, Any]) -> None:
        options = params.pop("OPTIONS")
        self._by_language = {
            code: LanguageTemplates(params | {"OPTIONS": {**options, "language": code}})
            for code, _name in settings.LANGUAGES
        }
        super().__init__(params)

    def get_template(self, template_name: str) -> Template:
        """The template in the language of the request; raises TemplateDoesNotExist."""
        return self._engine().get_template(template_name)

    def from_string(self, template_code: str) -> Template:
        """A template from its text."""
        return self._engine().from_string(template_code)

    def _engine(self) -> LanguageTemplates:
        return self._by_language[get_language() or settings.LANGUAGE_CODE]
