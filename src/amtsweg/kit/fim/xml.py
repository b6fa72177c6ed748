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
        message = f"Die Datei ist größer als {MAX_BYTES // 1_000_000} MB."
        raise FimError([_finding("xml.size", message, "Teilen Sie das Schema auf.", file)])
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
        message = f"Die Datei ist kein gültiges XML: {error.msg}."
        remedy = "Speichern Sie die Datei noch einmal aus dem Editor."
        raise FimError([_finding("xml.syntax", message, remedy, file, error.lineno)]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        message = "Die Datei enthält eine Dokumenttypdeklaration (DOCTYPE)."
        remedy = "Entfernen Sie die DOCTYPE-Angabe; Entitäten werden nicht gelesen."
        raise FimError([_finding("xml.doctype", message, remedy, file, 1)])
    deepest = max((_depth(e) for e in root.iter() if len(e) == 0), default=0)
    if deepest > MAX_DEPTH:
        message = f"Die Datei ist tiefer als {MAX_DEPTH} Ebenen verschachtelt."
        raise FimError([_finding("xml.depth", message, "Vereinfachen Sie die Struktur.", file)])
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
