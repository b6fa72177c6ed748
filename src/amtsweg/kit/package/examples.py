"""Answers made up from a form, so that an author has something to correct instead of a blank."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeGuard

from amtsweg.kit.fim.model import DataType
from amtsweg.kit.forms import FileInfo, Form
from amtsweg.kit.forms.tree import FieldNode, GroupNode, Node, below
from amtsweg.kit.package.cases import MEDIA_TYPES, Expected, GoldenCase

_WORDS: Final = (
    "Beispiel",
    "Beispiel 1",
    "erika@example.org",
    "0351 123456",
    "DE89370400440532013000",
    "01067",
    "12",
    "1",
    "A",
    "12345678",
    "1234567890",
    "2024",
    "01.02.2024",
    "2024-02-01",
    "08:00",
    "AB-12 34",
    "ABC123",
    "https://example.org",
)
_BY_KEY: Final = {
    "vorname": "Erika",
    "vornamen": "Erika",
    "familienname": "Beispiel",
    "nachname": "Beispiel",
    "strasse": "Hauptstraße",
    "hausnummer": "1",
    "postleitzahl": "01067",
    "ort": "Musterstadt",
}
_DATES: Final = ("2024-02-01", "1990-02-01", "2031-02-01")
_NUMBERS: Final = (1, 0, 2, 10, 100, 1_000, 2_024, 10_000)
_ROUNDS: Final = 8
"""How often answers are completed by what follows from them."""
_TODAY: Final = date(2025, 1, 1)
_PDF: Final = FileInfo("1", "nachweis.pdf", MEDIA_TYPES["pdf"], 1_000)


@dataclass(frozen=True, slots=True)
class Example:
    """Answers, and file names by the path of their fields."""

    answers: Mapping[str, Any]
    attachments: Mapping[str, str]


def example(form: Form) -> Example:
    """An answer to every question that must be answered, and to what follows from these answers.

    It fits each field; whether it fits the law is for a person to say. A field for which no answer
    can be made up is left out.
    """
    attachments: dict[str, str] = {}
    answers = _group(form.root, "", attachments)
    nodes = {node.path: node for node in below(form.root)}
    for _ in range(_ROUNDS):
        case = GoldenCase("", answers, (), Expected("", 0, ""), attachments)
        complete, files = case.complete_answers()
        asked = {error.path for error in form.validate(complete, files=files, today=_TODAY)}
        before = copy.deepcopy(answers)
        for path in sorted(asked):
            node = nodes.get(".".join(key for key in path.split(".") if not key.isdigit()))
            if node is not None:
                _answer(answers, path, node, attachments)
        if answers == before:
            break
    return Example(form.clean(answers), attachments)


def _answer(answers: dict[str, Any], path: str, node: Node, attachments: dict[str, str]) -> None:
    """Put an answer at a path that has none yet; where there is no place, nothing is put."""
    holder: Any = answers
    *above, last = path.split(".")
    for key in above:
        holder = holder[int(key)] if key.isdigit() else holder.setdefault(key, {})
    if not isinstance(holder, dict) or holder.get(last) not in (None, {}, []):
        return
    one = _node(node, f"{path}.0" if node.repeated else path, attachments)
    if isinstance(node, GroupNode) and one == {}:
        one = _first_part(node, path, attachments)
    if one is not None:
        holder[last] = [one] if node.repeated else one


def _group(nodes: tuple[Node, ...], at: str, attachments: dict[str, str]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for node in nodes:
        if not node.holds_answer or not node.minimum or node.condition is not None:
            continue
        place = f"{at}.{node.key}" if at else node.key
        if node.repeated:
            instances = [
                _node(node, f"{place}.{number}", attachments) for number in range(node.minimum)
            ]
            answers[node.key] = [one for one in instances if one is not None]
        else:
            one = _node(node, place, attachments)
            if one is not None:
                answers[node.key] = one
    return answers


def _node(node: Node, place: str, attachments: dict[str, str]) -> Any:
    if isinstance(node, FieldNode):
        return _field(node, place, attachments)
    answers = {} if node.group.choice else _group(node.children, place, attachments)
    # An instance of a repeated group in which nothing is said would not be there.
    alone = node.group.choice or node.repeated
    return answers or (_first_part(node, place, attachments) if alone else answers)


def _first_part(node: GroupNode, place: str, attachments: dict[str, str]) -> dict[str, Any]:
    """An answer to the first part of a group, whether it must be given or not."""
    for child in node.children:
        if child.holds_answer:
            at = f"{place}.{child.key}"
            one = _node(child, f"{at}.0" if child.repeated else at, attachments)
            if one not in (None, {}) or at in attachments:
                return {} if one is None else {child.key: [one] if child.repeated else one}
    return {}


def _field(node: FieldNode, place: str, attachments: dict[str, str]) -> Any:
    if node.kind is None or not node.field.asks:
        return None
    if node.field.type is DataType.FILE:
        if node.kind.check(_PDF.id, {_PDF.id: _PDF}) is None:
            attachments[place] = _PDF.filename
        return None
    fitting = (one for one in _candidates(node) if node.kind.check(one, {}) is None)
    return next(fitting, None)


def _candidates(node: FieldNode) -> Iterator[Any]:
    field = node.field
    if node.constant is not None:
        yield node.constant
    yield from (value.code for value in field.values)
    if field.type in (DataType.TEXT, DataType.TEXT_LATIN):
        yield from filter(None, (_BY_KEY.get(node.key),))
        yield from _WORDS
        yield "Beispiel " * ((field.constraints.min_length or 0) // 9) + "Beispiel"
    yield from (False, True)
    yield from _DATES
    yield from ("08:00", "2024-02-01T08:00")
    unit = 100 if field.type is DataType.NUM_CURRENCY else 1
    bounds = (field.constraints.min_value, field.constraints.max_value)
    for number in (*_NUMBERS, *(int(float(bound) * unit) for bound in bounds if _number(bound))):
        yield number
        yield float(number)


def _number(bound: str | None) -> TypeGuard[str]:
    return bound is not None and bound.replace(".", "", 1).lstrip("-").isdigit()
