"""The writing half of the XDatenfelder 3 codec: elements in the order of the standard."""

from __future__ import annotations

from lxml import etree

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
    Use,
)
from amtsweg.kit.fim.xdf3_read import NAMESPACE

_Q = f"{{{NAMESPACE}}}"
_LIST = "urn:xoev-de:fim:codeliste:xdatenfelder."
_LISTS = {
    "freigabestatus": ("urn:xoev-de:xprozess:codeliste:status", "2020-03-19"),
    "schemaelementart": (_LIST + "schemaelementart", "1.0"),
    "feldart": (_LIST + "feldart", "2.0"),
    "datentyp": (_LIST + "datentyp", "2.0"),
    "vorbefuellung": (_LIST + "vorbefuellung", "1.0"),
    "typ": (_LIST + "regeltyp", "1.0"),
    "praedikat": (_LIST + "relation", "1.1"),
    "art": (_LIST + "gruppenart", "1.0"),
    "ableitungsmodifikationenStruktur": (_LIST + "ableitungsmodifikationenStruktur", "1.0"),
    "ableitungsmodifikationenRepraesentation": (
        _LIST + "ableitungsmodifikationenRepraesentation",
        "1.0",
    ),
}


class Writer:
    """Builds the tree of one message."""

    def message(self, element: Schema | Group | Field) -> etree._Element:
        """The root element of the message that carries this element."""
        name = {
            Schema: "xdatenfelder.stammdatenschema.0102",
            Group: "xdatenfelder.datenfeldgruppe.0103",
            Field: "xdatenfelder.datenfeld.0104",
        }[type(element)]
        root = etree.Element(_Q + name, nsmap={"xdf": NAMESPACE})
        header = _add(root, "header")
        _add(header, "nachrichtID", f"{element.id}_{element.version}".rstrip("_"))
        _add(header, "erstellungszeitpunkt", element.record.changed_at)
        if isinstance(element, Schema):
            self._schema(root, element)
        else:
            self._element(root, element)
        return root

    def _schema(self, parent: etree._Element, schema: Schema) -> None:
        at = _add(parent, "stammdatenschema")
        self._common(at, schema)
        _add(at, "bezeichnung", schema.title)
        _optional(at, "hilfetext", schema.help)
        _code(at, "ableitungsmodifikationenStruktur", schema.structure_changes)
        _code(at, "ableitungsmodifikationenRepraesentation", schema.representation_changes)
        if schema.document_id:
            _add(_add(at, "dokumentsteckbrief"), "id", schema.document_id)
        self._keywords_and_relations(at, schema.record)
        for rule in schema.rules:
            self._rule(at, rule)
        self._uses(at, schema.uses)

    def _element(self, parent: etree._Element, element: Field | Group) -> None:
        at = _add(parent, "datenfeld" if isinstance(element, Field) else "datenfeldgruppe")
        self._common(at, element)
        _add(at, "bezeichnungEingabe", element.label)
        _optional(at, "bezeichnungAusgabe", element.label_output)
        _code(at, "schemaelementart", element.level)
        _optional(at, "hilfetextEingabe", element.help_input)
        _optional(at, "hilfetextAusgabe", element.help_output)
        self._keywords_and_relations(at, element.record)
        if isinstance(element, Field):
            self._field(at, element)
        else:
            if element.choice:
                _code(at, "art", "X")
            for rule in element.rules:
                self._rule(at, rule)
            self._uses(at, element.uses)

    def _field(self, at: etree._Element, field: Field) -> None:
        _code(at, "feldart", field.kind)
        _code(at, "datentyp", field.type)
        self._precision(at, field.constraints)
        _optional(at, "inhalt", field.content or "")
        _code(at, "vorbefuellung", field.prefill)
        if field.code_list:
            self._code_list(at, field.code_list)
        elif field.values:
            values = _add(at, "werte")
            for value in field.values:
                row = _add(values, "wert")
                _add(row, "code", value.code)
                _add(row, "name", value.label)
                _optional(row, "hilfe", value.help)
        for rule in field.rules:
            self._rule(at, rule)
        if field.constraints.max_size is not None:
            _add(at, "maxSize", str(field.constraints.max_size))
        for media_type in field.constraints.media_types:
            _add(at, "mediaType", media_type)

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
            precision = _add(at, "praezisierung", constraints.note or None)
            for name, value in given.items():
                precision.set(name, value)

    def _code_list(self, at: etree._Element, code_list: CodeList) -> None:
        reference = _add(at, "codelisteReferenz")
        _add(reference, "canonicalIdentification", code_list.urn)
        _optional(reference, "version", code_list.version)
        _optional(reference, "canonicalVersionUri", code_list.version_urn)
        _optional(at, "codeKey", code_list.code_column)
        _optional(at, "nameKey", code_list.name_column)
        _optional(at, "helpKey", code_list.help_column)

    def _common(self, at: etree._Element, element: Schema | Element) -> None:
        record = element.record
        _identification(at, element.id, element.version)
        _add(at, "name", element.name)
        _optional(at, "beschreibung", record.description)
        _optional(at, "definition", record.definition)
        _legal_basis(at, element.legal_basis, record.legal_links)
        _code(at, "freigabestatus", record.status)
        _optional(at, "statusGesetztAm", record.status_set_on)
        _optional(at, "statusGesetztDurch", record.status_set_by)
        _optional(at, "gueltigAb", record.valid_from)
        _optional(at, "gueltigBis", record.valid_until)
        _optional(at, "versionshinweis", record.version_note)
        _optional(at, "veroeffentlichungsdatum", record.published_on)
        _add(at, "letzteAenderung", record.changed_at)

    def _keywords_and_relations(self, at: etree._Element, record: Record) -> None:
        _keywords(at, record.keywords)
        for relation in record.relations:
            holder = _add(at, "relation")
            _code(holder, "praedikat", relation.predicate)
            object_ = _add(holder, "objekt")
            _add(object_, "id", relation.id)
            _optional(object_, "version", relation.version)

    def _rule(self, parent: etree._Element, rule: Rule) -> None:
        at = _add(parent, "regel")
        _identification(at, rule.id, rule.version)
        _add(at, "name", rule.name)
        _optional(at, "beschreibung", rule.description)
        _optional(at, "freitextRegel", rule.free_text)
        _legal_basis(at, rule.legal_basis, rule.legal_links)
        _optional(at, "fachlicherErsteller", rule.author)
        _add(at, "letzteAenderung", rule.changed_at)
        _code(at, "typ", rule.kind)
        _optional(at, "skript", rule.script)
        _keywords(at, rule.keywords)

    def _uses(self, parent: etree._Element, uses: tuple[Use, ...]) -> None:
        for use in uses:
            at = _add(parent, "struktur")
            maximum = "*" if use.maximum is None else use.maximum
            _add(at, "anzahl", f"{use.minimum}:{maximum}")
            _legal_basis(at, use.legal_basis, use.legal_links)
            self._element(_add(at, "enthaelt"), use.element)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, _Q + name)
    child.text = text or None
    return child


def _optional(parent: etree._Element, name: str, text: str) -> None:
    if text:
        _add(parent, name, text)


def _code(parent: etree._Element, name: str, code: str) -> None:
    uri, version = _LISTS[name]
    holder = etree.SubElement(parent, _Q + name, listURI=uri, listVersionID=version)
    etree.SubElement(holder, "code").text = str(code)


def _identification(parent: etree._Element, id_: str, version: str) -> None:
    holder = _add(parent, "identifikation")
    _add(holder, "id", id_)
    _optional(holder, "version", version)


def _legal_basis(
    parent: etree._Element, basis: tuple[str, ...], links: tuple[tuple[str, str], ...]
) -> None:
    by_text = dict(links)
    for text in basis:
        element = _add(parent, "bezug", text)
        if text in by_text:
            element.set("link", by_text[text])


def _keywords(parent: etree._Element, keywords: tuple[Keyword, ...]) -> None:
    for keyword in keywords:
        element = _add(parent, "stichwort", keyword.text)
        if keyword.uri:
            element.set("uri", keyword.uri)
