"""The way from XDatenfelder 2 to XDatenfelder 3."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from amtsweg.kit.fim.conversion_walk import Conversion
from amtsweg.kit.fim.model import Field, Group, Record, Rule, Schema
from amtsweg.kit.findings import Severity

_LETTERS = {Schema: "S", Group: "G", Field: "F", Rule: "R"}
_SHORT = re.compile(r"([A-Z]\d\d)(\d{6})")
_VERSION = re.compile(r"\d+\.\d+")
_NAMED = re.compile(r"\b[DFGRS]\d{8}\b")


class ToXdf3(Conversion):
    """What becomes of the parts; ``changed_at`` is the time of the message."""

    def __init__(self, changed_at: str) -> None:
        super().__init__()
        self._changed_at = changed_at
        self.note(
            "time",
            "",
            f"XDatenfelder 2 does not say when an element was last changed; {changed_at} is assumed.",
            "Enter the time of the last change where it is known.",
        )
        self.note(
            "status",
            "",
            "XDatenfelder 2 knows only in preparation, active and inactive; they became 2, 6 (gold) "
            "and 7.",
            "Set the release status that each element has in its register.",
        )

    def id(self, element: Schema | Group | Field | Rule) -> str:
        """Eleven digits: the number space grows from two digits to five."""
        found = _SHORT.fullmatch(element.id)
        letter = _LETTERS[type(element)]
        if not re.fullmatch(letter + r"\d{1,11}", element.id):
            message = f"XDatenfelder 3 begins this id with {letter}."
            self.say("id", element.id, message, "Give the element a new id.", Severity.ERROR)
        elif not found:
            message = "The id has not eight digits and stays as it is."
            self.say("id", element.id, message, "Give the element an id of eleven digits.")
        return f"{found[1]}000{found[2]}" if found else element.id

    def version(self, element: Schema | Group | Field | Rule) -> str:
        """Three parts."""
        if _VERSION.fullmatch(element.version):
            return element.version + ".0"
        if element.version:
            message = f"The version {element.version} is not of the form 1.0 and stays as it is."
            self.say("version", element.id, message, "Give it a version of the form 1.0.0.")
        return element.version

    def record(self, about: str, record: Record) -> Record:
        """Everything, with the time of the message."""
        return replace(record, changed_at=self._changed_at)

    def rule(self, rule: Rule, status: str) -> Rule:
        """The rule without labels, status and dates, which XDatenfelder 3 does not give it."""
        record = rule.record
        lost = {
            "bezeichnungEingabe": rule.label,
            "bezeichnungAusgabe": rule.label_output,
            "status": record.status if record.status != status else "",
            "freigabedatum": record.status_set_on,
            "gueltigAb": record.valid_from,
            "gueltigBis": record.valid_until,
            "versionshinweis": record.version_note,
            "veroeffentlichungsdatum": record.published_on,
        }
        for name, value in lost.items():
            if value:
                message = f"A rule has no '{name}' in XDatenfelder 3; '{value}' is left out."
                self.say("rule", rule.id, message, "Write it into the description if it matters.")
        self.note(
            "rule-kind",
            "",
            "XDatenfelder 2 does not say of what kind a rule is; K (complex) is assumed.",
            "Choose K, M (multiplicity), V (validation) or B (calculation) for each rule.",
        )
        named = dict.fromkeys(_NAMED.findall(rule.free_text + " " + rule.script))
        if named:
            message = f"The rule names elements by their ids of eight digits: {', '.join(named)}."
            self.note("rule-text", rule.id, message, "Write the ids of eleven digits.")
        return replace(
            rule,
            id=self.id(rule),
            version=self.version(rule),
            label="",
            label_output="",
            record=replace(
                record,
                status=Record().status,
                status_set_on="",
                valid_from="",
                valid_until="",
                version_note="",
                published_on="",
                changed_at=self._changed_at,
            ),
        )

    def schema(self, schema: Schema) -> dict[str, Any]:
        """One title."""
        if schema.title_output:
            message = (
                f"A schema has one title; the one for output, '{schema.title_output}', is left out."
            )
            self.say("title", schema.id, message, "Choose one title.")
        return {"title_output": ""}

    def field(self, field: Field) -> dict[str, Any]:
        """Without the id of the code list and what else the precision says."""
        for name, value in field.constraints.other:
            message = f"The precision has no '{name}' in XDatenfelder 3; '{value}' is left out."
            self.say("precision", field.id, message, "Write it into the help text or into a rule.")
        code_list = field.code_list
        if code_list is not None and code_list.id:
            message = (
                f"A code list has no id in XDatenfelder 3; {code_list.id} is left out, "
                f"{code_list.urn} remains."
            )
            self.note("list", field.id, message, "Nothing is to be done.")
            code_list = replace(code_list, id="", id_version="")
        return {
            "constraints": replace(field.constraints, other=()),
            "code_list": code_list,
        }
