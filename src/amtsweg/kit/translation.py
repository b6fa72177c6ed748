"""Findings in German: each English text of the source has its German one beside it.

A check writes its findings in English, where it finds them. Here a finished text is recognised by
the template that made it, and the German one is filled in with the same words
(``findings.de.toml``). What has no match stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from typing import Final

from amtsweg.kit.findings import Finding
from amtsweg.kit.messages import Language

HOLE: Final = re.compile(r"\{(\d+)(?::(de|list))?\}")
"""A hole of a template, and in German what becomes of the words in it."""
_ENTRIES: Final = re.compile(r"(, | and | or )")
_SENTENCE_END: Final = re.compile(r"(?<=[.?!]) ")


@dataclass(frozen=True, slots=True)
class _Template:
    """A text in both languages. ``fixed`` are the English words before, between and after holes."""

    fixed: tuple[str, ...]
    german: str

    def words(self, text: str) -> tuple[str, ...] | None:
        """What a text has in the holes, each as short as possible; None if it is another text."""
        first, last = self.fixed[0], self.fixed[-1]
        if len(self.fixed) == 1:
            return () if text == first else None
        end = len(text) - len(last)
        if not (text.startswith(first) and text.endswith(last)):
            return None
        found, at = [], len(first)
        for fixed in self.fixed[1:-1]:
            next_ = text.find(fixed, at, end)
            if next_ < 0:
                return None
            found.append(text[at:next_])
            at = next_ + len(fixed)
        return (*found, text[at:end]) if at <= end else None

    def fill(self, words: tuple[str, ...]) -> str:
        """The German text with these words."""

        def filled(hole: re.Match[str]) -> str:
            word = words[int(hole[1])]
            match hole[2]:
                case "de":
                    return _said(word)
                case "list":
                    return "".join(map(_said, _ENTRIES.split(word)))
            return word

        return HOLE.sub(filled, self.german)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """German by English template: of the kit itself (``kit``), of what others say (``foreign``)."""
    file = resources.files("amtsweg.kit") / "findings.de.toml"
    return tomllib.loads(file.read_text("utf-8"))


def in_language(finding: Finding, language: Language) -> Finding:
    """The finding as a person reads it; its code, place and severity stay."""
    if language == "en":
        return finding
    return replace(finding, message=_said(finding.message), remedy=_said(finding.remedy))


def all_in_language(findings: Iterable[Finding], language: Language) -> list[Finding]:
    """Findings as a person reads them."""
    return [in_language(finding, language) for finding in findings]


@cache
def _templates() -> tuple[_Template, ...]:
    """All templates, the kit's before those of others, and those with most words before the rest."""
    known: list[_Template] = []
    for texts in (catalogue()["kit"], catalogue()["foreign"]):
        group = [
            _Template(tuple(HOLE.sub("\0", english).split("\0")), german)
            for english, german in texts.items()
        ]
        known += sorted(group, key=lambda one: (-sum(map(len, one.fixed)), len(one.fixed)))
    return tuple(known)


@cache
def _sentences() -> tuple[_Template, ...]:
    """The templates that end as a sentence does."""
    return tuple(one for one in _templates() if one.fixed[-1].endswith((".", "?", "!")))


@lru_cache(maxsize=1024)
def _said(text: str) -> str:
    """A text in German as far as it is known, sentence by sentence or as a whole."""
    bare = text.strip()
    german = _in_sentences(bare) or _as_one(bare, _templates()) or bare
    return text.replace(bare, german) if bare else text


def _in_sentences(text: str) -> str | None:
    """The German of a text that begins with a sentence after which others follow."""
    for end in _SENTENCE_END.finditer(text):
        german = _as_one(text[: end.start()], _sentences())
        if german is not None:
            return f"{german} {_said(text[end.end() :])}"
    return None


def _as_one(text: str, templates: Iterable[_Template]) -> str | None:
    for template in templates:
        words = template.words(text)
        if words is not None:
            return template.fill(words)
    return None
