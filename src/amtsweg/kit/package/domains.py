"""Which values the variables of an edition's expressions can have, where that is a closed list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from amtsweg.kit.fim.model import Field, Group, Use
from amtsweg.kit.findings import Finding
from amtsweg.kit.package.edition import Edition
from amtsweg.kit.process import InputType, tables
from amtsweg.kit.process.compiling import Deciding
from amtsweg.kit.process.dmn import Decision


def decision_tables(edition: Edition) -> Iterator[Finding]:
    """Every table is complete, and free of overlaps where only one row may apply."""
    compiled = edition.process.compiled
    known = dict(_known(edition))
    judged: set[str] = set()
    for deciding in compiled.decidings.values():
        aliased = known | dict(_aliases(deciding, known))
        for decision in _with_required(deciding.decision):
            if decision.id not in judged:
                judged.add(decision.id)
                yield from tables.check(decision, aliased.get)
    for decision in compiled.decisions.values():
        if decision.id not in judged:
            yield from tables.check(decision, known.get)


def _with_required(decision: Decision) -> Iterator[Decision]:
    yield decision
    for one in decision.requires:
        yield from _with_required(one)


def _known(edition: Edition) -> Iterator[tuple[str, tuple[Any, ...]]]:
    yield from _of_uses(edition, edition.schema.uses, "", needed=True)
    yield from _of_parameters(edition.parameters_schema, "parameters", needed=True)
    for task, inputs in edition.process.compiled.inputs.items():
        for one in inputs:
            if one.type is InputType.CHOICE and one.offered is None:
                always = one.required and one.required_when is None
                yield f"{task}.{one.name}", one.values if always else ("", *one.values)


def _of_uses(
    edition: Edition, uses: tuple[Use, ...], under: str, *, needed: bool
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for use in uses:
        path = f"{under}.{use.key}" if under else use.key
        always = needed and use.minimum > 0 and path not in edition.form.hideable
        if isinstance(use.element, Group):
            inner = always or use.repeated
            yield from _of_uses(
                edition, use.element.uses, path, needed=inner and not use.element.choice
            )
        elif isinstance(use.element, Field) and use.element.values:
            codes = tuple(value.code for value in use.element.values)
            # What was not answered reads as "".
            yield f"answers.{path}", codes if always else ("", *codes)


def _of_parameters(
    schema: Mapping[str, Any], at: str, *, needed: bool
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for name, described in schema.get("properties", {}).items():
        always = needed and name in schema.get("required", ())
        values = described.get("enum")
        if values and all(isinstance(value, str) for value in values):
            yield f"{at}.{name}", tuple(values) if always else ("", *values)
        yield from _of_parameters(described, f"{at}.{name}", needed=always)


def _aliases(
    deciding: Deciding, known: Mapping[str, tuple[Any, ...]]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The same under the name that an element of the list has while it is decided on."""
    if deciding.for_each is None:
        return
    before = f"{deciding.for_each.text}."
    for path, values in known.items():
        if path.startswith(before):
            yield f"{deciding.element}.{path.removeprefix(before)}", values
