"""The parts of the assistants: prefill, own drafts, the scanner's protocol, deletion, two at once."""

from __future__ import annotations

import io
import resource
import socketserver
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import dog_tax
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone
from test_assistant import GUIDE_DOG, PAGES, Browser, as_authority, stored, submissions

from amtsweg.platform.federation import wall
from amtsweg.platform.federation.models import AuditEntry
from amtsweg.platform.identity import actions as identity
from amtsweg.platform.identity import sessions
from amtsweg.platform.identity.models import TrustLevel
from amtsweg.platform.intake import jobs, prefill, uploads
from amtsweg.platform.intake.models import Draft, DraftFile
from amtsweg.platform.transport.models import SubmissionState

PROFILE = {
    "given_name": "Anna",
    "family_name": "Muster",
    "email": "anna.muster@example.org",
    "address": {
        "street_address": "Am Markt 3-5",
        "postal_code": "01099",
        "locality": "Dresden",
    },
}


@pytest.fixture
def offer(acting_as, town):
    with acting_as("worker"):
        return dog_tax.offer(town("Dresden"))


def signed_in(acting_as, profile=PROFILE, level=TrustLevel.BASIC) -> tuple[Browser, object]:
    with acting_as("worker"):
        account = identity.account_for(uuid4().bytes * 2, profile, level)
    visitor = Browser()
    session = visitor.client.session
    sessions.begin(session, account, level)
    session.save()
    visitor.client.cookies["amtsweg_session"] = session.session_key
    return visitor, account


@pytest.mark.parametrize(
    ("street_address", "street", "number"),
    [
        ("Königsbrücker Straße 12 a", "Königsbrücker Straße", "12 a"),
        ("Am Markt 3-5", "Am Markt", "3-5"),
        ("Straße des 17. Juni 135\n2. Stock", "Straße des 17. Juni", "135"),
        ("Schlosshof", "Schlosshof", None),
        ("", None, None),
    ],
)
def test_a_street_and_its_number_are_told_apart(street_address, street, number):
    found = prefill.facts({"address": {"street_address": street_address}})
    assert found.get("person.street") == street
    assert found.get("person.house_number") == number


def test_what_the_sign_in_tells_is_filled_in_and_can_be_changed(offer, acting_as):
    visitor, _account = signed_in(acting_as)
    visitor.begin()
    for value in ("Muster", "Am Markt", "3-5", "01099", "anna.muster@example.org"):
        assert f'value="{value}"' in visitor.html
    visitor.post(PAGES["person"])
    assert stored(offer, visitor.draft_id).answers["person"]["familienname"] == "Käßler-Öztürk"


def test_a_signed_in_person_finds_the_draft_on_another_device_without_a_code(offer, acting_as):
    visitor, account = signed_in(acting_as)
    visitor.begin().fill("person")
    other = Browser()
    session = other.client.session
    sessions.begin(session, account, TrustLevel.BASIC)
    session.save()
    other.client.cookies["amtsweg_session"] = session.session_key
    other.get("/entwuerfe/")
    assert visitor.root in other.html
    other.get(visitor.root + "person/")
    assert 'value="Käßler-Öztürk"' in other.html
    other.get(visitor.root)
    other.fill("haushalt", "hunde", "zahlung", "erklaerung").post(address=visitor.root + "senden/")
    (sent,) = submissions(offer)
    assert sent.account_id == account.pk
    other.get("/entwuerfe/")
    assert "keine Entwürfe" in other.text


def test_another_person_opens_no_draft_that_is_not_theirs(offer, acting_as):
    mine, _account = signed_in(acting_as)
    mine.begin().fill("person")
    thief, _account = signed_in(acting_as, {})
    for page in ("", "person/", "pruefen/", "code/"):
        assert thief.get(mine.root + page).status_code == 403
    thief.get("/entwuerfe/")
    assert mine.root not in thief.html


def test_own_drafts_ask_for_sign_in(db):
    response = Client().get("/entwuerfe/")
    assert response["Location"] == "/anmelden/?next=%2Fentwuerfe%2F"


def test_who_signs_in_on_the_way_owns_the_draft_and_its_files(offer, acting_as):
    visitor = Browser().begin().fill("person", "haushalt")
    visitor.post(GUIDE_DOG)
    visitor.post({**GUIDE_DOG, "hunde.0.nachweis": dog_tax.upload(dog_tax.PDF, "a.pdf")})
    person, account = signed_in(acting_as)
    visitor.client.cookies["amtsweg_session"] = person.client.cookies["amtsweg_session"].value
    visitor.post(PAGES["zahlung"])
    with wall.scope(account=account.pk):
        assert Draft.objects.get().account_id == account.pk
        assert DraftFile.objects.get().account_id == account.pk


def test_a_sure_enough_sign_in_begins_and_a_weaker_one_does_not(offer, acting_as):
    with acting_as("worker"):
        offer.service.trust_level = TrustLevel.SUBSTANTIAL
        offer.service.save()
    weak, _account = signed_in(acting_as)
    weak.begin()
    assert "müssen Sie sich anmelden" in weak.text
    strong, _account = signed_in(acting_as, level=TrustLevel.SUBSTANTIAL)
    strong.begin()
    assert "/person/" in strong.address


def test_expired_drafts_are_deleted_with_their_files_and_the_log_says_how_many(offer, acting_as):
    for _ in range(2):
        visitor = Browser().begin().fill("person", "haushalt")
        visitor.post(GUIDE_DOG)
        visitor.post({**GUIDE_DOG, "hunde.0.nachweis": dog_tax.upload(dog_tax.PDF, "a.pdf")})
    with as_authority(offer):
        old = Draft.objects.get(pk=visitor.draft_id)
        old.expires_at = timezone.now()
        old.save()
    with acting_as("worker"):
        jobs.delete_expired(0)
        with as_authority(offer):
            assert Draft.objects.count() == 1
            assert DraftFile.objects.count() == 1
            assert AuditEntry.objects.get(action="drafts_deleted").detail == {"number": 1}
    assert visitor.get(visitor.root + "person/").status_code == 410


class Clamd(socketserver.BaseRequestHandler):
    """clamd's side of INSTREAM: reads chunks to the empty one, finds the word EICAR."""

    def handle(self) -> None:
        stream = self.request.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!L", stream.read(4))[0]:
            content += stream.read(size)
        found = b"Eicar FOUND" if b"EICAR" in content else b"OK"
        self.request.sendall(b"stream: " + found + b"\0")


class TestScanning:
    RULE = uploads.FileRule()

    @pytest.fixture
    def clamd(self, tmp_path, monkeypatch):
        place = str(tmp_path / "clamd.sock")
        with socketserver.ThreadingUnixStreamServer(place, Clamd) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            monkeypatch.setenv("CLAMD_SOCKET", place)
            yield server
            server.shutdown()

    def receive(self, content: bytes) -> uploads.Received:
        return uploads.receive(SimpleUploadedFile("a.pdf", content), self.RULE)

    def test_a_clean_file_is_kept_as_scanned(self, clamd):
        assert self.receive(dog_tax.PDF * 5000).scanned

    def test_malware_is_refused_with_a_sentence(self, clamd):
        with pytest.raises(uploads.UploadRefused, match="Schadsoftware gefunden"):
            self.receive(dog_tax.PDF + b"EICAR")

    def test_no_file_is_taken_while_the_scanner_is_away(self, monkeypatch, tmp_path):
        monkeypatch.setenv("CLAMD_SOCKET", str(tmp_path / "nobody.sock"))
        with pytest.raises(uploads.UploadRefused, match="gerade nicht möglich"):
            self.receive(dog_tax.PDF)

    def test_without_a_scanner_it_is_recorded(self, monkeypatch):
        monkeypatch.delenv("CLAMD_SOCKET", raising=False)
        assert not self.receive(dog_tax.PDF).scanned


class Endless(io.RawIOBase):
    """A form with a page's answers and a file of so many bytes, made while it is read."""

    def __init__(self, head: bytes, size: int, tail: bytes) -> None:
        self._parts = iter([head, *[bytes(65536)] * (size // 65536), tail])
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        self._rest = self._rest or next(self._parts, b"")
        given, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)


def test_two_hundred_megabytes_are_refused_while_streaming_with_flat_memory():
    size = 200 * 1024 * 1024
    head = (
        b'--B\r\nContent-Disposition: form-data; name="hunde.0.name"\r\n\r\nBello\r\n'
        b'--B\r\nContent-Disposition: form-data; name="hunde.0.nachweis"; filename="a.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n%PDF-1.7"
    )
    tail = b'\r\n--B\r\nContent-Disposition: form-data; name="hunde.0.rasse"\r\n\r\nDackel\r\n--B--\r\n'
    request = RequestFactory().post(
        "/",
        **{
            "CONTENT_TYPE": "multipart/form-data; boundary=B",
            "CONTENT_LENGTH": str(len(head) + size + len(tail)),
            "wsgi.input": io.BufferedReader(Endless(head, size, tail), 65536),
        },
    )
    limits = uploads.Limits(lambda _name: uploads.FileRule(), uploads.LARGEST_TOTAL)
    handler = uploads.bound(request, lambda: limits)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert request.POST["hunde.0.name"] == "Bello"
    assert request.POST["hunde.0.rasse"] == "Dackel"
    assert not request.FILES
    assert "zu groß" in handler.refused["hunde.0.nachweis"]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 20, f"{grown:.0f} MB more"


def test_many_files_that_are_too_much_together_are_refused_one_by_one():
    limits = uploads.Limits(lambda _name: uploads.FileRule(), 250_000)
    files = {f"f.{i}": dog_tax.upload(b"%PDF-1.7" + bytes(100_000), "a.pdf") for i in range(4)}
    request = RequestFactory().post("/", files)
    handler = uploads.bound(request, lambda: limits)
    assert set(request.FILES) == {"f.0", "f.1"}
    assert all("zusammen" in sentence for sentence in handler.refused.values())
    assert set(handler.refused) == {"f.2", "f.3"}


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("Nachweis.PDF", "Nachweis.PDF"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Dokumente\\a.pdf", "a.pdf"),
        ("\u202efdp.exe", "fdp.exe.pdf"),
        (".pdf", "Datei.pdf"),
        ("", "Datei.pdf"),
        ("ä" * 300 + ".pdf", "ä" * 120 + ".pdf"),
        ('a<b>"c".pdf', "a_b__c_.pdf"),
    ],
)
def test_a_file_name_is_plain_and_ends_as_its_type(name, cleaned):
    assert uploads.clean_name(name, "application/pdf") == cleaned


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_submission(acting_as, town):
    with acting_as("worker"):
        offer = dog_tax.offer(town("Dresden"))
    visitor = Browser().begin().fill()
    hidden, send = visitor.hidden(), visitor.root + "senden/"
    start = threading.Barrier(4)

    def click(_number: int) -> tuple[int, str]:
        browser = Client()
        browser.cookies = visitor.client.cookies.copy()
        start.wait()
        try:
            response = browser.post(send, hidden)
            return response.status_code, response["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(click, range(4)))
    assert answers == {(303, visitor.root + "gesendet/")}
    (sent,) = submissions(offer)
    assert sent.state == SubmissionState.SUBMITTED
