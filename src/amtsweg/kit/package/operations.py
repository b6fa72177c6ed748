"""What is asked of a package's operations: a name in every language, a key of its own, a golden case."""

from __future__ import annotations

from collections.abc import Iterator

from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.package.archive import PACKAGE_FILE
from amtsweg.kit.package.edition import Edition


def operations_are_named(edition: Edition) -> Iterator[Finding]:
    """People choose by the name, receivers tell by the key, expressions by the id."""
    operations = edition.package.operations
    names = {one.id for one in operations} | {one.leika_key for one in operations}
    if len(names) < 2 * len(operations):
        yield _error(
            "operation.twice",
            "Two operations have the same id or LeiKa key.",
            "Give each its own: the key tells which one was applied for.",
        )
    for one in operations:
        for language in edition.languages:
            if language not in one.name:
                yield _error(
                    "operation.name",
                    f"The operation '{one.id}' has no name in '{language}'.",
                    "Write it.",
                )


def operations_are_proved(edition: Edition) -> Iterator[Finding]:
    """Each operation has a golden case, and each case one of the package's operations."""
    known = [one.id for one in edition.package.operations]
    played = {case.operation for town in edition.towns for case in town.cases}
    for id_ in known:
        if id_ not in played:
            yield _error(
                "cases.operation",
                f"No golden case plays the operation '{id_}'.",
                "Write one, computed by hand.",
                f"{edition.name}/cases/",
            )
    for town in edition.towns:
        for case in town.cases:
            if case.operation not in (known or [""]):
                yield _error(
                    "cases.operation",
                    f"{case.name}: package.toml names no operation '{case.operation}'.",
                    f"Write operation = one of: {', '.join(known) or 'none, leave it out'}.",
                    town.file,
                )


def _error(code: str, message: str, remedy: str, file: str = PACKAGE_FILE) -> Finding:
    return Finding(code, Severity.ERROR, message, remedy, file)
