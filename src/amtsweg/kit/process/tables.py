"""Whether a decision table is complete and free of overlaps, without taking a single decision.

Each input is cut into the places that its cells can tell apart (`columns`). A row is then a box of
places, and the questions are about boxes. What a cell says in CEL beyond constants is not known
here: a row with such a cell may apply or not, and only what holds either way is said.
Source: OMG DMN 1.3, 8.2.8 (hit policies); D. Calvanese et al., Semantics and Analysis of DMN
Decision Tables, 2016.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, TypeAlias

from amtsweg.kit.expressions import Expression
from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.process.cells import Cell, Condition, constant
from amtsweg.kit.process.columns import Column, Domains, column, constants_of, written
from amtsweg.kit.process.dmn import GATHERING, Decision, Row, Table
from amtsweg.kit.process.dmn_reading import Aggregation, HitPolicy

MAX_STEPS: Final = 20_000
"""Steps in looking for a case without a row; a table that needs more is not judged."""

Box: TypeAlias = "tuple[frozenset[int] | None, ...]"
"""The places of a row in each column; None where a cell says more than constants."""


@dataclass(frozen=True, slots=True)
class _Judging:
    """One table with its columns and boxes."""

    decision: Decision
    table: Table
    columns: tuple[Column, ...]
    boxes: tuple[Box, ...]

    @property
    def rows(self) -> Iterator[tuple[Row, Box]]:
        return zip(self.table.rows, self.boxes, strict=True)

    def case(self, places: Iterable[int | None]) -> str:
        """A case in words; empty if it is any case."""
        found = zip(self.columns, places, strict=True)
        return ", ".join(
            filter(None, (one.describe(place) for one, place in found if place is not None))
        )

    def error(self, row: Row | None, code: str, message: str, remedy: str) -> Finding:
        return self.finding(Severity.ERROR, row, code, message, remedy)

    def finding(
        self, severity: Severity, row: Row | None, code: str, message: str, remedy: str
    ) -> Finding:
        line = self.decision.line if row is None else row.line
        return Finding(f"decision.{code}", severity, message, remedy, self.decision.file, line)


def check(decision: Decision, domains: Domains) -> Iterator[Finding]:
    """What is wrong with the table of a decision: values that cannot be, overlaps, gaps."""
    table = decision.logic
    if isinstance(table, Expression):
        return
    columns = tuple(
        column(table, index, domains(one.text)) for index, one in enumerate(table.inputs)
    )
    boxes = tuple(
        tuple(one.of(cell) for one, cell in zip(columns, row.inputs, strict=True))
        for row in table.rows
    )
    judging = _Judging(decision, table, columns, boxes)
    yield from _impossible(judging)
    if table.hit_policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
        yield from _overlaps(judging)
    try:
        if table.hit_policy is HitPolicy.FIRST:
            yield from _hidden(judging)
        if _needs_a_row(table):
            yield from _gap(judging)
    except _TooLongError:
        yield judging.finding(
            Severity.WARNING,
            None,
            "too_large",
            f"The decision '{decision.name}' has too many cases to be looked through.",
            "Split it into two decisions, so that gaps in it are found.",
        )


def _needs_a_row(table: Table) -> bool:
    """Whether the decision has no result where no row applies."""
    if table.hit_policy in GATHERING:
        return table.aggregation in (Aggregation.MIN, Aggregation.MAX)
    return True


def _impossible(judging: _Judging) -> Iterator[Finding]:
    """Cells that ask for what an input never is, and rows that therefore never apply."""
    name = judging.decision.name
    for row, box in judging.rows:
        for found, cell, places in zip(judging.columns, row.inputs, box, strict=True):
            strange = [one for one in constants_of(cell) if not found.can_be(one)]
            if strange:
                remedy = f"Write one of {found.values()}." if found.is_closed else "Correct it."
                yield judging.error(
                    row,
                    "value",
                    f"Row {row.number} of the decision '{name}' asks for "
                    f"{written(strange[0])}, which '{found.label}' never is.",
                    remedy,
                )
            elif places == frozenset():
                yield judging.error(
                    row,
                    "hidden_row",
                    f"Row {row.number} of the decision '{name}' never applies: "
                    f"no value of '{found.label}' fits its cell.",
                    "Correct the cell, or remove the row.",
                )


def _overlaps(judging: _Judging) -> Iterator[Finding]:
    name, unique = judging.decision.name, judging.table.hit_policy is HitPolicy.UNIQUE
    for (first, one), (second, other) in combinations(judging.rows, 2):
        differ = _differ(first, second)
        if not (unique or differ):
            continue
        cells = zip(judging.columns, first.inputs, one, second.inputs, other, strict=True)
        common = [_common(*five) for five in cells]
        if () in common:
            continue
        case = judging.case(places[0] if places else None for places in common)
        rows = f"The rows {first.number} and {second.number} of the decision '{name}'"
        both = f"{rows} can both apply{_if(case)}"
        if unique:
            yield judging.error(
                second,
                "overlap",
                f"{both}, but only one may.",
                "Narrow one of them, or choose the hit policy FIRST.",
            )
        else:
            certain = differ is _CERTAINLY
            yield judging.finding(
                Severity.ERROR if certain else Severity.WARNING,
                second,
                "overlap",
                f"{both}, with different results."
                if certain
                else f"{both}, perhaps with different results.",
                "Give them the same results, or narrow one of them.",
            )


def _common(
    found: Column, cell: Cell, places: frozenset[int] | None, other: Cell,
    others: frozenset[int] | None,
) -> tuple[int, ...] | None:  # fmt: skip
    """The places at which two cells certainly hold at once; None for 'somewhere'."""
    if places is None or others is None:
        same = not cell.tests or not other.tests or _texts(cell) == _texts(other)
        return None if same else ()
    # What is certain of the input makes the better example.
    return tuple(sorted(places & others, key=lambda place: (place not in found.certain, place)))


_CERTAINLY: Final = "certainly"


def _differ(first: Row, second: Row) -> str:
    """Whether two rows have different results: empty for no, else perhaps or certainly."""
    said = ""
    for one, other in zip(first.outputs, second.outputs, strict=True):
        values = [constant(text.text.strip(), text.type) for text in (one, other)]
        if None not in values:
            said = _CERTAINLY if values[0] != values[1] else said
        elif one.text.strip() != other.text.strip():
            said = said or "perhaps"
    return said


def _hidden(judging: _Judging) -> Iterator[Finding]:
    for index, (row, box) in enumerate(judging.rows):
        within = [
            one.places if places is None else tuple(sorted(places))
            for one, places in zip(judging.columns, box, strict=True)
        ]
        above = [one for one in judging.boxes[:index] if None not in one]
        if all(within) and _uncovered(within, above) is None:
            yield judging.error(
                row,
                "hidden_row",
                f"Row {row.number} of the decision '{judging.decision.name}' never applies: "
                "the rows above take every case.",
                "Move it up, or remove it.",
            )


def _gap(judging: _Judging) -> Iterator[Finding]:
    """A case for which no row applies, even if all conditions that are not known hold."""
    name = judging.decision.name
    found = _uncovered([one.certain for one in judging.columns], judging.boxes)
    if found is not None:
        yield judging.error(
            None,
            "gap",
            f"No row of the decision '{name}' applies{_if(judging.case(found))}.",
            "Add a row for it.",
        )
        return
    found = _uncovered([one.places for one in judging.columns], judging.boxes)
    if found is not None:
        yield judging.finding(
            Severity.WARNING,
            None,
            "gap",
            f"No row of the decision '{name}' applies{_if(judging.case(found))}.",
            "Add a row for it, or say under the input's allowed values that it cannot be.",
        )


def _if(case: str) -> str:
    return f" if {case}" if case else ""


def _uncovered(columns: Sequence[Sequence[int]], boxes: Sequence[Box]) -> tuple[int, ...] | None:
    """Places, one of each column, that lie in none of the boxes; None if there are none.

    Raises `_TooLongError` if that takes more than `MAX_STEPS`.
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
                rest = look(depth + 1, frozenset(i for i in left if _in(boxes[i][depth], place)))
                if rest is not None:
                    seen[depth, left] = (place, *rest)
                    break
        return seen[depth, left]

    return look(0, frozenset(range(len(boxes))))


def _in(places: frozenset[int] | None, place: int) -> bool:
    return places is None or place in places


class _TooLongError(Exception):
    """The table is too large to be judged."""


def _texts(cell: Cell) -> tuple[bool, tuple[Any, ...]]:
    """What makes two cells that say more than constants the same."""
    return cell.negated, tuple(
        test.expression.text if isinstance(test, Condition) else test for test in cell.tests
    )
