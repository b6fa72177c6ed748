"""What the command line says: one language per run, one plain sentence per error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.messages import Language
from amtsweg.kit.translation import all_in_language


class Spoken(StrEnum):
    """A language that the kit speaks."""

    GERMAN = "de"
    ENGLISH = "en"


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
InLanguage = Annotated[
    Spoken | None,
    typer.Option("--language", help="The language of the sentences (the terminal's)."),
]


def german() -> bool:
    """True if the person's locale is German (LC_ALL, LC_MESSAGES, LANG: the first that is set)."""
    settings = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((value for value in settings if value), "").lower().startswith("de")


def spoken(wanted: Spoken | None = None) -> Language:
    """The language that the person wants, else that of the terminal."""
    if wanted is not None:
        return wanted.value
    return "de" if german() else "en"


def say(english: str, german_text: str, language: Language | None = None) -> str:
    """Choose the sentence for the person at the terminal, or in a language."""
    return german_text if (language or spoken()) == "de" else english


class PlainError(Exception):
    """An error that the person at the terminal can mend.

    Its text is one plain sentence that says what to do; the command prints it and ends with
    exit code 1, without a traceback.
    """

    def __init__(self, english: str, german_text: str) -> None:
        super().__init__(say(english, german_text))


def show_findings(
    findings: Sequence[Finding],
    good: str,
    as_json: bool,
    facts: Mapping[str, Any] | None = None,
    language: Language | None = None,
) -> NoReturn:
    """Print findings in a language, else that of the terminal; end with 1 if one is an error.

    ``facts`` go into the JSON.
    """
    findings = all_in_language(findings, language or spoken())
    passed = not any(finding.severity is Severity.ERROR for finding in findings)
    if as_json:
        found = [asdict(finding) for finding in findings]
        print_json({**(facts or {}), "passed": passed, "findings": found})
    else:
        for finding in findings:
            typer.echo(f"{finding.severity}: {finding}")
        if passed:
            typer.echo(good)
    raise typer.Exit(0 if passed else 1)


def print_json(document: Any) -> None:
    """The one JSON document that a command with `--json` prints."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


def write_whole(out: Path, document: bytes) -> None:
    """All of a file or nothing: a full disk leaves no half file under the wanted name."""
    draft = out.with_name(f".{out.name}.part")
    try:
        draft.write_bytes(document)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
