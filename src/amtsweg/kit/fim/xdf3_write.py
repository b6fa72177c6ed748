"""The writing half of the XDatenfelder 3 codec: elements in the order of the standard."""

from __future__ import annotations

from lxml import etree

from amtsweg.kit.fim import xml
from amtsweg.kit.fim.model import (
    CodeList,
    Constraints,
    Element,
    Field,
    Group,
    Keyword,
    Record,
    Rule,
    Schema,
)
from amtsweg.kit.fim.xdf3_read import NAMESPACE
from amtsweg.kit.fim.xdf_write import CODE_LISTS, MessageWriter


class Writer(MessageWriter):
    """Builds the tree of one message of XDatenfelder 3.0.0."""

    NAMESPACE = NAMESPACE
    LISTS = {
        "freigabestatus": ("urn:xoev-de:xprozess:codeliste:status", "2020-03-19"),
        "schemaelementart": (CODE_LISTS + "schemaelementart", "1.0"),
        "feldart": (CODE_LISTS + "feldart", "2.0"),
        "datentyp": (CODE_LISTS + "datentyp", "2.0"),
        "vorbefuellung": (CODE_LISTS + "vorbefuellung", "1.0"),
        "typ": (CODE_LISTS + "regeltyp", "1.0"),
        "praedikat": (CODE_LISTS + "relation", "1.1"),
        "art": (CODE_LISTS + "gruppenart", "1.0"),
        "ableitungsmodifikationenStruktur": (
            CODE_LISTS + "ableitungsmodifikationenStruktur",
            "1.0",
        ),
        "ableitungsmodifikationenRepraesentation": (
            CODE_LISTS + "ableitungsmodifikationenRepraesentation",
            "1.0",
        ),
    }

    def schema(self, at: etree._Element, schema: Schema) -> None:
        """Fill ``stammdatenschema``."""
        self._common(at, schema)
        self.add(at, "bezeichnung", schema.title)
        self.optional(at, "hilfetext", schema.help)
        self.code(at, "ableitungsmodifikationenStruktur", schema.structure_changes)
        self.code(at, "ableitungsmodifikationenRepraesentation", schema.representation_changes)
        if schema.document_id:
            document = self.add(at, "dokumentsteckbrief")
            self.add(document, "id", schema.document_id)
            self.optional(document, "version", schema.document_version)
        self._keywords_and_relations(at, schema.record)
        self.rules(at, schema.rules)
        self.uses(at, schema.uses)

    def group(self, at: etree._Element, group: Group) -> None:
        """Fill ``datenfeldgruppe``."""
        self._element_parts(at, group)
        if group.choice:
            self.code(at, "art", "X")
        self.rules(at, group.rules)
        self.uses(at, group.uses)

    def field(self, at: etree._Element, field: Field) -> None:
        """Fill ``datenfeld``."""
        self._element_parts(at, field)
        self.code(at, "feldart", field.kind)
        self.code(at, "datentyp", field.type)
        self._precision(at, field.constraints)
        self.optional(at, "inhalt", field.content or "")
        self.code(at, "vorbefuellung", field.prefill)
        if field.code_list:
            self._code_list(at, field.code_list)
        elif field.values:
            values = self.add(at, "werte")
            for value in field.values:
                row = self.add(values, "wert")
                self.add(row, "code", value.code)
                self.add(row, "name", value.label)
                self.optional(row, "hilfe", value.help)
        self.rules(at, field.rules)
        if field.constraints.max_size is not None:
            self.add(at, "maxSize", str(field.constraints.max_size))
        for media_type in field.constraints.media_types:
            self.add(at, "mediaType", media_type)

    def rule(self, at: etree._Element, rule: Rule) -> None:
        """Fill ``regel``."""
        record = rule.record
        self.identification(at, rule.id, rule.version)
        self.add(at, "name", rule.name)
        self.optional(at, "beschreibung", record.description)
        self.optional(at, "freitextRegel", rule.free_text)
        self.legal_basis(at, rule.legal_basis, record.legal_links)
        self.optional(at, "fachlicherErsteller", record.status_set_by)
        self.add(at, "letzteAenderung", record.changed_at)
        self.code(at, "typ", rule.kind)
        for fragment in rule.other:
            at.append(xml.parse(fragment.encode()))
        self.optional(at, "skript", rule.script)
        self._keywords(at, record.keywords)

    def legal_basis(
        self, at: etree._Element, basis: tuple[str, ...], links: tuple[tuple[str, str], ...]
    ) -> None:
        """Write each ``bezug`` with its link."""
        by_text = dict(links)
        for text in basis:
            element = self.add(at, "bezug", text)
            if text in by_text:
                element.set("link", by_text[text])

    def _element_parts(self, at: etree._Element, element: Element) -> None:
        self._common(at, element)
        self.add(at, "bezeichnungEingabe", element.label)
        self.optional(at, "bezeichnungAusgabe", element.label_output)
        self.code(at, "schemaelementart", element.level)
        self.optional(at, "hilfetextEingabe", element.help_input)
        self.optional(at, "hilfetextAusgabe", element.help_output)
        self._keywords_and_relations(at, element.record)

    def _precision(self, at: etree._Element, constraints: Constraints) -> None:
        attributes = {
            "minLength": constraints.min_length,
            "maxLength": constraints.max_length,
            "minValue": constraints.min_value,
            "maxValue": constraints.max_value,
            "pattern": constraints.pattern,
        }
        given = {name: str(value) for name, value in attributes.items() if value is not None}
        if given or constraints.note:
            precision = self.add(at, "praezisierung", constraints.note)
            for name, value in given.items():
                precision.set(name, value)

    def _code_list(self, at: etree._Element, code_list: CodeList) -> None:
        reference = self.add(at, "codelisteReferenz")
        self.add(reference, "canonicalIdentification", code_list.urn)
        self.optional(reference, "version", code_list.version)
        self.optional(reference, "canonicalVersionUri", code_list.version_urn)
        self.optional(at, "codeKey", code_list.code_column)
        self.optional(at, "nameKey", code_list.name_column)
        self.optional(at, "helpKey", code_list.help_column)

    def _common(self, at: etree._Element, element: Schema | Element) -> None:
        record = element.record
        self.identification(at, element.id, element.version)
        self.add(at, "name", element.name)
        self.optional(at, "beschreibung", record.description)
        self.optional(at, "definition", record.definition)
        self.legal_basis(at, element.legal_basis, record.legal_links)
        self.code(at, "freigabestatus", record.status)
        self.optional(at, "statusGesetztAm", record.status_set_on)
        self.optional(at, "statusGesetztDurch", record.status_set_by)
        self.optional(at, "gueltigAb", record.valid_from)
        self.optional(at, "gueltigBis", record.valid_until)
        self.optional(at, "versionshinweis", record.version_note)
        self.optional(at, "veroeffentlichungsdatum", record.published_on)
        self.add(at, "letzteAenderung", record.changed_at)

    def _keywords_and_relations(self, at: etree._Element, record: Record) -> None:
        self._keywords(at, record.keywords)
        for relation in record.relations:
            holder = self.add(at, "relation")
            self.code(holder, "praedikat", relation.predicate)
            object_ = self.add(holder, "objekt")
            self.add(object_, "id", relation.id)
            self.optional(object_, "version", relation.version)

    def _keywords(self, at: etree._Element, keywords: tuple[Keyword, ...]) -> None:
        for keyword in keywords:
            element = self.add(at, "stichwort", keyword.text)
            if keyword.uri:
                element.set("uri", keyword.uri)
