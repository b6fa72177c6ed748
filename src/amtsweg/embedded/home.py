"""The home folder of an installation: made, writable, with room on its disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from amtsweg.config import Config, home_mode
from amtsweg.console import PlainError
from amtsweg.embedded.processes import disk_is_full

LEAST_FREE_BYTES = 200 * 1024 * 1024
"""A new database takes 40 MB, its log up to 100 MB more before the first clean-up."""


def prepare(config: Config) -> None:
    """Make the home and its folders of logs and mails, closed to other users; raises `PlainError`."""
    home = config.home
    try:
        home.mkdir(parents=True, exist_ok=True, mode=home_mode())
        for folder in (config.logs, config.mail):
            folder.mkdir(exist_ok=True, mode=0o700)
        probe = home / ".probe"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        if disk_is_full(error):
            raise full_disk(home) from error
        raise PlainError(
            f"The folder {home} cannot be written: "
            "give this user the right, or set AMTSWEG_HOME to another folder.",
            f"In den Ordner {home} kann nicht geschrieben werden: Geben Sie diesem Konto das "
            "Recht dazu oder setzen Sie AMTSWEG_HOME auf einen anderen Ordner.",
        ) from error
    if shutil.disk_usage(home).free < LEAST_FREE_BYTES:
        raise full_disk(home)


def full_disk(home: Path) -> PlainError:
    """The sentence for a disk without space."""
    megabytes = LEAST_FREE_BYTES // (1024 * 1024)
    return PlainError(
        f"The disk of {home} is full: free at least {megabytes} MB and start again; "
        "nothing that was saved is lost.",
        f"Der Datenträger von {home} ist voll: Schaffen Sie mindestens {megabytes} MB Platz und "
        "starten Sie neu; Gespeichertes ist nicht verloren.",
    )
