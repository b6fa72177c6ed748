"""The seal: what it keeps of the document, what it finds in files from anywhere."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pypdf
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

from amtsweg.kit.notices import render
from amtsweg.platform.delivery import seal
from amtsweg.platform.delivery.seal import Finding

TEMPLATE = """#import "/letter.typ": letter, facts
#show: letter.with(title: "Prüfbescheid", recipient: ("Anna Muster",))
Guten Tag. #link("https://amt.example")[Ein Verweis]
"""
AUTHORITY = "Große Kreisstadt Radebeul"


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render(
        TEMPLATE, {}, title="x", author=AUTHORITY, timestamp=datetime(2026, 11, 24, tzinfo=UTC)
    )


@pytest.fixture(scope="module")
def sealed(plain: bytes) -> bytes:
    return seal.apply(plain, authority=AUTHORITY, reason="Prüfbescheid")


@pytest.fixture
def own_seal(monkeypatch, tmp_path):
    """The installation's seal by setting, instead of the one that it made."""

    def use(certificate: bytes | None, key: bytes | None) -> None:
        for name, content in (("AMTSWEG_SEAL_CERT", certificate), ("AMTSWEG_SEAL_KEY", key)):
            if content is not None:
                path = tmp_path / name
                path.write_bytes(content)
                monkeypatch.setenv(name, str(path))
        seal.current.cache_clear()

    yield use
    seal.current.cache_clear()


def catalog_of(pdf: bytes) -> Any:
    return pypdf.PdfReader(BytesIO(pdf)).trailer["/Root"]


def test_sealing_only_appends(plain, sealed):
    assert sealed.startswith(plain)
    assert len(sealed) - len(plain) < 40_000


def test_sealing_keeps_pdf_a_pdf_ua_facts_and_tags(plain, sealed):
    metadata = [catalog_of(pdf)["/Metadata"].get_object().get_data() for pdf in (plain, sealed)]
    assert metadata[0] == metadata[1]
    catalog = catalog_of(sealed)
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "de-DE"
    assert "/StructTreeRoot" in catalog
    assert pypdf.PdfReader(BytesIO(sealed)).attachments == {"facts.json": [b"{}"]}


def test_the_seal_is_printed_nowhere_and_lies_off_the_page(sealed):
    (field,) = catalog_of(sealed)["/AcroForm"]["/Fields"]
    widget = field.get_object()
    assert widget["/FT"] == "/Sig"
    print_flag, hidden_flags = 4, 1 | 2 | 32
    assert widget["/F"] & print_flag
    assert not widget["/F"] & hidden_flags
    left, bottom, right, top = (float(number) for number in widget["/Rect"])
    assert (left, bottom) == (right, top)
    assert left < 0


def test_the_seal_is_pades_with_an_elliptic_curve(sealed):
    (field,) = catalog_of(sealed)["/AcroForm"]["/Fields"]
    value = field.get_object()["/V"]
    assert value["/SubFilter"] == "/ETSI.CAdES.detached"
    assert value["/Name"] == AUTHORITY
    assert value["/Reason"] == "Prüfbescheid"
    assert seal.current().chain[0].public_key.algorithm == "ec"


def test_a_sound_seal_names_authority_and_time(sealed):
    found = seal.examine(sealed)
    assert found.finding is Finding.SOUND
    assert found.authority == AUTHORITY
    assert found.sealed_at is not None
    assert abs((datetime.now(UTC) - found.sealed_at).total_seconds()) < 300


@pytest.mark.parametrize("place", [1500, 4000, 20_000])
def test_a_changed_byte_is_found(sealed, place):
    changed = bytearray(sealed)
    changed[place] ^= 1
    assert seal.examine(bytes(changed)).finding in {Finding.CHANGED, Finding.NONE}


def test_what_is_appended_is_found(sealed):
    writer = pypdf.PdfWriter(BytesIO(sealed), incremental=True)
    writer.add_blank_page(100, 100)
    out = BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(sealed)
    assert seal.examine(out.getvalue()).finding is Finding.CHANGED


def test_a_file_saved_anew_has_lost_its_seal(sealed):
    writer = pypdf.PdfWriter(clone_from=BytesIO(sealed))
    out = BytesIO()
    writer.write(out)
    assert seal.examine(out.getvalue()).finding is not Finding.SOUND


def test_the_seal_of_somebody_else_is_foreign(sealed, own_seal, tmp_path):
    seal._make_demo_seal(tmp_path / "other")
    own_seal((tmp_path / "other/seal.pem").read_bytes(), (tmp_path / "other/seal.key").read_bytes())
    # Another root under the same name claims nothing that its signature can keep.
    assert seal.examine(sealed).finding is not Finding.SOUND
    mine = seal.apply(
        render(
            TEMPLATE, {}, title="x", author="y", timestamp=datetime.now(UTC).replace(microsecond=0)
        ),
        authority="Stadt Coswig",
        reason="x",
    )
    assert seal.examine(mine).finding is Finding.SOUND


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no pdf",
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/AcroForm 1 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        b"%PDF-1.7\n" + b"[" * 50_000,
        b"%PDF-1.7\nxref\n0 99999999999\n0000000000 65535 f\ntrailer<</Size 1>>\nstartxref\n9\n%%EOF",
        bytes(range(256)) * 400,
    ],
)
def test_rubbish_has_no_seal(content):
    assert seal.examine(content).finding is Finding.NONE


def test_an_unsealed_notice_has_no_seal(plain):
    assert seal.examine(plain).finding is Finding.NONE


def test_the_demo_seal_is_closed_to_others(sealed):
    folder = settings.AMTSWEG.home / "seal"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_first_starts_make_one_seal(tmp_path):
    seal._make_demo_seal(tmp_path / "seal")
    first = (tmp_path / "seal/seal.pem").read_bytes()
    seal._make_demo_seal(tmp_path / "seal")
    assert (tmp_path / "seal/seal.pem").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["seal"]


def test_a_seal_by_half_is_refused(own_seal):
    own_seal(b"x", None)
    with pytest.raises(seal.SealError, match="both"):
        seal.current()


def test_a_key_of_another_certificate_is_refused(own_seal, tmp_path):
    for name in ("one", "two"):
        seal._make_demo_seal(tmp_path / name)
    own_seal((tmp_path / "one/seal.pem").read_bytes(), (tmp_path / "two/seal.key").read_bytes())
    with pytest.raises(seal.SealError, match="does not belong"):
        seal.current()


def test_a_key_that_is_no_elliptic_curve_is_refused(own_seal, tmp_path):
    seal._make_demo_seal(tmp_path / "one")
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    own_seal((tmp_path / "one/seal.pem").read_bytes(), key)
    with pytest.raises(seal.SealError, match="elliptic"):
        seal.current()


def test_a_seal_that_is_not_pem_is_refused(own_seal):
    own_seal(b"nothing", b"nothing")
    with pytest.raises(seal.SealError, match="PEM"):
        seal.current()


def test_the_worker_warms_up_without_making_a_notice(db):
    from amtsweg.platform.delivery import issuing
    from amtsweg.platform.delivery.models import Notice, Proof

    issuing.warm_up()
    assert not Notice.objects.exists()
    assert not Proof.objects.exists()
