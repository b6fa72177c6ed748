"""The input cells of a decision table: read, checked against the input's type, and tested.

A cell is `-` (anything), a list of tests of which one must hold, or `not(…)` around such a list.
A test is a literal ("a", 3, true), a comparison (`< 3`), an interval (`[1..3]`, `]1..3[`), a list
(`? in [1, 2]`), or a CEL expression, with `?` for the input. All but the last stay values that a later
check can reason about; only the rest is left to CEL.
Source: OMG DMN 1.3 (formal/2021-02-01), 7.3.2 unary tests.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

from amtsweg.kit.expressions import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    TEXT,
    Binding,
    Environment,
    Expression,
    ExpressionError,
    Shape,
)

INPUT = "input_value"
"""The variable that stands for the input in a CEL test."""

Constant: TypeAlias = bool | int | float | str

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The input compared with a constant; `sign` is <, <=, >, >=, == or !=."""

    sign: str
    value: Constant

    def holds(self, value: Any, _bind: Callable[[], Binding]) -> bool:
        """Whether the input passes."""
        return _COMPARE[self.sign](value, self.value)


@dataclass(frozen=True, slots=True)
class Interval:
    """The input between two constants; the ends belong to it where `closed`."""

    low: Constant
    high: Constant
    closed_low: bool
    closed_high: bool

    def holds(self, value: Any, _bind: Callable[[], Binding]) -> bool:
        """Whether the input lies inside."""
        above = value >= self.low if self.closed_low else value > self.low
        below = value <= self.high if self.closed_high else value < self.high
        return bool(above and below)


@dataclass(frozen=True, slots=True)
class Condition:
    """A CEL condition about the input."""

    expression: Expression

    def holds(self, _value: Any, bind: Callable[[], Binding]) -> bool:
        """Whether the condition is true; `bind` gives the data with the input among it."""
        return bool(self.expression.evaluate(bind()))


Test: TypeAlias = Comparison | Interval | Condition


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the tests must hold, or none where `negated`; no tests: anything will do."""

    tests: tuple[Test, ...]
    negated: bool = False

    def holds(self, value: Any, bind: Callable[[], Binding]) -> bool:
        """Whether the input passes this cell."""
        if not self.tests:
            return True
        return any(test.holds(value, bind) for test in self.tests) is not self.negated


_COMPARISON = re.compile(r"(<=|>=|==|!=|<|>|=)\s*(.*)\Z", re.DOTALL)
_INTERVAL = re.compile(r"([\[\](])(.*?)\.\.(.*)([\[\])])\Z", re.DOTALL)
_NOT = re.compile(r"not\s*\((.*)\)\Z", re.DOTALL)
_MEMBER = re.compile(r"\?\s+in\s+\[([^\[\]]*)\]\Z")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")


def read(text: str, shape: Shape, environment: Environment) -> Cell:
    """Read a cell about an input of a shape; `environment` knows `INPUT` beside the variables.

    Raises `ExpressionError` if the cell cannot be read or does not fit the input's type.
    """
    text = text.strip()
    if text in ("", "-"):
        return Cell(())
    negated = _NOT.match(text)
    inner = negated[1] if negated and _closes_at_end(text) else text
    parts = split(inner)
    if not all(parts):
        raise ExpressionError("The cell has an empty test; remove a comma.")
    tests = tuple(chain.from_iterable(_tests(part, shape, environment) for part in parts))
    return Cell(tests, negated=inner is not text)


def _tests(text: str, shape: Shape, environment: Environment) -> tuple[Test, ...]:
    if found := _MEMBER.match(text):
        constants = [constant(part, shape) for part in split(found[1]) if part]
        values = [value for value in constants if value is not None]
        if values and len(values) == len(constants):
            return tuple(Comparison("==", value) for value in values)
    return (_test(text, shape, environment),)


def _test(text: str, shape: Shape, environment: Environment) -> Test:
    if found := _COMPARISON.match(text):
        sign = "==" if found[1] == "=" else found[1]
        value = constant(found[2].strip(), shape)
        if value is not None:
            if sign not in ("==", "!=") and shape == BOOL:
                raise ExpressionError(f"Yes or no cannot be compared by '{sign}'.")
            return Comparison(sign, value)
        return _condition(f"? {sign} ({found[2]})", environment)
    if found := _INTERVAL.match(text):
        return _interval(found, shape, environment)
    value = constant(text, shape)
    if value is not None:
        return Comparison("==", value)
    if _has_placeholder(text):
        return _condition(text, environment)
    return _condition(f"? == ({text})", environment)


def _interval(found: re.Match[str], shape: Shape, environment: Environment) -> Test:
    closed_low, closed_high = found[1] == "[", found[4] == "]"
    low, high = constant(found[2].strip(), shape), constant(found[3].strip(), shape)
    if low is None or high is None:
        above, below = (">=" if closed_low else ">"), ("<=" if closed_high else "<")
        return _condition(f"? {above} ({found[2]}) && ? {below} ({found[3]})", environment)
    if low > high:  # type: ignore[operator]
        raise ExpressionError("The interval's lower end is above its upper end.")
    return Interval(low, high, closed_low, closed_high)


def constant(text: str, shape: Shape) -> Constant | None:
    """The literal of a shape in a text, None if it is none. Raises `ExpressionError` on another type."""
    value: Constant
    if text in ("true", "false"):
        value = text == "true"
    elif _NUMBER.match(text):
        value = float(text) if "." in text else int(text)
    elif len(text) >= 2 and text[0] == text[-1] == '"':
        try:
            value = json.loads(text)
        except ValueError:
            return None
    elif len(text) >= 2 and text[0] == text[-1] == "'" and not set(text[1:-1]) & {"'", "\\"}:
        value = text[1:-1]
    else:
        return None
    if shape == FLOAT and type(value) is int:
        return float(value)
    of_value = {bool: BOOL, int: INT, float: FLOAT, str: TEXT}[type(value)]
    if shape == ANY:
        raise ExpressionError("The type of this input is not known; give it a typed field.")
    if of_value != shape:
        raise ExpressionError(f"The cell holds {of_value}, but the input is {shape}.")
    return value


def _condition(text: str, environment: Environment) -> Condition:
    pieces = [INPUT if piece == "?" else piece for piece in _pieces(text)]
    return Condition(environment.compile("".join(pieces), expect=BOOL))


_PIECE = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""", re.DOTALL)


def _pieces(text: str) -> list[str]:
    """The text cut into strings, question marks and the rest."""
    pieces: list[str] = []
    for index, part in enumerate(_PIECE.split(text)):
        pieces.extend([part] if index % 2 else re.split(r"(\?)", part))
    return pieces


def _has_placeholder(text: str) -> bool:
    return "?" in _pieces(text)


def _closes_at_end(text: str) -> bool:
    """Whether the bracket of `not(` is the one at the very end."""
    return len(split(text)) == 1 and not re.search(r"\)\s*(?:&&|\|\|)", text)


def split(text: str) -> list[str]:
    """The parts of a text between commas, trimmed; commas in strings and brackets do not count."""
    parts, depth, current = [], 0, ""
    for index, piece in enumerate(_PIECE.split(text)):
        if index % 2:
            current += piece
            continue
        for sign in piece:
            # ] and [ may be the outer ends of an open interval: only round and curly ones nest
            depth += (sign in "({") - (sign in ")}")
            if sign == "," and depth <= 0 and not _inside_list(current):
                parts.append(current.strip())
                current = ""
            else:
                current += sign
    return [*parts, current.strip()]


def _inside_list(text: str) -> bool:
    """Whether a CEL list such as `? in ["a", "b"]` is still open; intervals have no comma."""
    bare = _PIECE.sub("", text)
    return bare.count("[") > bare.count("]") and ".." not in bare
