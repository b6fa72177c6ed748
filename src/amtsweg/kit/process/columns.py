"""An input of a decision table, cut into the places that its cells can tell apart.

The places are the constants that cells name and the spaces between them; whole numbers and dates
that follow one another have no space between. A cell is then a set of places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

from amtsweg.kit.expressions import BOOL, TEXT, Shape
from amtsweg.kit.process.cells import Cell, Comparison, Condition, Interval, Test
from amtsweg.kit.process.dmn import Table


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number from ``low`` to ``high``, both included; None is without end."""

    low: int | None = None
    high: int | None = None


Domain: TypeAlias = "tuple[Any, ...] | Bounds | None"
"""Every value that an expression can have, or its bounds; None where nothing is known."""
Domains: TypeAlias = Callable[[str], Domain]

_ORDER: Final = frozenset({"<", "<=", ">", ">="})
_DOWN: Final = frozenset({"<", "<=", "!="})
_UP: Final = frozenset({">", ">=", "!="})


@dataclass(frozen=True, slots=True)
class Column:
    """Constant number ``i`` is place ``2 i + 1``, the spaces are even.

    ``places`` are all that a value can have; ``certain`` leaves out the sides of which neither a
    cell nor what is known of the input says anything.
    """

    label: str
    shape: Shape
    constants: tuple[Any, ...]
    ordered: bool
    places: tuple[int, ...]
    certain: tuple[int, ...]

    def of(self, cell: Cell) -> frozenset[int] | None:
        """The places at which a cell holds, None if it says more than constants do."""
        if not cell.tests:
            return frozenset(self.places)
        if any(isinstance(test, Condition) for test in cell.tests):
            return None
        return frozenset(place for place in self.places if self._has(cell, place))

    @property
    def is_closed(self) -> bool:
        """Whether every value is one of the constants."""
        return all(place % 2 for place in self.places)

    def can_be(self, constant: Any) -> bool:
        """Whether the input can have the value of a constant that a cell names."""
        return self._place(constant) in self.places

    def values(self) -> str:
        """What a closed input can be."""
        return ", ".join(written(self.constants[place // 2]) for place in self.places)

    def describe(self, place: int) -> str:
        """A value at a place, as a condition on the input; empty where every value is alike."""
        if not self.constants:
            return ""
        index, is_constant = divmod(place, 2)
        if is_constant:
            return f"{self.label} = {written(self.constants[index])}"
        if not self.ordered:
            return f"{self.label} is none of {', '.join(map(written, self.constants))}"
        low = self.constants[index - 1] if index else None
        high = self.constants[index] if index < len(self.constants) else None
        value = _between(low, high)
        if value is not None:
            return f"{self.label} = {written(value)}"
        if low is None or high is None:
            sign, end = ("<", high) if low is None else (">", low)
            return f"{self.label} {sign} {written(end)}"
        return f"{self.label} between {written(low)} and {written(high)}"

    def _has(self, cell: Cell, place: int) -> bool:
        return any(self._holds(test, place) for test in cell.tests) is not cell.negated

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


def column(table: Table, index: int, known: Domain) -> Column:
    """The column of an input; ``known`` is what its values can be."""
    over, allowed = table.inputs[index], table.allowed[index]
    label, shape = over.text, over.type
    domain: Domain = (False, True) if shape == BOOL else known
    cells = [row.inputs[index] for row in table.rows]
    ends = (domain.low, domain.high) if isinstance(domain, Bounds) else (domain or ())
    named = {value for cell in (*cells, allowed) for value in constants_of(cell)}
    constants = sorted(named.union(one for one in ends if one is not None))
    ordered = shape != TEXT or any(map(_orders, (*cells, allowed)))
    found = Column(label, shape, tuple(constants), ordered, (), ())
    if isinstance(domain, tuple):
        places: Sequence[int] = [found._place(value) for value in sorted(domain)]
        certain = places
    else:
        places = list(_places(found))
        if isinstance(domain, Bounds):
            places = [one for one in places if _within(found, one, domain)]
        silent = _silent_sides(cells, constants) if domain is None else frozenset()
        certain = [one for one in places if one not in silent]
    if allowed.tests and not any(isinstance(test, Condition) for test in allowed.tests):
        places = certain = [one for one in places if found._has(allowed, one)]
    return Column(label, shape, tuple(constants), ordered, tuple(places), tuple(certain))


def _places(found: Column) -> Iterator[int]:
    if not found.constants:
        yield 0
        return
    if not found.ordered:
        # Of a text that is only compared for being the same, all others are one place.
        yield 0
    for index, constant in enumerate(found.constants):
        before = found.constants[index - 1] if index else None
        if found.ordered and (before is None or not _neighbours(before, constant)):
            yield 2 * index
        yield 2 * index + 1
    if found.ordered:
        yield 2 * len(found.constants)


def _within(found: Column, place: int, bounds: Bounds) -> bool:
    low = -1 if bounds.low is None else found._place(bounds.low)
    high = 2 * len(found.constants) if bounds.high is None else found._place(bounds.high)
    return low <= place <= high


def _silent_sides(cells: Sequence[Cell], constants: Sequence[Any]) -> frozenset[int]:
    """The spaces below and above all constants, where no cell reaches out to them."""
    sides = {0: _DOWN, 2 * len(constants): _UP} if constants else {}
    return frozenset(side for side, signs in sides.items() if not _reaches(cells, signs))


def _reaches(cells: Iterable[Cell], signs: frozenset[str]) -> bool:
    return any(
        cell.negated
        or any(isinstance(test, Comparison) and test.sign in signs for test in cell.tests)
        for cell in cells
    )


def _orders(cell: Cell) -> bool:
    return any(
        isinstance(test, Interval) or (isinstance(test, Comparison) and test.sign in _ORDER)
        for test in cell.tests
    )


def _neighbours(low: Any, high: Any) -> bool:
    """Whether nothing lies between two constants."""
    if isinstance(low, int) and isinstance(high, int):
        return high - low <= 1
    days = _date(low), _date(high)
    return days[0] is not None and days[1] is not None and days[1] - days[0] <= timedelta(days=1)


def _between(low: Any, high: Any) -> Any:
    """A value above ``low`` and below ``high``, None where texts have none that is sure."""
    anchor = high if low is None else low
    if isinstance(anchor, int):
        return high - 1 if low is None else low + 1
    if isinstance(anchor, float):
        if low is None or high is None:
            return high - 1 if low is None else low + 1
        return (low + high) / 2
    if (day := _date(anchor)) is not None and (low is None or high is None or _date(high)):
        return (day - timedelta(days=1) if low is None else day + timedelta(days=1)).isoformat()
    return None


def _date(value: Any) -> date | None:
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def constants_of(cell: Cell) -> Iterator[Any]:
    """The constants that a cell names."""
    for test in cell.tests:
        if isinstance(test, Comparison):
            yield test.value
        elif isinstance(test, Interval):
            yield test.low
            yield test.high


def written(value: Any) -> str:
    """A constant as cells write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _nothing() -> Any:
    raise AssertionError
