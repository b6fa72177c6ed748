"""Reading XML safely, and collecting what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from lxml import etree

from amtsweg.kit.fim import xml
from amtsweg.kit.fim.model import FimError
from amtsweg.kit.findings import Finding, Severity

MAX_SIZE = 4 * 1024 * 1024
"""Bytes of one process or decision file."""


class ProcessFault(ValueError):
    """A process or a decision that cannot be used; `findings` say where and how to mend it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class Report:
    """The findings about one file, as they come up."""

    def __init__(self, file: str, findings: list[Finding] | None = None) -> None:
        self.file = file
        self.findings: list[Finding] = [] if findings is None else findings

    def error(self, code: str, message: str, remedy: str, line: int | None = None) -> None:
        """Something that keeps the file from being used."""
        self.findings.append(Finding(code, Severity.ERROR, message, remedy, self.file, line))

    def warning(self, code: str, message: str, remedy: str, line: int | None = None) -> None:
        """Something that works but is probably not meant."""
        self.findings.append(Finding(code, Severity.WARNING, message, remedy, self.file, line))

    @property
    def failed(self) -> bool:
        """Whether there is an error among the findings."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def raise_if_failed(self) -> None:
        """Raise `ProcessFault` with all findings if one of them is an error."""
        if self.failed:
            raise ProcessFault(sorted(self.findings, key=_by_place))


def _by_place(finding: Finding) -> tuple[str, int]:
    return (finding.file, finding.line or 0)


def read_xml(document: bytes, report: Report) -> etree._Element:
    """The root element. No entities, no network, no document type, bounded size and depth.

    Raises `ProcessFault` if the document is not such XML.
    """
    if len(document) > MAX_SIZE:
        report.error(
            "xml.size", "The file is larger than 4 MB.", "Remove pictures and other insertions."
        )
        report.raise_if_failed()
    try:
        return xml.parse(document, file=report.file)
    except FimError as error:
        report.findings.extend(error.findings)
        raise ProcessFault(report.findings) from None


def local(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return str(etree.QName(element).localname)


def namespace(element: etree._Element) -> str:
    """An element's namespace, empty if none."""
    return str(etree.QName(element).namespace or "")


def line_of(element: etree._Element) -> int | None:
    """The line on which an element begins."""
    return cast("int | None", element.sourceline)


def text_of(element: etree._Element | None) -> str:
    """An element's text, trimmed; empty for none."""
    return "" if element is None else "".join(str(part) for part in element.itertext()).strip()
