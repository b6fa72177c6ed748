"""The same pages in English, and the pages that tell what went wrong."""

from __future__ import annotations

from playwright.sync_api import Page, Response, expect
from tests.browser.conftest import Visit
from tests.browser.inspection import Inspection
from tests.browser.ways import at, press, sign_in
from tests.stack import Stack

HERE = "/leistung/hundesteuer/146270210210/"
START = "/antrag/hundesteuer/146270210210/"


def test_the_main_pages_speak_english(visit: Visit, stack: Stack, inspect: Inspection) -> None:
    page = visit()
    for name, address in {
        "home": "/",
        "search": "/suche/?q=dog+tax",
        "service": HERE,
        "start": START,
        "resume": "/fortsetzen/",
        "status": "/status/",
        "verify": "/verify/",
    }.items():
        page.goto(f"/en{address}")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        inspect(page, f"en-{name}")
    page.goto(f"/en{START}")
    page.locator("form.aw-form button").click()
    inspect(page, "en-person")
    page.locator("main button.kern-btn--primary").click()
    inspect(page, "en-person-errors")
    page.goto("/en/anmelden/amt/")
    sign_in(page, stack, "clerk.weinboehla")
    page.goto("/en/amt/")
    inspect(page, "en-inbox")


def test_a_person_with_an_account_finds_fields_filled_in(
    visit: Visit, stack: Stack, inspect: Inspection
) -> None:
    page = visit()
    page.goto("/postfach/")
    sign_in(page, stack, "anna.muster")
    at(page, "Postfach")
    inspect(page, "mailbox-empty", keyboard=True)
    page.goto(START)
    press(page, "Antrag beginnen")
    expect(page.locator('[name="person.familienname"]')).to_have_value("Muster")
    expect(page.locator('[name="person.anschrift.postleitzahl"]')).to_have_value("01445")
    inspect(page, "person-prefilled")
    page.goto("/entwuerfe/")
    inspect(page, "drafts")
    press(page, "Abmelden")


def test_every_error_is_a_page_that_says_what_to_do(visit: Visit, inspect: Inspection) -> None:
    page = visit()
    shown(page, page.goto("/gibt-es-nicht/"), 404, inspect)
    page.goto(START)
    press(page, "Antrag beginnen")
    address = page.url

    stranger = visit()
    shown(stranger, stranger.goto(address), 403, inspect)

    page.context.clear_cookies()
    with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
        press(page, "Weiter")
    shown(page, refused.value, 403, inspect, "403-csrf")


def shown(
    page: Page, answer: Response | None, status: int, inspect: Inspection, name: str = ""
) -> None:
    assert answer is not None
    assert answer.status == status
    inspect(page, f"error-{name or status}")
