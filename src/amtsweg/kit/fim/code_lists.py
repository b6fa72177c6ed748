"""Where the code lists of a schema come from, and which of them are not at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from amtsweg.kit.fim import genericode
from amtsweg.kit.fim.model import CodeList, Field, Group, Schema, Use, walk
from amtsweg.kit.fim.xml import MAX_BYTES
from amtsweg.kit.findings import Finding, Severity

Lists = Callable[[str], bytes | None]
"""Gives a list's genericode by its version URN or its URN, None where it is not at hand."""


def no_lists(_urn: str) -> None:
    """For documents that are read without their code lists."""


def in_folder(folder: Path) -> Lists:
    """The genericode lists among a folder's XML files, by the names that they give themselves.

    Editors name the files as they like; files that are no code list are passed over.
    """
    documents: dict[str, bytes] = {}
    for file in sorted(folder.glob("*.xml")):
        if file.stat().st_size > MAX_BYTES:
            continue
        document = file.read_bytes()
        documents |= dict.fromkeys(genericode.names(document), document)
    return documents.get


def of(element: Schema | Group | Field) -> tuple[CodeList, ...]:
    """Each code list that is at hand and that fields refer to, once."""
    found = {
        (field.code_list.urn, field.code_list.version): field.code_list
        for field in _fields(element)
        if field.code_list is not None and field.code_list.values
    }
    return tuple(found.values())


def name_of(code_list: CodeList) -> str:
    """By which a list is looked for: its version URN, else its URN and version."""
    return code_list.version_urn or f"{code_list.urn}_{code_list.version}".rstrip("_")


def file_name(code_list: CodeList) -> str:
    """The name of a list's file: letters, digits, . and - of its name, the rest as _."""
    return "".join(s if s.isalnum() or s in ".-" else "_" for s in name_of(code_list)) + ".xml"


def missing(element: Schema | Group | Field) -> tuple[Finding, ...]:
    """A warning for each code list whose values are not known, with the fields that need it."""
    needing: dict[str, list[str]] = {}
    for field in _fields(element):
        if field.code_list is not None and not field.values:
            ids = needing.setdefault(name_of(field.code_list), [])
            if field.id not in ids:
                ids.append(field.id)
    return tuple(
        Finding(
            "fim.list",
            Severity.WARNING,
            f"{', '.join(ids)}: The code list {name} is not at hand.",
            "Fetch it from the XRepository and put it beside the schema.",
        )
        for name, ids in needing.items()
    )


def _fields(element: Schema | Group | Field) -> Iterable[Field]:
    uses = (Use(element),) if isinstance(element, Field) else element.uses
    return (use.element for _, use in walk(uses) if isinstance(use.element, Field))
