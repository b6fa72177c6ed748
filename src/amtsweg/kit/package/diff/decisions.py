"""What is computed otherwise: rows, outputs and expressions of the decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree

from amtsweg.kit.package.diff.changes import Audience, Change
from amtsweg.kit.process.report import Report, local, read_xml, text_of

Cells: TypeAlias = "tuple[str, ...]"


@dataclass(frozen=True, slots=True)
class _Decision:
    """A decision as drawn: labelled columns and rows of cells, or one expression."""

    name: str
    file: str
    policy: str = ""
    inputs: Cells = ()
    outputs: Cells = ()
    rows: tuple[tuple[Cells, Cells], ...] = ()
    expression: str = ""


def changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[Change]:
    """Differences between DMN files, given by their names within the edition."""
    old, new = dict(_decisions(before)), dict(_decisions(after))
    for identifier in {**old, **new}:
        was, now = old.get(identifier), new.get(identifier)
        if now is None:
            one = old[identifier]
            yield _change(
                one,
                identifier,
                "removed",
                f"Die Berechnung „{one.name}“ entfällt.",
                f"The decision “{one.name}” is gone.",
            )
        elif was is None:
            yield _change(
                now,
                identifier,
                "added",
                f"Neue Berechnung: „{now.name}“.",
                f"New decision: “{now.name}”.",
            )
        else:
            yield from _altered(identifier, was, now)


def _altered(identifier: str, was: _Decision, now: _Decision) -> Iterator[Change]:
    if was.expression != now.expression:
        yield _change(
            now,
            identifier,
            "expression",
            f"„{now.name}“ ergibt sich jetzt aus: {now.expression or 'einer Tabelle'}, "
            f"bisher aus: {was.expression or 'einer Tabelle'}.",
            f"“{now.name}” now comes from: {now.expression or 'a table'}, "
            f"before from: {was.expression or 'a table'}.",
        )
    if was.policy != now.policy:
        yield _change(
            now,
            identifier,
            "policy",
            f"Welche Zeile von „{now.name}“ gilt, bestimmt jetzt {now.policy} statt {was.policy}.",
            f"Which row of “{now.name}” counts is now ruled by {now.policy} instead of {was.policy}.",
        )
    if was.inputs != now.inputs or was.outputs != now.outputs:
        columns = ", ".join((*now.inputs, *now.outputs))
        yield _change(
            now,
            identifier,
            "columns",
            f"Die Tabelle „{now.name}“ hat jetzt andere Spalten: {columns}.",
            f"The table “{now.name}” now has other columns: {columns}.",
        )
        return
    yield from _rows(identifier, was, now)


def _rows(identifier: str, was: _Decision, now: _Decision) -> Iterator[Change]:
    old, new = dict(was.rows), dict(now.rows)
    for inputs, outputs in new.items():
        de, en = _when(now, inputs)
        if inputs not in old:
            said = _pairs(now.outputs, outputs)
            yield _change(
                now,
                identifier,
                "row-added",
                f"In „{now.name}“ gilt {de} jetzt neu: {said}.",
                f"In “{now.name}”, {en} there is a new rule: {said}.",
            )
        elif old[inputs] != outputs:
            for label, before, after in zip(now.outputs, old[inputs], outputs, strict=True):
                if before != after:
                    yield _change(
                        now,
                        identifier,
                        "row-changed",
                        f"In „{now.name}“ ist {de} „{label}“ jetzt {after} statt {before}.",
                        f"In “{now.name}”, {en} “{label}” is now {after} instead of {before}.",
                    )
    for inputs in old:
        if inputs not in new:
            de, en = _when(was, inputs)
            yield _change(
                now,
                identifier,
                "row-removed",
                f"In „{now.name}“ entfällt, was {de} galt.",
                f"In “{now.name}”, what held {en} is gone.",
            )
    common = [inputs for inputs in old if inputs in new]
    if now.policy == "FIRST" and common != [inputs for inputs in new if inputs in old]:
        yield _change(
            now,
            identifier,
            "row-order",
            f"In „{now.name}“ gelten die Zeilen in anderer Reihenfolge.",
            f"In “{now.name}” the rows count in another order.",
        )


def _when(table: _Decision, inputs: Cells) -> tuple[str, str]:
    tests = _pairs(table.inputs, tuple("" if cell == "-" else cell for cell in inputs))
    return (f"bei {tests}", f"for {tests}") if tests else ("sonst", "otherwise")


def _pairs(labels: Cells, cells: Cells) -> str:
    return ", ".join(f"{label} {cell}" for label, cell in zip(labels, cells, strict=True) if cell)


def _decisions(files: Mapping[str, bytes]) -> Iterator[tuple[str, _Decision]]:
    for file, document in sorted(files.items()):
        for element in read_xml(document, Report(file)):
            if local(element) == "decision":
                yield element.get("id", ""), _decision(element, file)


def _decision(element: etree._Element, file: str) -> _Decision:
    name = element.get("name", "") or element.get("id", "")
    table = next((child for child in element if local(child) == "decisionTable"), None)
    if table is None:
        literal = next((child for child in element if local(child) == "literalExpression"), None)
        return _Decision(name, file, expression=_flat(literal))
    columns = {kind: [one for one in table if local(one) == kind] for kind in ("input", "output")}
    return _Decision(
        name,
        file,
        policy=table.get("hitPolicy", "UNIQUE"),
        inputs=tuple(str(one.get("label") or _flat(one)) for one in columns["input"]),
        outputs=tuple(str(one.get("label") or one.get("name")) for one in columns["output"]),
        rows=tuple(
            (_cells(row, "inputEntry"), _cells(row, "outputEntry"))
            for row in table
            if local(row) == "rule"
        ),
    )


def _cells(row: etree._Element, kind: str) -> Cells:
    return tuple(_flat(cell) or "-" for cell in row if local(cell) == kind)


def _flat(element: etree._Element | None) -> str:
    return " ".join(text_of(element).split())


def _change(one: _Decision, place: str, code: str, de: str, en: str) -> Change:
    return Change(Audience.PEOPLE, f"decision.{code}", one.file, place, de, en)
