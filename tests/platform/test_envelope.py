"""The sealed envelope, against joserfc as a second implementation, and against tampering."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwe
from joserfc.jwk import RSAKey

from amtsweg.platform.transport import envelope
from amtsweg.platform.transport.errors import EnvelopeError


@pytest.fixture(scope="module")
def key():
    return envelope.new_key()


@pytest.fixture(scope="module")
def private(key):
    return envelope.load_private_key(key.private)


def header_of(sealed: str) -> dict:
    part = sealed.split(".", maxsplit=1)[0]
    return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def opened(sealed: str, private, kid: str) -> bytes:
    return envelope.decrypt(sealed, envelope.unwrap(sealed, private, kid))


def test_a_destinations_key_is_rsa_4096_for_wrapping_and_named_by_its_thumbprint(key):
    assert key.public["kty"] == "RSA"
    assert key.public["alg"] == "RSA-OAEP-256"
    assert key.public["key_ops"] == ["wrapKey"]
    assert (
        key.public["kid"]
        == key.kid
        == RSAKey.import_key({name: key.public[name] for name in ("kty", "n", "e")}).thumbprint()
    )
    modulus = urlsafe_b64decode(key.public["n"] + "==")
    assert len(modulus) * 8 == 4096
    assert not {"d", "p", "q"} & key.public.keys()


def test_what_is_sealed_opens_and_its_header_is_fit_connects(key, private):
    sealed = envelope.seal("Bello äöü".encode(), key.public, content_type="application/json")
    assert header_of(sealed) == {
        "alg": "RSA-OAEP-256",
        "enc": "A256GCM",
        "kid": key.kid,
        "cty": "application/json",
    }
    assert opened(sealed, private, key.kid) == "Bello äöü".encode()
    assert "Bello" not in sealed


def test_joserfc_opens_what_we_seal(key, private):
    sealed = envelope.seal(b"{}", key.public, content_type="application/json")
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    found = jwe.decrypt_compact(
        sealed, RSAKey.import_key(pem), algorithms=["RSA-OAEP-256", "A256GCM"]
    )
    assert found.plaintext == b"{}"


def test_a_compressed_envelope_of_another_sender_opens(key, private):
    public = RSAKey.import_key({name: key.public[name] for name in ("kty", "n", "e")})
    header = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": key.kid, "zip": "DEF"}
    sealed = jwe.encrypt_compact(
        header, b"x" * 5000, public, algorithms=["RSA-OAEP-256", "A256GCM", "DEF"]
    )
    assert opened(sealed, private, key.kid) == b"x" * 5000


def test_a_decompression_bomb_is_refused(key, private, monkeypatch):
    monkeypatch.setattr(envelope, "LARGEST_CONTENT", 1000)
    deflated = zlib.compress(b"\0" * 5000, wbits=-zlib.MAX_WBITS)
    with pytest.raises(EnvelopeError, match="larger"):
        envelope._inflate(deflated)


def test_ten_megabytes_pass(key, private):
    content = bytes(range(256)) * 4 * 10 * 1024
    assert (
        opened(envelope.seal(content, key.public, content_type="application/pdf"), private, key.kid)
        == content
    )


@pytest.mark.parametrize("part", [0, 1, 2, 3, 4])
def test_a_changed_part_is_noticed(key, private, part):
    sealed = envelope.seal(b"answers" * 10, key.public, content_type="application/json")
    parts = sealed.split(".")
    content = bytearray(urlsafe_b64decode(parts[part] + "=" * (-len(parts[part]) % 4)))
    content[3] ^= 1
    parts[part] = urlsafe_b64encode(bytes(content)).rstrip(b"=").decode()
    with pytest.raises(EnvelopeError):
        opened(".".join(parts), private, key.kid)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "RSA-OAEP", "enc": "A256GCM"},
        {"alg": "RSA-OAEP-256", "enc": "A128GCM"},
        {"alg": "RSA-OAEP-256", "enc": "A256GCM", "crit": ["exp"]},
        {"alg": "RSA-OAEP-256", "enc": "A256GCM", "zip": "LZ"},
        ["no", "object"],
    ],
)
def test_other_algorithms_are_refused(private, header):
    part = urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    with pytest.raises(EnvelopeError):
        envelope.unwrap(f"{part}.AA.AA.AA.AA", private, "kid")


@pytest.mark.parametrize("text", ["", "a.b", "....", "ä.ö.ü.x.y", "e30.e30.e30.e30.e30.e30"])
def test_what_is_no_jwe_is_refused(private, text):
    with pytest.raises(EnvelopeError):
        envelope.unwrap(text, private, "kid")


def test_an_envelope_for_another_key_is_refused_before_any_computation(key, private):
    sealed = envelope.seal(b"{}", key.public, content_type="application/json")
    with pytest.raises(EnvelopeError, match="another key"):
        envelope.unwrap(sealed, private, "some other kid")
