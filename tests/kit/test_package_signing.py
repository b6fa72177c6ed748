"""Signed archives: what was signed is what is read, and nothing hostile gets further than a finding."""

from __future__ import annotations

import io
import json
import random
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from amtsweg.kit.package import PackageError, archive, load_edition
from amtsweg.kit.package.archive import edition_files, pack, read_folder, unpack
from amtsweg.kit.package.signing import (
    MANIFEST,
    SIGNATURE,
    SIGNED,
    make_key,
    read_key,
    sign,
    trusted_publishers,
    verify,
)
from amtsweg.packages import app

HUNDESTEUER = Path(__file__).parents[2] / "services" / "hundesteuer"
EDITION = "2025-01-01"
FILES = edition_files(read_folder(HUNDESTEUER), EDITION)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys of two publishers."""
    folder = tmp_path_factory.mktemp("keys")
    make_key("radebeul", folder)
    make_key("somebody-else", folder)
    return folder


@pytest.fixture(scope="module")
def signed(keys: Path) -> bytes:
    return sign(FILES, "radebeul", read_key(keys / "radebeul.key"))


def refused(content: bytes, trusted: Path) -> list[str]:
    with pytest.raises(PackageError) as error:
        verify(content, trusted_publishers(trusted))
    assert all(finding.message and finding.remedy for finding in error.value.findings)
    return [finding.code for finding in error.value.findings]


def test_what_was_signed_is_what_is_read(keys: Path, signed: bytes) -> None:
    published = verify(signed, trusted_publishers(keys))
    assert (published.publisher, published.service) == ("radebeul", "hundesteuer")
    assert published.archive == archive(HUNDESTEUER, EDITION)
    assert published.hash == load_edition(published.archive).hash
    assert verify(signed, trusted_publishers(keys / "radebeul.pub")) == published


def test_the_same_edition_and_key_give_the_same_bytes(keys: Path, signed: bytes) -> None:
    assert sign(FILES, "radebeul", read_key(keys / "radebeul.key")) == signed


def test_a_signed_archive_is_no_canonical_archive_of_an_edition(signed: bytes) -> None:
    with pytest.raises(PackageError):
        unpack(signed)


def test_another_publisher_is_unknown_and_another_key_is_wrong(
    keys: Path, signed: bytes, tmp_path: Path
) -> None:
    assert refused(signed, keys / "somebody-else.pub") == ["signature.publisher"]
    (tmp_path / "radebeul.pub").write_bytes((keys / "somebody-else.pub").read_bytes())
    assert refused(signed, tmp_path) == ["signature.wrong"]


def test_a_signature_over_something_else_does_not_count(keys: Path, signed: bytes) -> None:
    key = read_key(keys / "radebeul.key")
    files = unpack(signed, beside=(MANIFEST, SIGNATURE))
    unframed = {**files, SIGNATURE: key.sign(files[MANIFEST])}
    assert refused(pack(unframed), keys) == ["signature.wrong"]


@pytest.mark.parametrize("spot", ["content", "manifest", "signature", "header", "padding"])
def test_every_tampered_byte_is_found(keys: Path, signed: bytes, spot: str) -> None:
    at = {
        "content": signed.index(b"Hund anmelden"),
        "manifest": signed.index(b'"publisher": "radebeul"') + len(b'"publisher": "'),
        "signature": len(signed) - 1,
        "header": signed.index(b"ustar"),
        "padding": signed.index(b"\0" * 100, signed.index(b"package.toml")) + 50,
    }[spot]
    if spot == "signature":
        files = unpack(signed, beside=(MANIFEST, SIGNATURE))
        tampered = pack(
            {**files, SIGNATURE: bytes([files[SIGNATURE][0] ^ 1]) + files[SIGNATURE][1:]}
        )
    else:
        tampered = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    assert refused(tampered, keys)


def test_bytes_changed_at_random_never_pass_nor_crash(keys: Path, signed: bytes) -> None:
    chance = random.Random(20250101)
    trusted = trusted_publishers(keys)
    for _ in range(150):
        at = chance.randrange(len(signed))
        tampered = signed[:at] + bytes([signed[at] ^ chance.randrange(1, 256)]) + signed[at + 1 :]
        with pytest.raises(PackageError):
            verify(tampered, trusted)
        with pytest.raises(PackageError):
            verify(signed[: chance.randrange(len(signed))], trusted)


def _resigned(keys: Path, change: Callable[[dict[str, bytes], dict[str, object]], None]) -> bytes:
    """Files and manifest changed, and then signed by the publisher itself."""
    files = unpack(sign(FILES, "radebeul", read_key(keys / "radebeul.key")), (MANIFEST, SIGNATURE))
    manifest = json.loads(files[MANIFEST])
    change(files, manifest)
    files[MANIFEST] = (json.dumps(manifest, indent=2, sort_keys=True) + "\n").encode()
    files[SIGNATURE] = read_key(keys / "radebeul.key").sign(SIGNED + files[MANIFEST])
    return pack(files)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda files, _: files.update({f"{EDITION}/notices/more.typ": b"x"}), "signature.file"),
        (lambda files, _: files.pop(f"{EDITION}/notices/refusal.typ"), "signature.file"),
        (lambda files, _: files.update({"package.toml": b"x"}), "signature.file"),
        (lambda _, said: said.update(hash="0" * 64), "signature.file"),
        (lambda _, said: said.update(publisher=["radebeul"]), "signature.manifest"),
        (lambda _, said: said.update(more="x"), "signature.manifest"),
        (lambda _, said: said.pop("files"), "signature.manifest"),
    ],
)
def test_a_manifest_that_does_not_fit_its_files_is_refused(
    keys: Path, change: Callable[[dict[str, bytes], dict[str, object]], None], code: str
) -> None:
    assert refused(_resigned(keys, change), keys) == [code]


def _with(signed: bytes, name: str, **attributes: object) -> bytes:
    """The archive with one more member at its end."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        with tarfile.open(fileobj=io.BytesIO(signed)) as old:
            for member in old:
                tar.addfile(member, old.extractfile(member))
        member = tarfile.TarInfo(name)
        for key, value in attributes.items():
            setattr(member, key, value)
        tar.addfile(member, io.BytesIO(b"x" * 10) if member.type == tarfile.REGTYPE else None)
    return out.getvalue()


def _claiming(signed: bytes, size: int) -> bytes:
    """The archive whose first member says that it is larger than it is."""
    member = tarfile.TarInfo("package.toml")
    member.size = size
    return member.tobuf(tarfile.GNU_FORMAT) + signed[512:]


def _sparse(size: int) -> bytes:
    """An old GNU sparse file: ten bytes in the archive, as many as it likes when read."""
    member = tarfile.TarInfo("package.toml")
    member.size, member.type = 512, tarfile.GNUTYPE_SPARSE
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    header[386:398], header[398:410] = b"00000000000\0", b"00000001000\0"
    header[483:495] = b"%011o\0" % size
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + b"x" * 512 + b"\0" * 10_240


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "noise": lambda _: bytes(range(256)) * 40,
    "zip": lambda _: b"PK\x03\x04" + b"\0" * 2_000,
    "gzip bomb": lambda _: bytes.fromhex("1f8b0800000000000003") + b"\0" * 500,
    "truncated": lambda signed: signed[: len(signed) // 2],
    "outside": lambda signed: _with(signed, "../outside.toml"),
    "absolute": lambda signed: _with(signed, "/etc/cron.d/evil"),
    "symbolic link": lambda s: _with(
        s, "package.toml", type=tarfile.SYMTYPE, linkname="/etc/passwd"
    ),
    "hard link": lambda s: _with(s, f"{EDITION}/pages.toml", type=tarfile.LNKTYPE, linkname="x"),
    "device": lambda signed: _with(signed, "package.toml", type=tarfile.CHRTYPE),
    "twice": lambda signed: _with(signed, "package.toml", size=10),
    "manifest twice": lambda signed: _with(signed, MANIFEST, size=10),
    "claims a gigabyte": lambda signed: _claiming(signed, 2**30),
    "claims less than nothing": lambda signed: _claiming(signed, -5),
    "sparse gigabyte": lambda _: _sparse(2**33),
    "tail": lambda signed: signed + b"more",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_archives_are_findings_and_exit_1(
    keys: Path, signed: bytes, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "hostile.amtsweg"
    file.write_bytes(HOSTILE[kind](signed))
    done = service("verify", file, "--trusted", keys, "--json")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["passed"]) == (1, False)
    assert report["findings"][0]["code"].startswith(("archive.", "signature."))
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_a_file_larger_than_any_archive_is_not_even_read(keys: Path, tmp_path: Path) -> None:
    file = tmp_path / "large.amtsweg"
    with file.open("wb") as stream:
        stream.truncate(2**31)
    done = service("verify", file, "--trusted", keys, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["findings"][0]["code"] == "archive.too-large"


def test_a_folder_without_keys_and_a_file_that_is_no_key_are_named(
    keys: Path, signed: bytes, tmp_path: Path
) -> None:
    assert refused(signed, tmp_path) == ["signature.trusted"]
    (tmp_path / "radebeul.pub").write_text("no key")
    assert refused(signed, tmp_path) == ["signature.key"]
    with pytest.raises(PackageError, match="no private"):
        read_key(keys / "radebeul.pub")


# The commands


def service(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def test_from_key_to_trusted_archive_by_commands(tmp_path: Path) -> None:
    out = tmp_path / "dogs.amtsweg"
    assert service("key", "radebeul", "--out", tmp_path).exit_code == 0
    private = tmp_path / "radebeul.key"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    options = ("--key", private, "--publisher", "radebeul", "--out", out)
    assert service("sign", HUNDESTEUER, *options).exit_code == 0
    done = service("verify", out, "--trusted", tmp_path)
    assert done.exit_code == 0
    assert "hundesteuer, edition of 2025-01-01, signed by radebeul" in done.stdout


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    assert service("key", "radebeul", "--out", tmp_path).exit_code == 0
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    (tmp_path / "radebeul.pub").unlink()
    assert service("key", "radebeul", "--out", tmp_path).exit_code == 1
    assert (tmp_path / "radebeul.key").read_bytes() == before[tmp_path / "radebeul.key"]
    assert not (tmp_path / "radebeul.pub").exists()


def test_wrong_use_ends_with_2(tmp_path: Path) -> None:
    assert service("key", "Große Kreisstadt", "--out", tmp_path).exit_code == 2
    assert service("verify", tmp_path / "none.amtsweg", "--trusted", tmp_path).exit_code == 2
    assert service("sign", HUNDESTEUER).exit_code == 2


def test_an_edition_that_is_not_there_is_not_signed(keys: Path, tmp_path: Path) -> None:
    out = tmp_path / "dogs.amtsweg"
    options = ("--key", keys / "radebeul.key", "--publisher", "radebeul", "--out", out)
    done = service("sign", HUNDESTEUER, "--edition", "2031-01-01", *options, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["findings"][0]["code"] == "package.no-edition"
    assert not out.exists()
