"""A person's way: from everyday words to the sealed notice, without and with an account."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.browser.conftest import Visit
from tests.browser.inspection import Inspection
from tests.browser.ways import PROOF, at, choose, day, fill, press, work
from tests.stack import Stack

from amtsweg.platform.federation.codes import new_code
from amtsweg.rehearsal.people import A_DOCUMENT

SERVICE = "Hund zur Hundesteuer anmelden"
CODE = re.compile(r"\b[0-9A-Y]{4}(-[0-9A-Y]{4}){3}\b")
REFERENCE = re.compile(r"\b[A-Z0-9]{2}-[0-9A-Y]{4}-[0-9A-Y]{4}\b")

ANNA = {
    "person.familienname": "Müller-Lüdenscheidt",
    "person.vorname": "Anneliese",
    "person.anschrift.strasse": "Friedrich-Wilhelm-Raiffeisen-Straße",
    "person.anschrift.hausnummer": "12 a",
    "person.anschrift.postleitzahl": "01445",
    "person.anschrift.ort": "Radebeul",
    "person.e_mail": "anneliese.mueller@example.org",
}


TOO_LARGE = A_DOCUMENT + b" " * 11 * 1024 * 1024


def dog(index: int, name: str) -> dict[str, str]:
    """A dog without relief, as a person types it."""
    path = f"hunde.{index}"
    return {
        f"{path}.name": name,
        f"{path}.rasse": "Deutscher Schäferhund",
        **day(f"{path}.beginn_der_haltung", "3.2.2026"),
        f"{path}.gefaehrlicher_hund": "nein",
        f"{path}.abweichender_haltungsort": "nein",
    }


def test_a_person_goes_from_the_search_to_the_sealed_notice(
    visit: Visit, stack: Stack, inspect: Inspection
) -> None:
    page = visit()
    find_the_service(page, inspect)
    fill_in_all_pages(page, inspect)
    reference, code = send(page, inspect)
    work(
        stack,
        "clerk.radebeul",
        reference,
        {
            "decision": "request_documents",
            "documents": "Vorder- und Rückseite des Schwerbehindertenausweises",
        },
    )
    answer_the_request(page, code, inspect)
    work(stack, "clerk.radebeul", reference, {"decision": "complete"}, {"decision": "assess"})
    retrieve_and_verify(page, code, inspect)


def find_the_service(page: Page, inspect: Inspection) -> None:
    page.goto("/")
    inspect(page, "home", keyboard=True)
    page.fill("#q", "Hund anmelden")
    press(page, "Suchen")
    inspect(page, "search")
    press(page, SERVICE)
    inspect(page, "service", keyboard=True)
    page.fill("#ort", "Radebul")
    press(page, "Weiter")
    inspect(page, "service-place-unknown")
    page.fill("#ort", "01689")
    press(page, "Weiter")
    expect(page.get_by_role("link", name="Niederau")).to_be_visible()
    inspect(page, "service-which-place")
    press(page, "Niederau")
    inspect(page, "service-not-online")
    press(page, "Anderer Ort")
    page.fill("#ort", "Radebeul")
    press(page, "Weiter")
    inspect(page, "service-here", keyboard=True)
    press(page, "Antrag starten")
    inspect(page, "start")
    press(page, "Antrag beginnen")


def fill_in_all_pages(page: Page, inspect: Inspection) -> None:
    at(page, "Ihre Angaben")
    inspect(page, "person", keyboard=True)
    fill(page, {**ANNA, "person.anschrift.postleitzahl": "1445", "person.vorname": ""})
    press(page, "Weiter")
    summary = page.locator("#fehler")
    expect(summary).to_be_focused()
    inspect(page, "person-errors", keyboard=True)
    summary.get_by_role("link").first.click()
    expect(page.locator('[id="person.vorname"]')).to_be_focused()
    fill(page, ANNA)
    press(page, "Weiter")

    at(page, "Hunde in Ihrem Haushalt")
    fill(page, {"bereits_gehaltene_hunde": "1"})
    press(page, "Weiter")
    at(page, "Hunde in Ihrem Haushalt")
    inspect(page, "household", keyboard=True)
    fill(page, {"davon_gefaehrlich": "0"})
    press(page, "Weiter")

    at(page, "Der neue Hund")
    inspect(page, "dogs-empty")
    fill(page, dog(0, "Bello von der Sächsischen Weinstraße"))
    choose(page, "hunde.0.verguenstigung", "reduction")
    press(page, "Weiteren Hund anmelden")
    fill(page, dog(1, "Ein zweiter"))
    inspect(page, "dogs-two", keyboard=True)
    press(page, "Hund 2 entfernen")
    expect(page.locator('[name="hunde.1.name"]')).to_have_count(0)
    expect(page.locator('[name="hunde.0.rasse"]')).to_have_value("Deutscher Schäferhund")
    press(page, "Weiter")
    at(page, "Der neue Hund")
    inspect(page, "dogs-proof-missing")
    with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
        page.set_input_files('[name="hunde.0.nachweis"]', {**PROOF, "buffer": TOO_LARGE})
        press(page, "Weiter")
    assert refused.value.status == 413
    expect(page.locator("#fehler li")).to_have_text(
        "Diese Datei ist zu groß. Erlaubt sind höchstens 10\u00a0MB."
    )
    expect(page.locator('[name="hunde.0.name"]')).not_to_have_value("")
    inspect(page, "dogs-proof-too-large")
    page.set_input_files('[name="hunde.0.nachweis"]', PROOF)
    press(page, "Weiter")
    at(page, "Zahlung")
    resume_by_code(page, inspect)

    press(page, "Zurück")
    at(page, "Der neue Hund")
    inspect(page, "dogs-proof-uploaded")
    press(page, "Weiter")
    fill(page, {"zahlung.lastschrift": "ja"})
    press(page, "Weiter")
    inspect(page, "payment", keyboard=True)
    fill(page, {"zahlung.iban": "DE02 1203 0000 0000 2020 51"})
    fill(page, {"zahlung.kontoinhaber": "Anneliese Müller-Lüdenscheidt"})
    press(page, "Weiter")
    at(page, "Erklärung")
    inspect(page, "declaration", keyboard=True)
    fill(page, {"erklaerung.datenverarbeitung": "ja", "erklaerung.wahrheit": "ja"})
    press(page, "Weiter")


def resume_by_code(page: Page, inspect: Inspection) -> None:
    press(page, "Später weitermachen")
    inspect(page, "code")
    code = found(CODE, page)
    page.context.clear_cookies()
    page.goto("/fortsetzen/")
    page.fill("#code", "0000")
    press(page, "Weiter")
    inspect(page, "resume-error")
    page.fill("#code", code.lower().replace("-", " "))
    press(page, "Weiter")
    at(page, "Zahlung")


def send(page: Page, inspect: Inspection) -> tuple[str, str]:
    at(page, "Angaben prüfen")
    inspect(page, "review", keyboard=True)
    page.get_by_role("link").filter(has_text="Ändern: Ihre Angaben").click()
    fill(page, {"person.telefon": "0351 1234567"})
    press(page, "Weiter")
    at(page, "Angaben prüfen")
    expect(page.get_by_text("0351 1234567")).to_be_visible()
    press(page, "Antrag absenden")
    at(page, "Ihr Antrag ist abgesendet")
    inspect(page, "receipt")
    return found(REFERENCE, page), found(CODE, page)


def answer_the_request(page: Page, code: str, inspect: Inspection) -> None:
    look_up(page, code)
    inspect(page, "status-documents")
    press(page, "Es fehlen noch Unterlagen")
    press(page, "Antwort senden")
    inspect(page, "documents-request-error", keyboard=True)
    page.set_input_files('[name="files"]', PROOF)
    page.fill('[name="text"]', "Anbei beide Seiten.")
    press(page, "Antwort senden")
    at(page, "Ihre Unterlagen sind eingegangen")
    inspect(page, "documents-received")


def retrieve_and_verify(page: Page, code: str, inspect: Inspection) -> None:
    open_the_notice(page, code, inspect)
    inspect(page, "notice-waiting")
    press(page, "Bescheid abrufen")
    inspect(page, "notice")
    address = page.get_by_role("link", name="Bescheid öffnen").get_attribute("href") or ""
    pdf = page.request.get(address).body()
    assert pdf.startswith(b"%PDF-")
    page.goto("/verify/")
    inspect(page, "verify")
    page.set_input_files(
        "#file", {"name": "Bescheid.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    press(page, "Datei prüfen")
    expect(page.get_by_text("Der Bescheid ist echt und unverändert")).to_be_visible()
    inspect(page, "verified")


def open_the_notice(page: Page, code: str, inspect: Inspection | None = None) -> None:
    """Look at the status until the worker has sealed the notice."""
    link = page.get_by_role("link", name="Bescheid über Hundesteuer", exact=True)
    for _ in range(60):
        look_up(page, code)
        if link.is_visible():
            break
        page.wait_for_timeout(200)
    if inspect:
        inspect(page, "status-notice")
    link.click()


def look_up(page: Page, code: str) -> None:
    page.goto("/status/")
    page.fill("#code", code)
    press(page, "Stand anzeigen")
    at(page, SERVICE)


def found(pattern: re.Pattern[str], page: Page) -> str:
    """The code that a person reads on the page."""
    match = pattern.search(page.locator("main").inner_text())
    assert match, page.locator("main").inner_text()
    return match.group()


def test_without_javascript_the_way_is_the_same(visit: Visit, stack: Stack) -> None:
    page = visit(scripts=False)
    page.goto("/")
    page.fill("#q", "Hund anmelden")
    page.fill("#ort", "01445")
    press(page, "Suchen")
    press(page, SERVICE)
    press(page, "Antrag starten")
    press(page, "Antrag beginnen")
    press(page, "Weiter")
    expect(page.locator("#fehler a")).to_have_count(6)
    fill(page, ANNA)
    press(page, "Weiter")
    fill(page, {"bereits_gehaltene_hunde": "1"})
    press(page, "Weiter")
    fill(page, {"davon_gefaehrlich": "0"})
    press(page, "Weiter")
    fill(page, dog(0, "Bello"))
    choose(page, "hunde.0.verguenstigung", "none")
    press(page, "Weiteren Hund anmelden")
    press(page, "Hund 2 entfernen")
    expect(page.locator('[name="hunde.0.name"]')).to_have_value("Bello")
    press(page, "Weiter")
    fill(page, {"zahlung.lastschrift": "nein"})
    press(page, "Weiter")
    fill(page, {"erklaerung.datenverarbeitung": "ja", "erklaerung.wahrheit": "ja"})
    press(page, "Weiter")
    at(page, "Angaben prüfen")
    press(page, "Antrag absenden")
    at(page, "Ihr Antrag ist abgesendet")
    reference, code = found(REFERENCE, page), found(CODE, page)
    work(stack, "clerk.radebeul", reference, {"decision": "complete"}, {"decision": "assess"})
    open_the_notice(page, code)
    press(page, "Bescheid abrufen")
    expect(page.get_by_role("link", name="Bescheid öffnen")).to_be_visible()


# The last one: after it, nobody at this address may enter a code for a while.
def test_guessed_codes_meet_a_pause(visit: Visit, inspect: Inspection) -> None:
    page = visit()
    page.goto("/verify/")
    for _ in range(12):
        page.fill("#code", new_code())
        with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
            press(page, "Code prüfen")
        if answered.value.status == 429:
            break
        assert answered.value.status == 302
    assert answered.value.status == 429
    inspect(page, "error-429")
