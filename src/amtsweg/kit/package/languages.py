"""Whether an edition says the same in all its languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.package.edition import SCHEMA_LANGUAGE, Edition

_GAP: Final = re.compile(r"\{([A-Za-z_]\w*)\}")


def every_language_has_texts(edition: Edition) -> Iterator[Finding]:
    """A service with an English name has English pages, too."""
    for language in sorted(edition.package.name):
        if language not in edition.texts:
            yield Finding(
                "texts.language",
                Severity.ERROR,
                f"package.toml names the service in '{language}', and there are no texts in it.",
                "Write them, or take the name out.",
                f"{edition.name}/texts/{language}.toml",
            )


def gaps_are_the_same_in_every_language(edition: Edition) -> Iterator[Finding]:
    """What a notice fills into a text, it fills in whatever the language."""
    first = edition.texts[SCHEMA_LANGUAGE]
    for language in edition.languages:
        for key, text in _sentences(edition.texts[language], ()):
            other: Any = first
            for part in key:
                other = other.get(part) if isinstance(other, Mapping) else None
            if not isinstance(other, str) or set(_GAP.findall(other)) == set(_GAP.findall(text)):
                continue
            yield Finding(
                "texts.gap",
                Severity.ERROR,
                f"The text '{'.'.join(key)}' has other names in braces than in German.",
                "Use the same names in braces in every language.",
                f"{edition.name}/texts/{language}.toml",
            )


def _sentences(value: Any, at: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _sentences(inner, (*at, name))
    elif isinstance(value, str):
        yield at, value
