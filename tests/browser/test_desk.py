"""The desk's way: from the sign-in over the inbox to the decision that a second person confirms."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Visit
from tests.browser.inspection import Inspection
from tests.browser.ways import PACKAGE, apply, at, choose, press, sign_in, work
from tests.stack import Stack

SERVICES = sorted(path.parent.name for path in PACKAGE.parent.glob("*/package.toml"))
TOWN = "coswig"
CASE = "coswig-erster-hund"
EMPTY_TOWN = "moritzburg"


def test_a_clerk_asks_decides_and_a_second_person_confirms(
    visit: Visit, stack: Stack, inspect: Inspection
) -> None:
    receipt = apply(stack, CASE, familienname="Oberländer-Schönfelder", vorname="Karl")
    page = visit()
    page.goto("/anmelden/amt/")
    inspect(page, "provider-sign-in", keyboard=True)
    sign_in(page, stack, f"clerk.{TOWN}")
    at(page, "Eingang")
    wait_for_case(page, receipt.reference)
    inspect(page, "inbox", keyboard=True)
    search_the_inbox(page, receipt.reference, inspect)

    page.get_by_role("link", name=re.compile("Oberländer")).click()
    inspect(page, "case", keyboard=True)
    case = page.url
    press(page, "Bearbeiten")
    inspect(page, "task", keyboard=True)
    press(page, "Abschließen")
    inspect(page, "task-error")
    choose(page, "decision", "complete")
    press(page, "Abschließen")

    press(page, "Bearbeiten")
    deciding = page.url
    choose(page, "decision", "assess")
    preview(page)
    choose(page, "decision", "refuse")
    page.fill('[name="reason"]', "Der Hund ist schon angemeldet.")
    press(page, "Abschließen")
    expect(page.get_by_text("Für diese Aufgabe ist zuständig: Leitung.")).to_be_visible()
    expect(page.get_by_role("button", name="Bearbeiten")).to_have_count(0)
    inspect(page, "case-of-another-role")
    page.goto(deciding)
    at(page, "Das ist nicht möglich")
    inspect(page, "refused")

    head = visit()
    head.goto("/anmelden/amt/")
    sign_in(head, stack, f"head.{TOWN}")
    head.goto(case)
    inspect(head, "case-four-eyes")
    press(head, "Bearbeiten")
    inspect(head, "task-four-eyes")
    choose(head, "decision", "approve")
    press(head, "Abschließen")
    inspect(head, "case-decided")
    notice = head.get_by_role("link", name="Gesiegelten Bescheid ansehen")
    notice.click()
    for _ in range(50):
        if head.get_by_role("link", name="Bescheid öffnen").is_visible():
            break
        head.wait_for_timeout(200)
        head.reload()
    inspect(head, "case-notice")


def test_a_clerk_sees_where_the_case_is(visit: Visit, stack: Stack, inspect: Inspection) -> None:
    receipt = apply(stack, CASE)
    page = visit()
    page.goto("/anmelden/amt/")
    sign_in(page, stack, f"clerk.{TOWN}")
    wait_for_case(page, receipt.reference)
    page.goto(f"/amt/?q={receipt.reference}")
    page.locator("tbody a").first.click()
    press(page, "Ablauf und Entscheidungstabellen")
    at(page, "Ablauf")
    here = page.locator(".aw-drawing-here")
    expect(here).to_have_count(1)
    assert here.get_attribute("data-element-id") == "check"
    expect(page.locator("[data-bpmn]").get_by_title("Powered by bpmn.io")).to_be_in_viewport()
    tables = page.locator("[data-dmn]")
    expect(tables.first.locator(".decision-table-name")).to_be_visible()
    expect(tables.first.get_by_title("Powered by bpmn.io")).to_be_visible()
    inspect(page, "course", keyboard=True)
    press(page, "Kleiner")
    # What dmn-js calls an overview is the diagram of what requires what.
    tables.nth(1).get_by_role("button", name="Übersicht").click()
    expect(tables.nth(1).locator("svg .djs-shape").first).to_be_visible()
    tables.nth(1).get_by_role("button", name="Ergebnis", exact=True).click()
    expect(tables.nth(1).locator(".decision-table-name")).to_have_text("Ergebnis")


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_shows_its_drawings_to_everybody(
    visit: Visit, stack: Stack, inspect: Inspection, service: str
) -> None:
    page = visit()
    page.goto(f"/leistung/{service}/ablauf/")
    at(page, "So wird Ihr Antrag bearbeitet")
    drawings = page.locator(".aw-drawing")
    for index in range(drawings.count()):
        expect(drawings.nth(index)).to_be_visible()
        expect(drawings.nth(index).get_by_title("Powered by bpmn.io")).to_be_visible()
    inspect(page, f"course-{service}")


def test_without_scripts_the_course_stands_in_words(
    visit: Visit, stack: Stack, inspect: Inspection
) -> None:
    page = visit(scripts=False)
    page.goto("/leistung/hundesteuer/ablauf/")
    at(page, "So wird Ihr Antrag bearbeitet")
    expect(page.locator(".aw-drawing").first).to_be_hidden()
    expect(page.get_by_text("Angaben und Unterlagen prüfen").first).to_be_visible()
    page.locator("summary", has_text="Jahressteuersatz").click()
    expect(page.get_by_role("cell", name=">= 3")).to_be_visible()


def test_waiting_cases_and_empty_shelves_say_so(
    visit: Visit, stack: Stack, inspect: Inspection
) -> None:
    receipt = apply(stack, CASE)
    missing = {"decision": "request_documents", "documents": "Heimtierausweis"}
    work(stack, f"clerk.{TOWN}", receipt.reference, missing)
    page = visit()
    page.goto("/anmelden/amt/")
    sign_in(page, stack, f"clerk.{TOWN}")
    page.goto(f"/amt/?ablage=waiting&q={receipt.reference}")
    inspect(page, "inbox-waiting")
    page.locator("tbody a").first.click()
    expect(page.get_by_text("Unterlagen sind angefordert").first).to_be_visible()
    inspect(page, "case-waiting")

    other = visit()
    other.goto("/anmelden/amt/")
    sign_in(other, stack, f"clerk.{EMPTY_TOWN}")
    expect(other.get_by_text("Alles erledigt")).to_be_visible()
    inspect(other, "inbox-empty")
    answer = other.goto(page.url)
    assert answer is not None
    assert answer.status == 404


def wait_for_case(page: Page, reference: str) -> None:
    for _ in range(50):
        page.goto("/amt/")
        if page.get_by_text(reference).is_visible():
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{reference} does not come into the inbox")


def search_the_inbox(page: Page, reference: str, inspect: Inspection) -> None:
    page.fill("#q", "Niemand")
    press(page, "Suchen")
    expect(page.get_by_text("Nichts gefunden")).to_be_visible()
    inspect(page, "inbox-nothing-found")
    page.fill("#q", reference)
    press(page, "Suchen")
    expect(page.get_by_text(reference)).to_be_visible()


def preview(page: Page) -> None:
    """The preview opens beside the task as a PDF and changes nothing."""
    button = page.get_by_role("button", name="Bescheid ansehen")
    with page.context.expect_event(
        "response", lambda answer: answer.url.endswith("/vorschau/")
    ) as answered:
        button.click()
    assert answered.value.headers["content-type"] == "application/pdf"
