"""The reading half of the XDatenfelder 3 codec."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from lxml import etree

from amtsweg.kit.fim import genericode
from amtsweg.kit.fim.model import (
    CodeList,
    Constraints,
    DataType,
    Field,
    FieldKind,
    FimError,
    Group,
    Keyword,
    Prefill,
    Record,
    Relation,
    Rule,
    RuleKind,
    Schema,
    Use,
    Value,
    keyed,
)
from amtsweg.kit.fim.xml import line_of, text_of
from amtsweg.kit.findings import Finding, Severity

NAMESPACE = "urn:xoev-de:fim:standard:xdatenfelder_3.0.0"
_Q = f"{{{NAMESPACE}}}"
_MESSAGES = {
    "xdatenfelder.stammdatenschema.0102": "stammdatenschema",
    "xdatenfelder.datenfeldgruppe.0103": "datenfeldgruppe",
    "xdatenfelder.datenfeld.0104": "datenfeld",
}
_MANY = frozenset({"bezug", "stichwort", "relation", "regel", "struktur", "wert", "mediaType"})
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
_RULE = frozenset(
    {"identifikation", "name", "beschreibung", "freitextRegel", "bezug", "fachlicherErsteller"}
    | {"letzteAenderung", "typ", "param", "ziel", "skript", "fehler", "stichwort"}
)
_CARDINALITY = re.compile(r"(\d{1,6}):(\*|\d{1,6})")
_ID = {kind: re.compile(kind + r"\d{1,11}") for kind in "SGFR"}
_Enum = TypeVar("_Enum", bound=StrEnum)
_Parts = dict[str, list[etree._Element]]


class Reader:
    """Reads one document and collects what is wrong with it in ``findings``."""

    def __init__(self, file: str, lists: Callable[[str], bytes | None]) -> None:
        self.findings: list[Finding] = []
        self._file = file
        self._lists = lists
        self._above: list[str] = []
        self._known_lists: dict[tuple[str, ...], CodeList] = {}

    def report(self, code: str, message: str, at: etree._Element | None, remedy: str = "") -> None:
        """Add an error at an element's line."""
        remedy = remedy or "Correct it in the FIM editor and export the file again."
        line = line_of(at) if at is not None else None
        self.findings.append(Finding(code, Severity.ERROR, message, remedy, self._file, line))

    def message(self, root: etree._Element) -> Schema | Group | Field | None:
        """The content of the message, None where the document is no message of this standard."""
        name = etree.QName(root)
        if name.namespace != NAMESPACE:
            message = f"The namespace '{name.namespace or ''}' is not XDatenfelder 3.0.0."
            self.report("xdf3.namespace", message, root, "It must be " + NAMESPACE + ".")
            return None
        content = _MESSAGES.get(name.localname)
        if content is None:
            self.report("xdf3.message", f"The message '{name.localname}' is not known.", root)
            return None
        parts = self._parts(root, {"header", content})
        element = self._one(parts, content, root, required=True)
        if element is None:
            return None
        if content == "stammdatenschema":
            return self._schema(element)
        return self._group(element) if content == "datenfeldgruppe" else self._field(element)

    def _schema(self, at: etree._Element) -> Schema:
        parts = self._parts(at, _SCHEMA)
        id_, version = self._identification(parts, at, "S")
        document = self._one(parts, "dokumentsteckbrief", at)
        return Schema(
            id=id_,
            version=version,
            name=self._text(parts, "name", at, required=True),
            title=self._text(parts, "bezeichnung", at),
            help=self._text(parts, "hilfetext", at),
            legal_basis=_texts(parts, "bezug"),
            uses=self._uses(parts),
            rules=self._rules(parts),
            structure_changes=self._code(parts, "ableitungsmodifikationenStruktur", at, "0"),
            representation_changes=self._code(
                parts, "ableitungsmodifikationenRepraesentation", at, "0"
            ),
            document_id=text_of(document.find(_Q + "id")) if document is not None else "",
            record=self._record(parts, at),
        )

    def _group(self, at: etree._Element) -> Group:
        parts = self._parts(at, _GROUP)
        common = self._element(parts, at, "G")
        if common["id"] in self._above:
            message = f"The group {common['id']} contains itself."
            self.report("xdf3.cycle", message, at)
            return Group(**common)
        self._above.append(common["id"])
        kind = self._code(parts, "art", at, "")
        if kind not in ("", "X"):
            self.report("xdf3.code", f"The kind of group '{kind}' is not X (choice).", at)
        group = Group(**common, uses=self._uses(parts), choice=kind == "X")
        self._above.pop()
        if group.choice and (len(group.uses) < 2 or any(u.minimum for u in group.uses)):
            message = f"The choice group {group.id} needs two or more parts, each 0:1."
            self.report("xdf3.choice", message, at)
        return group

    def _field(self, at: etree._Element) -> Field:
        parts = self._parts(at, _FIELD)
        code_list = self._code_list(parts, at)
        inline = self._inline_values(parts)
        kind = self._enum(parts, "feldart", at, FieldKind, FieldKind.INPUT)
        if kind is FieldKind.SELECT and code_list is None and not inline:
            message = "A select field needs values or a reference to a code list."
            self.report("xdf3.select", message, at)
        return Field(
            **self._element(parts, at, "F"),
            kind=kind,
            type=self._enum(parts, "datentyp", at, DataType, DataType.TEXT),
            constraints=self._constraints(parts, at),
            values=inline or (code_list.values if code_list else ()),
            code_list=code_list,
            content=self._text(parts, "inhalt", at) or None,
            prefill=self._enum(parts, "vorbefuellung", at, Prefill, Prefill.NONE, required=False),
        )

    def _element(self, parts: _Parts, at: etree._Element, letter: str) -> dict[str, Any]:
        id_, version = self._identification(parts, at, letter)
        level = self._code(parts, "schemaelementart", at, "RNG")
        if level not in ("ABS", "HAR", "RNG"):
            self.report("xdf3.code", f"The kind of element '{level}' is not ABS, HAR or RNG.", at)
        return {
            "id": id_,
            "version": version,
            "name": self._text(parts, "name", at, required=True),
            "label": self._text(parts, "bezeichnungEingabe", at),
            "label_output": self._text(parts, "bezeichnungAusgabe", at),
            "help_input": self._text(parts, "hilfetextEingabe", at),
            "help_output": self._text(parts, "hilfetextAusgabe", at),
            "legal_basis": _texts(parts, "bezug"),
            "level": level,
            "rules": self._rules(parts),
            "record": self._record(parts, at),
        }

    def _record(self, parts: _Parts, at: etree._Element) -> Record:
        status = self._code(parts, "freigabestatus", at, "2")
        if status not in set("12345678"):
            self.report(
                "xdf3.status",
                f"The release status '{status}' is not 1 to 8.",
                parts["freigabestatus"][0],
            )
        relations = []
        for relation in parts.get("relation", []):
            object_ = relation.find(_Q + "objekt")
            relations.append(
                Relation(
                    text_of(relation.find(f"{_Q}praedikat/code")),
                    text_of(object_.find(_Q + "id")) if object_ is not None else "",
                    text_of(object_.find(_Q + "version")) if object_ is not None else "",
                )
            )
        return Record(
            description=self._text(parts, "beschreibung", at),
            definition=self._text(parts, "definition", at),
            status=status,
            status_set_on=self._text(parts, "statusGesetztAm", at),
            status_set_by=self._text(parts, "statusGesetztDurch", at),
            valid_from=self._text(parts, "gueltigAb", at),
            valid_until=self._text(parts, "gueltigBis", at),
            version_note=self._text(parts, "versionshinweis", at),
            published_on=self._text(parts, "veroeffentlichungsdatum", at),
            changed_at=self._text(parts, "letzteAenderung", at) or Record().changed_at,
            keywords=_keywords(parts),
            relations=tuple(relations),
            legal_links=_links(parts),
        )

    def _rules(self, parts: _Parts) -> tuple[Rule, ...]:
        return tuple(self._rule(at) for at in parts.get("regel", []))

    def _rule(self, at: etree._Element) -> Rule:
        parts = self._parts(at, _RULE)
        id_, version = self._identification(parts, at, "R")
        return Rule(
            id=id_,
            version=version,
            name=self._text(parts, "name", at),
            kind=self._enum(parts, "typ", at, RuleKind, RuleKind.COMPLEX, required=False),
            free_text=self._text(parts, "freitextRegel", at),
            script=self._text(parts, "skript", at),
            description=self._text(parts, "beschreibung", at),
            legal_basis=_texts(parts, "bezug"),
            legal_links=_links(parts),
            author=self._text(parts, "fachlicherErsteller", at),
            changed_at=self._text(parts, "letzteAenderung", at) or Record().changed_at,
            keywords=_keywords(parts),
        )

    def _uses(self, parts: _Parts) -> tuple[Use, ...]:
        uses = (self._use(at) for at in parts.get("struktur", []))
        return keyed(use for use in uses if use is not None)

    def _use(self, at: etree._Element) -> Use | None:
        parts = self._parts(at, {"anzahl", "bezug", "enthaelt"})
        count = self._text(parts, "anzahl", at, required=True)
        found = _CARDINALITY.fullmatch(count)
        if not found or (found[2] != "*" and not int(found[1]) <= int(found[2]) >= 1):
            message = f"The cardinality '{count}' is not of the form 0:1, 1:1, 1:* or 2:5."
            self.report("xdf3.cardinality", message, at)
            return None
        content = self._one(parts, "enthaelt", at, required=True)
        children = (
            self._parts(content, {"datenfeld", "datenfeldgruppe"}) if content is not None else {}
        )
        if sum(map(len, children.values())) != 1:
            self.report("xdf3.missing", "The structure contains neither a field nor a group.", at)
            return None
        element = (
            self._field(children["datenfeld"][0])
            if "datenfeld" in children
            else self._group(children["datenfeldgruppe"][0])
        )
        maximum = None if found[2] == "*" else int(found[2])
        return Use(
            element,
            int(found[1]),
            maximum,
            legal_basis=_texts(parts, "bezug"),
            legal_links=_links(parts),
        )

    def _constraints(self, parts: _Parts, at: etree._Element) -> Constraints:
        precision = self._one(parts, "praezisierung", at)
        result = Constraints(
            max_size=self._whole(self._text(parts, "maxSize", at), at),
            media_types=_texts(parts, "mediaType"),
        )
        if precision is None:
            return result
        return replace(
            result,
            min_length=self._whole(precision.get("minLength"), precision),
            max_length=self._whole(precision.get("maxLength"), precision),
            min_value=precision.get("minValue") or None,
            max_value=precision.get("maxValue") or None,
            pattern=precision.get("pattern") or None,
            note=text_of(precision),
        )

    def _inline_values(self, parts: _Parts) -> tuple[Value, ...]:
        values: dict[str, Value] = {}
        for holder in parts.get("werte", []):
            for at in self._parts(holder, {"wert"}).get("wert", []):
                cells = self._parts(at, {"code", "name", "hilfe"})
                code = self._text(cells, "code", at, required=True)
                name = self._text(cells, "name", at, required=True)
                if code in values:
                    self.report("xdf3.value", f"The code '{code}' is given twice.", at)
                values[code] = Value(code, name, self._text(cells, "hilfe", at))
        return tuple(values.values())

    def _code_list(self, parts: _Parts, at: etree._Element) -> CodeList | None:
        reference = self._one(parts, "codelisteReferenz", at)
        if reference is None:
            return None
        cells = self._parts(
            reference, {"canonicalIdentification", "version", "canonicalVersionUri"}
        )
        urn = self._text(cells, "canonicalIdentification", reference, required=True)
        version = self._text(cells, "version", reference)
        version_urn = self._text(cells, "canonicalVersionUri", reference)
        columns = [self._text(parts, key, at) for key in ("codeKey", "nameKey", "helpKey")]
        identity = (urn, version, version_urn, *columns)
        if identity not in self._known_lists:
            self._known_lists[identity] = self._load_list(*identity)
        return self._known_lists[identity]

    def _load_list(self, urn: str, version: str, version_urn: str, *columns: str) -> CodeList:
        code, name, help_ = columns
        empty = CodeList(urn, version, "", (), version_urn, code, name, help_)
        names = [n for n in (version_urn, f"{urn}_{version}" if version else "", urn) if n]
        document = next((d for n in names if (d := self._lists(n)) is not None), None)
        if document is None:
            return empty
        try:
            found = genericode.read(
                document, file=names[0], code_column=code, name_column=name, help_column=help_
            )
        except FimError as error:
            self.findings.extend(error.findings)
            return empty
        return replace(empty, name=found.name, values=found.values)

    def _identification(self, parts: _Parts, at: etree._Element, letter: str) -> tuple[str, str]:
        holder = self._one(parts, "identifikation", at, required=True)
        if holder is None:
            return "", ""
        cells = self._parts(holder, {"id", "version"})
        id_ = self._text(cells, "id", holder, required=True)
        if id_ and not _ID[letter].fullmatch(id_):
            message = f"The id '{id_}' is not '{letter}' with up to 11 digits."
            self.report("xdf3.id", message, holder)
        return id_, self._text(cells, "version", holder)

    def _parts(self, at: etree._Element, known: Collection[str]) -> _Parts:
        """The children by name; unknown ones and forbidden repetitions become findings."""
        parts: _Parts = {}
        for child in at:
            name = etree.QName(child)
            if name.namespace != NAMESPACE or name.localname not in known:
                message = f"The element '{name.localname}' does not belong here."
                self.report("xdf3.unexpected", message, child)
                continue
            before = parts.setdefault(name.localname, [])
            if before and name.localname not in _MANY:
                message = f"The element '{name.localname}' is given twice."
                self.report("xdf3.duplicate", message, child)
            before.append(child)
        return parts

    def _one(
        self, parts: _Parts, name: str, at: etree._Element, *, required: bool = False
    ) -> etree._Element | None:
        found = parts.get(name)
        if not found and required:
            self.report("xdf3.missing", f"The element '{name}' is missing.", at)
        return found[0] if found else None

    def _text(self, parts: _Parts, name: str, at: etree._Element, *, required: bool = False) -> str:
        element = self._one(parts, name, at, required=required)
        text = text_of(element)
        if required and element is not None and not text:
            self.report("xdf3.missing", f"The element '{name}' is empty.", element)
        return text

    def _code(self, parts: _Parts, name: str, at: etree._Element, default: str) -> str:
        element = self._one(parts, name, at)
        return text_of(element) or default

    def _enum(
        self,
        parts: _Parts,
        name: str,
        at: etree._Element,
        kind: type[_Enum],
        default: _Enum,
        *,
        required: bool = True,
    ) -> _Enum:
        element = self._one(parts, name, at, required=required)
        code = text_of(element)
        if code in set(kind):
            return kind(code)
        if element is not None:
            self.report("xdf3.code", f"'{name}' has no value '{code}'.", element)
        return default

    def _whole(self, text: str | None, at: etree._Element) -> int | None:
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            self.report("xdf3.number", f"'{text}' is not a whole number.", at)
            return None
        return int(text)


def _texts(parts: _Parts, name: str) -> tuple[str, ...]:
    return tuple(text for at in parts.get(name, []) if (text := text_of(at)))


def _links(parts: _Parts) -> tuple[tuple[str, str], ...]:
    found = ((text_of(at), at.get("link")) for at in parts.get("bezug", []))
    return tuple((text, str(link)) for text, link in found if text and link)


def _keywords(parts: _Parts) -> tuple[Keyword, ...]:
    return tuple(Keyword(text_of(a), str(a.get("uri") or "")) for a in parts.get("stichwort", []))
