"""The reading half of the XDatenfelder 3 codec."""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from amtsweg.kit.fim.model import (
    UNKNOWN_TIME,
    CodeList,
    Constraints,
    DataType,
    Field,
    FieldKind,
    Group,
    Keyword,
    Prefill,
    Record,
    Relation,
    Rule,
    RuleKind,
    Schema,
    Value,
)
from amtsweg.kit.fim.xdf_read import MessageReader, Parts, links, texts
from amtsweg.kit.fim.xml import canonical, text_of

NAMESPACE = "urn:xoev-de:fim:standard:xdatenfelder_3.0.0"
_COMMON = frozenset(
    {"identifikation", "name", "beschreibung", "definition", "bezug", "freigabestatus"}
    | {"statusGesetztAm", "statusGesetztDurch", "gueltigAb", "gueltigBis", "versionshinweis"}
    | {"veroeffentlichungsdatum", "letzteAenderung", "stichwort", "relation", "regel"}
)
_ELEMENT = _COMMON | {
    *("bezeichnungEingabe", "bezeichnungAusgabe", "schemaelementart"),
    *("hilfetextEingabe", "hilfetextAusgabe"),
}
_FIELD = _ELEMENT | {
    *("feldart", "datentyp", "praezisierung", "inhalt", "vorbefuellung", "werte"),
    *("codelisteReferenz", "codeKey", "nameKey", "helpKey", "maxSize", "mediaType"),
}
_GROUP = _ELEMENT | {"art", "struktur"}
_SCHEMA = _COMMON | {
    *("bezeichnung", "hilfetext", "ableitungsmodifikationenStruktur", "struktur"),
    *("ableitungsmodifikationenRepraesentation", "dokumentsteckbrief"),
}
_RULE_OTHER = ("param", "ziel", "fehler")
_RULE = frozenset(
    {"identifikation", "name", "beschreibung", "freitextRegel", "bezug", "fachlicherErsteller"}
    | {"letzteAenderung", "typ", "skript", "stichwort", *_RULE_OTHER}
)
_ID = {kind: re.compile(kind + r"\d{1,11}") for kind in "SGFR"}


class Reader(MessageReader):
    """Reads one document of XDatenfelder 3.0.0."""

    STANDARD = "XDatenfelder 3.0.0"
    NAMESPACE = NAMESPACE
    PREFIX = "xdf3"
    MANY = frozenset(
        {"bezug", "stichwort", "relation", "regel", "struktur", "wert", "mediaType", *_RULE_OTHER}
    )

    def schema(self, at: etree._Element) -> Schema:
        """The schema in ``stammdatenschema``."""
        parts = self.parts(at, _SCHEMA)
        id_, version = self.identification(parts, at, "S")
        document = self.one(parts, "dokumentsteckbrief", at)
        return Schema(
            id=id_,
            version=version,
            name=self.text(parts, "name", at, required=True),
            title=self.text(parts, "bezeichnung", at),
            help=self.text(parts, "hilfetext", at),
            legal_basis=texts(parts, "bezug"),
            uses=self.uses(parts),
            rules=self.rules(parts),
            structure_changes=self.code(parts, "ableitungsmodifikationenStruktur", at, "0"),
            representation_changes=self.code(
                parts, "ableitungsmodifikationenRepraesentation", at, "0"
            ),
            document_id=self._child(document, "id"),
            document_version=self._child(document, "version"),
            record=self.record(parts, at),
        )

    def group(self, at: etree._Element) -> Group:
        """The group in ``datenfeldgruppe``; a choice group has two or more parts, each 0:1."""
        parts = self.parts(at, _GROUP)
        common = self.element(parts, at, "G")
        uses = self.uses_in(common["id"], parts, at)
        kind = self.code(parts, "art", at, "")
        if kind not in ("", "X"):
            self.report("code", f"The kind of group '{kind}' is not X (choice).", at)
        group = Group(**common, uses=uses, choice=kind == "X")
        if group.choice and (len(group.uses) < 2 or any(u.minimum for u in group.uses)):
            message = f"The choice group {group.id} needs two or more parts, each 0:1."
            self.report("choice", message, at)
        return group

    def field(self, at: etree._Element) -> Field:
        """The field in ``datenfeld``; a select has values or a code list."""
        parts = self.parts(at, _FIELD)
        code_list = self._code_list(parts, at)
        inline = self._inline_values(parts)
        kind = self.enum(parts, "feldart", at, tuple(FieldKind), FieldKind.INPUT)
        if kind is FieldKind.SELECT and code_list is None and not inline:
            self.report("select", "A select field needs values or a reference to a code list.", at)
        if code_list is not None and inline:
            self.report("select", "A field has values or a code list, not both.", at)
        return Field(
            **self.element(parts, at, "F"),
            kind=kind,
            type=self.enum(parts, "datentyp", at, tuple(DataType), DataType.TEXT),
            constraints=self._constraints(parts, at),
            values=inline or (code_list.values if code_list else ()),
            code_list=code_list,
            content=self.text(parts, "inhalt", at) or None,
            prefill=self.enum(
                parts, "vorbefuellung", at, tuple(Prefill), Prefill.NONE, required=False
            ),
        )

    def rule(self, at: etree._Element) -> Rule:
        """The rule in ``regel``."""
        parts = self.parts(at, _RULE)
        id_, version = self.identification(parts, at, "R")
        return Rule(
            id=id_,
            version=version,
            name=self.text(parts, "name", at),
            kind=self.enum(parts, "typ", at, tuple(RuleKind), RuleKind.COMPLEX, required=False),
            free_text=self.text(parts, "freitextRegel", at),
            script=self.text(parts, "skript", at),
            legal_basis=texts(parts, "bezug"),
            record=Record(
                description=self.text(parts, "beschreibung", at),
                status_set_by=self.text(parts, "fachlicherErsteller", at),
                changed_at=self.text(parts, "letzteAenderung", at) or UNKNOWN_TIME,
                keywords=_keywords(parts),
                legal_links=links(parts),
            ),
            other=tuple(canonical(e) for name in _RULE_OTHER for e in parts.get(name, ())),
        )

    def identification(self, parts: Parts, at: etree._Element, letter: str) -> tuple[str, str]:
        """Id and version; the id has the element's letter and up to 11 digits."""
        holder = self.one(parts, "identifikation", at, required=True)
        if holder is None:
            return "", ""
        cells = self.parts(holder, {"id", "version"})
        id_ = self.text(cells, "id", holder, required=True)
        if id_ and not _ID[letter].fullmatch(id_):
            message = f"The id '{id_}' is not '{letter}' with up to 11 digits."
            self.report("id", message, holder)
        return id_, self.text(cells, "version", holder)

    def record(self, parts: Parts, at: etree._Element) -> Record:
        """What the register keeps, in this standard's words."""
        status = self.code(parts, "freigabestatus", at, "2")
        if status not in set("12345678"):
            message = f"The release status '{status}' is not 1 to 8."
            self.report("status", message, parts["freigabestatus"][0])
        return Record(
            description=self.text(parts, "beschreibung", at),
            definition=self.text(parts, "definition", at),
            status=status,
            status_set_on=self.text(parts, "statusGesetztAm", at),
            status_set_by=self.text(parts, "statusGesetztDurch", at),
            valid_from=self.text(parts, "gueltigAb", at),
            valid_until=self.text(parts, "gueltigBis", at),
            version_note=self.text(parts, "versionshinweis", at),
            published_on=self.text(parts, "veroeffentlichungsdatum", at),
            changed_at=self.text(parts, "letzteAenderung", at) or UNKNOWN_TIME,
            keywords=_keywords(parts),
            relations=tuple(self._relation(relation) for relation in parts.get("relation", [])),
            legal_links=links(parts),
        )

    def _relation(self, at: etree._Element) -> Relation:
        predicate = text_of(at.find(f"{self.q('praedikat')}/code"))
        object_ = at.find(self.q("objekt"))
        return Relation(predicate, self._child(object_, "id"), self._child(object_, "version"))

    def _child(self, at: etree._Element | None, name: str) -> str:
        return text_of(at.find(self.q(name))) if at is not None else ""

    def _constraints(self, parts: Parts, at: etree._Element) -> Constraints:
        precision = self.one(parts, "praezisierung", at)
        result = Constraints(
            max_size=self.whole(self.text(parts, "maxSize", at), at),
            media_types=texts(parts, "mediaType"),
        )
        if precision is None:
            return result
        return replace(
            result,
            min_length=self.whole(precision.get("minLength"), precision),
            max_length=self.whole(precision.get("maxLength"), precision),
            min_value=precision.get("minValue") or None,
            max_value=precision.get("maxValue") or None,
            pattern=precision.get("pattern") or None,
            note=text_of(precision),
        )

    def _inline_values(self, parts: Parts) -> tuple[Value, ...]:
        values: dict[str, Value] = {}
        for holder in parts.get("werte", []):
            for at in self.parts(holder, {"wert"}).get("wert", []):
                cells = self.parts(at, {"code", "name", "hilfe"})
                code = self.text(cells, "code", at, required=True)
                name = self.text(cells, "name", at, required=True)
                if code in values:
                    self.report("value", f"The code '{code}' is given twice.", at)
                values[code] = Value(code, name, self.text(cells, "hilfe", at))
        return tuple(values.values())

    def _code_list(self, parts: Parts, at: etree._Element) -> CodeList | None:
        reference = self.one(parts, "codelisteReferenz", at)
        if reference is None:
            return None
        cells = self.parts(reference, {"canonicalIdentification", "version", "canonicalVersionUri"})
        return self.with_values(
            CodeList(
                urn=self.text(cells, "canonicalIdentification", reference, required=True),
                version=self.text(cells, "version", reference),
                name="",
                version_urn=self.text(cells, "canonicalVersionUri", reference),
                code_column=self.text(parts, "codeKey", at),
                name_column=self.text(parts, "nameKey", at),
                help_column=self.text(parts, "helpKey", at),
            )
        )


def _keywords(parts: Parts) -> tuple[Keyword, ...]:
    return tuple(Keyword(text_of(a), str(a.get("uri") or "")) for a in parts.get("stichwort", []))
