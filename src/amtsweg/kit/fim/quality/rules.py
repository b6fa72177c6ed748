"""Rules: they say something, and they name elements that they can reach."""

from __future__ import annotations

import re
from collections.abc import Iterator

from amtsweg.kit.fim.model import Group, Schema, walk
from amtsweg.kit.fim.quality.checks import Checks, Kind, RuleAt

on_rule: Checks[RuleAt] = Checks()

# An element as rules name it: F60000000001, of old F60000001, and with a version F60000001V1.2.
_REFERENCE = re.compile(r"\b([FG](?:[0-9]{11}|[0-9]{8}))(V[0-9]+(?:\.[0-9]+)*)?(?![0-9A-Za-z])")


def long_id(id_: str) -> str:
    """An id with eight digits (XDatenfelder 2) as it is with eleven: F60000240 → F60000000240."""
    return f"{id_[:3]}000{id_[3:]}" if re.fullmatch("[A-Z][0-9]{8}", id_) else id_


def _references(at: RuleAt) -> Iterator[re.Match[str]]:
    return _REFERENCE.finditer(f"{at.rule.free_text}\n{at.rule.script}")


@on_rule(
    1001,
    Kind.METHODICAL,
    "Hängen Sie die Regel an ein Element, das {what} enthält, oder berichtigen Sie die Kennung.",
    "Put the rule on an element that contains {what}, or correct the id.",
)
def _names_an_element_out_of_reach(at: RuleAt) -> Iterator[str]:
    within = {long_id(at.holder.id)}
    if isinstance(at.holder, Schema | Group):
        within |= {long_id(use.element.id) for _, use in walk(at.holder.uses)}
    return (found[1] for found in _references(at) if long_id(found[1]) not in within)


@on_rule(
    1019,
    Kind.METHODICAL,
    "Nennen Sie das Element in der Regel ohne Version: {what}.",
    "Name the element in the rule without a version: {what}.",
)
def _names_an_element_with_its_version(at: RuleAt) -> Iterator[str]:
    return (found[0] for found in _references(at) if found[2])


@on_rule(
    1041,
    Kind.METHODICAL,
    "Nennen Sie das Element in der Regel mit elf Ziffern statt {what}.",
    "Name the element in the rule with eleven digits, not {what}.",
)
def _names_an_element_by_its_short_id(at: RuleAt) -> Iterator[str]:
    return (found[1] for found in _references(at) if long_id(found[1]) != found[1])


@on_rule(
    1024,
    Kind.METHODICAL,
    "Schreiben Sie in die Freitextregel, was gelten soll.",
    "Write into the free text what the rule demands.",
)
def _says_nothing(at: RuleAt) -> bool:
    return not at.rule.free_text
