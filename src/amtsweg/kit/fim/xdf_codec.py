"""A codec of XDatenfelder: the reader and the writer of one standard, put together."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from amtsweg.kit.fim import xml
from amtsweg.kit.fim.code_lists import Lists, no_lists
from amtsweg.kit.fim.model import Field, FimError, Group, Schema
from amtsweg.kit.fim.xdf_read import MessageReader
from amtsweg.kit.fim.xdf_write import MessageWriter


@dataclass(frozen=True, slots=True)
class Codec:
    """Reads and writes messages 0102 (schema), 0103 (group) and 0104 (field) of one standard.

    What stands in a document but not in the standard is a finding.
    """

    reader: type[MessageReader]
    writer: type[MessageWriter]

    def read(self, document: bytes, *, file: str = "", lists: Lists = no_lists) -> Schema:
        """Read a schema (message 0102).

        ``lists`` gives a code list's genericode by its version URN (or URN); None where it is not
        at hand, which leaves the list without values: ``code_lists.missing`` names these. Raises
        FimError with every finding.
        """
        schema = self.read_message(document, file=file, lists=lists)
        if not isinstance(schema, Schema):
            reader = self.reader(file, lists)
            reader.report("message", "The file holds no data schema.", None)
            raise FimError(reader.findings)
        return schema

    def read_message(
        self, document: bytes, *, file: str = "", lists: Lists = no_lists
    ) -> Schema | Group | Field:
        """Read any of the three messages; raises FimError with every finding."""
        return self.read_tree(xml.parse(document, file=file), file=file, lists=lists)

    def read_tree(self, root: etree._Element, *, file: str, lists: Lists) -> Schema | Group | Field:
        """Read a message that is parsed already; raises FimError with every finding."""
        reader = self.reader(file, lists)
        result = reader.message(root)
        if result is None or reader.failed:
            raise FimError(reader.findings)
        return result

    def write(self, element: Schema | Group | Field) -> bytes:
        """The message for an element: UTF-8, indented, the same bytes for the same element."""
        root = self.writer().message(element)
        etree.indent(root, "  ")
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
