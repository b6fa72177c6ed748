"""What an author has not answered yet: the open places of a package that was begun from a schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.package.archive import PACKAGE_FILE
from amtsweg.kit.package.edition import SCHEMA_LANGUAGE, Edition

OPEN: Final = "?? "
"""What an open text begins with, and a text that is to be translated."""
NO_KEY: Final = "99000000000000"
"""Stands for a LeiKa key that is not known yet."""


def open_texts(edition: Edition) -> Iterator[Finding]:
    """A text that begins with ?? would be read by people as it is."""
    package = edition.package
    described = [package.name, package.search, package.maintainer]
    open_keys = ([f"leika_keys ({NO_KEY})"] if NO_KEY in package.leika_keys else []) + list(
        _open(described)
    )
    yield from _counted("package.open", PACKAGE_FILE, open_keys, "Answer")
    file = f"{edition.name}/edition.toml"
    yield from _counted("edition.open", file, list(_open(edition.meta)), "Answer")
    for language in edition.languages:
        file = f"{edition.name}/texts/{language}.toml"
        verb = "Write" if language == SCHEMA_LANGUAGE else "Translate"
        yield from _counted("texts.open", file, list(_open(edition.texts[language])), verb)


def _counted(code: str, file: str, keys: list[str], verb: str) -> Iterator[Finding]:
    if keys:
        yield Finding(
            code,
            Severity.WARNING,
            f"{len(keys)} places are open, the first is {keys[0]}.",
            f"{verb} what begins with {OPEN.strip()}, and take that away.",
            file,
        )


def _open(value: Any, at: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _open(inner, f"{at}.{name}" if at else str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _open(inner, at)
    elif isinstance(value, str) and OPEN in value:
        yield at or value
