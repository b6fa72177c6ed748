"""Reading the values of which a service description consists: texts, codes, dates, amounts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from lxml import etree

from amtsweg.kit.fim.xml import line_of, text_of
from amtsweg.kit.fim.xzufi_model import (
    NAMESPACE,
    Code,
    Identifier,
    LocalText,
    Money,
    Node,
    Period,
    in_order,
)
from amtsweg.kit.findings import Finding, Severity

Q = f"{{{NAMESPACE}}}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
IDENTIFIER = (
    *("schemeAgencyID", "schemeAgencyName", "schemeDataURI", "schemeID"),
    *("schemeName", "schemeURI", "schemeVersionID"),
)
"""Attributes of an identifier, in the order of the model's fields."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(T([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,4})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")


class Values:
    """Reads values and collects what is wrong with them in ``findings``."""

    def __init__(self, file: str) -> None:
        self.findings: list[Finding] = []
        self._file = file

    def report(self, code: str, message: str, at: etree._Element | None, remedy: str = "") -> None:
        """Add an error at an element's line."""
        remedy = remedy or "Correct it in the editors' system and export the file again."
        line = line_of(at) if at is not None else None
        self.findings.append(Finding(code, Severity.ERROR, message, remedy, self._file, line))

    def validity(self, parts: Parts) -> tuple[Period, ...]:
        """The periods of ``gueltigkeit``."""
        return tuple(self.period(e) for e in parts.all("gueltigkeit"))

    def period(self, at: etree._Element) -> Period:
        """A period that does not end before it begins."""
        parts = Parts(self, at)
        start, end = self.moment(parts, "beginn"), self.moment(parts, "ende")
        if start and end and start[:10] > end[:10]:
            self.report("xzufi.period", f"The period ends ({end}) before it begins ({start}).", at)
        note = self.texts(parts, "zusatz")
        parts.end()
        return Period(start, end, note)

    def texts(self, parts: Parts, name: str) -> tuple[LocalText, ...]:
        """The texts of this name, one for each language."""
        return tuple(self.local(at) for at in parts.all(name))

    def local(self, at: etree._Element) -> LocalText:
        """A text with its language; markup in it is escaped, so it has no elements."""
        language = str(at.get("languageCode") or "")
        self.check_language(language, at)
        if len(at):
            message = f"The text '{local_name(at)}' holds elements; its markup must be escaped."
            self.report("xzufi.markup", message, at)
        return LocalText(language, text_of(at))

    def check_language(self, language: str, at: etree._Element) -> None:
        """A language is a tag of BCP 47."""
        if not _LANGUAGE.fullmatch(language):
            message = f"The language '{language}' of '{local_name(at)}' is not a code such as de."
            self.report("xzufi.language", message, at)

    def identifiers(self, parts: Parts, name: str) -> tuple[Identifier, ...]:
        """The identifiers of this name."""
        return tuple(self.identifier(at) for at in parts.all(name))

    def identifier(self, at: etree._Element) -> Identifier:
        """An identifier, which is never empty."""
        value = text_of(at)
        if not value:
            self.report("xzufi.missing", f"The element '{local_name(at)}' is empty.", at)
        return Identifier(value, *(str(at.get(name) or "") for name in IDENTIFIER))

    def code(self, at: etree._Element) -> Code:
        """A code, also where it stands one level deeper, as in the types of open lists."""
        unlisted = at.find(Q + "nichtGelisteterWert")
        if unlisted is not None:
            return Code("", unlisted=text_of(unlisted))
        holder, code = at, _code_child(at)
        while code is not None and (inner := _code_child(code)) is not None:
            holder, code = code, inner
        text = text_of(code if code is not None else holder)
        if not text:
            self.report("xzufi.missing", f"The code of '{local_name(at)}' is missing.", at)
        return Code(
            text,
            str(holder.get("listURI") or ""),
            str(holder.get("listVersionID") or ""),
            text_of(next((e for e in holder if local_name(e) == "name"), None)),
        )

    def member(self, at: etree._Element | None, known: Iterable[str]) -> Code | None:
        """A code of a closed list."""
        if at is None:
            return None
        code = self.code(at)
        if code.code in set(known):
            return code
        if code.code:
            message = f"'{local_name(at)}' has no value '{code.code}'."
            self.report("xzufi.code", message, at)
        return None

    def whole(self, at: etree._Element | None) -> int | None:
        """A number from 0."""
        if at is None:
            return None
        text = text_of(at)
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            message = f"'{text}' in '{local_name(at)}' is not a whole number."
            self.report("xzufi.number", message, at)
            return None
        return int(text)

    def flag(self, at: etree._Element | None) -> bool | None:
        """An xs:boolean."""
        if at is None:
            return None
        text = text_of(at)
        if text not in ("true", "false", "1", "0"):
            message = f"'{text}' in '{local_name(at)}' is neither true nor false."
            self.report("xzufi.flag", message, at)
        return text in ("true", "1")

    def moment(self, parts: Parts, name: str) -> str:
        """An xs:date or xs:dateTime as written."""
        at = parts.one(name)
        text = text_of(at)
        found = _MOMENT.fullmatch(text)
        if at is not None and not (found and _is_day(found[1])):
            self.report("xzufi.date", f"'{text}' in '{name}' is not a date.", at)
        return text

    def money(self, at: etree._Element | None) -> Money | None:
        """An amount with its currency."""
        if at is None:
            return None
        amount, currency = text_of(at), str(at.get("currencyCode") or "")
        if not _AMOUNT.fullmatch(amount):
            self.report("xzufi.amount", f"'{amount}' is not an amount such as 15.00.", at)
            return None
        if not _CURRENCY.fullmatch(currency):
            message = f"The amount's currency '{currency}' is not a code such as EUR."
            self.report("xzufi.currency", message, at)
        return Money(Decimal(amount), currency)


class Parts:
    """The children of an element: what is asked by name is modelled, what is left is kept."""

    def __init__(self, values: Values, at: etree._Element) -> None:
        self._values = values
        self._at = at
        self._left: dict[str, list[etree._Element]] = {}
        for child in at:
            self._left.setdefault(str(child.tag), []).append(child)

    def has(self, *names: str) -> bool:
        """Whether any of these stands there and was not asked for yet."""
        return any(Q + name in self._left for name in names)

    def all(self, name: str) -> list[etree._Element]:
        """The children of this name, in order."""
        return self._left.pop(Q + name, [])

    def one(self, name: str, *, required: bool = False) -> etree._Element | None:
        """The child of this name; a second one is an error."""
        found = self.all(name)
        if not found and required:
            self._values.report("xzufi.missing", f"The element '{name}' is missing.", self._at)
        if len(found) > 1:
            message = f"The element '{name}' is given twice."
            self._values.report("xzufi.duplicate", message, found[1])
        return found[0] if found else None

    def text(self, name: str) -> str:
        """The text of the child of this name."""
        return text_of(self.one(name))

    def end(self) -> None:
        """Nothing else may stand here: what has no place would be lost."""
        for child in self._at:
            if str(child.tag) in self._left:
                message = f"The element '{local_name(child)}' does not belong here."
                self._values.report("xzufi.unexpected", message, child)

    def rest(self, order: tuple[str, ...]) -> tuple[Node, ...]:
        """What was not asked for, in the order of writing."""
        left = (_node(child) for child in self._at if str(child.tag) in self._left)
        return in_order(left, order)


def _node(at: etree._Element) -> Node:
    attributes = {str(name): str(value) for name, value in at.attrib.items()}
    if XSI_TYPE in attributes:
        attributes[XSI_TYPE] = _resolved(at, attributes[XSI_TYPE])
    return Node(
        name=str(at.tag),
        attributes=tuple(sorted(attributes.items())),
        text=(at.text or "").strip(),
        children=tuple(map(_node, at)),
        tail=(at.tail or "").strip(),
    )


def _resolved(at: etree._Element, name: str) -> str:
    """A prefixed name as ``{namespace}local``; the prefix means something in this document only."""
    prefix, _, local = name.strip().rpartition(":")
    namespace = at.nsmap.get(prefix or None)
    return f"{{{namespace}}}{local}" if namespace else local


def _code_child(at: etree._Element) -> etree._Element | None:
    return next((child for child in at if local_name(child) == "code"), None)


def local_name(at: etree._Element) -> str:
    """The name without its namespace."""
    return etree.QName(at).localname


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
