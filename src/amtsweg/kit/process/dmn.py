"""Decisions: compiled from their texts against typed variables, and taken on data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from amtsweg.kit.expressions import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    TEXT,
    Binding,
    Environment,
    EvaluationError,
    Expression,
    ExpressionError,
    ListOf,
    Record,
    Shape,
    is_variable,
)
from amtsweg.kit.process import cells
from amtsweg.kit.process.dmn_reading import Aggregation, DecisionText, HitPolicy, TableText, Text
from amtsweg.kit.process.report import Report

Plain: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any]

_TYPES: Mapping[str, Shape | None] = {
    "": None,
    "Any": None,
    "any": None,
    "number": None,
    "string": TEXT,
    "date": TEXT,
    "boolean": BOOL,
    "integer": INT,
    "long": INT,
    "double": FLOAT,
}


GATHERING = frozenset({HitPolicy.COLLECT, HitPolicy.RULE_ORDER})
"""All rows that apply count, in their order."""


class DecisionError(ValueError):
    """A decision that has no single result for the data at hand; the sentence says why."""


@dataclass(frozen=True)
class Row:
    """A compiled row. `number` counts from 1 as modelling tools show it."""

    number: int
    line: int | None
    inputs: tuple[cells.Cell, ...]
    outputs: tuple[Expression, ...]


@dataclass(frozen=True)
class Table:
    """A compiled table. `columns` are the environments in which an input's cells are CEL.

    `allowed` is what the author says that an input can be; the checks rely on it.
    """

    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[Expression, ...]
    allowed: tuple[cells.Cell, ...]
    columns: tuple[Environment, ...]
    output_names: tuple[str, ...]
    output_shapes: tuple[Shape, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Decision:
    """A compiled decision with those that it requires; `shape` is the type of its result.

    A table with one output gives that output, with several a record of them; RULE ORDER and
    COLLECT without aggregation give a list.
    """

    id: str
    name: str
    variable: str
    environment: Environment
    requires: tuple[Decision, ...]
    logic: Table | Expression
    shape: Shape
    file: str = ""
    line: int | None = None

    def decide(self, binding: Binding) -> Plain:
        """The result for bound data, after all required decisions.

        Raises `DecisionError` where no row or too many rows apply, or an expression has no value.
        """
        if self.requires:
            known: dict[str, Any] = {one.variable: one.decide(binding) for one in self.requires}
            binding = binding.extend(self.environment, known)
        if isinstance(self.logic, Expression):
            return self._value(self.logic, binding, "its expression")
        return self._from_table(self.logic, binding)

    def _from_table(self, table: Table, binding: Binding) -> Plain:
        values = [self._value(one, binding, "an input") for one in table.inputs]
        bound = [_Bound(binding, *column) for column in zip(table.columns, values, strict=True)]
        hits: list[Row] = []
        for row in table.rows:
            if self._applies(row, values, bound):
                hits.append(row)
                if table.hit_policy is HitPolicy.FIRST:
                    break
        if table.hit_policy in GATHERING:
            return self._collect(table, [self._outputs(table, row, binding) for row in hits])
        if not hits:
            raise DecisionError(f"No row of the decision '{self.name}' applies to this case.")
        if table.hit_policy is HitPolicy.UNIQUE and len(hits) > 1:
            raise DecisionError(f"{self._rows(hits)} apply, but only one row may.")
        results = [self._outputs(table, row, binding) for row in hits]
        if any(result != results[0] for result in results):
            raise DecisionError(f"{self._rows(hits)} apply with different results.")
        return results[0]

    def _rows(self, hits: list[Row]) -> str:
        numbers = ", ".join(str(row.number) for row in hits)
        return f"The rows {numbers} of the decision '{self.name}'"

    def _applies(self, row: Row, values: list[Plain], bound: list[_Bound]) -> bool:
        try:
            return all(
                cell.holds(value, one.bind)
                for cell, value, one in zip(row.inputs, values, bound, strict=True)
            )
        except EvaluationError as error:
            raise self._fault(error, f"row {row.number}") from error

    def _outputs(self, table: Table, row: Row, binding: Binding) -> Plain:
        results = [
            _as(shape, self._value(output, binding, f"row {row.number}"))
            for shape, output in zip(table.output_shapes, row.outputs, strict=True)
        ]
        if len(results) == 1:
            return results[0]
        return dict(zip(table.output_names, results, strict=True))

    def _collect(self, table: Table, results: list[Any]) -> Plain:
        match table.aggregation:
            case None:
                return results
            case Aggregation.COUNT:
                return len(results)
            case Aggregation.SUM:
                return _as(table.output_shapes[0], sum(results))
        if not results:
            raise DecisionError(f"No row of the decision '{self.name}' applies to this case.")
        return min(results) if table.aggregation is Aggregation.MIN else max(results)

    def _value(self, expression: Expression, binding: Binding, place: str) -> Plain:
        try:
            return expression.evaluate(binding)
        except EvaluationError as error:
            raise self._fault(error, place) from error

    def _fault(self, error: EvaluationError, place: str) -> DecisionError:
        return DecisionError(f"The decision '{self.name}' has no value in {place}: {error}")


class _Bound:
    """Data with one input's value among it, made only if a cell asks for it."""

    def __init__(self, binding: Binding, environment: Environment, value: Plain) -> None:
        self._binding, self._environment, self._value = binding, environment, value
        self._made: Binding | None = None

    def bind(self) -> Binding:
        if self._made is None:
            self._made = self._binding.extend(self._environment, {cells.INPUT: self._value})
        return self._made


def _as(shape: Shape, value: Plain) -> Plain:
    return float(value) if shape == FLOAT and isinstance(value, int) else value


# Compiling


def compile_decision(
    identifier: str,
    texts: Mapping[str, DecisionText],
    environment: Environment,
    findings: Report,
    _above: tuple[str, ...] = (),
) -> Decision | None:
    """Compile a decision and those it requires; None after a finding was reported."""
    text = texts[identifier]
    report = Report(text.file, findings.findings)
    required = []
    for name in text.requires:
        if name in (*_above, identifier):
            report.error(
                "decision.circle",
                f"The decision '{text.name}' requires itself, by way of '{name}'.",
                "Remove one of the requirements.",
                text.line,
            )
            return None
        if name not in texts:
            report.error(
                "decision.unknown_requirement",
                f"The decision '{text.name}' requires '{name}', which does not exist.",
                "Draw that decision, or remove the requirement.",
                text.line,
            )
            return None
        if not is_variable(texts[name].variable):
            report.error(
                "decision.name",
                f"The name '{texts[name].variable}' of a required decision cannot be used in "
                "expressions.",
                "Rename the decision's variable.",
                texts[name].line,
            )
            return None
        one = compile_decision(name, texts, environment, findings, (*_above, identifier))
        if one is None:
            return None
        required.append(one)
    if required:
        environment = environment.extend({one.variable: one.shape for one in required})
    compiling = _Compiling(text, environment, report)
    logic, shape = compiling.logic()
    if logic is None:
        return None
    return Decision(
        text.id,
        text.name,
        text.variable,
        environment,
        tuple(required),
        logic,
        shape,
        text.file,
        text.line,
    )


class _Compiling:
    def __init__(self, text: DecisionText, environment: Environment, report: Report) -> None:
        self.text, self.environment, self.report = text, environment, report

    def logic(self) -> tuple[Table | Expression | None, Shape]:
        """The compiled logic and the type of its result."""
        if isinstance(self.text.logic, Text):
            expression = self.expression(self.text.logic, self.type(self.text.logic))
            return expression, ANY if expression is None else expression.type
        return self.table(self.text.logic)

    def table(self, text: TableText) -> tuple[Table | None, Shape]:
        before = len(self.report.findings)
        inputs = [self.expression(one) for one in text.inputs]
        columns: dict[Shape, Environment] = {}
        for one in inputs:
            if one is not None and one.type not in columns:
                columns[one.type] = self.environment.extend({cells.INPUT: one.type})
        allowed = [
            self.cell(cell, one, columns) for cell, one in zip(text.allowed, inputs, strict=True)
        ]
        rows = []
        for number, row in enumerate(text.rows, start=1):
            tests = [
                self.cell(cell, one, columns) for cell, one in zip(row.inputs, inputs, strict=True)
            ]
            outputs = [
                self.expression(cell, self.type(column), number)
                for cell, column in zip(row.outputs, text.outputs, strict=True)
            ]
            rows.append((number, row.line, tests, outputs))
        shapes = [
            self.column(column, [outputs[index] for *_, outputs in rows])
            for index, column in enumerate(text.outputs)
        ]
        self.form(text, shapes)
        if len(self.report.findings) > before:
            return None, ANY
        known = [one for one in inputs if one is not None]
        table = Table(
            text.hit_policy,
            text.aggregation,
            tuple(known),
            tuple(one for one in allowed if one is not None),
            tuple(columns[one.type] for one in known),
            tuple(one.text for one in text.outputs),
            tuple(shapes),
            tuple(
                Row(
                    number,
                    line,
                    tuple(test for test in tests if test is not None),
                    tuple(output for output in outputs if output is not None),
                )
                for number, line, tests, outputs in rows
            ),
        )
        return table, _result_shape(table)

    def form(self, text: TableText, shapes: list[Shape]) -> None:
        """What must fit together besides the cells."""
        names = [one.text for one in text.outputs]
        if len(names) > 1:
            try:
                Record(dict.fromkeys(names, ANY))
            except ExpressionError as error:
                self.error("name", error.message, "Rename the output.", text.outputs[0].line)
            if len(set(names)) < len(names):
                self.error("name", "Two outputs have the same name.", "Rename one.",
                           text.outputs[0].line)  # fmt: skip
        if not text.rows:
            self.error("empty", f"The table '{self.text.name}' has no rows.", "Add a row.",
                       self.text.line)  # fmt: skip
        if text.aggregation is None:
            return
        if text.hit_policy is not HitPolicy.COLLECT or len(names) > 1:
            self.error("aggregation", "Only COLLECT with one output can aggregate.",
                       "Remove the aggregation.", self.text.line)  # fmt: skip
        elif text.aggregation is not Aggregation.COUNT and shapes[0] not in (INT, FLOAT):
            self.error("aggregation", f"{text.aggregation} needs numbers; the output is {shapes[0]}.",
                       "Use whole numbers (cents) in the output.", self.text.line)  # fmt: skip

    def cell(
        self, cell: Text, over: Expression | None, columns: Mapping[Shape, Environment]
    ) -> cells.Cell | None:
        if over is None:
            return None
        try:
            return cells.read(cell.text, over.type, columns[over.type])
        except ExpressionError as error:
            self.error("cell", f"The cell '{_short(cell.text)}' cannot be read. {error.message}",
                       "Correct the cell.", cell.line)  # fmt: skip
            return None

    def expression(
        self, text: Text, expect: Shape | None = None, row: int | None = None
    ) -> Expression | None:
        try:
            expression = self.environment.compile(text.text)
        except ExpressionError as error:
            name = self.text.name
            where = f"Row {row} of the decision '{name}'" if row else f"The decision '{name}'"
            self.error(
                "expression",
                f"{where} cannot be read, '{_short(text.text)}': {error.message}"
                if text.text
                else f"{where} has an empty cell: {error.message}",
                "Correct the expression.",
                text.line,
            )
            return None
        if expect is None or expression.type in (expect, ANY):
            return expression
        if (expect, expression.type) == (FLOAT, INT):
            return expression
        self.error(
            "type",
            f"'{_short(text.text)}' gives {expression.type}, but its column holds {expect}.",
            "Correct the expression or the column's type.",
            text.line,
        )
        return None

    def type(self, text: Text) -> Shape | None:
        """The declared type; None where it is left to the cells."""
        if text.type not in _TYPES:
            self.error("type", f"The type '{text.type}' is not known.",
                       "Use string, boolean, integer, double or date.", text.line)  # fmt: skip
        return _TYPES.get(text.type)

    def column(self, column: Text, outputs: list[Expression | None]) -> Shape:
        """The type of an output column: as declared, else the one type of its cells."""
        declared = _TYPES.get(column.type)
        if declared is not None:
            return declared
        found: list[Shape] = []
        for one in outputs:
            if one is not None and one.type not in found:
                found.append(one.type)
        if len(found) <= 1:
            return found[0] if found else ANY
        if all(one in (INT, FLOAT) for one in found):
            return FLOAT
        kinds = " and ".join(str(one) for one in found)
        self.error("type", f"The output '{column.text}' holds {kinds}.",
                   "Give all its cells one type.", column.line)  # fmt: skip
        return ANY

    def error(self, code: str, message: str, remedy: str, line: int | None) -> None:
        self.report.error(f"decision.{code}", message, remedy, line)


def _result_shape(table: Table) -> Shape:
    single = table.output_shapes[0]
    if len(table.output_shapes) > 1:
        single = Record(dict(zip(table.output_names, table.output_shapes, strict=True)))
    if table.hit_policy not in GATHERING:
        return single
    if table.aggregation is None:
        return ListOf(single)
    return INT if table.aggregation is Aggregation.COUNT else single


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else f"{flat[:57]}…"
