"""The sealed envelope of FIT-Connect: JWE compact, RSA-OAEP-256 over RSA-4096, A256GCM (RFC 7516).

Sealing needs the destination's public key. Opening has two steps, so that the private key is used
once: ``unwrap`` gives the content key, ``decrypt`` opens with it.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from joserfc import jwe
from joserfc.jwk import RSAKey

from amtsweg.platform.transport.errors import EnvelopeError

KEY_BITS = 4096
KEY_WRAPPING = "RSA-OAEP-256"
ENCRYPTION = "A256GCM"
# The largest attachment that the platform takes (50 MB), and an allowance.
LARGEST_CONTENT = 56 * 1024 * 1024
_CONTENT_KEY_LENGTH = 32
_PARTS = 5


class _Registry(jwe.JWERegistry):
    max_ciphertext_length = LARGEST_CONTENT


_registry = _Registry(algorithms=[KEY_WRAPPING, ENCRYPTION])


class KeyPair(NamedTuple):
    """A destination's key: id (RFC 7638 thumbprint), public JWK, private key as PKCS #8."""

    kid: str
    public: dict[str, Any]
    private: bytes


def new_key() -> KeyPair:
    """Make an RSA-4096 key. Takes about a second of CPU: never within a request."""
    key = RSAKey.generate_key(KEY_BITS, auto_kid=True)
    public = {
        **key.as_dict(private=False),
        "alg": KEY_WRAPPING,
        "key_ops": ["wrapKey"],
    }
    private = key.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[union-attr]
    return KeyPair(str(public["kid"]), public, private)


def seal(content: bytes, public_key: Mapping[str, Any], *, content_type: str) -> str:
    """Seal for a destination's public JWK. ``content_type`` is the media type of the content."""
    if len(content) > LARGEST_CONTENT:
        raise EnvelopeError("the content is larger than an envelope may be")
    header = {
        "alg": KEY_WRAPPING,
        "enc": ENCRYPTION,
        "kid": public_key["kid"],
        "cty": content_type,
    }
    key = _public_key(public_key["kid"], public_key["n"], public_key["e"])
    return jwe.encrypt_compact(header, content, key, registry=_registry)


def load_private_key(private: bytes) -> RSAPrivateKey:
    """Read what ``new_key`` made. Its numbers are not tested again (0.4 s): the vault vouches."""
    key = load_der_private_key(private, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise EnvelopeError("a destination's key is not an RSA key")
    return key


def unwrap(envelope: str, private_key: RSAPrivateKey, kid: str) -> bytes:
    """The content key of an envelope that was sealed for the key ``kid``; raises EnvelopeError."""
    parts = _split(envelope)
    header = _header(parts[0])
    if header.get("kid") != kid:
        raise EnvelopeError("the envelope is sealed for another key")
    try:
        key = private_key.decrypt(_decode(parts[1]), OAEP(MGF1(SHA256()), SHA256(), None))
    except ValueError as error:
        raise EnvelopeError("the content key cannot be unwrapped") from error
    if len(key) != _CONTENT_KEY_LENGTH:
        raise EnvelopeError("the content key is no key for A256GCM")
    return key


def decrypt(envelope: str, content_key: bytes) -> bytes:
    """Open an envelope with its content key; raises EnvelopeError."""
    protected, _, vector, ciphertext, tag = _split(envelope)
    header = _header(protected)
    try:
        content = AESGCM(content_key).decrypt(
            _decode(vector), _decode(ciphertext) + _decode(tag), protected.encode()
        )
    except (InvalidTag, ValueError) as error:
        raise EnvelopeError("the content was changed or is sealed with another key") from error
    return _inflate(content) if header.get("zip") == "DEF" else content


@lru_cache(maxsize=256)
def _public_key(kid: str, n: str, e: str) -> RSAKey:
    return RSAKey.import_key({"kty": "RSA", "kid": kid, "n": n, "e": e})


def _split(envelope: str) -> list[str]:
    parts = envelope.split(".")
    if len(parts) != _PARTS:
        raise EnvelopeError("this is no JWE in compact form")
    return parts


def _header(protected: str) -> dict[str, Any]:
    try:
        header = json.loads(_decode(protected))
    except ValueError as error:
        raise EnvelopeError("the header cannot be read") from error
    if not isinstance(header, dict) or "crit" in header:
        raise EnvelopeError("the header demands what is not known here")
    if (header.get("alg"), header.get("enc")) != (KEY_WRAPPING, ENCRYPTION):
        raise EnvelopeError(f"only {KEY_WRAPPING} with {ENCRYPTION} is accepted")
    if header.get("zip") not in {None, "DEF"}:
        raise EnvelopeError("the compression is not known")
    return header


def _decode(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (Base64Error, ValueError) as error:
        raise EnvelopeError("a part is not base64url") from error


def _inflate(content: bytes) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = inflater.decompress(content, LARGEST_CONTENT)
    except zlib.error as error:
        raise EnvelopeError("the content cannot be decompressed") from error
    if inflater.unconsumed_tail:
        raise EnvelopeError("the content is larger than an envelope may be")
    return plain
