"""The Jinja2 environment of all rooms: translations, links, formats. Unknown names are errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.templatetags import static as static_files
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from amtsweg.kit.forms import Widget
from amtsweg.platform.web import formats

MOST_EMPTY_CONTROLS = 2048


class RoomEnvironment(Environment):
    """An environment that calls its ``fixed`` functions when it compiles a template.

    They give the same for every page of a language: a sentence then is a part of the compiled
    template. Where an argument is known only when a page is drawn, they are called then.
    """

    fixed: Mapping[str, Callable[..., str]]

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        return super()._generate(_Fixing(self.fixed).visit(source), *args, **kwargs)


class _Fixing(NodeTransformer):
    def __init__(self, fixed: Mapping[str, Callable[..., str]]) -> None:
        self._fixed = fixed

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(call)
        function = self._fixed.get(call.node.name) if isinstance(call.node, nodes.Name) else None
        match call.args:
            case [nodes.Const(value=argument)] if function and not call.kwargs:
                text = nodes.Const(function(argument), lineno=call.lineno)
                return nodes.MarkSafe(text, lineno=call.lineno)
        return call


def environment(*, language: str, **options: Any) -> Environment:
    """Build the environment of one language for Django's Jinja2 backend.

    Templates have ``_("…", name=…)`` and ``ngettext``, ``url("room:name", …)``,
    ``link("/path/")`` in that language, ``static("…")``, and the filters of ``formats``.
    """
    options["undefined"] = StrictUndefined
    made = RoomEnvironment(  # Django's backend turns autoescape on
        **options, trim_blocks=True, lstrip_blocks=True
    )
    made.fixed = {"_": _gettext(language), "link": _link(language), "static": static}
    made.globals.update(made.fixed, ngettext=ngettext, url=url, drawn=_drawn(made))
    made.filters.update(
        cents=formats.cents,
        date_text=formats.date_text,
        datetime_text=formats.datetime_text,
        duration_text=formats.duration_text,
        file_size=formats.file_size,
    )
    return made


def _gettext(language: str) -> Callable[..., Markup]:
    @cache
    def translated(message: str) -> Markup:
        with translation.override(language):
            return escape(translation.gettext(message))

    def gettext(message: str, **values: object) -> Markup:
        """A sentence in the language; ``%(name)s`` in it is replaced, and escaped."""
        text = translated(message)
        return text % values if values else text

    return gettext


def _link(language: str) -> Callable[[str], Markup]:
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"

    def link(path: str) -> Markup:
        """A path of this site in the language: German has no prefix, English ``/en``."""
        return escape(prefix + path)

    return link


def _drawn(made: Environment) -> Callable[[Widget], Markup]:
    def draw(control: Widget) -> Markup:
        drawing: Markup = made.get_template("web/form.html").module.widget(control)  # type: ignore[attr-defined]
        return drawing

    draw_empty = lru_cache(maxsize=MOST_EMPTY_CONTROLS)(draw)

    def drawn(control: Widget) -> Markup:
        """A control of a form. An empty one, which looks the same for everybody, is drawn once."""
        if control.value == "" and not control.errors and control.file is None:
            return draw_empty(control)
        return draw(control)

    return drawn


def ngettext(singular: str, plural: str, num: int, **values: object) -> Markup:
    """A sentence that counts; ``%(num)d`` is the number."""
    return escape(translation.ngettext(singular, plural, num)) % {"num": num, **values}


@cache
def static(path: str) -> Markup:
    """The address of a static file; it does not change while a process runs."""
    return escape(static_files.static(path))


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named view."""
    return reverse(name, args=args or None, kwargs=kwargs or None)
