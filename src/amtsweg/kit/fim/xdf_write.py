"""What the writers of XDatenfelder 2 and 3 have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from lxml import etree

from amtsweg.kit.fim.model import Field, Group, Rule, Schema, Use

CODE_LISTS = "urn:xoev-de:fim:codeliste:xdatenfelder."
_MESSAGES = {
    Schema: "xdatenfelder.stammdatenschema.0102",
    Group: "xdatenfelder.datenfeldgruppe.0103",
    Field: "xdatenfelder.datenfeld.0104",
}


class MessageWriter(ABC):
    """Builds the tree of one message. A standard writes schema, field, group and rule."""

    NAMESPACE: ClassVar[str]
    LISTS: ClassVar[Mapping[str, tuple[str, str]]]  # element: its code list and the list's version

    def message(self, element: Schema | Group | Field) -> etree._Element:
        """The root element of the message that carries this element."""
        name = _MESSAGES[type(element)]
        root = etree.Element(self.q(name), nsmap={"xdf": self.NAMESPACE})
        header = self.add(root, "header")
        self.add(header, "nachrichtID", f"{element.id}_{element.version}".rstrip("_"))
        self.add(header, "erstellungszeitpunkt", element.record.changed_at)
        if isinstance(element, Schema):
            self.schema(self.add(root, "stammdatenschema"), element)
        else:
            self._element(root, element)
        return root

    @abstractmethod
    def schema(self, at: etree._Element, schema: Schema) -> None:
        """Fill ``stammdatenschema``."""

    @abstractmethod
    def field(self, at: etree._Element, field: Field) -> None:
        """Fill ``datenfeld``."""

    @abstractmethod
    def group(self, at: etree._Element, group: Group) -> None:
        """Fill ``datenfeldgruppe``."""

    @abstractmethod
    def rule(self, at: etree._Element, rule: Rule) -> None:
        """Fill ``regel``."""

    @abstractmethod
    def legal_basis(
        self, at: etree._Element, basis: tuple[str, ...], links: tuple[tuple[str, str], ...]
    ) -> None:
        """Write ``bezug``."""

    def _element(self, parent: etree._Element, element: Field | Group) -> None:
        if isinstance(element, Field):
            self.field(self.add(parent, "datenfeld"), element)
        else:
            self.group(self.add(parent, "datenfeldgruppe"), element)

    def rules(self, parent: etree._Element, rules: tuple[Rule, ...]) -> None:
        """Write each ``regel``."""
        for rule in rules:
            self.rule(self.add(parent, "regel"), rule)

    def uses(self, parent: etree._Element, uses: tuple[Use, ...]) -> None:
        """Write each ``struktur``."""
        for use in uses:
            at = self.add(parent, "struktur")
            maximum = "*" if use.maximum is None else use.maximum
            self.add(at, "anzahl", f"{use.minimum}:{maximum}")
            self.legal_basis(at, use.legal_basis, use.legal_links)
            self._element(self.add(at, "enthaelt"), use.element)

    # Elements of a document

    def q(self, name: str) -> str:
        """An element's name with its namespace."""
        return f"{{{self.NAMESPACE}}}{name}"

    def add(self, parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
        """A new child, empty where there is no text."""
        child = etree.SubElement(parent, self.q(name))
        child.text = text or None
        return child

    def optional(self, parent: etree._Element, name: str, text: str) -> None:
        """A new child, none where there is no text."""
        if text:
            self.add(parent, name, text)

    def code(self, parent: etree._Element, name: str, code: str) -> None:
        """A new child with a code; ``code`` has no namespace in either standard."""
        uri, version = self.LISTS[name]
        holder = etree.SubElement(parent, self.q(name), listURI=uri, listVersionID=version)
        etree.SubElement(holder, "code").text = str(code)

    def identification(self, parent: etree._Element, id_: str, version: str) -> None:
        """Id and version."""
        holder = self.add(parent, "identifikation")
        self.add(holder, "id", id_)
        self.optional(holder, "version", version)
