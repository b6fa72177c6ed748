"""What changed between two editions: one change, whom it concerns, and how it is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from amtsweg.kit.messages import Language


class Audience(StrEnum):
    """Whom a change concerns."""

    PEOPLE = "people"
    CLERKS = "clerks"
    TOWNS = "towns"
    LAW = "law"
    CASES = "cases"

    def heading(self, language: Language) -> str:
        """The heading over its changes."""
        return _TITLES[self][language == "en"]


_TITLES = {
    Audience.PEOPLE: ("Für Antragstellende", "For people who apply"),
    Audience.CLERKS: ("Für Sachbearbeitende", "For clerks"),
    Audience.TOWNS: ("Für Gemeinden", "For towns"),
    Audience.LAW: ("Recht", "Law"),
    Audience.CASES: ("Musterfälle", "Golden cases"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``code`` is stable, ``place`` a path or id within ``file``."""

    audience: Audience
    code: str
    file: str
    place: str
    de: str
    en: str

    def sentence(self, language: Language) -> str:
        """What changed, for a person."""
        return self.en if language == "en" else self.de


class Name(NamedTuple):
    """What something is called, in German and English."""

    de: str
    en: str

    @property
    def quoted(self) -> Name:
        """In quotation marks."""
        return Name(f"„{self.de}“", f"“{self.en}”")


def renamed(de: str, en: str, was: Name, now: Name) -> Name:
    """That something (as each language calls it) has another name; in the other language, if so."""
    old, new = was.quoted, now.quoted
    return Name(
        f"{de} {old.de} heißt jetzt {new.de}."
        if was.de != now.de
        else f"{de} {new.de} heißt auf Englisch anders.",
        f"The {en} {old.en} is now called {new.en}."
        if was.en != now.en
        else f"The {en} {new.en} has another name in German.",
    )


def listed(names: Iterable[Name]) -> Name:
    """Several names in quotation marks, with "und" before the last."""
    quoted = [name.quoted for name in names]
    return Name(
        _joined([one.de for one in quoted], "und"), _joined([one.en for one in quoted], "and")
    )


def _joined(parts: list[str], last: str) -> str:
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""


def flat(value: Mapping[str, Any], under: str = "") -> dict[str, Any]:
    """Nested tables as one, by dotted path."""
    found: dict[str, Any] = {}
    for key, inner in value.items():
        path = f"{under}.{key}" if under else key
        found |= flat(inner, path) if isinstance(inner, Mapping) else {path: inner}
    return found
