"""The vault: content is sealed with the data key of its owner, so that a dump shows nothing.

AES-256-GCM. Each owner (an authority, or the platform for what belongs to no authority) has own data
keys, stored wrapped by the installation's master key. The context is authenticated with the content:
what was sealed as `draft.answers` does not open as anything else.

Sealed form: 1 byte format, 2 bytes key version, 12 bytes nonce, ciphertext with tag.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

PLATFORM = UUID(int=0)

_FORMAT = b"\x01"
_NONCE_LENGTH = 12
_HEADER_LENGTH = 3
_KEY_LENGTH = 32
_TAG_LENGTH = 16
_SHORTEST = _HEADER_LENGTH + _NONCE_LENGTH + _TAG_LENGTH

_current: dict[UUID, tuple[bytes, AESGCM]] = {}
_keys: dict[tuple[UUID, bytes], AESGCM] = {}


class VaultError(Exception):
    """Sealed content does not open: changed, of another owner or context, or under another master key."""


def seal(owner: UUID, plain: bytes, context: str) -> bytes:
    """Encrypt for an owner under a context; the first call for an owner makes its data key."""
    version, key = _current.get(owner) or _newest_key(owner)
    nonce = os.urandom(_NONCE_LENGTH)
    return _FORMAT + version + nonce + key.encrypt(nonce, plain, context.encode())


def unseal(owner: UUID, sealed: bytes | memoryview, context: str) -> bytes:
    """Decrypt what `seal` made for the same owner and context; raises VaultError otherwise."""
    content = bytes(sealed)
    if content[:1] != _FORMAT or len(content) < _SHORTEST:
        raise VaultError(f"{context}: not sealed content")
    version = content[1:_HEADER_LENGTH]
    key = _keys.get((owner, version)) or _key(owner, version)
    nonce = content[_HEADER_LENGTH : _HEADER_LENGTH + _NONCE_LENGTH]
    try:
        return key.decrypt(nonce, content[_HEADER_LENGTH + _NONCE_LENGTH :], context.encode())
    except InvalidTag as error:
        raise VaultError(f"{context}: sealed content was changed or belongs elsewhere") from error


def seal_json(owner: UUID, value: Mapping[str, Any] | list[Any], context: str) -> bytes:
    """Seal a JSON value."""
    return seal(
        owner, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), context
    )


def unseal_json(owner: UUID, sealed: bytes | memoryview, context: str) -> Any:
    """The JSON value that `seal_json` sealed; raises VaultError."""
    return json.loads(unseal(owner, sealed, context))


def blind(value: str | bytes) -> bytes:
    """A keyed hash (HMAC-SHA-256) to look up secrets and identities without storing them."""
    content = value.encode() if isinstance(value, str) else value
    return hmac.digest(_derived("blind index"), content, hashlib.sha256)


def rotate(owner: UUID) -> None:
    """Give an owner a new data key; what older keys sealed still opens."""
    newest, _ = _newest_key(owner)
    _create_key(owner, int.from_bytes(newest, "big") + 1)
    _current.pop(owner, None)


def forget() -> None:
    """Empty this process's cache of unwrapped keys."""
    _current.clear()
    _keys.clear()
    _derived.cache_clear()


@cache
def _derived(purpose: str) -> bytes:
    return hmac.digest(settings.AMTSWEG.master_key, f"amtsweg {purpose}".encode(), hashlib.sha256)


def _newest_key(owner: UUID) -> tuple[bytes, AESGCM]:
    row = _read_wrapped(owner, None)
    if row is None:
        _create_key(owner, 1)
        row = _read_wrapped(owner, None)
    if row is None:
        raise VaultError(f"the data key of {owner} cannot be stored")
    version = row[0].to_bytes(2, "big")
    _current[owner] = version, _keys.setdefault((owner, version), _unwrap(owner, *row))
    return _current[owner]


def _key(owner: UUID, version: bytes) -> AESGCM:
    row = _read_wrapped(owner, int.from_bytes(version, "big"))
    if row is None:
        raise VaultError(f"no data key {int.from_bytes(version, 'big')} for {owner}")
    return _keys.setdefault((owner, version), _unwrap(owner, *row))


def _read_wrapped(owner: UUID, version: int | None) -> tuple[int, bytes] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, wrapped FROM federation_datakey"
            " WHERE owner = %s AND (%s::int IS NULL OR version = %s::int)"
            " ORDER BY version DESC LIMIT 1",
            [owner, version, version],
        )
        row = cursor.fetchone()
    return None if row is None else (row[0], bytes(row[1]))


def _create_key(owner: UUID, version: int) -> None:
    """Store a new key on a connection of its own.

    A transaction that is rolled back must not take a key along that a cache already seals with.
    """
    nonce = os.urandom(_NONCE_LENGTH)
    wrapped = nonce + AESGCM(_derived("key wrapping")).encrypt(
        nonce, os.urandom(_KEY_LENGTH), _wrapping_context(owner, version)
    )
    own = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with own.cursor() as cursor:
            cursor.execute(
                "INSERT INTO federation_datakey (owner, version, wrapped, created_at)"
                " VALUES (%s, %s, %s, now()) ON CONFLICT DO NOTHING",
                [owner, version, wrapped],
            )
    finally:
        own.close()


def _unwrap(owner: UUID, version: int, wrapped: bytes) -> AESGCM:
    nonce, content = wrapped[:_NONCE_LENGTH], wrapped[_NONCE_LENGTH:]
    try:
        key = AESGCM(_derived("key wrapping")).decrypt(
            nonce, content, _wrapping_context(owner, version)
        )
    except InvalidTag as error:
        raise VaultError(
            "the master key does not open this installation's data keys: use the key that it was set up with"
        ) from error
    return AESGCM(key)


def _wrapping_context(owner: UUID, version: int) -> bytes:
    return f"data key {owner} {version}".encode()
