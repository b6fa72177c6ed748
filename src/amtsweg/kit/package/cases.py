"""Golden cases: parameters, answers and the clerk's steps, with what must come of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from amtsweg.kit.forms.widgets import FileInfo
from amtsweg.kit.package.documents import read_toml
from amtsweg.kit.package.findings import Findings

MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}


@dataclass(frozen=True, slots=True)
class Town:
    """The authority under whose parameters a case is played."""

    name: str
    ars: str


@dataclass(frozen=True, slots=True)
class TaskStep:
    """Somebody at the desk finishes a task; its role is the one that the process names."""

    task: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MessageStep:
    """The person answers a request: file names of the documents, and a text."""

    message: str
    text: str = ""
    attachments: tuple[str, ...] = ()


Step = TaskStep | MessageStep


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
class Case:
    """One golden case. ``attachments`` maps the path of a file field to a file name."""

    name: str
    town: Town
    parameters: Mapping[str, Any]
    answers: Mapping[str, Any]
    steps: tuple[Step, ...]
    expected: Expected
    attachments: Mapping[str, str] = field(default_factory=dict)
    language: str = "de"
    file: str = ""

    def complete_answers(self) -> tuple[dict[str, Any], dict[str, FileInfo]]:
        """The answers with an id at every attachment's path, and the files by id.

        The ids are the same at every run; the files exist in name only.
        """
        answers: dict[str, Any] = _copy(self.answers)
        files: dict[str, FileInfo] = {}
        for path, filename in self.attachments.items():
            identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.file}/{self.name}/{path}"))
            ending = filename.rpartition(".")[2].lower()
            files[identity] = FileInfo(identity, filename, MEDIA_TYPES[ending], 1_000)
            _put(answers, path, identity)
        return answers, files


def read_cases(files: Mapping[str, bytes], names: list[str], findings: Findings) -> tuple[Case, ...]:
    """The golden cases of some files, in order; what cannot be used is reported and left out."""
    cases: list[Case] = []
    seen: set[str] = set()
    for name in names:
        document = read_toml(files, name, findings, schema="cases")
        if document is None:
            continue
        town = Town(**document["town"])
        for raw in document["case"]:
            if raw["name"] in seen:
                findings.error(
                    "cases.name",
                    f"There is another case called '{raw['name']}'.",
                    "Give every case of the edition its own name.",
                    name,
                )
            seen.add(raw["name"])
            cases.append(
                Case(
                    name=raw["name"],
                    town=town,
                    parameters=document["parameters"],
                    answers=raw["answers"],
                    steps=tuple(_step(step) for step in raw["steps"]),
                    expected=Expected(**raw["expected"]),
                    attachments=raw.get("attachments", {}),
                    language=raw.get("language", "de"),
                    file=name,
                )
            )
    return tuple(cases)


def _step(raw: Mapping[str, Any]) -> Step:
    if "task" in raw:
        return TaskStep(raw["task"], raw["result"])
    return MessageStep(raw["message"], raw.get("text", ""), tuple(raw.get("attachments", ())))


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


def _put(answers: dict[str, Any], path: str, value: str) -> None:
    place: Any = answers
    *parents, last = path.split(".")
    for part in parents:
        place = place[int(part)] if part.isdigit() else place.setdefault(part, {})
    place[last] = value
