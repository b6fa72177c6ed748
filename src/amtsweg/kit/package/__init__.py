"""Packages: a service as a folder of files, read, checked, archived and rehearsed.

``read_package`` and ``load_edition`` compile; ``check`` finds what is wrong; ``archive`` makes the
canonical archive whose hash names an edition; ``rehearse`` plays golden cases; ``notice_facts``
makes the facts that a notice states; ``fee_tables`` says what a service costs at an authority.
"""

from amtsweg.kit.package.archive import archive, hash_of
from amtsweg.kit.package.cases import Expected, GoldenCase, Step, Town
from amtsweg.kit.package.checks import check, check_edition
from amtsweg.kit.package.compiling import load_edition
from amtsweg.kit.package.edition import Edition, Operation, PackageMeta
from amtsweg.kit.package.facts import notice_facts
from amtsweg.kit.package.fees import FeeTable, fee_tables
from amtsweg.kit.package.findings import PackageError
from amtsweg.kit.package.reading import Package, read_package
from amtsweg.kit.package.rehearsal import CaseResult, covers, rehearse

__all__ = [
    "CaseResult",
    "Edition",
    "Expected",
    "FeeTable",
    "GoldenCase",
    "Operation",
    "Package",
    "PackageError",
    "PackageMeta",
    "Step",
    "Town",
    "archive",
    "check",
    "check_edition",
    "covers",
    "fee_tables",
    "hash_of",
    "load_edition",
    "notice_facts",
    "read_package",
    "rehearse",
]
