"""What the readers of XDatenfelder 2 and 3 have in common.

Both standards build a message alike: a header and one element with an identification, parts in
``struktur`` with a cardinality, and code lists by their genericode names.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from lxml import etree

from amtsweg.kit.fim import genericode
from amtsweg.kit.fim.code_lists import Lists
from amtsweg.kit.fim.model import CodeList, Field, FimError, Group, Record, Rule, Schema, Use, keyed
from amtsweg.kit.fim.xml import line_of, text_of
from amtsweg.kit.findings import Finding, Severity

MESSAGES = {
    "xdatenfelder.stammdatenschema.0102": "stammdatenschema",
    "xdatenfelder.datenfeldgruppe.0103": "datenfeldgruppe",
    "xdatenfelder.datenfeld.0104": "datenfeld",
}
LEVELS = frozenset({"ABS", "HAR", "RNG"})
_CARDINALITY = re.compile(r"(\d{1,6}):(\*|\d{1,6})")
_Enum = TypeVar("_Enum", bound=StrEnum)
_Message = TypeVar("_Message", Schema, Group, Field)
Parts = dict[str, list[etree._Element]]


class MessageReader(ABC):
    """Reads one document and collects what is wrong with it in ``findings``.

    A standard gives its names and reads schema, group, field and rule.
    """

    STANDARD: ClassVar[str]
    NAMESPACE: ClassVar[str]
    PREFIX: ClassVar[str]  # of the codes of its findings
    MANY: ClassVar[frozenset[str]]  # elements that may come more than once

    def __init__(self, file: str, lists: Lists) -> None:
        self.findings: list[Finding] = []
        self._file = file
        self._lists = lists
        self._above: list[str] = []
        self._known_lists: dict[CodeList, CodeList] = {}

    @property
    def failed(self) -> bool:
        """Whether one of the findings is an error."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def report(self, code: str, message: str, at: etree._Element | None, remedy: str = "") -> None:
        """Add an error at an element's line, with the id of the FIM element that it belongs to."""
        remedy = remedy or "Correct it in the FIM editor and export the file again."
        owner = self._owner(at) if at is not None else ""
        line = line_of(at) if at is not None else None
        message = f"{owner}: {message}" if owner else message
        code = f"{self.PREFIX}.{code}"
        self.findings.append(Finding(code, Severity.ERROR, message, remedy, self._file, line))

    def message(self, root: etree._Element) -> Schema | Group | Field | None:
        """The content of the message, None where the document is no message of this standard."""
        name = etree.QName(root)
        if name.namespace != self.NAMESPACE:
            message = f"The namespace '{name.namespace or ''}' is not {self.STANDARD}."
            self.report("namespace", message, root, f"It must be {self.NAMESPACE}.")
            return None
        content = MESSAGES.get(name.localname)
        if content is None:
            self.report("message", f"The message '{name.localname}' is not known.", root)
            return None
        parts = self.parts(root, {"header", content})
        element = self.one(parts, content, root, required=True)
        if element is None:
            return None
        header = self.one(parts, "header", root)
        sent_at = text_of(header.find(self.q("erstellungszeitpunkt"))) if header is not None else ""
        if content == "stammdatenschema":
            return self.dated(self.schema(element), sent_at)
        if content == "datenfeldgruppe":
            return self.dated(self.group(element), sent_at)
        return self.dated(self.field(element), sent_at)

    @abstractmethod
    def schema(self, at: etree._Element) -> Schema:
        """The schema in ``stammdatenschema``."""

    @abstractmethod
    def group(self, at: etree._Element) -> Group:
        """The group in ``datenfeldgruppe``."""

    @abstractmethod
    def field(self, at: etree._Element) -> Field:
        """The field in ``datenfeld``."""

    @abstractmethod
    def rule(self, at: etree._Element) -> Rule:
        """The rule in ``regel``."""

    @abstractmethod
    def identification(self, parts: Parts, at: etree._Element, letter: str) -> tuple[str, str]:
        """Id and version; the id of a schema begins with S, of a group with G, and so on."""

    @abstractmethod
    def record(self, parts: Parts, at: etree._Element) -> Record:
        """What the register keeps about an element."""

    def element(self, parts: Parts, at: etree._Element, letter: str) -> dict[str, Any]:
        """What a group and a field have in common, as the model names it."""
        id_, version = self.identification(parts, at, letter)
        return {
            "id": id_,
            "version": version,
            "name": self.text(parts, "name", at, required=True),
            "label": self.text(parts, "bezeichnungEingabe", at),
            "label_output": self.text(parts, "bezeichnungAusgabe", at),
            "help_input": self.text(parts, "hilfetextEingabe", at),
            "help_output": self.text(parts, "hilfetextAusgabe", at),
            "legal_basis": texts(parts, "bezug"),
            "level": self.level(parts, at),
            "rules": self.rules(parts),
            "record": self.record(parts, at),
        }

    def dated(self, element: _Message, sent_at: str) -> _Message:
        """The element with what only the header of its message says."""
        return element

    # The structure

    def rules(self, parts: Parts) -> tuple[Rule, ...]:
        """All rules of an element."""
        return tuple(self.rule(at) for at in parts.get("regel", []))

    def uses_in(self, group_id: str, parts: Parts, at: etree._Element) -> tuple[Use, ...]:
        """The parts of a group; none where it stands inside of itself."""
        if group_id in self._above:
            self.report("cycle", f"The group {group_id} contains itself.", at)
            return ()
        self._above.append(group_id)
        uses = self.uses(parts)
        self._above.pop()
        return uses

    def uses(self, parts: Parts) -> tuple[Use, ...]:
        """What stands in ``struktur``, with keys."""
        uses = (self._use(at) for at in parts.get("struktur", []))
        return keyed(use for use in uses if use is not None)

    def _use(self, at: etree._Element) -> Use | None:
        parts = self.parts(at, {"anzahl", "bezug", "enthaelt"})
        count = self.text(parts, "anzahl", at, required=True)
        found = _CARDINALITY.fullmatch(count)
        if not found or (found[2] != "*" and not int(found[1]) <= int(found[2]) >= 1):
            message = f"The cardinality '{count}' is not of the form 0:1, 1:1, 1:* or 2:5."
            self.report("cardinality", message, at)
            return None
        content = self.one(parts, "enthaelt", at, required=True)
        children = (
            self.parts(content, {"datenfeld", "datenfeldgruppe"}) if content is not None else {}
        )
        if sum(map(len, children.values())) != 1:
            self.report("missing", "The structure contains neither a field nor a group.", at)
            return None
        element = (
            self.field(children["datenfeld"][0])
            if "datenfeld" in children
            else self.group(children["datenfeldgruppe"][0])
        )
        maximum = None if found[2] == "*" else int(found[2])
        return Use(
            element,
            int(found[1]),
            maximum,
            legal_basis=texts(parts, "bezug"),
            legal_links=links(parts),
        )

    def level(self, parts: Parts, at: etree._Element) -> str:
        """The kind of element: ABS, HAR or RNG."""
        level = self.code(parts, "schemaelementart", at, "RNG")
        if level not in LEVELS:
            self.report("code", f"The kind of element '{level}' is not ABS, HAR or RNG.", at)
        return level

    # Code lists

    def with_values(self, wanted: CodeList) -> CodeList:
        """The list with its name and values, as it came where the list is not at hand."""
        if wanted not in self._known_lists:
            self._known_lists[wanted] = self._load_list(wanted)
        return self._known_lists[wanted]

    def _load_list(self, wanted: CodeList) -> CodeList:
        dated = f"{wanted.urn}_{wanted.version}" if wanted.version else ""
        names = [name for name in (wanted.version_urn, dated, wanted.urn) if name]
        document = next((d for n in names if (d := self._lists(n)) is not None), None)
        if document is None:
            return wanted
        try:
            found = genericode.read(
                document,
                file=names[0],
                code_column=wanted.code_column,
                name_column=wanted.name_column,
                help_column=wanted.help_column,
            )
        except FimError as error:
            self.findings.extend(error.findings)
            return wanted
        return replace(wanted, name=found.name, values=found.values)

    # Elements of a document

    def q(self, name: str) -> str:
        """An element's name with its namespace."""
        return f"{{{self.NAMESPACE}}}{name}"

    def parts(self, at: etree._Element, known: Collection[str]) -> Parts:
        """The children by name; unknown ones and forbidden repetitions become findings."""
        parts: Parts = {}
        for child in at:
            name = etree.QName(child)
            if name.namespace != self.NAMESPACE or name.localname not in known:
                message = f"The element '{name.localname}' does not belong here."
                self.report("unexpected", message, child)
                continue
            before = parts.setdefault(name.localname, [])
            if before and name.localname not in self.MANY:
                self.report("duplicate", f"The element '{name.localname}' is given twice.", child)
            before.append(child)
        return parts

    def one(
        self, parts: Parts, name: str, at: etree._Element, *, required: bool = False
    ) -> etree._Element | None:
        """The child of that name."""
        found = parts.get(name)
        if not found and required:
            self.report("missing", f"The element '{name}' is missing.", at)
        return found[0] if found else None

    def text(self, parts: Parts, name: str, at: etree._Element, *, required: bool = False) -> str:
        """The text of the child of that name, "" where there is none."""
        element = self.one(parts, name, at, required=required)
        text = text_of(element)
        if required and element is not None and not text:
            self.report("missing", f"The element '{name}' is empty.", element)
        return text

    def code(self, parts: Parts, name: str, at: etree._Element, default: str) -> str:
        """The code in the child of that name."""
        return text_of(self.one(parts, name, at)) or default

    def enum(
        self,
        parts: Parts,
        name: str,
        at: etree._Element,
        known: Collection[_Enum],
        default: _Enum,
        *,
        required: bool = True,
    ) -> _Enum:
        """The code in the child of that name, one of those that the standard knows."""
        element = self.one(parts, name, at, required=required)
        code = text_of(element)
        found = next((value for value in known if value == code), None)
        if found is None and element is not None:
            self.report("code", f"'{name}' has no value '{code}'.", element)
        return found or default

    def whole(self, text: str | None, at: etree._Element) -> int | None:
        """A whole number that is not negative."""
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            self.report("number", f"'{text}' is not a whole number.", at)
            return None
        return int(text)

    def _owner(self, at: etree._Element) -> str:
        """The id of the nearest schema, group, field, rule or code list around an element."""
        path = f"{self.q('identifikation')}/{self.q('id')}"
        around = (text_of(element.find(path)) for element in (at, *at.iterancestors()))
        return next((id_ for id_ in around if id_), "")


def texts(parts: Parts, name: str) -> tuple[str, ...]:
    """The texts of all children of that name that are not empty."""
    return tuple(text for at in parts.get(name, []) if (text := text_of(at)))


def links(parts: Parts) -> tuple[tuple[str, str], ...]:
    """Each legal basis that has a link, with the link."""
    found = ((text_of(at), at.get("link")) for at in parts.get("bezug", []))
    return tuple((text, str(link)) for text, link in found if text and link)
