"""Read decisions from a DMN file as text, before anything is compiled.

Understood are decision tables, literal expressions and the requirements between decisions; what
else could change a result is an error. Cells are CEL, never FEEL and never a script.
Source: OMG DMN 1.1 to 1.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from lxml import etree

from amtsweg.kit.process.report import Report, line_of, local, namespace, read_xml, text_of

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
_INERT = frozenset(
    {
        "inputData", "knowledgeSource", "authorityRequirement", "textAnnotation", "association",
        "group", "description", "question", "allowedAnswers", "annotation", "annotationEntry",
        "DMNDI", "outputValues", "variable", "informationRequirement",
    }
)  # fmt: skip
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class HitPolicy(StrEnum):
    """How many rows of a table may apply, and what then counts."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    ANY = "ANY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"


class Aggregation(StrEnum):
    """What COLLECT makes of the rows that apply."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of CEL, or the name of a column, with its line; `label` is what people read."""

    text: str
    line: int | None
    type: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class RowText:
    """A row of a table: one cell for each input and each output."""

    inputs: tuple[Text, ...]
    outputs: tuple[Text, ...]
    line: int | None


@dataclass(frozen=True, slots=True)
class TableText:
    """A decision table. `allowed` are the values that its author says an input has, as a cell."""

    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[Text, ...]
    allowed: tuple[Text, ...]
    outputs: tuple[Text, ...]
    rows: tuple[RowText, ...]


@dataclass(frozen=True, slots=True)
class DecisionText:
    """A decision as written. `variable` is the name under which others see its result."""

    id: str
    name: str
    variable: str
    requires: tuple[str, ...]
    logic: TableText | Text
    file: str
    line: int | None

    def expressions(self) -> list[str]:
        """Every piece of text in which a variable can be named."""
        if isinstance(self.logic, Text):
            return [self.logic.text]
        cells = [cell.text for row in self.logic.rows for cell in (*row.inputs, *row.outputs)]
        return [*(one.text for one in self.logic.inputs), *cells]


def read(document: bytes, report: Report) -> list[DecisionText]:
    """The decisions of a file. What is wrong goes into the report."""
    root = read_xml(document, report)
    if local(root) != "definitions" or namespace(root) not in NAMESPACES:
        report.error("decision.not_dmn", "The file is not DMN.", "Save it as DMN 1.3 XML.", 1)
        return []
    reading = _Reading(report)
    reading.languages(root)
    decisions = [
        decision
        for element in root
        if (reading.allowed(element, "decision") and (decision := reading.decision(element)))
    ]
    if not decisions:
        report.error("decision.none", "The file has no decision.", "Draw a decision table.", 1)
    return decisions


class _Reading:
    def __init__(self, report: Report) -> None:
        self.report = report

    def languages(self, root: etree._Element) -> None:
        """Every declared language must be CEL, and the file should declare it."""
        for element in root.iter():
            language = element.get("expressionLanguage")
            if language is not None and language.upper() != "CEL":
                self.report.error(
                    "decision.language",
                    f"The expression language is '{language}'.",
                    "Set expressionLanguage to CEL and write the cells in CEL.",
                    line_of(element),
                )
        if root.get("expressionLanguage") is None:
            self.report.warning(
                "decision.language",
                "The file does not say that its cells are CEL.",
                'Add expressionLanguage="CEL" to <definitions>.',
                1,
            )

    def allowed(self, element: etree._Element, *names: str) -> bool:
        """Whether this is one of the elements; other ones are passed over or reported."""
        name = local(element)
        if namespace(element) in NAMESPACES and name in names:
            return True
        if name not in _INERT:
            self.report.error(
                "decision.unsupported",
                f"The element '{name}' is not part of what a decision may contain.",
                "Use decision tables and literal expressions only.",
                line_of(element),
            )
        return False

    def decision(self, element: etree._Element) -> DecisionText | None:
        identifier = element.get("id", "")
        name = element.get("name", "") or identifier
        logic: TableText | Text | None = None
        for child in element:
            if self.allowed(child, "decisionTable", "literalExpression"):
                is_table = local(child) == "decisionTable"
                logic = self.table(child) if is_table else self.literal(child)
        if logic is None or not identifier:
            self.report.error(
                "decision.empty",
                f"The decision '{name}' has no table and no expression.",
                "Give it an id and a decision table.",
                line_of(element),
            )
            return None
        variables = [child.get("name", "") for child in element if local(child) == "variable"]
        named = [one for one in variables if _IDENTIFIER.match(one)]
        return DecisionText(
            id=identifier,
            name=name,
            variable=named[0] if named else identifier,
            requires=tuple(
                str(required.get("href", "")).rpartition("#")[2]
                for child in element
                if local(child) == "informationRequirement"
                for required in child
                if local(required) == "requiredDecision"
            ),
            logic=logic,
            file=self.report.file,
            line=line_of(element),
        )

    def literal(self, element: etree._Element) -> Text:
        return self._text(element)

    def table(self, element: etree._Element) -> TableText | None:
        inputs, allowed, outputs, rows = [], [], [], []
        for child in element:
            if not self.allowed(child, "input", "output", "rule"):
                continue
            if local(child) == "input":
                expressions = [
                    one for one in child if self.allowed(one, "inputExpression", "inputValues")
                ]
                found = [one for one in expressions if local(one) == "inputExpression"]
                over = self._text(found[0]) if found else Text("", line_of(child))
                inputs.append(replace(over, label=child.get("label", "")))
                values = [one for one in expressions if local(one) == "inputValues"]
                allowed.append(self._text(values[0]) if values else Text("", line_of(child)))
            elif local(child) == "output":
                if any(local(one) == "defaultOutputEntry" for one in child):
                    self.allowed(next(one for one in child if local(one) == "defaultOutputEntry"))
                name, label = child.get("name", ""), child.get("label", "")
                outputs.append(Text(name, line_of(child), _type(child), label))
            else:
                rows.append(self.row(child))
        for row in rows:
            if len(row.inputs) != len(inputs) or len(row.outputs) != len(outputs):
                self.report.error(
                    "decision.cells",
                    "A row has more or fewer cells than the table has columns.",
                    "Give the row one cell for each column.",
                    row.line,
                )
                return None
        policy = self.policy(element)
        if policy is None or not outputs:
            return None
        return TableText(*policy, tuple(inputs), tuple(allowed), tuple(outputs), tuple(rows))

    def row(self, element: etree._Element) -> RowText:
        inputs: list[Text] = []
        outputs: list[Text] = []
        for child in element:
            if self.allowed(child, "inputEntry", "outputEntry"):
                (inputs if local(child) == "inputEntry" else outputs).append(self._text(child))
        return RowText(tuple(inputs), tuple(outputs), line_of(element))

    def policy(self, element: etree._Element) -> tuple[HitPolicy, Aggregation | None] | None:
        name = element.get("hitPolicy", "UNIQUE")
        aggregation = element.get("aggregation")
        try:
            return HitPolicy(name), Aggregation(aggregation) if aggregation else None
        except ValueError:
            self.report.error(
                "decision.hit_policy",
                f"The hit policy '{' '.join(filter(None, (name, aggregation)))}' is not supported.",
                "Use UNIQUE, FIRST, ANY, RULE ORDER or COLLECT (with SUM, MIN, MAX or COUNT).",
                line_of(element),
            )
            return None

    def _text(self, element: etree._Element) -> Text:
        inner = [child for child in element if self.allowed(child, "text")]
        return Text(text_of(inner[0]) if inner else "", line_of(element), _type(element))


def _type(element: etree._Element) -> str:
    return str(element.get("typeRef", "")).rpartition(":")[2]
