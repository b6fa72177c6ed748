"""The canonical archive: an edition's hash names its content and nothing else."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from amtsweg.kit.package import PackageError, archive, hash_of, load_edition
from amtsweg.kit.package.archive import pack, read_folder, unpack

SERVICES = Path(__file__).parents[2] / "services"
EDITION = "2025-01-01"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped package that a test may change."""
    return Path(shutil.copytree(SERVICES / "hundesteuer", tmp_path / "hundesteuer"))


def test_same_files_give_the_same_bytes_whatever_their_times_modes_and_order(folder: Path) -> None:
    before = archive(SERVICES / "hundesteuer", EDITION)
    for number, file in enumerate(sorted(folder.rglob("*.*"), reverse=True)):
        os.utime(file, (number, number))
        file.chmod(0o600 if file.is_file() else 0o700)
    assert archive(folder, EDITION) == before


def test_another_process_computes_the_same_hash() -> None:
    code = (
        "import sys; from pathlib import Path; from amtsweg.kit.package import archive, hash_of;"
        f"print(hash_of(archive(Path(sys.argv[1]), '{EDITION}')))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code, str(SERVICES / "hundesteuer")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"},
    ).stdout.strip()
    assert printed == hash_of(archive(SERVICES / "hundesteuer", EDITION))


def test_one_changed_byte_gives_another_hash(folder: Path) -> None:
    before = hash_of(archive(folder, EDITION))
    texts = folder / EDITION / "texts" / "de.toml"
    texts.write_bytes(texts.read_bytes() + b"\n")
    assert hash_of(archive(folder, EDITION)) != before


def test_unpacking_gives_back_what_was_packed() -> None:
    files = {
        "package.toml": b"a",
        f"{EDITION}/pages.toml": "ä".encode(),
        f"{EDITION}/lists/x.xml": b"",
    }
    assert unpack(pack(files)) == files


def _tar(add: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for member, content in add:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def _member(name: str, **attributes: object) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    for key, value in attributes.items():
        setattr(member, key, value)
    return member


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive at all" * 100,
        _tar([(_member("../outside.toml"), b"x")]),
        _tar([(_member("/etc/passwd"), b"x")]),
        _tar([(_member("package.toml", type=tarfile.SYMTYPE, linkname="/etc/passwd"), b"")]),
        _tar([(_member("package.toml", mtime=5), b"x")]),
        _tar([(_member("package.toml"), b"x"), (_member("package.toml"), b"y")]),
        _tar([(_member("package.toml"), b"x"), (_member(f"{EDITION}/run.py"), b"print()")]),
        pack({"package.toml": b"x"}) + b"more",
    ],
    ids=["empty", "noise", "outside", "absolute", "link", "time", "twice", "code", "tail"],
)
def test_what_is_not_canonical_is_refused(content: bytes) -> None:
    with pytest.raises(PackageError) as refused:
        unpack(content)
    assert [finding.code for finding in refused.value.findings] == ["archive.form"]


@pytest.mark.parametrize("name", ["setup.py", f"{EDITION}/notices/run.sh", f"{EDITION}/.hidden"])
def test_a_file_without_meaning_in_a_package_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("x")
    with pytest.raises(PackageError) as refused:
        read_folder(folder)
    assert [(f.code, f.file) for f in refused.value.findings] == [("package.unknown-file", name)]


def test_a_link_out_of_the_package_is_refused(folder: Path) -> None:
    (folder / EDITION / "texts" / "fr.toml").symlink_to("/etc/hostname")
    with pytest.raises(PackageError, match="no meaning"):
        read_folder(folder)


def test_an_edition_is_compiled_once_for_its_content() -> None:
    content = archive(SERVICES / "hundesteuer", EDITION)
    edition = load_edition(content)
    assert edition.hash == hash_of(content)
    assert load_edition(bytes(bytearray(content))) is edition


def test_an_archive_with_no_edition_is_refused() -> None:
    with pytest.raises(PackageError, match="one edition"):
        load_edition(pack({"package.toml": b""}))
