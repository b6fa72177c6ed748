"""XML that comes from outside: read without entities, network or surprise in size and depth."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

from lxml import etree

from amtsweg.kit.fim.model import FimError
from amtsweg.kit.findings import Finding, Severity

MAX_BYTES = 20_000_000
MAX_DEPTH = 200
_DEEP = etree.XPath("(" + "/*" * (MAX_DEPTH + 2) + ")[1]")
_SIGNS = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")


def parse(document: bytes, *, file: str = "") -> etree._Element:
    """The root element of a document, comments left out; raises FimError where it is unsafe."""
    if len(document) > MAX_BYTES:
        raise _too_large(file)
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
        if b"<!DOCTYPE" in document:
            # What its entities made of the file is beside the point.
            raise _with_doctype(file) from error
        message = f"The file is not well-formed XML: {error.msg}."
        remedy = "Save the file from the editor again."
        raise FimError([_finding("xml.syntax", message, remedy, file, error.lineno)]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _with_doctype(file)
    if deep := cast("list[etree._Element]", _DEEP(root)):
        message = f"The file is nested deeper than {MAX_DEPTH} levels."
        line = line_of(deep[0])
        raise FimError([_finding("xml.depth", message, "Flatten the structure.", file, line)])
    return root


def read_file(path: Path) -> bytes:
    """A file's bytes, of which no more than may be read are held; raises FimError."""
    with path.open("rb") as stream:
        document = stream.read(MAX_BYTES + 1)
    if len(document) > MAX_BYTES:
        raise _too_large(path.name)
    return document


def text_of(element: etree._Element | None) -> str:
    """The element's own text and that of its children, without the blanks around it."""
    return "".join(map(str, element.itertext())).strip() if element is not None else ""


def holds(text: str) -> bool:
    """Whether XML can hold every sign of a text (XML 1.0, section 2.2)."""
    return _SIGNS.fullmatch(text) is not None


def canonical(element: etree._Element) -> str:
    """An element as text that is the same for the same content, whatever prefixes and blanks."""
    copy = etree.Element(element.tag, nsmap={"xdf": etree.QName(element).namespace})
    _copy(element, copy)
    return etree.tostring(copy, encoding="unicode")


def _copy(element: etree._Element, copy: etree._Element) -> None:
    copy.attrib.update(element.attrib)
    copy.text = (element.text or "").strip() or None
    for child in element:
        below = etree.SubElement(copy, child.tag)
        below.tail = (child.tail or "").strip() or None
        _copy(child, below)


def line_of(element: etree._Element) -> int | None:
    """The line on which the element begins, from 1."""
    line = element.sourceline
    return line if isinstance(line, int) else None


def _too_large(file: str) -> FimError:
    message = f"The file is larger than {MAX_BYTES // 1_000_000} MB."
    return FimError([_finding("xml.size", message, "Split the schema.", file)])


def _with_doctype(file: str) -> FimError:
    message = "The file has a document type declaration (DOCTYPE)."
    return FimError(
        [_finding("xml.doctype", message, "Remove it; entities are not read.", file, 1)]
    )


def _finding(code: str, message: str, remedy: str, file: str, line: int | None = None) -> Finding:
    return Finding(code, Severity.ERROR, message, remedy, file, line)
