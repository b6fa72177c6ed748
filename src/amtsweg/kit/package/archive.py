"""The canonical archive of an edition: the same files give the same bytes on every machine.

An uncompressed ustar archive with ``package.toml`` and one edition's folder, names sorted, no
times, owners or modes. Its SHA-256 is the edition's hash; whoever holds a hash holds the content.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from amtsweg.kit.package.findings import Findings, PackageError

PACKAGE_FILE: Final = "package.toml"
MAX_BYTES: Final = 20_000_000
"""Largest size of a package's files together."""
MAX_FILES: Final = 2_000
MAX_ARCHIVE: Final = MAX_BYTES + MAX_FILES * 1_024 + tarfile.RECORDSIZE
"""Largest size of an archive."""

EDITION_NAME: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MEMBERS: Final = re.compile(
    r"(edition\.toml|schema\.xdf[23]\.xml|pages\.toml|process\.bpmn|parameters\.schema\.json"
    r"|description\.xzufi\.xml"
    r"|lists/[\w.-]+\.xml|decisions/[a-z][a-z0-9_]*\.dmn|notices/[a-z][a-z0-9_]*\.typ"
    r"|texts/[a-z]{2}\.toml|cases/[a-z0-9]+(-[a-z0-9]+)*\.toml)"
)


def read_folder(path: Path) -> dict[str, bytes]:
    """The package's files by their name relative to the folder, sorted.

    Raises PackageError for a folder that is none, for links, for files that have no meaning in a
    package (a package is data, nothing else rides along) and for too much of it.
    """
    findings = Findings()
    files: dict[str, bytes] = {}
    if not (path / PACKAGE_FILE).is_file():
        findings.error(
            "package.missing",
            f"There is no {PACKAGE_FILE} in {path}.",
            "Give the folder of a service.",
        )
        raise PackageError(findings)
    size = 0
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if file.is_dir() and not file.is_symlink():
            continue
        if file.is_symlink() or not _known(name):
            findings.error(
                "package.unknown-file",
                "This file has no meaning in a package.",
                "Remove it, or give it the name that the handbook says.",
                name,
            )
            continue
        size += file.stat().st_size
        if size > MAX_BYTES or len(files) >= MAX_FILES:
            findings.error(
                "package.too-large",
                f"The package holds more than {MAX_FILES} files or {MAX_BYTES} bytes.",
                "Leave out what the service does not need.",
            )
            break
        files[name] = file.read_bytes()
    if findings:
        raise PackageError(findings)
    return files


def edition_names(files: Mapping[str, bytes]) -> list[str]:
    """The folders of editions among a package's files, oldest first."""
    return sorted({name.split("/")[0] for name in files if "/" in name})


def edition_files(files: Mapping[str, bytes], edition: str) -> dict[str, bytes]:
    """What belongs into the archive of one edition; raises KeyError if there is no such edition."""
    chosen = {
        name: content
        for name, content in files.items()
        if name == PACKAGE_FILE or name.startswith(f"{edition}/")
    }
    if len(chosen) < 2:
        raise KeyError(edition)
    return chosen


def choose_edition(path: Path, edition: str = "") -> tuple[str, dict[str, bytes]]:
    """The name of an edition, the newest if none is given, and the files of the package in a folder.

    Raises PackageError as `read_folder` does, and if there is no such edition.
    """
    files = read_folder(path)
    names = edition_names(files)
    if not names or (edition and edition not in names):
        findings = Findings()
        findings.error(
            "package.no-edition",
            f"The package has no edition '{edition}'."
            if edition
            else "The package has no edition.",
            f"Name one of: {', '.join(names) or 'none'}.",
        )
        raise PackageError(findings)
    return edition or names[-1], files


def archive(path: Path, edition: str) -> bytes:
    """The canonical archive of one edition of the package in a folder."""
    return pack(edition_files(read_folder(path), edition))


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files as canonical archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            tar.addfile(member, io.BytesIO(files[name]))
    return out.getvalue()


def unpack(content: bytes, beside: Collection[str] = ()) -> dict[str, bytes]:
    """The files of a canonical archive; raises PackageError if it is anything else.

    ``beside`` names files that may lie in it beside those of a package.
    """
    if len(content) > MAX_ARCHIVE:
        raise _not_canonical()
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
            files = {
                member.name: _content(tar, member, len(content))
                for member in tar
                if _known(member.name) or member.name in beside
            }
    # Headers that nobody honest writes: numbers that are none, names in no encoding.
    except (tarfile.TarError, ValueError, OverflowError) as error:
        raise _not_canonical() from error
    # Whatever else the archive held (links, times, second names) is not in the files and shows here.
    if pack(files) != content:
        raise _not_canonical()
    return files


def hash_of(content: bytes) -> str:
    """SHA-256 of an archive, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo, most: int) -> bytes:
    # A sparse file may claim a size that is nowhere in the archive.
    if member.type != tarfile.REGTYPE or member.size > most:
        raise _not_canonical()
    stream = tar.extractfile(member)
    return stream.read() if stream is not None else b""


def _known(name: str) -> bool:
    folder, _, rest = name.partition("/")
    if not rest:
        return name == PACKAGE_FILE
    return bool(EDITION_NAME.fullmatch(folder) and _MEMBERS.fullmatch(rest))


def _not_canonical() -> PackageError:
    findings = Findings()
    findings.error(
        "archive.form",
        "The archive is not in the canonical form.",
        "Make it again with the command that packs an edition.",
    )
    return PackageError(findings)
