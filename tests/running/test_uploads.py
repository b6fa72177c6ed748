"""Large and hostile files through the real server: refused while they stream, with flat memory."""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.running.visitor import GUIDE_DOG, Visitor
from tests.stack import Stack

MEGABYTE = 1024 * 1024
ALLOWED_GROWTH = 12 * MEGABYTE
PROOF = "hunde.0.nachweis"
SMALL_PDF = b"%PDF-1.7\n%%EOF\n"
FORM = "application/x-www-form-urlencoded"


def web_process(stack: Stack) -> int:
    """The one process that serves requests: granian's child."""
    portal = json.loads((stack.home / "run.json").read_text())["processes"]["portal"]
    children = Path(f"/proc/{portal}/task/{portal}/children").read_text().split()
    workers = [
        int(pid)
        for pid in children
        if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert len(workers) == 1
    return workers[0]


def pss(pid: int) -> int:
    """Memory of a process in bytes, its share of what it shares included."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def open_files(pid: int) -> list[str]:
    """Temporary files of uploads that a process still holds."""
    links = (str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir())
    return [target for target in links if ".upload" in target]


class Watch:
    """The most memory that a process has while somebody sends."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.before = self.most = pss(pid)

    def over(self, pieces: Iterable[bytes]) -> Iterable[bytes]:
        for number, piece in enumerate(pieces):
            if number % 16 == 0:
                self.most = max(self.most, pss(self.pid))
            yield piece

    @property
    def growth(self) -> int:
        return max(self.most, pss(self.pid)) - self.before


def pieces(megabytes: int, first: bytes = SMALL_PDF) -> Iterable[bytes]:
    yield first
    for _ in range(megabytes):
        yield bytes(MEGABYTE)


@pytest.fixture
def dogs(visitor: Visitor) -> Visitor:
    """The page of the dogs, with the question for a proof open."""
    visitor.begin("person", "haushalt")
    visitor.post(GUIDE_DOG)
    assert PROOF in visitor.page.text
    return visitor


def warm_up(dogs: Visitor) -> None:
    """One ordinary upload, so that what is loaded once is not counted as growth."""
    media_type, body = dogs.multipart({**GUIDE_DOG, "hunde.0.name": ""}, PROOF, "a.pdf", pieces(1))
    whole = b"".join(body)
    dogs.raw_post([whole], media_type, length=len(whole))


def test_200_megabytes_are_refused_while_they_stream_with_flat_memory(stack, dogs, record_property):
    warm_up(dogs)
    watch = Watch(web_process(stack))
    fields = {**GUIDE_DOG, "hunde.0.name": "Waldi"}
    size = sum(map(len, dogs.multipart(fields, PROOF, "nachweis.pdf", pieces(200))[1]))
    media_type, body = dogs.multipart(fields, PROOF, "nachweis.pdf", pieces(200))
    began = time.monotonic()
    status, page = dogs.raw_post(watch.over(body), media_type, length=size)
    record_property("seconds", round(time.monotonic() - began, 2))
    record_property("growth_bytes", watch.growth)
    assert status == 413
    assert "Diese Datei ist zu groß" in page
    assert 'value="Waldi"' in page, "what was typed beside the file is kept"
    assert watch.growth < ALLOWED_GROWTH, f"{watch.growth / MEGABYTE:.1f} MB"
    assert not open_files(watch.pid), "a temporary file was left behind"
    dogs.get(dogs.root + "hunde/")
    assert 'value="Waldi"' in dogs.page.text


@pytest.mark.parametrize("path", ["/verify/", "/status/", "/fortsetzen/"])
def test_200_megabytes_in_other_forms_are_refused_too(stack, visitor, path):
    visitor.get(path)
    watch = Watch(web_process(stack))
    size = sum(map(len, visitor.multipart({"code": ""}, "file", "b.pdf", pieces(200))[1]))
    media_type, body = visitor.multipart({"code": ""}, "file", "b.pdf", pieces(200))
    status, page = visitor.raw_post(watch.over(body), media_type, length=size)
    assert status in {413, 422}
    assert 'lang="de"' in page
    assert watch.growth < ALLOWED_GROWTH, f"{watch.growth / MEGABYTE:.1f} MB"
    assert not open_files(watch.pid), "a temporary file was left behind"


@pytest.mark.parametrize("media_type", ["multipart/form-data; boundary=x", FORM])
def test_what_does_not_say_its_length_is_refused_unread(stack, dogs, media_type):
    watch = Watch(web_process(stack))
    status, page = dogs.raw_post(watch.over(pieces(200)), media_type, length=None)
    assert status in {0, 411}, "who goes on sending may lose the answer"
    if status:
        assert "kam unvollständig an" in page
    assert watch.growth < ALLOWED_GROWTH, f"{watch.growth / MEGABYTE:.1f} MB"
    dogs.get(dogs.root)
    assert dogs.page.status_code == 200


def test_200_megabytes_of_text_are_refused_before_they_are_read(stack, visitor):
    visitor.begin()
    watch = Watch(web_process(stack))
    token = f"csrfmiddlewaretoken={visitor.hidden()['csrfmiddlewaretoken']}&person.vorname="
    status, page = visitor.raw_post(
        watch.over(pieces(200, token.encode())), FORM, length=200 * MEGABYTE + len(token)
    )
    assert status in {0, 413}, "who goes on sending may lose the answer"
    if status:
        assert "zu groß" in page
    assert watch.growth < ALLOWED_GROWTH, f"{watch.growth / MEGABYTE:.1f} MB"
    visitor.get(visitor.root)
    assert visitor.page.status_code == 200


def test_text_in_a_form_with_files_has_a_bound_too(stack, dogs):
    """Only files go to disk: a text field of 200 MB would lie in memory."""
    warm_up(dogs)
    watch = Watch(web_process(stack))
    head = (
        '--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
        f"{dogs.hidden()['csrfmiddlewaretoken']}\r\n"
        '--x\r\nContent-Disposition: form-data; name="hunde.0.name"\r\n\r\n'
    ).encode()
    tail = b"\r\n--x--\r\n"
    status, page = dogs.raw_post(
        watch.over((*pieces(200, head), tail)),
        "multipart/form-data; boundary=x",
        length=200 * MEGABYTE + len(head) + len(tail),
    )
    assert status in {0, 413}, "who goes on sending may lose the answer"
    if status:
        assert "zu groß" in page
    assert watch.growth < ALLOWED_GROWTH, f"{watch.growth / MEGABYTE:.1f} MB"


def bomb() -> bytes:
    """A PNG of 30,000 × 30,000 points in 900 kB, which would fill 2.7 GB when drawn."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + check

    packer = zlib.compressobj(9)
    row = bytes(30_000 * 3 + 1)
    packed = b"".join(packer.compress(row) for _ in range(3_000)) + packer.flush()
    size = (30_000).to_bytes(4, "big") * 2
    header = chunk(b"IHDR", size + b"\x08\x02\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def pdf_bomb() -> bytes:
    """A PDF with one stream of 300 MB in 300 kB."""
    packed = zlib.compress(bytes(100 * MEGABYTE), 9)
    head = b"%PDF-1.7\n1 0 obj<</Length " + str(len(packed)).encode()
    return (
        head
        + b"/Filter/FlateDecode>>stream\n"
        + packed
        + b"\nendstream endobj\ntrailer<<>>\n%%EOF\n"
    )


@pytest.mark.parametrize(("name", "make"), [("bild.png", bomb), ("nachweis.pdf", pdf_bomb)])
def test_what_swells_when_opened_is_never_opened(stack, dogs, name, make):
    """Files are carried, not opened: a small file that swells stays small."""
    content = make()
    warm_up(dogs)
    watch = Watch(web_process(stack))
    began = time.monotonic()
    dogs.post(GUIDE_DOG, files={PROOF: (name, content, "application/pdf")})
    assert dogs.page.status_code == 200, dogs.text
    assert "/zahlung/" in dogs.path
    assert time.monotonic() - began < 5
    assert watch.growth < ALLOWED_GROWTH


def test_a_notice_to_verify_that_swells_is_refused_with_flat_memory(stack, visitor):
    visitor.get("/verify/")
    watch = Watch(web_process(stack))
    began = time.monotonic()
    visitor.post({"code": ""}, files={"file": ("bescheid.pdf", pdf_bomb(), "application/pdf")})
    assert visitor.page.status_code == 200
    assert "kein Siegel" in visitor.text or "nicht" in visitor.text
    assert time.monotonic() - began < 5
    # The library for seals is loaded at the first look, and is no growth by the file.
    assert watch.growth < 50 * MEGABYTE


@pytest.mark.parametrize(
    "name",
    [
        "../../../../etc/cron.d/x.pdf",
        "C:\\Windows\\system32\\x.pdf",
        "x.pdf%00.exe",
        'x".pdf',
        "x.pdf; filename=evil.exe",
        "ä" * 250 + ".pdf",
        "\u202efdp.exe",
        ".htaccess",
        "<script>alert(1)</script>.pdf",
        "=cmd|' /C calc'!A0.pdf",
    ],
)
def test_names_of_files_cannot_hurt(dogs, name):
    dogs.post(GUIDE_DOG, files={PROOF: (name, SMALL_PDF, "application/pdf")})
    assert dogs.page.status_code == 200, dogs.text
    dogs.get(dogs.root + "hunde/")
    shown = re.search(r"([^\s>\"]*\.pdf)", dogs.text)
    assert shown, dogs.text
    assert not re.search(r"[/\\<>\"\u202e]", shown[1])
    assert "<script>" not in dogs.page.text


def test_a_line_break_in_a_files_name_makes_no_header(dogs):
    media_type, body = dogs.multipart(GUIDE_DOG, PROOF, "x.pdf%0d%0aSet-Cookie: a=b", [SMALL_PDF])
    whole = b"".join(body).replace(b"%0d%0a", b"\rX-Evil: 1\r")
    status, _page = dogs.raw_post([whole], media_type, length=len(whole))
    assert status in {302, 303, 400, 422}
