"""Compile what is written at a drawing's nodes and flows: conditions, arguments, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from amtsweg.kit.expressions import (
    ANY,
    BOOL,
    INT,
    TEXT,
    Environment,
    Expression,
    ExpressionError,
    ListOf,
    Record,
    Shape,
    is_variable,
)
from amtsweg.kit.expressions.bounds import tokens
from amtsweg.kit.process.activities import ACTIVITIES
from amtsweg.kit.process.dmn import Decision, compile_decision
from amtsweg.kit.process.dmn_reading import DecisionText
from amtsweg.kit.process.inputs import SHAPES, Input, InputType, record_of
from amtsweg.kit.process.model import Call, Drawing, InputText, Kind, Node, Rule
from amtsweg.kit.process.report import Report

_SHAPE_OF = {str: TEXT, int: INT}


@dataclass(frozen=True)
class Deciding:
    """A compiled business rule task: one result, or one for each element of a list."""

    decision: Decision
    result: str
    for_each: Expression | None
    element: str
    environment: Environment


@dataclass(frozen=True)
class Calling:
    """A compiled service task."""

    activity: str
    arguments: Mapping[str, Expression]


@dataclass(frozen=True)
class Compiled:
    """Everything of a process that is evaluated, by node or flow id."""

    environment: Environment
    inputs: Mapping[str, tuple[Input, ...]]
    conditions: Mapping[str, Expression]
    callings: Mapping[str, Calling]
    decidings: Mapping[str, Deciding]
    decisions: Mapping[str, Decision]


def compile_all(
    drawing: Drawing,
    texts: Mapping[str, DecisionText],
    environment: Environment,
    report: Report,
) -> Compiled:
    """Compile everything; what cannot be compiled is in the report and missing in the result."""
    work = _Compiling(drawing, texts, environment, report)
    inputs = {node.id: work.inputs(node) for node in drawing.of_kind(Kind.USER_TASK)}
    work.names()
    results: dict[str, Shape] = {task: record_of(entries) for task, entries in inputs.items()}
    results |= {node.id: ANY for node in drawing.nodes.values() if node.message}
    work.environment = environment.extend(
        {name: shape for name, shape in results.items() if is_variable(name)}
    )
    decidings = work.decidings()
    decisions = work.remaining({one.decision.id: one.decision for one in decidings.values()})
    return Compiled(
        work.environment,
        inputs,
        work.conditions(),
        work.callings(),
        decidings,
        decisions,
    )


class _Compiling:
    def __init__(
        self,
        drawing: Drawing,
        texts: Mapping[str, DecisionText],
        environment: Environment,
        report: Report,
    ) -> None:
        self.drawing = drawing
        self.texts = texts
        self.base = environment
        self.environment = environment
        self.report = report

    # User tasks

    def inputs(self, node: Node) -> tuple[Input, ...]:
        """The inputs of a user task, with the checks of its role."""
        work = node.work
        if work is None:
            return ()
        if not work.role:
            self.error("role", f"The task {node.label} has no role.",
                       'Add <amtsweg:task role="clerk"/>.', node.line)  # fmt: skip
        other = self.drawing.nodes.get(work.different_from)
        if work.different_from and (
            other is None or other is node or other.kind is not Kind.USER_TASK
        ):
            self.error("different_from",
                       f"differentFrom at {node.label} names '{work.different_from}', "
                       "which is no other user task.",
                       "Name the id of another user task.", node.line)  # fmt: skip
        if not work.inputs:
            self.error("inputs", f"The task {node.label} has no inputs.",
                       "Add an <amtsweg:input>, such as a choice to decide by.",
                       node.line)  # fmt: skip
        simple = [self.input(one) for one in work.inputs]
        known = [one for one in simple if one is not None]
        if len({one.name for one in known}) < len(known):
            self.error("input", f"Two inputs of {node.label} have the same name.",
                       "Rename one.", node.line)  # fmt: skip
        among = Environment({one.name: SHAPES[one.type] for one in known})
        return tuple(
            one if not text.required_when else self._asked(one, text, among)
            for one, text in zip(simple, work.inputs, strict=True)
            if one is not None
        )

    def input(self, text: InputText) -> Input | None:
        """One input, without its condition."""
        if not is_variable(text.name):
            self.error("input", f"The input name '{text.name}' cannot be used in expressions.",
                       "Use letters, digits and _ only.", text.line)  # fmt: skip
            return None
        try:
            kind = InputType(text.type)
        except ValueError:
            self.error("input", f"The input '{text.name}' has the unknown type '{text.type}'.",
                       f"Use {', '.join(InputType)}.", text.line)  # fmt: skip
            return None
        sources = bool(text.values) + bool(text.offered)
        if sources != (1 if kind is InputType.CHOICE else 0):
            self.error("input", f"The input '{text.name}' needs values if it is a choice, else none.",
                       "List the values, separated by blanks, or say in offered where "
                       "the parameters list them.", text.line)  # fmt: skip
        return Input(text.name, kind, text.values, text.required, offered=self.offered(text))

    def offered(self, text: InputText) -> Expression | None:
        """Where the choices stand in the parameters."""
        if not text.offered:
            return None
        known = Environment({"parameters": self.base.variables.get("parameters", ANY)})
        found = self.expression(text.offered, known, None, text.line, f"offered of {text.name}")
        row = found.type.element if found and isinstance(found.type, ListOf) else None
        named = isinstance(row, Record) and {"code", "name"} <= row.fields.keys()
        if found is not None and not named:
            self.error("input", f"What is offered for '{text.name}' is no list of codes and names.",
                       "Name a list among the parameters whose entries have code and name.",
                       text.line)  # fmt: skip
        return found

    def _asked(self, one: Input, text: InputText, among: Environment) -> Input:
        condition = self.expression(text.required_when, among, BOOL, text.line, "requiredWhen")
        return replace(one, required_when=condition)

    def names(self) -> None:
        """No node or result may hide a variable, or another one's result."""
        taken = dict.fromkeys(self.base.variables, "the data of every case")
        rules: dict[str, Rule] = {}
        for node in self.drawing.nodes.values():
            if node.kind is Kind.USER_TASK or node.message:
                self._take(taken, node.id, node)
        for node in self.drawing.of_kind(Kind.DECISION_TASK):
            if node.rule is None or rules.get(node.rule.result) == node.rule:
                continue
            rules[node.rule.result] = node.rule
            self._take(taken, node.rule.result, node)

    def _take(self, taken: dict[str, str], name: str, node: Node) -> None:
        if not is_variable(name):
            self.error("name", f"The name '{name}' at {node.label} cannot be used in expressions.",
                       "Use letters, digits and _, and no word of CEL.", node.line)  # fmt: skip
        if name in taken:
            self.error("name_taken", f"The name '{name}' at {node.label} is that of {taken[name]}.",
                       "Choose another name.", node.line)  # fmt: skip
        taken[name] = node.label

    # Decisions

    def decidings(self) -> dict[str, Deciding]:
        """The business rule tasks, each compiled after those whose results it uses."""
        waiting: dict[str, tuple[Node, Rule]] = {}
        for node in self.drawing.of_kind(Kind.DECISION_TASK):
            if node.rule is not None and self._usable(node, node.rule):
                waiting[node.id] = (node, node.rule)
        compiled: dict[str, Deciding] = {}
        results: dict[str, Shape] = {}
        while waiting:
            pending = {rule.result for _, rule in waiting.values()}
            ready = [
                identifier
                for identifier, (_, rule) in waiting.items()
                if not (self._mentions(rule) & pending)
            ]
            if not ready:
                # They use one another's results, from an earlier round of a loop: of open type.
                self.environment = self.environment.extend(dict.fromkeys(pending, ANY))
                ready = list(waiting)
            for identifier in ready:
                node, rule = waiting.pop(identifier)
                deciding = self._deciding(node, rule)
                if deciding is None:
                    results[rule.result] = ANY
                    continue
                compiled[identifier] = deciding
                shape = deciding.decision.shape
                results[rule.result] = shape if deciding.for_each is None else ListOf(shape)
            self.environment = self.environment.extend(results)
        return compiled

    def _usable(self, node: Node, rule: Rule) -> bool:
        if rule.decision not in self.texts:
            known = ", ".join(sorted(self.texts)) or "none"
            self.error("unknown_decision",
                       f"{node.label} refers to the decision '{rule.decision}', "
                       "which does not exist.",
                       f"Refer to one of: {known}.", node.line)  # fmt: skip
            return False
        for name in filter(None, (rule.result, rule.element)):
            if not is_variable(name):
                self.error("name", f"The name '{name}' cannot be used in expressions.",
                           "Use letters, digits and _ only.", node.line)  # fmt: skip
                return False
        if not rule.result or bool(rule.for_each) is not bool(rule.element):
            self.error("rule", f"The decision at {node.label} is not complete.",
                       "Give it a result, and 'as' if and only if it has forEach.",
                       node.line)  # fmt: skip
            return False
        return True

    def _mentions(self, rule: Rule) -> set[str]:
        found = _names(rule.for_each)
        todo, seen = [rule.decision], set()
        while todo:
            identifier = todo.pop()
            text = self.texts.get(identifier)
            if text is None or identifier in seen:
                continue
            seen.add(identifier)
            todo.extend(text.requires)
            for expression in text.expressions():
                found |= _names(expression)
        return found

    def _deciding(self, node: Node, rule: Rule) -> Deciding | None:
        environment, for_each = self.environment, None
        if rule.for_each:
            for_each = self.expression(rule.for_each, environment, None, node.line, "forEach")
            if for_each is None:
                return None
            if not isinstance(for_each.type, ListOf) and for_each.type != ANY:
                self.error("for_each", f"forEach at {node.label} gives {for_each.type}.",
                           "Name a list.", node.line)  # fmt: skip
                return None
            element = for_each.type.element if isinstance(for_each.type, ListOf) else ANY
            environment = environment.extend({rule.element: element, "index": INT})
        decision = compile_decision(rule.decision, self.texts, environment, self.report)
        if decision is None:
            return None
        return Deciding(decision, rule.result, for_each, rule.element, environment)

    def remaining(self, compiled: dict[str, Decision]) -> dict[str, Decision]:
        """All decisions by id: those that only others require, or nobody uses, too."""
        todo = list(compiled.values())
        while todo:
            for one in todo.pop().requires:
                if one.id not in compiled:
                    compiled[one.id] = one
                    todo.append(one)
        for identifier in self.texts.keys() - compiled.keys():
            if self.report.failed:
                break
            decision = compile_decision(identifier, self.texts, self.environment, self.report)
            if decision is not None:
                compiled[identifier] = decision
        return compiled

    # Conditions and activities

    def conditions(self) -> dict[str, Expression]:
        """The conditions on flows."""
        found = {}
        for flow in self.drawing.flows:
            source = self.drawing.nodes.get(flow.source)
            if flow.condition and not (source and source.default_flow == flow.id):
                where = f"the flow '{flow.id}'"
                condition = self.expression(
                    flow.condition, self.environment, BOOL, flow.line, where
                )
                if condition is not None:
                    found[flow.id] = condition
        return found

    def callings(self) -> dict[str, Calling]:
        """The service tasks."""
        found = {}
        for node in self.drawing.of_kind(Kind.ACTIVITY_TASK):
            if node.call is not None and (calling := self._calling(node, node.call)):
                found[node.id] = calling
        return found

    def _calling(self, node: Node, call: Call) -> Calling | None:
        activity = ACTIVITIES.get(call.activity)
        if activity is None:
            self.error("unknown_activity",
                       f"{node.label} calls the activity '{call.activity}', which does not exist.",
                       f"Call one of: {', '.join(ACTIVITIES)}.", node.line)  # fmt: skip
            return None
        given = [name for name, _, _ in call.arguments]
        if sorted(given) != sorted(activity.arguments):
            self.error("arguments",
                       f"The activity '{call.activity}' at {node.label} takes "
                       f"{', '.join(activity.arguments)}; it is given {', '.join(given) or 'nothing'}.",
                       "Give each argument once.", node.line)  # fmt: skip
            return None
        arguments = {
            name: self.expression(
                value,
                self.environment,
                _SHAPE_OF[activity.arguments[name]],
                line,
                f"the argument '{name}'",
            )
            for name, value, line in call.arguments
        }
        return Calling(
            call.activity, {name: one for name, one in arguments.items() if one is not None}
        )

    def expression(
        self,
        text: str,
        environment: Environment,
        expect: Shape | None,
        line: int | None,
        where: str,
    ) -> Expression | None:
        """Compile one text; a failure goes into the report."""
        try:
            return environment.compile(text, expect=expect)
        except ExpressionError as error:
            self.error("expression", f"At {where}, column {error.column}: {error.message}",
                       "Correct the expression.", line)  # fmt: skip
            return None

    def error(self, code: str, message: str, remedy: str, line: int | None) -> None:
        """Report an error about the process."""
        self.report.error(f"process.{code}", message, remedy, line)


def _names(text: str) -> set[str]:
    return {token.text for token in tokens(text) if token.is_name}


def named(decisions: Iterable[DecisionText], report: Report) -> dict[str, DecisionText]:
    """Decisions by id; the same id twice is an error."""
    found: dict[str, DecisionText] = {}
    for one in decisions:
        if one.id in found:
            Report(one.file, report.findings).error(
                "decision.duplicate",
                f"Two decisions have the id '{one.id}'.",
                "Give each its own id.",
                one.line,
            )
        found[one.id] = one
    return found
