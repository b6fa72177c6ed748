"""Which texts an edition needs and which it has.

A text's key is the tuple of its table names: ("page", "hunde", "title"). Keys of fields hold the
field's path as one name: ("field", "hunde.rasse", "label").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from amtsweg.kit.fim.model import Field, Group, walk
from amtsweg.kit.package.edition import SCHEMA_LANGUAGE, Edition
from amtsweg.kit.package.fees import titles
from amtsweg.kit.process import Input

Key: TypeAlias = tuple[str, ...]

_SAID: Final = re.compile(r'(?:say\(\s*"|"(?=notice\.))([A-Za-z_][\w.]*)"')
"""A key as a template writes it: in say("…"), or anywhere if it begins with the table notice."""
_FREE: Final = ("service", "outcome")
"""Tables that the platform reads as a whole: about the service, and about how a case ends."""


@dataclass(frozen=True, slots=True)
class Needed:
    """Keys that must be there in every language, in languages other than the schema's, and may be.

    ``beginnings`` are dotted beginnings of keys that a template puts together itself.
    """

    everywhere: frozenset[Key]
    translated: frozenset[Key]
    optional: frozenset[Key]
    beginnings: tuple[str, ...]


def needed(edition: Edition) -> Needed:
    """What pages, fields, rules, tasks, notices and amounts of an edition say."""
    everywhere: set[Key] = set()
    optional: set[Key] = set()
    translated: set[Key] = set()
    for page in edition.form.pages:
        everywhere.add(("page", page.id, "title"))
        optional.add(("page", page.id, "help"))
    everywhere |= {tuple(rule["message"].split(".")) for rule in edition.pages.get("rule", ())}
    for path, use in walk(edition.schema.uses):
        _about_element(path, use.element, translated, optional)
        if use.repeated:
            everywhere |= {("field", path, "item"), ("field", path, "add")}
    for task, inputs in edition.process.compiled.inputs.items():
        everywhere |= set(_about_task(task, inputs))
        optional |= {("task", task, "help", one.name) for one in inputs}
    translated |= set(titles(edition.parameters_schema))
    said = set(_said_by_notices(edition))
    beginnings = tuple(key for key in said if key.endswith(("_", ".")))
    everywhere |= {tuple(key.split(".")) for key in said if key not in beginnings}
    return Needed(frozenset(everywhere), frozenset(translated), frozenset(optional), beginnings)


def _about_element(
    path: str, element: Field | Group, translated: set[Key], optional: set[Key]
) -> None:
    here = ("field", path)
    translated.add((*here, "label"))
    (translated if element.help_input else optional).add((*here, "help"))
    for value in element.values if isinstance(element, Field) else ():
        translated.add((*here, "values", value.code))
        (translated if value.help else optional).add((*here, "value_help", value.code))


def _about_task(task: str, inputs: Iterable[Input]) -> Iterator[Key]:
    yield ("task", task, "name")
    for one in inputs:
        yield ("task", task, "inputs", one.name)
        for value in one.values:
            yield ("task", task, "values", one.name, value)


def _said_by_notices(edition: Edition) -> Iterator[str]:
    for template in edition.notices.values():
        yield from _SAID.findall(template)


def said(texts: Mapping[str, Any]) -> frozenset[Key]:
    """The keys of all texts of one language."""
    return frozenset(_leaves(texts, ()))


def _leaves(value: Any, at: Key) -> Iterator[Key]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*at, name))
    else:
        yield at


def missing(needs: Needed, said_in: Mapping[str, frozenset[Key]], language: str) -> list[str]:
    """What a language does not say and must: also what only other languages say about a service."""
    keys = needs.everywhere
    if language != SCHEMA_LANGUAGE:
        keys = keys | needs.translated
    others = frozenset[Key]().union(*said_in.values())
    keys = keys | {key for key in others if key[0] in _FREE or _put_together(key, needs)}
    return sorted(".".join(key) for key in keys - said_in[language])


def orphans(needs: Needed, said_here: frozenset[Key]) -> list[str]:
    """What is said and nothing asks for."""
    known = needs.everywhere | needs.translated | needs.optional
    return sorted(
        ".".join(key)
        for key in said_here - known
        if key[0] not in _FREE and not _put_together(key, needs)
    )


def _put_together(key: Key, needs: Needed) -> bool:
    return ".".join(key).startswith(needs.beginnings) if needs.beginnings else False
