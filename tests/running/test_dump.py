"""Who steals a dump or the logs learns nothing: searched for, in every spelling that comes to mind."""

from __future__ import annotations

import base64
import binascii
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from tests.running.visitor import PERSON, Visitor
from tests.stack import Stack

from amtsweg.config import Config
from amtsweg.embedded.idp.people import people
from amtsweg.embedded.postgres import program
from amtsweg.kit.package import read_package

SERVICE = Path(__file__).parents[2] / "services" / "hundesteuer"
TOWN = "Radebeul"
# Answers that say nothing of a person, or that stand in public tables too.
NOT_PERSONAL = {"ort", "postleitzahl", "verguenstigung", "hausnummer", "rasse"}
# Names that are words of public texts; they are searched for as part of addresses and accounts.
ORDINARY = {"Beispiel", "Muster", "Weiß"}
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LONGEST_UNPACKED = 10_000_000


def personal(value: Any, key: str = "") -> Iterator[str]:
    """Every text in canonical answers that tells something of somebody."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from personal(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from personal(inner, key)
    elif isinstance(value, str):
        told_of_somebody = key not in NOT_PERSONAL and not DATE.fullmatch(value)
        if told_of_somebody and len(value) > 3:
            yield value


def spellings(text: str) -> Iterator[bytes]:
    """The bytes in which a text may lie somewhere."""
    grouped = " ".join(text[at : at + 4] for at in range(0, len(text), 4))
    for form in {text, text.upper(), text.lower(), quote(text), quote_plus(text), grouped}:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1"):
            try:
                plain = form.encode(encoding)
            except UnicodeEncodeError:
                continue
            yield plain
            yield plain.hex().encode()
            yield plain.hex().upper().encode()
            for shift in range(3):
                # The middle of the base64 form is the same whatever stands before and after.
                packed = base64.b64encode(bytes(shift) + plain)
                middle = packed[4 if shift else 0 : -4]
                if len(middle) >= 6:
                    yield middle
                    yield middle.replace(b"+", b"-").replace(b"/", b"_")
    yield json.dumps(text).strip('"').encode()


def layers(content: bytes) -> Iterator[bytes]:
    """The content, and whatever is packed in it: bytea columns, base64, deflated data."""
    yield content
    packed = [
        binascii.unhexlify(found) for found in re.findall(rb"\\\\?x((?:[0-9a-f]{2}){8,})", content)
    ]
    for token in re.findall(rb"[A-Za-z0-9+/_-]{32,}", content):
        try:
            packed.append(base64.b64decode(token + b"=" * (-len(token) % 4), altchars=b"-_"))
        except binascii.Error:
            continue
    yield b"\n".join(packed)
    for one in packed:
        for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS, zlib.MAX_WBITS | 16):
            try:
                yield zlib.decompressobj(window).decompress(one, LONGEST_UNPACKED)
            except zlib.error:
                continue


def told(content: bytes, texts: set[str]) -> dict[str, bytes]:
    """Which of the texts the content tells, with the spelling that was found."""
    everything = b"\0".join(layers(content))
    return {
        text: spelling
        for text in sorted(texts)
        for spelling in spellings(text)
        if spelling in everything
    }


@pytest.fixture(scope="module")
def texts(stack: Stack) -> set[str]:
    """What people have told this installation: golden cases, a draft, a sign-in."""
    rehearsed = subprocess.run(
        [sys.executable, "-m", "amtsweg.cli", "rehearse", str(SERVICE), "--town", TOWN, "--json"],
        env=stack.environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert rehearsed.returncode == 0, rehearsed.stdout[-3000:] + rehearsed.stderr[-1000:]
    with Visitor(stack.base_url) as visitor:
        visitor.begin("person", "haushalt")
    with Visitor(stack.base_url) as visitor:
        visitor.get("/anmelden/?next=/postfach/")
        visitor.post(
            {"username": "anna.muster", "password": stack.demo_password}, path=str(visitor.page.url)
        )
        assert visitor.path == "/postfach/", visitor.text
    edition = max(read_package(SERVICE).editions, key=lambda one: one.in_force_from)
    town = next(town for town in edition.towns if town.name == TOWN)
    known = {text for case in town.cases for text in personal(case.answers)}
    known |= {name for case in town.cases for name in case.attachments.values()}
    known |= {step.text for case in town.cases for step in case.steps if step.text}
    known |= {
        PERSON["person.familienname"],
        PERSON["person.vorname"],
        PERSON["person.anschrift.strasse"],
    }
    anna = people()["anna.muster"]
    known |= {anna.family_name, anna.email, anna.sub, anna.address["street_address"]}
    assert len(known - ORDINARY) > 30
    return known - ORDINARY


def test_the_search_itself_finds_what_is_hidden():
    text = "Käßler-Öztürk"
    for hidden in (
        text.encode(),
        text.encode("utf-16-le"),
        rb"\\x" + text.encode().hex().encode() * 3,
        b"..." + base64.b64encode(b"1234567" + text.encode() + b"89"),
        base64.urlsafe_b64encode(zlib.compress(b'{"name": "' + text.encode() + b'"}' * 9)),
        rb"\\x" + zlib.compress(b"x" * 9 + text.encode()).hex().encode(),
        json.dumps({"name": text}).encode(),
        quote(text).encode(),
    ):
        assert told(hidden, {text}), hidden
    assert not told(b"Kassler", {text})


def test_a_dump_of_the_database_tells_nothing_of_anybody(stack: Stack, texts: set[str]):
    config = Config.load(stack.environment)
    login = config.database_parameters("admin")
    dump = subprocess.run(
        # Published packages hold their golden cases; they are for everybody to read.
        [
            program("pg_dump"),
            "--exclude-table-data=catalogue_edition",
            f"--dbname={config.database_url('admin')}",
        ],
        env={**stack.environment, "PGPASSWORD": login.get("password", "")},
        capture_output=True,
        timeout=120,
        check=True,
    ).stdout
    assert dump.count(b"COPY public.") > 30
    assert b"casework_case" in dump
    assert told(dump, texts) == {}


def test_the_logs_tell_nothing_of_anybody(stack: Stack, texts: set[str]):
    logs = [*(stack.home / "log").iterdir(), stack.home / "run.out"]
    assert {"portal.log", "worker-1.log"} <= {log.name for log in logs}
    for log in logs:
        assert told(log.read_bytes(), texts) == {}, log


def test_no_code_that_opens_something_is_in_dump_or_logs(stack: Stack):
    with Visitor(stack.base_url) as visitor:
        visitor.begin("person")
        visitor.get(visitor.root + "code/")
        found = re.search(r"\b[0-9A-Y]{4}(?:-[0-9A-Y]{4}){3}\b", visitor.text)
        assert found
        visitor.get("/fortsetzen/")
        visitor.post({"code": found[0]})
        cookies = {
            cookie.value.split(":")[0]
            for cookie in visitor.client.cookies.jar
            if "draft" in cookie.name
        }
    secrets = {found[0], found[0].replace("-", "")}
    logs = b"".join(log.read_bytes() for log in (stack.home / "log").glob("*.log"))
    assert told(logs, secrets | cookies) == {}


def test_mails_of_the_demo_are_for_its_owner_alone(stack: Stack, texts: set[str]):
    mails = list((stack.home / "mail").iterdir())
    assert mails
    assert (stack.home / "mail").stat().st_mode & 0o077 == 0
    for mail in mails:
        # A mail says to whom it goes and where to read, and nothing of what it is about.
        assert [text for text in told(mail.read_bytes(), texts) if "@" not in text] == []
