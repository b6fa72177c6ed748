"""The reading half of the XDatenfelder 2 codec."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TypeVar

from lxml import etree

from amtsweg.kit.fim.model import (
    CodeList,
    Constraints,
    DataType,
    Field,
    FieldKind,
    Group,
    Record,
    Rule,
    Schema,
)
from amtsweg.kit.fim.xdf_read import MessageReader, Parts, texts
from amtsweg.kit.fim.xml import holds

NAMESPACE = "urn:xoev-de:fim:standard:xdatenfelder_2"
# xdatenfelder.status 1.0 in the words of XDatenfelder 3: in work, released, inactive. An element
# that is "aktiv" here stands as 6 (gold) in the XDatenfelder 3 documents of the same editors.
STATUS = {"inVorbereitung": "2", "aktiv": "6", "inaktiv": "7"}
KINDS = (FieldKind.INPUT, FieldKind.SELECT, FieldKind.LABEL)
TYPES = (
    *(DataType.TEXT, DataType.DATE, DataType.BOOL, DataType.NUM, DataType.NUM_INT),
    *(DataType.NUM_CURRENCY, DataType.FILE, DataType.OBJ),
)
_COMMON = frozenset(
    {"identifikation", "name", "bezeichnungEingabe", "bezeichnungAusgabe", "beschreibung"}
    | {"definition", "bezug", "status", "gueltigAb", "gueltigBis", "fachlicherErsteller"}
    | {"versionshinweis", "freigabedatum", "veroeffentlichungsdatum"}
)
_ELEMENT = _COMMON | {"schemaelementart", "hilfetextEingabe", "hilfetextAusgabe", "regel"}
_FIELD = _ELEMENT | {"feldart", "datentyp", "praezisierung", "inhalt", "codelisteReferenz"}
_GROUP = _ELEMENT | {"struktur"}
_SCHEMA = _COMMON | {
    *("hilfetext", "ableitungsmodifikationenStruktur", "regel", "struktur"),
    "ableitungsmodifikationenRepraesentation",
}
_RULE = _COMMON | {"script"}
# The standard leaves ids to the editors; FIM gives a letter and eight digits, real test systems
# less and other letters.
_ID = re.compile(r"[A-Z]\d{1,11}")
_Message = TypeVar("_Message", Schema, Group, Field)


class Reader(MessageReader):
    """Reads one document of XDatenfelder 2."""

    STANDARD = "XDatenfelder 2"
    NAMESPACE = NAMESPACE
    PREFIX = "xdf2"
    MANY = frozenset({"regel", "struktur"})

    def dated(self, element: _Message, sent_at: str) -> _Message:
        """The message's time is all that this standard says about the last change."""
        if not sent_at:
            return element
        return replace(element, record=replace(element.record, changed_at=sent_at))

    def schema(self, at: etree._Element) -> Schema:
        """The schema in ``stammdatenschema``."""
        parts = self.parts(at, _SCHEMA)
        id_, version = self.identification(parts, at, "S")
        return Schema(
            id=id_,
            version=version,
            name=self.text(parts, "name", at, required=True),
            title=self.text(parts, "bezeichnungEingabe", at),
            title_output=self.text(parts, "bezeichnungAusgabe", at),
            help=self.text(parts, "hilfetext", at),
            legal_basis=texts(parts, "bezug"),
            uses=self.uses(parts),
            rules=self.rules(parts),
            structure_changes=self.code(parts, "ableitungsmodifikationenStruktur", at, "0"),
            representation_changes=self.code(
                parts, "ableitungsmodifikationenRepraesentation", at, "0"
            ),
            record=self.record(parts, at),
        )

    def group(self, at: etree._Element) -> Group:
        """The group in ``datenfeldgruppe``."""
        parts = self.parts(at, _GROUP)
        common = self.element(parts, at, "G")
        return Group(**common, uses=self.uses_in(common["id"], parts, at))

    def field(self, at: etree._Element) -> Field:
        """The field in ``datenfeld``; a select has a code list."""
        parts = self.parts(at, _FIELD)
        code_list = self._code_list(parts, at)
        kind = self.enum(parts, "feldart", at, KINDS, FieldKind.INPUT)
        if kind is FieldKind.SELECT and code_list is None:
            self.report("select", "A select field needs a reference to a code list.", at)
        return Field(
            **self.element(parts, at, "F"),
            kind=kind,
            type=self.enum(parts, "datentyp", at, TYPES, DataType.TEXT),
            constraints=self._constraints(parts, at),
            values=code_list.values if code_list else (),
            code_list=code_list,
            content=self.text(parts, "inhalt", at) or None,
        )

    def rule(self, at: etree._Element) -> Rule:
        """The rule in ``regel``: its text is the definition."""
        parts = self.parts(at, _RULE)
        id_, version = self.identification(parts, at, "R")
        return Rule(
            id=id_,
            version=version,
            name=self.text(parts, "name", at),
            label=self.text(parts, "bezeichnungEingabe", at),
            label_output=self.text(parts, "bezeichnungAusgabe", at),
            free_text=self.text(parts, "definition", at),
            script=self.text(parts, "script", at),
            legal_basis=texts(parts, "bezug"),
            record=replace(self.record(parts, at), definition=""),
        )

    def identification(self, parts: Parts, at: etree._Element, letter: str) -> tuple[str, str]:
        """Id and version; the id is a capital letter with up to 11 digits."""
        holder = self.one(parts, "identifikation", at, required=True)
        if holder is None:
            return "", ""
        cells = self.parts(holder, {"id", "version"})
        id_ = self.text(cells, "id", holder, required=True)
        if id_ and not _ID.fullmatch(id_):
            self.report("id", f"The id '{id_}' is not '{letter}' with eight digits.", holder)
        return id_, self.text(cells, "version", holder)

    def record(self, parts: Parts, at: etree._Element) -> Record:
        """What the register keeps, in this standard's words."""
        status = self.code(parts, "status", at, "inVorbereitung")
        if status not in STATUS:
            message = f"The status '{status}' is not inVorbereitung, aktiv or inaktiv."
            self.report("status", message, parts["status"][0])
        return Record(
            description=self.text(parts, "beschreibung", at),
            definition=self.text(parts, "definition", at),
            status=STATUS.get(status, "2"),
            status_set_on=self.text(parts, "freigabedatum", at),
            status_set_by=self.text(parts, "fachlicherErsteller", at),
            valid_from=self.text(parts, "gueltigAb", at),
            valid_until=self.text(parts, "gueltigBis", at),
            version_note=self.text(parts, "versionshinweis", at),
            published_on=self.text(parts, "veroeffentlichungsdatum", at),
        )

    def _constraints(self, parts: Parts, at: etree._Element) -> Constraints:
        """The precision: a JSON object, whose values are texts, or a note in words."""
        text = self.text(parts, "praezisierung", at)
        if not text.startswith("{"):
            return Constraints(note=text)
        element = parts["praezisierung"][0]
        try:
            # Numbers stay as written: 1.10 is no binary fraction.
            read = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            self.report("precision", "The precision is no JSON object.", element)
            return Constraints()
        given = {name: _precise(value) for name, value in read.items()}
        if not all(map(holds, (*given, *given.values()))):
            self.report("precision", "The precision holds a sign that XML does not know.", element)
            return Constraints()
        return Constraints(
            min_length=self.whole(given.pop("minLength", ""), element),
            max_length=self.whole(given.pop("maxLength", ""), element),
            min_value=given.pop("minValue", "") or None,
            max_value=given.pop("maxValue", "") or None,
            pattern=given.pop("pattern", "") or None,
            note=given.pop("note", ""),
            other=tuple(given.items()),
        )

    def _code_list(self, parts: Parts, at: etree._Element) -> CodeList | None:
        reference = self.one(parts, "codelisteReferenz", at)
        if reference is None:
            return None
        cells = self.parts(reference, {"identifikation", "genericodeIdentification"})
        holder = self.one(cells, "genericodeIdentification", reference, required=True)
        if holder is None:
            return None
        # Lists are found by their genericode names; an id in FIM not every list has.
        has_id = "identifikation" in cells
        id_, id_version = self.identification(cells, reference, "C") if has_id else ("", "")
        names = self.parts(holder, {"canonicalIdentification", "version", "canonicalVersionUri"})
        return self.with_values(
            CodeList(
                urn=self.text(names, "canonicalIdentification", holder, required=True),
                version=self.text(names, "version", holder),
                name="",
                version_urn=self.text(names, "canonicalVersionUri", holder),
                id=id_,
                id_version=id_version,
            )
        )


def _precise(value: object) -> str:
    """What a precision says under a name, as text; null says nothing."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
