"""Signed archives: who published an edition, and that nobody changed it since.

A signed archive (``*.amtsweg``) is the canonical archive of an edition with two files beside it:

``manifest.json``
    what is published, by whom, and the SHA-256 of each file; JSON with sorted keys.
``signature.ed25519``
    the 64 bytes of an Ed25519 signature (RFC 8032) over ``SIGNED`` and the manifest's bytes.

The manifest holds the edition's hash, so that the signature covers the edition, whose own archive
and hash stay what they are without a signature. A publisher is trusted by a public key in a file
``PUBLISHER.pub``: the file's name binds the name to the key.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from amtsweg.kit.package.archive import MAX_ARCHIVE, edition_names, hash_of, pack, unpack
from amtsweg.kit.package.compiling import read_package_meta
from amtsweg.kit.package.findings import Findings, PackageError

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "signature.ed25519"
SIGNED: Final = b"amtsweg package 1\n"
"""What stands before the manifest when it is signed, so that the key signs nothing else by it."""

PUBLISHER: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PUBLIC_ENDING: Final = ".pub"
PRIVATE_ENDING: Final = ".key"
_MAX_KEY: Final = 10_000


@dataclass(frozen=True, slots=True)
class Published:
    """An edition whose signature holds. ``archive`` is its canonical archive, ``hash`` names it."""

    publisher: str
    service: str
    edition: str
    hash: str
    archive: bytes


def make_key(publisher: str, folder: Path) -> tuple[Path, Path]:
    """Write a new pair of keys, ``PUBLISHER.key`` (mode 0600) and ``PUBLISHER.pub``; their paths.

    Nothing is overwritten: raises FileExistsError if one of the files is there.
    """
    key = Ed25519PrivateKey.generate()
    private = folder / f"{publisher}{PRIVATE_ENDING}"
    public = folder / f"{publisher}{PUBLIC_ENDING}"
    if public.exists():
        raise FileExistsError(public)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)
    public.write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    return private, public


def read_key(file: Path) -> Ed25519PrivateKey:
    """A private key from its file; raises PackageError if it holds none."""
    try:
        key = load_pem_private_key(_small(file), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise _error(
            "signature.key",
            "The file holds no private Ed25519 key without a password.",
            "Make one with `amtsweg service key`.",
            file.name,
        )
    return key


def trusted_publishers(path: Path) -> dict[str, Ed25519PublicKey]:
    """The publishers of a folder's ``*.pub`` files, or of one such file, by name.

    Raises PackageError for a file that is no public key, and if there is none at all.
    """
    files = sorted(path.glob(f"*{PUBLIC_ENDING}")) if path.is_dir() else [path]
    if not files:
        raise _error(
            "signature.trusted",
            "The folder holds no public key.",
            f"Put the keys of trusted publishers there, named PUBLISHER{PUBLIC_ENDING}.",
        )
    return {file.name.removesuffix(PUBLIC_ENDING): _public(file) for file in files}


def sign(files: Mapping[str, bytes], publisher: str, key: Ed25519PrivateKey) -> bytes:
    """The signed archive of one edition's files; the same arguments give the same bytes.

    Raises PackageError if package.toml cannot be read, ValueError for a publisher's name that is
    none.
    """
    if not PUBLISHER.fullmatch(publisher):
        raise ValueError(publisher)
    findings = Findings()
    package = read_package_meta(files, findings)
    if package is None:
        raise PackageError(findings)
    manifest = {
        "publisher": publisher,
        "service": package.slug,
        "edition": edition_names(files)[0],
        "hash": hash_of(pack(files)),
        "files": {name: hash_of(content) for name, content in files.items()},
    }
    said = _canonical(manifest)
    return pack({**files, MANIFEST: said, SIGNATURE: key.sign(SIGNED + said)})


def verify(content: bytes, trusted: Mapping[str, Ed25519PublicKey]) -> Published:
    """What a signed archive publishes; raises PackageError unless all of it is as it was signed."""
    files = unpack(content, beside=(MANIFEST, SIGNATURE))
    said, signature = files.pop(MANIFEST, b""), files.pop(SIGNATURE, b"")
    manifest = _manifest(said)
    publisher = manifest["publisher"]
    if publisher not in trusted:
        file = f"{publisher}{PUBLIC_ENDING}"
        raise _error(
            "signature.publisher",
            f"'{publisher}' is not among the publishers that you trust.",
            f"Put {file} there if you had the key from the publisher itself.",
        )
    try:
        trusted[publisher].verify(signature, SIGNED + said)
    except InvalidSignature:
        raise _error(
            "signature.wrong",
            f"The signature is not that of '{publisher}'.",
            "Fetch the archive again; if it stays so, ask the publisher.",
        ) from None
    _as_signed(files, manifest)
    archive = pack(files)
    return Published(publisher, manifest["service"], manifest["edition"], hash_of(archive), archive)


def read_archive(file: Path) -> bytes:
    """The bytes of a signed archive; raises PackageError for one that is larger than any can be."""
    if file.stat().st_size > MAX_ARCHIVE:
        raise _error(
            "archive.too-large",
            f"The file is larger than {MAX_ARCHIVE} bytes.",
            "Fetch the archive again.",
            file.name,
        )
    return file.read_bytes()


def _as_signed(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
    findings = Findings()
    signed: Mapping[str, str] = manifest["files"]
    for name in sorted({*files, *signed}):
        if name not in signed:
            findings.error("signature.file", "The file was not signed.", _AGAIN, name)
        elif name not in files:
            findings.error("signature.file", "The file was signed and is missing.", _AGAIN, name)
        elif hash_of(files[name]) != signed[name]:
            findings.error("signature.file", "The file was changed after signing.", _AGAIN, name)
    if not findings and manifest["hash"] != hash_of(pack(files)):
        findings.error("signature.file", "The edition is not the one that was signed.", _AGAIN)
    if findings:
        raise PackageError(findings)


_AGAIN: Final = "Do not use the archive; fetch it again from the publisher."


def _manifest(said: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(said)
    except (ValueError, RecursionError):
        manifest = None
    texts = ("publisher", "service", "edition", "hash")
    if (
        not isinstance(manifest, dict)
        or manifest.keys() != {*texts, "files"}
        or not all(isinstance(manifest[name], str) for name in texts)
        or not isinstance(manifest["files"], dict)
        or _canonical(manifest) != said
    ):
        raise _error(
            "signature.manifest",
            "The archive says nothing about its publisher that can be understood.",
            "Sign the edition with `amtsweg service sign`.",
            MANIFEST,
        )
    return manifest


def _canonical(manifest: Mapping[str, Any]) -> bytes:
    return (json.dumps(manifest, indent=2, sort_keys=True) + "\n").encode()


def _public(file: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(_small(file))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise _error(
            "signature.key",
            "The file holds no public Ed25519 key.",
            f"Ask the publisher for the file that ends in {PUBLIC_ENDING}.",
            file.name,
        )
    return key


def _small(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(_MAX_KEY)


def _error(code: str, message: str, remedy: str, file: str = "") -> PackageError:
    findings = Findings()
    findings.error(code, message, remedy, file)
    return PackageError(findings)
