"""The way from XDatenfelder 3 to XDatenfelder 2."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from amtsweg.kit.fim.conversion_walk import Conversion
from amtsweg.kit.fim.model import (
    UNKNOWN_TIME,
    CodeList,
    DataType,
    Field,
    FieldKind,
    Group,
    Prefill,
    Record,
    Rule,
    RuleKind,
    Schema,
)
from amtsweg.kit.fim.xdf2_read import KINDS, STATUS, TYPES
from amtsweg.kit.findings import Severity

_LONG = re.compile(r"([A-Z]\d\d)000(\d{6})")
_VERSION = re.compile(r"\d+\.\d+")
# Planned to draft, released, inactive: the one status of each that reading XDatenfelder 2 gives.
_STATUS = dict.fromkeys("123", "2") | dict.fromkeys("456", "6") | dict.fromkeys("78", "7")


class ToXdf2(Conversion):
    """What becomes of the parts; ``changed_at`` is that of the outermost element."""

    def __init__(self, changed_at: str) -> None:
        super().__init__()
        self._known_times = (changed_at, UNKNOWN_TIME)

    def id(self, element: Schema | Group | Field | Rule) -> str:
        """Eight digits again where the middle of the number space is 000."""
        found = _LONG.fullmatch(element.id)
        if not found and len(element.id) > len("S00000000"):
            message = "The id has no form of eight digits and stays as it is."
            self.say("id", element.id, message, "Give the element an id of eight digits.")
        return found[1] + found[2] if found else element.id

    def version(self, element: Schema | Group | Field | Rule) -> str:
        """Two parts again where the third is 0."""
        parts = element.version.rpartition(".")
        if parts[2] == "0" and _VERSION.fullmatch(parts[0]):
            return parts[0]
        if element.version and not _VERSION.fullmatch(element.version):
            message = f"The version {element.version} has no form of two parts and stays as it is."
            self.say("version", element.id, message, "Give it a version of the form 1.0.")
        return element.version

    def record(self, about: str, record: Record) -> Record:
        """The coarser status, without keywords, relations and links."""
        if record.changed_at not in self._known_times:
            message = (
                "XDatenfelder 2 says of the message only when it was made, not of its elements."
            )
            self.note("time", "", message, "Nothing is to be done.")
        status = _STATUS[record.status]
        if status != record.status:
            word = next(word for word, code in STATUS.items() if code == status)
            message = f"XDatenfelder 2 has no release status {record.status}; it became '{word}'."
            self.say("status", about, message, "Keep the release status in the register.")
        if record.keywords:
            words = ", ".join(keyword.text for keyword in record.keywords)
            message = f"XDatenfelder 2 has no keywords; {words} are left out."
            self.say("keywords", about, message, "Nothing is to be done.", Severity.NOTE)
        for relation in record.relations:
            message = (
                f"XDatenfelder 2 has no relations; {relation.predicate} {relation.id} is left out."
            )
            self.say("relation", about, message, "Write it into the description if it matters.")
        return replace(
            record,
            status=status,
            changed_at=UNKNOWN_TIME,
            keywords=(),
            relations=(),
            legal_links=self.legal_links(about, record.legal_links),
        )

    def rule(self, rule: Rule, status: str) -> Rule:
        """The rule in words; it has the status of what it stands in."""
        if rule.kind is not RuleKind.COMPLEX:
            message = f"XDatenfelder 2 has no kinds of rules; {rule.kind} is left out."
            self.say("rule-kind", rule.id, message, "Say it in the rule's text.")
        if rule.other:
            message = (
                "XDatenfelder 2 has no parameters, targets and errors of rules; they are left out."
            )
            self.say("rule", rule.id, message, "Say it in the rule's text.")
        # In XDatenfelder 3 a rule has the status of what it stands in.
        record = self.record(rule.id, replace(rule.record, status=_STATUS[status]))
        return replace(
            rule,
            id=self.id(rule),
            version=self.version(rule),
            kind=RuleKind.COMPLEX,
            legal_basis=self.legal_basis(rule.id, rule.legal_basis),
            record=replace(record, definition=""),
            other=(),
        )

    def schema(self, schema: Schema) -> dict[str, Any]:
        """Without the document it belongs to."""
        if schema.document_id:
            message = f"XDatenfelder 2 names no document; {schema.document_id} is left out."
            self.say("document", schema.id, message, "Keep it in the register.")
        return {"document_id": "", "document_version": ""}

    def group(self, group: Group) -> dict[str, Any]:
        """Without the choice."""
        if group.choice:
            message = "XDatenfelder 2 has no choice groups; all parts are optional."
            self.say("choice", group.id, message, "Add a rule: exactly one part is filled in.")
        return {"choice": False}

    def field(self, field: Field) -> dict[str, Any]:
        """The nearest kind and type, a code list for values."""
        constraints = field.constraints
        kind, type_ = field.kind, field.type
        if kind not in KINDS:
            message = f"XDatenfelder 2 has no field of kind '{kind}'; it became 'input'."
            self.say("kind", field.id, message, "Decide whether people shall see the field.")
            kind = FieldKind.INPUT
        if type_ not in TYPES:
            message = f"XDatenfelder 2 has no type '{type_}'; it became 'text'."
            self.say("type", field.id, message, "Say in the help text what is to be entered.")
            type_ = DataType.TEXT
        if field.prefill is not Prefill.NONE:
            message = f"XDatenfelder 2 knows no prefilling; '{field.prefill}' is left out."
            self.say("prefill", field.id, message, "Say it in the description.", Severity.NOTE)
        if constraints.max_size is not None or constraints.media_types:
            message = "XDatenfelder 2 has no size and media types of files; they are left out."
            self.say("file", field.id, message, "Say it in the help text.")
        return {
            "kind": kind,
            "type": type_,
            "constraints": replace(constraints, max_size=None, media_types=()),
            "code_list": self._code_list(field),
            "prefill": Prefill.NONE,
        }

    def _code_list(self, field: Field) -> CodeList | None:
        """A code list needs an id of its own here, which only the editors can give."""
        code_list = field.code_list
        if code_list is None and field.values:
            urn = f"urn:de:fim:{field.id}:werte"
            message = f"XDatenfelder 2 has no values in a schema; they became the code list {urn}."
            self.say("values", field.id, message, "Publish the list and write its name.")
            version = field.version or "1"
            code_list = CodeList(urn, version, field.name, field.values, f"{urn}_{version}")
        if code_list is None:
            return None
        columns = (code_list.code_column, code_list.name_column, code_list.help_column)
        if any(columns):
            message = (
                f"XDatenfelder 2 names no columns; {', '.join(filter(None, columns))} are left out."
            )
            self.say("list", field.id, message, "See that the list recommends these columns.")
        if not code_list.id:
            message = f"The code list {code_list.urn} has no id, which XDatenfelder 2 asks for."
            self.say("list-id", field.id, message, "Give the list an id (C and eight digits).")
        return replace(code_list, code_column="", name_column="", help_column="")

    def legal_basis(self, about: str, basis: tuple[str, ...]) -> tuple[str, ...]:
        """All in one text."""
        if len(basis) > 1:
            message = "XDatenfelder 2 has one legal basis per element; they became one text."
            self.note("legal-basis", about, message, "Nothing is to be done.")
        return ("; ".join(basis),) if basis else ()

    def legal_links(
        self, about: str, links: tuple[tuple[str, str], ...]
    ) -> tuple[tuple[str, str], ...]:
        """None."""
        for _, link in links:
            message = f"XDatenfelder 2 has no links of legal bases; {link} is left out."
            self.say("link", about, message, "Write it into the description if it matters.")
        return ()
