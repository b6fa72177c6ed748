"""Whether a decision table is complete and free of overlaps, without taking a single decision.

Each input is cut into the places that its cells can tell apart: the constants that they name and
the spaces between. A row is then a box of places, and the questions are about boxes. What a cell
says in CEL beyond constants is not known here; no finding rests on it.
Source: OMG DMN 1.3, 8.2.8 (hit policies); D. Calvanese et al., Semantics and Analysis of DMN
Decision Tables, 2016.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, TypeAlias

from amtsweg.kit.expressions import BOOL, INT, Expression
from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.process.cells import Cell, Comparison, Condition, Interval, Test
from amtsweg.kit.process.dmn import Decision, Row, Table
from amtsweg.kit.process.dmn_reading import HitPolicy

Domains: TypeAlias = Callable[[str], "tuple[Any, ...] | None"]
"""Every value that an expression can have, None where that is not known."""

MAX_STEPS: Final = 20_000
"""Steps in looking for a case without a row; a table that needs more is not judged."""
_DOWN: Final = ("<", "<=", "!=")
_UP: Final = (">", ">=", "!=")

Box: TypeAlias = "tuple[frozenset[int] | None, ...]"
"""The places of a row in each column; None where a cell says more than constants."""


@dataclass(frozen=True, slots=True)
class _Column:
    """An input's places: constant number ``i`` is place ``2 i + 1``, the spaces are even."""

    label: str
    constants: tuple[Any, ...]
    places: tuple[int, ...]

    def describe(self, place: int) -> str:
        """A place in words, as a condition on the input; empty where every value is alike."""
        if not self.constants:
            return ""
        index, is_constant = divmod(place, 2)
        if is_constant:
            return f"{self.label} = {_written(self.constants[index])}"
        if index == 0:
            return f"{self.label} < {_written(self.constants[0])}"
        if index == len(self.constants):
            return f"{self.label} > {_written(self.constants[-1])}"
        low, high = self.constants[index - 1], self.constants[index]
        return f"{self.label} between {_written(low)} and {_written(high)}"

    def of(self, cell: Cell) -> frozenset[int] | None:
        """The places at which a cell holds, None if that is not known."""
        if not cell.tests:
            return frozenset(self.places)
        if any(isinstance(test, Condition) for test in cell.tests):
            return None
        return frozenset(
            place
            for place in self.places
            if any(self._holds(test, place) for test in cell.tests) is not cell.negated
        )

    def _holds(self, test: Test, place: int) -> bool:
        if isinstance(test, Comparison):
            # A constant's place compares with other places as the constant with other values.
            return Comparison(test.sign, self._place(test.value)).holds(place, _nothing)
        if isinstance(test, Interval):
            low, high = self._place(test.low), self._place(test.high)
            return Interval(low, high, test.closed_low, test.closed_high).holds(place, _nothing)
        return False

    def _place(self, constant: Any) -> int:
        return 2 * self.constants.index(constant) + 1


def check(decision: Decision, domains: Domains) -> Iterator[Finding]:
    """What is wrong with the table of a decision: values that cannot be, overlaps, gaps."""
    table = decision.logic
    if isinstance(table, Expression) or table.hit_policy is HitPolicy.COLLECT:
        return
    known = [_domain(one, domains) for one in table.inputs]
    yield from _impossible(decision, table, known)
    columns = [_column(table, index, known[index]) for index in range(len(table.inputs))]
    boxes = _boxes(table, columns)
    if table.hit_policy is HitPolicy.UNIQUE:
        yield from _overlaps(decision, table, boxes)
    if table.hit_policy is HitPolicy.FIRST:
        wide = [_column(table, index, known[index], wide=True) for index in range(len(known))]
        yield from _hidden(decision, table, wide, _boxes(table, wide))
    yield from _gap(decision, columns, boxes)


def _boxes(table: Table, columns: Sequence[_Column]) -> list[Box]:
    return [
        tuple(column.of(cell) for column, cell in zip(columns, row.inputs, strict=True))
        for row in table.rows
    ]


def _impossible(
    decision: Decision, table: Table, known: Sequence[tuple[Any, ...] | None]
) -> Iterator[Finding]:
    for row in table.rows:
        for one, cell, domain in zip(table.inputs, row.inputs, known, strict=True):
            strange = [value for value in _constants(cell) if domain and value not in domain]
            if strange:
                values = ", ".join(_written(value) for value in domain or ())
                yield _finding(
                    decision,
                    row,
                    "value",
                    f"Row {row.number} of the decision '{decision.name}' asks for "
                    f"{_written(strange[0])}, which '{one.text}' never is.",
                    f"Write one of {values}.",
                )


def _overlaps(decision: Decision, table: Table, boxes: Sequence[Box]) -> Iterator[Finding]:
    for (first, one), (second, other) in combinations(zip(table.rows, boxes, strict=True), 2):
        cells = zip(first.inputs, one, second.inputs, other, strict=True)
        if all(_meet(*four) for four in cells):
            yield _finding(
                decision,
                second,
                "overlap",
                f"The rows {first.number} and {second.number} of the decision "
                f"'{decision.name}' can both apply, but only one may.",
                "Narrow one of them, or choose the hit policy FIRST.",
            )


def _meet(
    cell: Cell, places: frozenset[int] | None, other: Cell, others: frozenset[int] | None
) -> bool:
    """Whether two cells certainly can hold at once."""
    if not cell.tests or not other.tests:
        return places != frozenset() and others != frozenset()
    if places is None or others is None:
        return _texts(cell) == _texts(other)
    return bool(places & others)


def _hidden(
    decision: Decision, table: Table, columns: Sequence[_Column], boxes: Sequence[Box]
) -> Iterator[Finding]:
    for index, row in enumerate(table.rows):
        within = [
            column.places if places is None else tuple(sorted(places))
            for column, places in zip(columns, boxes[index], strict=True)
        ]
        if _uncovered(within, _known(boxes[:index])) is None:
            yield _finding(
                decision,
                row,
                "hidden_row",
                f"Row {row.number} of the decision '{decision.name}' never applies: "
                "the rows above take every case.",
                "Move it up, or remove it.",
            )


def _gap(decision: Decision, columns: Sequence[_Column], boxes: Sequence[Box]) -> Iterator[Finding]:
    known = _known(boxes)
    if len(known) < len(boxes):
        return
    found = _uncovered([column.places for column in columns], known)
    if found:
        said = (column.describe(place) for column, place in zip(columns, found, strict=True))
        case = ", ".join(filter(None, said))
        yield _finding(
            decision,
            None,
            "gap",
            f"No row of the decision '{decision.name}' applies if {case}.",
            "Add a row for it.",
        )


def _known(boxes: Iterable[Box]) -> list[tuple[frozenset[int], ...]]:
    return [
        tuple(places for places in box if places is not None) for box in boxes if None not in box
    ]


def _uncovered(
    columns: Sequence[Sequence[int]], boxes: Sequence[tuple[frozenset[int], ...]]
) -> tuple[int, ...] | None:
    """Places, one of each column, that lie in none of the boxes.

    None if there are none; () if that would take too long to say.
    """
    seen: dict[tuple[int, frozenset[int]], tuple[int, ...] | None] = {}

    def look(depth: int, left: frozenset[int]) -> tuple[int, ...] | None:
        if not left:
            return tuple(places[0] for places in columns[depth:]) if all(columns[depth:]) else None
        if depth == len(columns):
            return None
        if (depth, left) not in seen:
            if len(seen) > MAX_STEPS:
                raise _TooLongError
            seen[depth, left] = None
            for place in columns[depth]:
                rest = look(depth + 1, frozenset(i for i in left if place in boxes[i][depth]))
                if rest is not None:
                    seen[depth, left] = (place, *rest)
                    break
        return seen[depth, left]

    try:
        return look(0, frozenset(range(len(boxes))))
    except _TooLongError:
        return ()


class _TooLongError(Exception):
    """The table is too large to be judged."""


def _column(
    table: Table, index: int, domain: tuple[Any, ...] | None, *, wide: bool = False
) -> _Column:
    """An input's places; ``wide`` takes in every space beside its constants."""
    label, shape = table.inputs[index].text, table.inputs[index].type
    cells = [row.inputs[index] for row in table.rows]
    constants = sorted({value for cell in cells for value in _constants(cell)} | set(domain or ()))
    points = tuple(2 * place + 1 for place in range(len(constants)))
    if domain is not None:
        return _Column(label, tuple(constants), points)
    # A side is looked at if a cell reaches out to it: nobody says "1" or ">= 2" of a number that
    # can be negative.
    down, up = wide or _reaches(cells, _DOWN), wide or _reaches(cells, _UP)
    spaces = set()
    if down:
        spaces.add(0)
    if up:
        spaces.add(2 * len(constants))
    if down or up:
        spaces |= {
            2 * place
            for place in range(1, len(constants))
            if shape != INT or constants[place] - constants[place - 1] > 1
        }
    # Nothing named, nothing to tell apart: one place stands for all values.
    return _Column(label, tuple(constants), tuple(sorted({*points, *spaces})) or (0,))


def _domain(one: Expression, domains: Domains) -> tuple[Any, ...] | None:
    return (False, True) if one.type == BOOL else domains(one.text)


def _reaches(cells: Iterable[Cell], signs: tuple[str, ...]) -> bool:
    return any(
        cell.negated
        or any(isinstance(test, Comparison) and test.sign in signs for test in cell.tests)
        for cell in cells
    )


def _constants(cell: Cell) -> Iterator[Any]:
    for test in cell.tests:
        if isinstance(test, Comparison):
            yield test.value
        elif isinstance(test, Interval):
            yield test.low
            yield test.high


def _texts(cell: Cell) -> tuple[bool, tuple[Any, ...]]:
    """What makes two cells that say more than constants the same."""
    return cell.negated, tuple(
        test.expression.text if isinstance(test, Condition) else test for test in cell.tests
    )


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _nothing() -> Any:
    raise AssertionError


def _finding(decision: Decision, row: Row | None, code: str, message: str, remedy: str) -> Finding:
    line = decision.line if row is None else row.line
    return Finding(f"decision.{code}", Severity.ERROR, message, remedy, decision.file, line)
