"""The Jinja2 environment of all rooms: translations, links, formats. Unknown names are errors."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment, StrictUndefined

from amtsweg.platform.web import formats


def environment(**options: Any) -> Environment:
    """Build the environment for Django's Jinja2 backend.

    Templates have ``_("…")`` and ``ngettext``, ``url("room:name", …)``, ``link("/path/")`` in the
    language of the request, ``static("…")``, and the filters of ``formats``.
    """
    options["undefined"] = StrictUndefined
    made = Environment(  # noqa: S701 - Django's backend turns autoescape on
        **options, extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True
    )
    made.globals.update(static=static, url=url, link=link)
    made.filters.update(
        cents=formats.cents,
        date_text=formats.date_text,
        datetime_text=formats.datetime_text,
        file_size=formats.file_size,
    )
    return made


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named view."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def link(path: str) -> str:
    """A path of this site in the language of the request: German has no prefix, English ``/en``."""
    language = (get_language() or "de")[:2]
    return path if language == "de" else f"/{language}{path}"
