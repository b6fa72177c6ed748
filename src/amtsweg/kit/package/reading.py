"""A package from its folder: what the service is, and all its editions, compiled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from amtsweg.kit.package.archive import edition_files, edition_names, pack, read_folder
from amtsweg.kit.package.compiling import load_edition
from amtsweg.kit.package.edition import Edition, PackageMeta
from amtsweg.kit.package.findings import Findings, PackageError


@dataclass(frozen=True, slots=True)
class Package:
    """A service with its editions, oldest first."""

    meta: PackageMeta
    editions: tuple[Edition, ...]


def read_package(path: Path) -> Package:
    """The package in a folder; raises PackageError with every finding if it cannot be used."""
    files = read_folder(path)
    names = edition_names(files)
    findings = Findings()
    if not names:
        findings.error(
            "package.no-edition",
            "The package has no edition.",
            "Make a folder named by the day from which it is in force, such as 2025-01-01.",
        )
    editions = []
    for name in names:
        try:
            editions.append(load_edition(pack(edition_files(files, name))))
        except PackageError as error:
            findings.extend(error.findings)
    if findings.failed:
        raise PackageError(findings)
    return Package(editions[0].package, tuple(editions))
