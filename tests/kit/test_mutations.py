"""What is broken in a package is found: each shipped package, broken in every way of the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kit.mutations import MUTATIONS, Files, NotHere

from amtsweg.kit.package import check_edition
from amtsweg.kit.package.archive import edition_files, edition_names, read_folder
from amtsweg.kit.package.checks import found

SERVICES = Path(__file__).parents[2] / "services"
PACKAGES = sorted(file.parent.name for file in SERVICES.glob("*/package.toml"))
AT_LEAST = 30
"""Ways in which each package is broken; all but one of them must be found."""


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_broken_in_a_package_is_found(package: str) -> None:
    files = read_folder(SERVICES / package)
    sound = edition_files(files, edition_names(files)[-1])
    before = set(check_edition(sound))
    applied, unfound = 0, []
    for name, mutate in MUTATIONS.items():
        broken = Files(sound)
        try:
            mutate(broken)
        except NotHere:
            continue
        applied += 1
        if all(finding in before for finding in found(broken)):
            unfound.append(name)
    assert applied >= AT_LEAST
    assert len(unfound) <= applied // AT_LEAST, unfound


def test_no_package_is_left_out() -> None:
    assert "hundesteuer" in PACKAGES
