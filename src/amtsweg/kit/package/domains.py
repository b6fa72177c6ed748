"""Which values the expressions of an edition can have, where that is a closed list or bounded.

It is known of answers from the schema, of parameters from theirs, of what a clerk enters from the
process, and of decisions that have nothing but constants as results.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from amtsweg.kit.expressions import Expression
from amtsweg.kit.fim.model import DataType, Field, Group, Use
from amtsweg.kit.findings import Finding
from amtsweg.kit.package.edition import Edition
from amtsweg.kit.process import InputType, cells, tables
from amtsweg.kit.process.columns import Bounds, Domain
from amtsweg.kit.process.compiling import Deciding
from amtsweg.kit.process.dmn import GATHERING, Decision

Known: TypeAlias = "tuple[str, Domain]"
"""An expression and its values; ``[]`` stands for any element of a list."""


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
                yield from _check(decision, aliased)
    for decision in compiled.decisions.values():
        if decision.id not in judged:
            yield from _check(decision, known)


_PLACE = re.compile(r"\[[^\[\]]*\]")
_CALENDAR = re.compile(r"(day|month)\([^()]*\)")
_LAST = {"day": 31, "month": 12}
_SIZE = re.compile(r"size\([\w.]+\)|[\w.]+\.size\(\)")


def _check(decision: Decision, known: Mapping[str, Domain]) -> Iterator[Finding]:
    required = dict(found for one in decision.requires for found in _results(one, one.variable))

    def domain(text: str) -> Domain:
        if _SIZE.fullmatch(text):
            return Bounds(0)
        if called := _CALENDAR.fullmatch(text):
            return Bounds(1, _LAST[called[1]])
        place = _PLACE.sub("[]", text)
        return required.get(place) or known.get(place)

    yield from tables.check(decision, domain)


def _results(decision: Decision, name: str) -> Iterator[Known]:
    """The results of a table under the name at which they are found, where they are constants."""
    if isinstance(decision.logic, Expression) or decision.logic.aggregation:
        return
    at = name if decision.logic.hit_policy not in GATHERING else f"{name}[]"
    several = len(decision.logic.output_names) > 1
    for index, output in enumerate(decision.logic.output_names):
        written = (row.outputs[index] for row in decision.logic.rows)
        values = {cells.constant(one.text.strip(), one.type) for one in written}
        if None not in values:
            yield f"{at}.{output}" if several else at, tuple(sorted(values))


def _with_required(decision: Decision) -> Iterator[Decision]:
    yield decision
    for one in decision.requires:
        yield from _with_required(one)


def _known(edition: Edition) -> Iterator[Known]:
    if operations := edition.package.operations:
        yield "application.operation", tuple(one.id for one in operations)
    yield from _of_uses(edition, edition.schema.uses, "", needed=True)
    yield from _of_parameters(edition.parameters_schema, "parameters", needed=True)
    for task, inputs in edition.process.compiled.inputs.items():
        for one in inputs:
            if one.type is InputType.CHOICE and one.offered is None:
                always = one.required and one.required_when is None
                yield f"{task}.{one.name}", one.values if always else ("", *one.values)
            elif one.type is InputType.INT:
                yield f"{task}.{one.name}", Bounds()
            elif one.type is InputType.CENTS:
                yield f"{task}.{one.name}", Bounds(0)
    for deciding in edition.process.compiled.decidings.values():
        each = "" if deciding.for_each is None else "[]"
        yield from _results(deciding.decision, f"{deciding.result}{each}")
    yield "application.number_of_attachments", Bounds(0)
    yield "index", Bounds(1)


def _of_uses(
    edition: Edition, uses: tuple[Use, ...], under: str, *, needed: bool
) -> Iterator[Known]:
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
        elif isinstance(use.element, Field) and use.element.type in _WHOLE:
            limits = use.element.constraints
            scale = _WHOLE[use.element.type]
            low, high = (
                None if limit is None else int(Decimal(limit) * scale)
                for limit in (limits.min_value, limits.max_value)
            )
            yield f"answers.{path}", _bounds(low, high, always=always)


_WHOLE = {DataType.NUM_INT: 1, DataType.NUM_CURRENCY: 100}
"""Fields whose answers are whole numbers, with what their limits are to be multiplied by."""


def _bounds(low: int | None, high: int | None, *, always: bool) -> Bounds:
    """The bounds of a number; what is absent reads as 0."""
    if always:
        return Bounds(low, high)
    return Bounds(None if low is None else min(low, 0), None if high is None else max(high, 0))


def _of_parameters(schema: Mapping[str, Any], at: str, *, needed: bool) -> Iterator[Known]:
    for name, described in schema.get("properties", {}).items():
        always = needed and name in schema.get("required", ())
        values = described.get("enum")
        if values and all(isinstance(value, str) for value in values):
            yield f"{at}.{name}", tuple(values) if always else ("", *values)
        elif described.get("type") == "integer":
            low, high = described.get("minimum"), described.get("maximum")
            yield f"{at}.{name}", _bounds(low, high, always=always)
        yield from _of_parameters(described, f"{at}.{name}", needed=always)


def _aliases(deciding: Deciding, known: Mapping[str, Domain]) -> Iterator[Known]:
    """The same under the name that an element of the list has while it is decided on."""
    if deciding.for_each is None:
        return
    of_list = deciding.for_each.text
    for path, values in known.items():
        # Elements of answers stand under the list itself, those of results under `[]`.
        for before in (f"{of_list}[]", of_list):
            if path == f"{of_list}[]" or path.startswith(f"{before}."):
                yield f"{deciding.element}{path.removeprefix(before)}", values
                break
