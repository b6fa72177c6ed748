"""What FIM's editors mean by a rule in words, as far as they keep to their usual sentences.

XDatenfelder knows rules as free text only, yet the editors write most of them alike: "Wenn das Feld
F00002543 = "wahr", dann muss das Feld F00002401 befüllt sein." A rule is understood as a whole or not
at all: half of a rule would be another rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

Reference: TypeAlias = tuple[str, ...]
"""Ids of elements, each within the one before: ("G00000283", "F00000522")."""

_REF: Final = r"(?:[GF]\d+\.)*[GF]\d+"
_LABELLED: Final = re.compile(rf'({_REF}|[=>] ?\d+)\s*"[^"]*"')
_OBJECT: Final = rf"(?:(?:das|die|der)\s+)?(?:(?:Feld|Datenfeld|Feldgruppe|Gruppe)\s+)?({_REF})"
_VALUE: Final = r'("[^"]*"|wahr|falsch|\d+)'

_WHEN: Final = re.compile(r"Wenn (.+?),? (?:dann )?((?:muss|darf|kann|soll) .+)")
_JOINT: Final = re.compile(r",? (UND|ODER) ")
_EQUALS: Final = re.compile(rf"{_OBJECT} (=|<>) {_VALUE},?")
_GIVEN: Final = re.compile(rf"im Datenfeld ({_REF}) (nicht )?der Wert {_VALUE} angegeben wurde")
_FILLED: Final = re.compile(rf"{_OBJECT} (nicht )?(befüllt|leer) ist,?")

_DEMAND: Final = re.compile(rf"(?:muss {_OBJECT} (?:befüllt|ausgefüllt)|soll ({_REF}) zum Pflichtfeld)"
                            r" (?:sein|werden)")  # fmt: skip
_BAN: Final = re.compile(rf"darf {_OBJECT} nicht (?:befüllt|ausgefüllt) (?:sein|werden)")
_LEAVE: Final = re.compile(
    rf"(?:kann {_OBJECT}|muss {_OBJECT} nicht) (?:befüllt|ausgefüllt) (?:sein|werden)"
)
_AT_LEAST: Final = re.compile(
    rf"Es muss mindest\w* eine[sr]? der (?:Felder|Feldgruppen|Gruppen) "
    rf"({_REF}(?:(?:, | oder | und |, oder ){_REF})+) befüllt (?:sein|werden)"
)
_EITHER: Final = re.compile(rf"Es muss entweder {_OBJECT} oder {_OBJECT} befüllt (?:sein|werden)")
_ONCE: Final = re.compile(
    rf"Das Feld ({_REF}) kann bist? zu \w+mal ausgefüllt werden(?:, dabei|\. Dabei) darf aber "
    r"jeder Eintrag (?:nur )?maximal einmal ausgewählt werden"
)


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison: the element has this value, or (None) has any; or not, if ``negated``."""

    about: Reference
    value: str | None
    negated: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """Terms of which all must hold, or one (``any_of``)."""

    terms: tuple[Term, ...]
    any_of: bool

    def denied(self) -> Condition:
        """The opposite, by De Morgan."""
        terms = tuple(replace(term, negated=not term.negated) for term in self.terms)
        return Condition(terms, not self.any_of if len(terms) > 1 else self.any_of)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a rule says.

    ``demanded`` and ``banned``: an element must, or must not, be answered while the condition
    holds. ``one_of``: at least one of these is answered, exactly one if ``exactly``. ``once``: each
    choice of this field is made at most once.
    """

    demanded: tuple[tuple[Condition, Reference], ...] = ()
    banned: tuple[tuple[Condition, Reference], ...] = ()
    one_of: tuple[Reference, ...] = ()
    exactly: bool = False
    once: Reference = ()


def understand(free_text: str) -> Meaning | None:
    """The meaning of a rule, None if any part of it is not one of the usual sentences."""
    text = _plain(free_text)
    if found := _ONCE.fullmatch(text):
        return Meaning(once=_reference(found[1]))
    demanded: list[tuple[Condition, Reference]] = []
    banned: list[tuple[Condition, Reference]] = []
    sentences = text.split(". ")
    for sentence in sentences:
        if len(sentences) == 1 and (alone := _choice(sentence)):
            return alone
        found = _WHEN.fullmatch(sentence)
        condition = _condition(found[1]) if found else None
        if found is None or condition is None:
            return None
        action = found[2]
        if demand := _DEMAND.fullmatch(action):
            demanded.append((condition, _reference(demand[1] or demand[2])))
        elif ban := _BAN.fullmatch(action):
            banned.append((condition, _reference(ban[1])))
        elif not _LEAVE.fullmatch(action):
            return None
    return Meaning(tuple(demanded), tuple(banned)) if demanded or banned else None


def _plain(free_text: str) -> str:
    """One line with plain quotation marks, without the labels beside ids and doubled words."""
    text = " ".join(re.sub("[„“”]", '"', free_text).split())
    text = _LABELLED.sub(r"\1", text)
    text = re.sub(r"\b(die|das|Feld) \1\b", r"\1", text)
    return text.strip().removesuffix(".")


def _choice(sentence: str) -> Meaning | None:
    if found := _AT_LEAST.fullmatch(sentence):
        return Meaning(one_of=tuple(map(_reference, re.findall(_REF, found[1]))))
    if found := _EITHER.fullmatch(sentence):
        return Meaning(one_of=(_reference(found[1]), _reference(found[2])), exactly=True)
    return None


def _condition(text: str) -> Condition | None:
    joints = set(_JOINT.findall(text))
    if len(joints) > 1:
        # Which binds tighter, the editors do not say.
        return None
    terms = list(_terms(_JOINT.sub("\0", text).split("\0")))
    if any(term is None for term in terms):
        return None
    return Condition(tuple(term for term in terms if term), any_of=joints == {"ODER"})


def _terms(texts: list[str]) -> Iterator[Term | None]:
    for text in texts:
        if found := _EQUALS.fullmatch(text):
            yield _valued(found[1], found[3], negated=found[2] == "<>")
        elif found := _GIVEN.fullmatch(text):
            yield _valued(found[1], found[3], negated=bool(found[2]))
        elif found := _FILLED.fullmatch(text):
            yield Term(_reference(found[1]), None, bool(found[2]) != (found[3] == "leer"))
        else:
            yield None


def _valued(about: str, value: str, *, negated: bool) -> Term:
    """The value that an element has; the empty one says that it has none."""
    plain = value.strip('"')
    if not plain:
        return Term(_reference(about), None, not negated)
    return Term(_reference(about), plain, negated)


def _reference(text: str) -> Reference:
    return tuple(text.split("."))
