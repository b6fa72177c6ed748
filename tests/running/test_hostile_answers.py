"""Answers that would be programs: shown everywhere as what they are, text."""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdf
import pytest
from lxml import html
from tests.stack import Stack

from amtsweg.kit.package import read_package
from amtsweg.rehearsal.browser import File, Page
from amtsweg.rehearsal.people import A_DOCUMENT, Applicant, Receipt, Staff, wait_for

SERVICE = Path(__file__).parents[2] / "services" / "hundesteuer"
DRESDEN = "146120000000"
SCRIPT = "<script>alert(1)</script>"
PICTURE = '"><img src=x onerror=alert(1)>'
TEMPLATE = "{{ 7*7 }}{% debug %}${7*7}"
READ = '#read("/etc/passwd")'
EVALUATE = '#eval("1+1") $x^2$ *fett* @zitat'


@dataclass
class Seen:
    """All pages that people saw, and the notice."""

    pages: dict[str, Page] = field(default_factory=dict)
    notice: str = ""
    facts: bytes = b""


def hostile_answers() -> dict[str, Any]:
    """Dresden's first golden case, told by somebody who attacks."""
    edition = max(read_package(SERVICE).editions, key=lambda one: one.in_force_from)
    town = next(town for town in edition.towns if town.ars == DRESDEN)
    answers: dict[str, Any] = copy.deepcopy(dict(town.cases[0].answers))
    answers["person"] |= {"familienname": f"Angriff {READ}", "vorname": SCRIPT}
    answers["person"]["anschrift"] |= {"strasse": PICTURE, "ort": TEMPLATE}
    answers["hunde"][0] |= {"name": EVALUATE, "rasse": f"Mops {SCRIPT}"}
    answers["hunde"][0].pop("mikrochip", None)
    return answers


@pytest.fixture(scope="module")
def seen(stack: Stack) -> Seen:
    """One application through all hands."""
    found = Seen()
    person = Applicant(stack.base_url, "hundesteuer", DRESDEN)
    clerk = Staff(stack.base_url, "clerk.dresden", stack.demo_password)
    try:
        receipt = person.apply(hostile_answers(), {})
        desk = clerk._browser

        def in_the_inbox() -> Page | None:
            inbox = desk.open(f"/amt/?ablage=open&q={receipt.reference}")
            return inbox if inbox.links("/amt/vorgang/") else None

        found.pages["inbox"] = inbox = wait_for(in_the_inbox, "the case")
        case_url = inbox.links("/amt/vorgang/")[0]
        found.pages["search"] = desk.open(f"/amt/?ablage=open&q={SCRIPT}")
        found.pages["case"] = case = desk.open(case_url)
        task = desk.submit(case.form(action="/nehmen/"), origin=case.url)
        found.pages["task"] = task
        ask = {"decision": "request_documents", "documents": f"{SCRIPT} {PICTURE}"}
        desk.submit(task.form(has="decision"), ask, origin=task.url)
        ask_page = wait_for(lambda: message_of(person, receipt), "the request")
        found.pages["request"] = ask_page
        answer = person._browser.submit(
            ask_page.form(has="files"),
            {"text": f"{SCRIPT} {PICTURE} {TEMPLATE}"},
            files=[("files", File(f"{SCRIPT}.pdf", A_DOCUMENT))],
            origin=ask_page.url,
        )
        assert answer.status == 200, answer.describe()
        found.pages["answered"] = answer
        found.pages["case with answer"] = desk.open(case_url)
        clerk.finish_task(receipt.reference, {"decision": "complete"})
        clerk.finish_task(receipt.reference, {"decision": "assess"})
        pdf = person.notice(receipt)
        found.pages["status"] = person.status(receipt)
        found.pages["decided case"] = desk.open(case_url)
        found.pages["verified"] = person.verify(pdf)
        reader = pypdf.PdfReader(io.BytesIO(pdf))
        found.notice = "\n".join(page.extract_text() for page in reader.pages)
        found.facts = b"".join(file for files in reader.attachments.values() for file in files)
    finally:
        person.close()
        clerk.close()
    return found


def message_of(person: Applicant, receipt: Receipt) -> Page | None:
    """The person's page that asks for documents, once it is there."""
    for link in person.status(receipt).links("/postfach/"):
        page = person._browser.open(link)
        if any("files" in form.file_names for form in page.forms()):
            return page
    return None


def test_every_page_was_seen_and_holds_what_was_entered(seen: Seen):
    assert len(seen.pages) == 10
    for name in ("inbox", "case", "task", "decided case"):
        assert READ in html.fromstring(seen.pages[name].content).text_content(), name
    for name in ("request", "case with answer"):
        assert SCRIPT in html.fromstring(seen.pages[name].content).text_content(), name


def test_no_page_takes_an_answer_for_a_program(seen: Seen):
    for name, page in seen.pages.items():
        assert page.status == 200, (name, page.describe())
        tree = html.fromstring(page.content)
        for script in tree.iter("script"):
            assert script.get("src", "").startswith("/static/"), name
            assert not (script.text or "").strip(), name
        assert not tree.xpath("//*[@onerror or @onload or @onclick]"), name
        assert not tree.xpath("//img[@src='x']"), name
        assert not tree.xpath("//*[starts-with(@href, 'javascript:')]"), name
        assert "49" not in [
            word for word in tree.text_content().split() if word.strip("{}$") == "49"
        ]


def test_the_notice_prints_answers_and_runs_none(seen: Seen):
    printed = " ".join(seen.notice.split())
    assert READ in printed
    assert SCRIPT in printed
    assert "root:" not in printed
    assert '#eval("1+1")' in printed or '#eval("1+1")' in seen.facts.decode(), printed
    assert b"root:x" not in seen.facts


def test_pages_about_people_are_kept_by_no_cache(stack: Stack, seen: Seen):
    clerk = Staff(stack.base_url, "clerk.dresden", stack.demo_password)
    try:
        client = clerk._browser._client
        for name in ("inbox", "case", "task"):
            answer = client.get(seen.pages[name].url)
            assert "no-store" in answer.headers.get("cache-control", ""), name
    finally:
        clerk.close()
