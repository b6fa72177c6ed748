"""HTML from elsewhere as plain text, and back.

Editors' texts carry paragraphs, lists and links as HTML (XZuFi, String.Localized of contents).
What a page shows is plain text: paragraphs stand apart by an empty line, list items begin with
``- ``. Nothing else of the markup survives, and no sign that could hide or turn around the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape

from lxml import etree

MAX_CHARACTERS = 200_000
"""Longer texts are cut: no page shows them, and the parser's time stays bounded."""

_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div"),
        *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4"),
        *("h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section"),
        *("summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    }
)
# What browsers run, load or hide is no text.
_SILENT = frozenset(
    {
        *("applet", "audio", "button", "canvas", "embed", "frame", "frameset", "head", "iframe"),
        *("math", "noframes", "noscript", "object", "script", "select", "style", "svg", "template"),
        *("textarea", "title", "video"),
    }
)
# Marks that turn the direction of writing can make a text read otherwise than it is.
_TURNING = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
_ITEM = "- "
_BULLETS = re.compile(r"^[•·▪–-]\s+")


def plain_text(html: str) -> str:
    """The text of HTML: paragraphs and list items, safe to show once escaped."""
    paragraphs = [line for line in _lines(html) if line != _ITEM.strip()]
    text = ""
    for before, line in zip(["", *paragraphs], paragraphs, strict=False):
        together = before.startswith(_ITEM) and line.startswith(_ITEM)
        text += ("\n" if together else "\n\n" if before else "") + line
    return text


def list_items(html: str) -> tuple[str, ...]:
    """The items of the lists in HTML; where it has none, its paragraphs."""
    lines = plain_text(html).split("\n")
    items = tuple(line.removeprefix(_ITEM) for line in lines if line.startswith(_ITEM))
    return items or tuple(line for line in lines if line)


def html_of(text: str) -> str:
    """HTML that ``plain_text`` reads as this text."""
    html, items = "", ""
    for line in [*text.split("\n"), ""]:
        if line.startswith(_ITEM):
            items += f"<li>{escape(line.removeprefix(_ITEM), quote=False)}</li>"
            continue
        if items:
            html, items = f"{html}<ul>{items}</ul>", ""
        if line.strip():
            html += f"<p>{escape(line, quote=False)}</p>"
    return html


def _lines(html: str) -> Iterator[str]:
    """One line for each paragraph and item, blanks and control characters put in order."""
    for raw in "".join(_pieces(html)).split("\n"):
        visible = "".join(sign for sign in raw if sign not in _TURNING and _shows(sign))
        if line := " ".join(visible.split()):
            yield _BULLETS.sub(_ITEM, line)


def _shows(sign: str) -> bool:
    return sign == "\t" or unicodedata.category(sign) not in ("Cc", "Cs")


def _pieces(html: str) -> Iterator[str]:
    """The text in reading order; a line break is where a block begins or ends."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    source = " ".join(html[:MAX_CHARACTERS].split()).encode("utf-8", "replace")
    try:
        root = etree.fromstring(b"<div>" + source + b"</div>", parser)
    except etree.XMLSyntaxError:
        return
    silent: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = str(element.tag)
        if event == "start" and silent is None:
            silent = element if tag in _SILENT else None
            yield "\n" if tag in _BLOCKS or tag == "br" else " " if tag in ("td", "th") else ""
            yield _ITEM if tag == "li" else ""
            yield "" if silent is not None else element.text or ""
        elif event == "end":
            silent = None if silent is element else silent
            if silent is None:
                yield "\n" if tag in _BLOCKS else " " if tag in ("td", "th") else ""
                yield element.tail or ""
