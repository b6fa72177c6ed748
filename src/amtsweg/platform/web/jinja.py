"""The Jinja2 environment of all rooms: translations, links, formats. Unknown names are errors."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.templatetags import static as static_files
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from amtsweg.platform.web import formats


def environment(**options: Any) -> Environment:
    """Build the environment for Django's Jinja2 backend.

    Templates have ``_("…", name=…)`` and ``ngettext``, ``url("room:name", …)``,
    ``link("/path/")`` in the language of the request, ``static("…")``, and the filters of
    ``formats``.
    """
    options["undefined"] = StrictUndefined
    made = Environment(  # noqa: S701 - Django's backend turns autoescape on
        **options, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.update(_=gettext, ngettext=ngettext, static=static, url=url, link=link)
    made.filters.update(
        cents=formats.cents,
        date_text=formats.date_text,
        datetime_text=formats.datetime_text,
        file_size=formats.file_size,
    )
    return made


# A page says some forty sentences; Django takes 10 µs to translate one. Bounded by the templates.
_translations: dict[tuple[str | None, str], Markup] = {}


def gettext(message: str, **values: object) -> Markup:
    """A sentence in the language of the request; ``%(name)s`` in it is replaced, and escaped."""
    key = (translation.get_language(), message)
    text = _translations.get(key)
    if text is None:
        text = _translations[key] = escape(translation.gettext(message))
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: object) -> Markup:
    """A sentence that counts; ``%(num)d`` is the number."""
    return escape(translation.ngettext(singular, plural, num)) % {"num": num, **values}


@cache
def static(path: str) -> str:
    """The address of a static file; it does not change while a process runs."""
    return static_files.static(path)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named view."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def link(path: str) -> str:
    """A path of this site in the language of the request: German has no prefix, English ``/en``."""
    language = (translation.get_language() or "de")[:2]
    return path if language == "de" else f"/{language}{path}"
