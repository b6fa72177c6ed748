"""The quality messages of FIM (urn:xoev-de:fim-datenfelder:codeliste:xdfm 1.8) over a schema.

Here are those that one document decides and the reader does not refuse already; the page
docs/reference/fim-quality.md accounts for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from amtsweg.kit.fim.model import Field, Group, Schema
from amtsweg.kit.fim.quality.checks import Document, Kind, Message, Object, Part, Remark, RuleAt
from amtsweg.kit.fim.quality.content import on_content
from amtsweg.kit.fim.quality.fields import on_field, on_list
from amtsweg.kit.fim.quality.objects import on_element, on_object
from amtsweg.kit.fim.quality.rules import on_rule
from amtsweg.kit.fim.quality.structure import on_group, on_part, on_schema

MESSAGES: tuple[Message, ...] = tuple(
    sorted(
        (
            *on_object.messages,
            *on_element.messages,
            *on_schema.messages,
            *on_group.messages,
            *on_part.messages,
            *on_field.messages,
            *on_content.messages,
            *on_list.messages,
            *on_rule.messages,
        ),
        key=lambda message: message.number,
    )
)
"""The messages that ``check`` can give, by number."""


def check(document: Document) -> tuple[Remark, ...]:
    """What FIM would say about a schema (or a group or field alone), in the order of the document.

    An element that stands in several places is looked into at the first; how it is used is looked
    at in each.
    """
    return tuple(_look(document, "", document, set()))


def _look(about: Document, path: str, root: Document, seen: set[Document]) -> Iterator[Remark]:
    """The remarks on an element, its rules and whatever it holds."""
    if about in seen:
        return
    seen.add(about)
    for message, what in _found(about):
        yield _remark(message, about, path, what)
    for rule in about.rules:
        for message, what in (*on_object.run(rule), *on_rule.run(RuleAt(rule, about))):
            yield _remark(message, rule, path, what)
    if isinstance(about, Field):
        return
    for use in about.uses:
        place = f"{path}.{use.key}" if path else use.key
        for message, what in on_part.run(Part(root, about, use)):
            yield _remark(message, use.element, place, what)
        yield from _look(use.element, place, root, seen)


def _found(about: Document) -> Iterator[tuple[Message, str]]:
    yield from on_object.run(about)
    if isinstance(about, Schema):
        yield from on_schema.run(about)
        return
    yield from on_element.run(about)
    if isinstance(about, Group):
        yield from on_group.run(about)
        return
    yield from on_field.run(about)
    yield from on_content.run(about)
    if about.code_list:
        yield from on_list.run(about.code_list)


def _remark(message: Message, about: Object, path: str, what: str) -> Remark:
    return Remark(message, about.id, about.version, about.name, path, what)


__all__ = ["MESSAGES", "Kind", "Message", "Remark", "check"]
