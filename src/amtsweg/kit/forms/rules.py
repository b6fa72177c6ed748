"""FIM's rules in words, and which of them pages.toml gives an executable form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from amtsweg.kit.fim.model import Rule, Schema, walk


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule with the place that it was written at: ``path`` is "" for the schema as a whole."""

    rule: Rule
    path: str
    name: str = ""


def rules_of(schema: Schema) -> Mapping[str, PlacedRule]:
    """Every rule by its id, where it comes first."""
    found: dict[str, PlacedRule] = {}
    for rule in schema.rules:
        found.setdefault(rule.id, PlacedRule(rule, ""))
    for path, use in walk(schema.uses):
        for rule in use.element.rules:
            name = use.element.label or use.element.name
            found.setdefault(rule.id, PlacedRule(rule, path, name))
    return found


def bound(pages: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The ids of rules that pages.toml names, each with the place there.

    A ``[[rule]]`` is named by its own ``id``; a condition of a page or field lists under ``rules``
    what it carries out; ``[by_hand]`` says of the others who sees to them.
    """
    for rule in pages.get("rule", ()):
        yield str(rule.get("id", "")), "rule"
    for page in pages.get("page", ()):
        for id_ in page.get("rules", ()):
            yield str(id_), f"page '{page.get('id', '')}'"
    for path, settings in pages.get("field", {}).items():
        for id_ in settings.get("rules", ()):
            yield str(id_), f'field."{path}"'
    for id_ in pages.get("by_hand", {}):
        yield id_, "by_hand"


def open_rules(schema: Schema, pages: Mapping[str, Any]) -> tuple[PlacedRule, ...]:
    """The rules that are words only: nothing carries them out, and nobody is named who does."""
    named = {id_ for id_, _ in bound(pages)}
    return tuple(placed for id_, placed in rules_of(schema).items() if id_ not in named)
