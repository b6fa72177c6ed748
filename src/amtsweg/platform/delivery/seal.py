"""The electronic seal: PAdES baseline B-B (ETSI EN 319 142-1) on ECDSA P-256, and its examination.

An installation seals with the certificate and key that AMTSWEG_SEAL_CERT and AMTSWEG_SEAL_KEY name
(PEM; the certificate's file holds its chain up to the trusted root). Without them it makes a
certificate authority of its own in HOME/seal, which nobody outside trusts: enough to try things.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from asn1crypto import keys as asn1_keys
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD: Final = "Siegel"
_DEMO_NAME: Final = "Amtsweg, Siegel zur Vorführung"
_DEMO_ROOT_DAYS: Final = 20 * 365
_DEMO_SEAL_DAYS: Final = 5 * 365
# Room for the signature and its certificates; a fixed size saves signing twice to measure it.
_RESERVED: Final = 16_384
# What a file that only claims to be a PDF can make a parser raise.
_UNREADABLE: Final = (
    PdfError,
    SignatureValidationError,
    PathError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
)


class SealError(Exception):
    """The installation's certificate or key cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Seal:
    """A key with its certificate, the certificates up to the root, and the root itself."""

    signer: signers.SimpleSigner
    chain: tuple[asn1_x509.Certificate, ...]

    @property
    def root(self) -> asn1_x509.Certificate:
        """The certificate that is trusted for examination."""
        return self.chain[-1]

    @property
    def owner(self) -> str:
        """Who seals, as the certificate says."""
        name = self.chain[0].subject.native
        return str(name.get("organization_name") or name.get("common_name"))


def apply(pdf: bytes, *, authority: str, reason: str) -> bytes:
    """Seal a PDF. It stays PDF/A-3 and PDF/UA-1: the field is printed nowhere and lies off the page.

    `authority` and `reason` stand in the signature. Raises SealError.
    """
    writer = _SealWriter(BytesIO(pdf))
    signer = signers.PdfSigner(
        signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            name=authority,
            reason=reason,
        ),
        current().signer,
        new_field_spec=SigFieldSpec(
            FIELD,
            invis_sig_settings=InvisSigSettings(set_print_flag=True, box_out_of_bounds=True),
        ),
    )
    out = signer.sign_pdf(writer, bytes_reserved=_RESERVED)
    return bytes(out.getbuffer())


class _SealWriter(IncrementalPdfFileWriter):
    """Appends the seal and nothing else.

    The library would write the metadata anew, in a form that is no longer that of PDF/A-3.
    """

    def _update_meta(self) -> None:
        return


def title_of(pdf: bytes) -> str:
    """The title that a PDF of ours gives itself."""
    return str(PdfFileReader(BytesIO(pdf)).trailer["/Info"]["/Title"])


class Finding(Enum):
    """What a file's seal says."""

    SOUND = "sound"
    CHANGED = "changed"
    FOREIGN = "foreign"
    NONE = "none"


@dataclass(frozen=True)
class Examined:
    """The seal of a file: what was found; who sealed and when, as far as the seal is ours."""

    finding: Finding
    authority: str = ""
    sealed_at: datetime | None = None


def examine(pdf: bytes) -> Examined:
    """Look at the seal of a file from anywhere.

    SOUND: ours, over the whole file as it is. CHANGED: ours, but the file is not what was sealed.
    FOREIGN: signed by somebody else. NONE: not a PDF, or not signed.
    """
    try:
        signatures = PdfFileReader(BytesIO(pdf)).embedded_signatures
    except _UNREADABLE:
        return Examined(Finding.NONE)
    found = Examined(Finding.FOREIGN if signatures else Finding.NONE)
    for signature in signatures:
        try:
            found = _examine(signature)
        except _UNREADABLE:
            continue
        if found.finding is not Finding.FOREIGN:
            break
    return found


def _examine(signature: Any) -> Examined:
    seal, at = current(), signature.self_reported_timestamp
    if not isinstance(at, datetime) or at.tzinfo is None:
        return Examined(Finding.FOREIGN)
    # The certificate must have been valid when it sealed: notices outlive certificates.
    trust = ValidationContext(
        trust_roots=[seal.root], other_certs=seal.chain, allow_fetching=False, moment=at
    )
    status = validate_pdf_signature(signature, trust)
    sound = status.bottom_line and status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    # Of a file that was changed the library tells no trust; a claim to our seal is enough to say so.
    if not sound and signature.signer_cert.issuer != seal.root.subject:
        return Examined(Finding.FOREIGN)
    return Examined(
        Finding.SOUND if sound else Finding.CHANGED,
        authority=str(signature.sig_object.get("/Name", "")),
        sealed_at=at,
    )


@lru_cache(maxsize=1)
def current() -> Seal:
    """The installation's seal, read once per process. Raises SealError."""
    certificate, key = os.environ.get("AMTSWEG_SEAL_CERT"), os.environ.get("AMTSWEG_SEAL_KEY")
    if bool(certificate) != bool(key):
        raise SealError("Set both AMTSWEG_SEAL_CERT and AMTSWEG_SEAL_KEY, or neither.")
    if certificate and key:
        return _load(Path(certificate), Path(key))
    folder = settings.AMTSWEG.home / "seal"
    if not folder.exists():
        _make_demo_seal(folder)
    return _load(folder / "seal.pem", folder / "seal.key")


def _load(certificate: Path, key: Path) -> Seal:
    try:
        chain = tuple(
            asn1_x509.Certificate.load(der)
            for kind, _, der in pem.unarmor(certificate.read_bytes(), multiple=True)
            if kind == "CERTIFICATE"
        )
        private = load_pem_private_key(key.read_bytes(), None)
    except OSError as error:
        raise SealError(f"The seal cannot be read: {error}.") from error
    except (ValueError, TypeError) as error:
        raise SealError(f"{certificate} or {key} is not PEM without a password.") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise SealError(f"{key} is not an elliptic curve key; a seal needs one on P-256.")
    public = private.public_key()
    first = x509.load_der_x509_certificate(chain[0].dump()).public_key()
    if public != first:
        raise SealError(f"The key in {key} does not belong to the certificate in {certificate}.")
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(chain[1:])
    signer = signers.SimpleSigner(
        signing_cert=chain[0],
        signing_key=asn1_keys.PrivateKeyInfo.load(
            private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        cert_registry=store,
    )
    return Seal(signer, chain)


def _make_demo_seal(folder: Path) -> None:
    """Make root and seal aside and move them into place at once: of two processes one is first."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = Path(tempfile.mkdtemp(prefix=".seal-", dir=folder.parent))
    try:
        root_key, seal_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root_name = _name(f"{_DEMO_NAME}, Wurzel")
        root = _certificate(root_name, root_name, root_key, root_key, days=_DEMO_ROOT_DAYS)
        seal = _certificate(_name(_DEMO_NAME), root_name, seal_key, root_key, days=_DEMO_SEAL_DAYS)
        _write(draft / "root.key", _pem(root_key))
        _write(draft / "seal.key", _pem(seal_key))
        _write(draft / "seal.pem", b"".join(c.public_bytes(Encoding.PEM) for c in (seal, root)))
        with suppress(OSError):
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Amtsweg"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    days: int,
) -> x509.Certificate:
    is_root, now = subject == issuer, datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_cert_sign=is_root,
        crl_sign=is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A clock that is a little slow must not find the certificate not yet valid.
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), True)
        .add_extension(usage, True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False
        )
        .sign(issuer_key, hashes.SHA256())
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
