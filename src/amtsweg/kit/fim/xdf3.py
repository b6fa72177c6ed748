"""XDatenfelder 3.0.0: read and write (FIM-Baustein Datenfelder, standard of 2022).

``read`` and ``write`` are each other's inverse on the model. Messages 0102 (schema), 0103 (group)
and 0104 (field) are known; what stands in a document but not in the standard is a finding.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from amtsweg.kit.fim import xml
from amtsweg.kit.fim.model import Field, FimError, Group, Schema
from amtsweg.kit.fim.xdf3_read import NAMESPACE, Reader
from amtsweg.kit.fim.xdf3_write import Writer
from amtsweg.kit.findings import Severity

Lists = Callable[[str], bytes | None]


def no_lists(_urn: str) -> None:
    """For documents that are read without their code lists."""


def read(document: bytes, *, file: str = "", lists: Lists = no_lists) -> Schema:
    """Read a schema (message 0102).

    ``lists`` gives a code list's genericode by its version URN (or URN); None where it is not at
    hand, which leaves the list without values. Raises FimError with every finding.
    """
    schema = read_message(document, file=file, lists=lists)
    if not isinstance(schema, Schema):
        reader = Reader(file, lists)
        reader.report("xdf3.message", "The file holds no data schema.", None)
        raise FimError(reader.findings)
    return schema


def read_message(
    document: bytes, *, file: str = "", lists: Lists = no_lists
) -> Schema | Group | Field:
    """Read any of the three messages; raises FimError with every finding."""
    root = xml.parse(document, file=file)
    reader = Reader(file, lists)
    result = reader.message(root)
    if result is None or any(f.severity is Severity.ERROR for f in reader.findings):
        raise FimError(reader.findings)
    return result


def write(element: Schema | Group | Field) -> bytes:
    """The message for an element: UTF-8, indented, the same bytes for the same element."""
    root = Writer().message(element)
    etree.indent(root, "  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


__all__ = ["NAMESPACE", "Lists", "no_lists", "read", "read_message", "write"]
