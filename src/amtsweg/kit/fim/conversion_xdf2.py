"""The way from XDatenfelder 3 to XDatenfelder 2."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from amtsweg.kit.fim.conversion_walk import Conversion
from amtsweg.kit.fim.conversion_words import TO_XDF2
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
from amtsweg.kit.messages import Language

_LONG = re.compile(r"([A-Z]\d\d)000(\d{6})")
_VERSION = re.compile(r"\d+\.\d+")
# Planned to draft, released, inactive: the one status of each that reading XDatenfelder 2 gives.
_STATUS = dict.fromkeys("123", "2") | dict.fromkeys("456", "6") | dict.fromkeys("78", "7")


class ToXdf2(Conversion):
    """What becomes of the parts; ``changed_at`` is that of the outermost element."""

    WORDS = TO_XDF2

    def __init__(self, changed_at: str, language: Language) -> None:
        super().__init__(language)
        self._known_times = (changed_at, UNKNOWN_TIME)

    def id(self, element: Schema | Group | Field | Rule) -> str:
        """Eight digits again where the middle of the number space is 000."""
        found = _LONG.fullmatch(element.id)
        if not found and len(element.id) > len("S00000000"):
            self.say("id/digits", element.id)
        return found[1] + found[2] if found else element.id

    def version(self, element: Schema | Group | Field | Rule) -> str:
        """Two parts again where the third is 0."""
        parts = element.version.rpartition(".")
        if parts[2] == "0" and _VERSION.fullmatch(parts[0]):
            return parts[0]
        if element.version and not _VERSION.fullmatch(element.version):
            self.say("version/form", element.id, version=element.version)
        return element.version

    def record(self, about: str, record: Record) -> Record:
        """The coarser status, without keywords, relations and links."""
        if record.changed_at not in self._known_times:
            self.say("time/lost", "")
        status = _STATUS[record.status]
        if status != record.status:
            word = next(word for word, code in STATUS.items() if code == status)
            self.say("status/coarse", about, status=record.status, word=word)
        if record.keywords:
            words = ", ".join(keyword.text for keyword in record.keywords)
            self.say("keywords/lost", about, words=words)
        for relation in record.relations:
            self.say("relation/lost", about, predicate=relation.predicate, id=relation.id)
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
            self.say("rule-kind/lost", rule.id, kind=rule.kind)
        if rule.other:
            self.say("rule/other", rule.id)
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
            self.say("document/lost", schema.id, id=schema.document_id)
        return {"document_id": "", "document_version": ""}

    def group(self, group: Group) -> dict[str, Any]:
        """Without the choice."""
        if group.choice:
            self.say("choice/lost", group.id)
        return {"choice": False}

    def field(self, field: Field) -> dict[str, Any]:
        """The nearest kind and type, a code list for values."""
        constraints = field.constraints
        kind, type_ = field.kind, field.type
        if kind not in KINDS:
            self.say("kind/lost", field.id, kind=kind)
            kind = FieldKind.INPUT
        if type_ not in TYPES:
            self.say("type/lost", field.id, type=type_)
            type_ = DataType.TEXT
        if field.prefill is not Prefill.NONE:
            self.say("prefill/lost", field.id, prefill=field.prefill)
        if constraints.max_size is not None or constraints.media_types:
            self.say("file/lost", field.id)
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
            self.say("values/list", field.id, urn=urn)
            version = field.version or "1"
            code_list = CodeList(urn, version, field.name, field.values, f"{urn}_{version}")
        if code_list is None:
            return None
        columns = (code_list.code_column, code_list.name_column, code_list.help_column)
        if any(columns):
            self.say("list/columns", field.id, columns=", ".join(filter(None, columns)))
        if not code_list.id:
            self.say("list-id/missing", field.id, urn=code_list.urn)
        return replace(code_list, code_column="", name_column="", help_column="")

    def legal_basis(self, about: str, basis: tuple[str, ...]) -> tuple[str, ...]:
        """All in one text."""
        if len(basis) > 1:
            self.say("legal-basis/joined", about)
        return ("; ".join(basis),) if basis else ()

    def legal_links(
        self, about: str, links: tuple[tuple[str, str], ...]
    ) -> tuple[tuple[str, str], ...]:
        """None."""
        for _, link in links:
            self.say("link/lost", about, link=link)
        return ()
