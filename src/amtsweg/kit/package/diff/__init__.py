"""Two editions compared in words, for everybody whom it concerns.

``compare`` takes the files of two editions and gives the changes for people, clerks and towns, in
the law, and the golden cases that end otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

from amtsweg.kit.package.compiling import compile_edition
from amtsweg.kit.package.diff import cases, clerks, decisions, law, people, towns
from amtsweg.kit.package.diff.changes import Audience, Change
from amtsweg.kit.package.edition import Edition
from amtsweg.kit.package.findings import PackageError

__all__ = ["Audience", "Change", "compare"]


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[Change, ...]:
    """What is different in the second edition, given the files of both archives.

    Raises PackageError if one of them cannot be used.
    """
    old, new = _compiled(before), _compiled(after)
    return (
        *people.changes(old, new),
        *decisions.changes(_drawn(before, old), _drawn(after, new)),
        *clerks.changes(old, new),
        *towns.changes(old, new),
        *law.changes(old, new),
        *cases.changes(old, new),
    )


def _compiled(files: Mapping[str, bytes]) -> Edition:
    edition, findings = compile_edition(files)
    if edition is None:
        raise PackageError(findings)
    return edition


def _drawn(files: Mapping[str, bytes], edition: Edition) -> dict[str, bytes]:
    under = f"{edition.name}/decisions/"
    return {
        name.removeprefix(f"{edition.name}/"): content
        for name, content in files.items()
        if name.startswith(under)
    }
