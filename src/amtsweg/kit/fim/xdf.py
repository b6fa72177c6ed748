"""XDatenfelder of whichever standard a document is written in."""

from __future__ import annotations

from enum import StrEnum

from lxml import etree

from amtsweg.kit.fim import xdf2, xdf3, xml
from amtsweg.kit.fim.code_lists import Lists, no_lists
from amtsweg.kit.fim.model import Field, FimError, Group, Schema
from amtsweg.kit.findings import Finding, Severity


class Standard(StrEnum):
    """A version of the standard."""

    XDF2 = "xdf2"
    XDF3 = "xdf3"


CODECS = {Standard.XDF2: xdf2.CODEC, Standard.XDF3: xdf3.CODEC}
_NAMESPACES = {xdf2.NAMESPACE: Standard.XDF2, xdf3.NAMESPACE: Standard.XDF3}


def read_message(
    document: bytes, *, file: str = "", lists: Lists = no_lists
) -> tuple[Standard, Schema | Group | Field]:
    """The standard that a document names, and what it holds; raises FimError with every finding."""
    root = xml.parse(document, file=file)
    namespace = etree.QName(root).namespace or ""
    standard = _NAMESPACES.get(namespace)
    if standard is None:
        message = f"The namespace '{namespace}' is neither XDatenfelder 2 nor XDatenfelder 3.0.0."
        remedy = f"It must be {' or '.join(_NAMESPACES)}."
        line = xml.line_of(root)
        raise FimError([Finding("xdf.namespace", Severity.ERROR, message, remedy, file, line)])
    return standard, CODECS[standard].read_tree(root, file=file, lists=lists)
