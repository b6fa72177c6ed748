"""XML that comes from outside: read without entities, network or surprise in size and depth."""

from __future__ import annotations

from lxml import etree

from amtsweg.kit.fim.model import FimError
from amtsweg.kit.findings import Finding, Severity

MAX_BYTES = 20_000_000
MAX_DEPTH = 200


def parse(document: bytes, *, file: str = "") -> etree._Element:
    """The root element of a document, comments left out; raises FimError where it is unsafe."""
    if len(document) > MAX_BYTES:
        message = f"The file is larger than {MAX_BYTES // 1_000_000} MB."
        raise FimError([_finding("xml.size", message, "Split the schema.", file)])
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        message = f"The file is not well-formed XML: {error.msg}."
        remedy = "Save the file from the editor again."
        raise FimError([_finding("xml.syntax", message, remedy, file, error.lineno)]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        message = "The file has a document type declaration (DOCTYPE)."
        remedy = "Remove it; entities are not read."
        raise FimError([_finding("xml.doctype", message, remedy, file, 1)])
    deepest = max((_depth(e) for e in root.iter() if len(e) == 0), default=0)
    if deepest > MAX_DEPTH:
        message = f"The file is nested deeper than {MAX_DEPTH} levels."
        raise FimError([_finding("xml.depth", message, "Flatten the structure.", file)])
    return root


def text_of(element: etree._Element | None) -> str:
    """The element's own text and that of its children, without the blanks around it."""
    return "".join(map(str, element.itertext())).strip() if element is not None else ""


def line_of(element: etree._Element) -> int | None:
    """The line on which the element begins, from 1."""
    line = element.sourceline
    return line if isinstance(line, int) else None


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())


def _finding(code: str, message: str, remedy: str, file: str, line: int | None = None) -> Finding:
    return Finding(code, Severity.ERROR, message, remedy, file, line)
