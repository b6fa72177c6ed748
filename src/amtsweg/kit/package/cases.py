"""Golden cases: parameters, answers and the clerk's steps, with what must come of them."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from amtsweg.kit.forms.widgets import FileInfo, Language
from amtsweg.kit.package.documents import read_toml
from amtsweg.kit.package.findings import Findings

MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}


class CaseError(ValueError):
    """A golden case contradicts itself; the sentence says where."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step after the application.

    Either somebody at the desk finishes ``task`` with ``result`` (its role is the one that the
    process names), or the person sends ``message`` with a text and documents (file names), or
    nobody does anything until the time ``wait`` (an ISO duration) has passed.
    """

    task: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    text: str = ""
    attachments: tuple[str, ...] = ()
    wait: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of a case.

    ``decision`` and ``fee_cents`` are those of the notice's facts, ``notice`` is the template's
    name, ``facts`` a part of the facts' ``results``: records by name, lists element by element.
    """

    decision: str
    fee_cents: int
    notice: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """An application with a known end. ``attachments`` maps a file field's path to a file name.

    While there is a ``question`` to the author, the end is not known and the case does not pass.
    ``operation`` is the id of one of the package's operations, "" where it names none.
    ``applied_on`` is the day of sending where it matters which.
    """

    name: str
    answers: Mapping[str, Any]
    steps: tuple[Step, ...]
    expected: Expected
    attachments: Mapping[str, str] = field(default_factory=dict)
    language: Language = "de"
    question: str = ""
    operation: str = ""
    applied_on: date | None = None

    @property
    def needs_a_clock(self) -> bool:
        """Whether it can be played only where one can say what day it is."""
        return self.applied_on is not None or any(step.wait for step in self.steps)

    def complete_answers(self) -> tuple[dict[str, Any], dict[str, FileInfo]]:
        """The answers with an id at every attachment's path, and the files by id.

        The ids are the same at every run; the files exist in name only. Raises CaseError if the
        answers have no place for an attachment.
        """
        answers: dict[str, Any] = copy.deepcopy(dict(self.answers))
        files: dict[str, FileInfo] = {}
        for path, filename in self.attachments.items():
            identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.name}/{path}"))
            ending = filename.rpartition(".")[2].lower()
            files[identity] = FileInfo(identity, filename, MEDIA_TYPES[ending], 1_000)
            _put(answers, path, identity)
        return answers, files


@dataclass(frozen=True, slots=True)
class Town:
    """An authority that uses the service: its parameters and the cases played under them."""

    name: str
    ars: str
    parameters: Mapping[str, Any]
    cases: tuple[GoldenCase, ...]
    file: str = ""


def read_towns(
    files: Mapping[str, bytes], names: list[str], findings: Findings
) -> tuple[Town, ...]:
    """The golden cases of some files, by town; what cannot be used is reported and left out."""
    towns: list[Town] = []
    seen: set[str] = set()
    for name in names:
        document = read_toml(files, name, findings, schema="cases")
        if document is None:
            continue
        cases = tuple(_case(raw) for raw in document["case"])
        for case in cases:
            if case.name in seen:
                findings.error(
                    "cases.name",
                    f"There is another case called '{case.name}'.",
                    "Give every case of the edition its own name.",
                    name,
                )
            seen.add(case.name)
        towns.append(
            Town(**document["town"], parameters=document["parameters"], cases=cases, file=name)
        )
    return tuple(towns)


def _case(raw: Mapping[str, Any]) -> GoldenCase:
    return GoldenCase(
        name=raw["name"],
        answers=raw["answers"],
        steps=tuple(_step(step) for step in raw["steps"]),
        expected=Expected(**raw["expected"]),
        attachments=raw.get("attachments", {}),
        language=raw.get("language", "de"),
        question=raw.get("question", ""),
        operation=raw.get("operation", ""),
        applied_on=date.fromisoformat(raw["applied_on"]) if "applied_on" in raw else None,
    )


def _step(raw: Mapping[str, Any]) -> Step:
    return Step(**{**raw, "attachments": tuple(raw.get("attachments", ()))})


def _put(answers: dict[str, Any], path: str, value: str) -> None:
    place: Any = answers
    *parents, last = path.split(".")
    try:
        for part in parents:
            place = place[int(part)] if part.isdigit() else place.setdefault(part, {})
        place[last] = value
    except (LookupError, TypeError, AttributeError) as error:
        raise CaseError(f"The answers have no place for the attachment '{path}'.") from error
