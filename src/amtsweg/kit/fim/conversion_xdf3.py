"""The way from XDatenfelder 2 to XDatenfelder 3."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from amtsweg.kit.fim.conversion_walk import Conversion
from amtsweg.kit.fim.conversion_words import TO_XDF3
from amtsweg.kit.fim.model import Field, Group, Record, Rule, Schema
from amtsweg.kit.messages import Language

_LETTERS = {Schema: "S", Group: "G", Field: "F", Rule: "R"}
_SHORT = re.compile(r"([A-Z]\d\d)(\d{6})")
_VERSION = re.compile(r"\d+\.\d+")
_NAMED = re.compile(r"\b[DFGRS]\d{8}\b")


class ToXdf3(Conversion):
    """What becomes of the parts; ``changed_at`` is the time of the message."""

    WORDS = TO_XDF3

    def __init__(self, changed_at: str, language: Language) -> None:
        super().__init__(language)
        self._changed_at = changed_at
        self.say("time/assumed", "", time=changed_at)
        self.say("status/assumed", "")

    def id(self, element: Schema | Group | Field | Rule) -> str:
        """Eleven digits: the number space grows from two digits to five."""
        found = _SHORT.fullmatch(element.id)
        letter = _LETTERS[type(element)]
        if not re.fullmatch(letter + r"\d{1,11}", element.id):
            self.say("id/letter", element.id, letter=letter)
        elif not found:
            self.say("id/digits", element.id)
        return f"{found[1]}000{found[2]}" if found else element.id

    def version(self, element: Schema | Group | Field | Rule) -> str:
        """Three parts."""
        if _VERSION.fullmatch(element.version):
            return element.version + ".0"
        if element.version:
            self.say("version/form", element.id, version=element.version)
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
                self.say("rule/part", rule.id, name=name, value=value)
        self.say("rule-kind/assumed", "")
        named = dict.fromkeys(_NAMED.findall(rule.free_text + " " + rule.script))
        if named:
            self.say("rule-text/ids", rule.id, ids=", ".join(named))
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
            self.say("title/output", schema.id, title=schema.title_output)
        return {"title_output": ""}

    def field(self, field: Field) -> dict[str, Any]:
        """Without the id of the code list and what else the precision says."""
        for name, value in field.constraints.other:
            self.say("precision/other", field.id, name=name, value=value)
        code_list = field.code_list
        if code_list is not None and code_list.id:
            self.say("list/id", field.id, id=code_list.id, urn=code_list.urn)
            code_list = replace(code_list, id="", id_version="")
        return {
            "constraints": replace(field.constraints, other=()),
            "code_list": code_list,
        }
