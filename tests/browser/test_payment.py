"""A sister orders a birth certificate: through the assistant, to the payment provider and back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.browser.conftest import Visit
from tests.browser.inspection import Inspection
from tests.browser.ways import PROOF, at, choose, day, fill, press, sign_in, work
from tests.stack import Stack

HERE = "/leistung/geburtsurkunde/146120000000/"
CODE = re.compile(r"\b[0-9A-Y]{4}(-[0-9A-Y]{4}){3}\b")
REFERENCE = re.compile(r"\b[A-Z0-9]{2}-[0-9A-Y]{4}-[0-9A-Y]{4}\b")


def test_a_sister_pays_and_receives_the_letter(
    visit: Visit, stack: Stack, inspect: Inspection
) -> None:
    page = visit()
    fill_in_all_pages(page, inspect)
    press(page, "Antrag absenden")
    reference, code = found(REFERENCE, page), found(CODE, page)
    checked = {"decision": "complete", "interest": "credible", "exemption": "not_claimed"}
    work(stack, "clerk.dresden", reference, checked)
    look_up(page, code)
    inspect(page, "status-payment")
    press(page, "Bitte bezahlen Sie die Gebühr")
    inspect(page, "message-payment", keyboard=True)
    break_off_and_pay(page, inspect)
    at_the_desk(visit(), stack, reference, inspect)
    work(stack, "clerk.dresden", reference, {"entry": "G 1502/1968"})
    look_up(page, code)
    expect(page.get_by_text("Ihre Zahlung ist eingegangen")).to_be_visible()


def test_payment_works_without_javascript(visit: Visit, stack: Stack, inspect: Inspection) -> None:
    page = visit(scripts=False)
    fill_in_all_pages(page, None)
    press(page, "Antrag absenden")
    reference, code = found(REFERENCE, page), found(CODE, page)
    checked = {"decision": "complete", "interest": "credible", "exemption": "not_claimed"}
    work(stack, "clerk.dresden", reference, checked)
    look_up(page, code)
    press(page, "Jetzt bezahlen")
    at(page, "Gebühr bezahlen")
    press(page, "Jetzt bezahlen")
    press(page, "Ohne Geld bezahlen")
    expect(page.get_by_text("Die Gebühr ist bezahlt")).to_be_visible()


def fill_in_all_pages(page: Page, inspect: Inspection | None) -> None:
    def look(name: str) -> None:
        if inspect is not None:
            # What was typed last has the focus; its look without it is wanted.
            page.evaluate("document.activeElement.blur()")
            inspect(page, f"birth-{name}", keyboard=True)

    page.goto(HERE)
    look("service")
    press(page, "Antrag starten")
    press(page, "Antrag beginnen")
    person = "person.anschrift"
    fill(
        page,
        {
            "person.familienname": "Fröhlich",
            "person.vorname": "Antje",
            **day("person.geburtsdatum", "17.5.1971"),
            f"{person}.strasse": "Weinböhlaer Straße",
            f"{person}.hausnummer": "9",
            f"{person}.postleitzahl": "01127",
            f"{person}.ort": "Dresden",
        },
    )
    page.set_input_files('[name="person.ausweis"]', PROOF)
    look("person")
    press(page, "Weiter")
    at(page, "Um welche Geburt es geht")
    choose(page, "geburt.beziehung", "sibling")
    fill(
        page,
        {
            "geburt.geburtsname": "Fröhlich",
            "geburt.vornamen": "Frank",
            **day("geburt.geburtsdatum", "2.8.1968"),
            "geburt.geburtsort": "Dresden",
        },
    )
    look("birth")
    press(page, "Weiter")
    at(page, "Warum Sie die Urkunde erhalten dürfen")
    press(page, "Weiter")
    at(page, "Warum Sie die Urkunde erhalten dürfen")
    look("reason-missing")
    fill(page, {"berechtigung.interesse": "Das Nachlassgericht verlangt den Geburtseintrag."})
    press(page, "Weiter")
    at(page, "Welche Urkunden Sie brauchen")
    choose(page, "urkunden.0.art", "register")
    fill(page, {"urkunden.0.anzahl": "1"})
    choose(page, "verwendung", "general")
    look("certificates")
    press(page, "Weiter")
    at(page, "Wohin wir sie schicken")
    fill(page, {"lieferung.andere_anschrift": "nein"})
    look("delivery")
    press(page, "Weiter")
    fill(page, {"erklaerung.datenverarbeitung": "ja", "erklaerung.wahrheit": "ja"})
    press(page, "Weiter")
    at(page, "Angaben prüfen")
    look("review")


def break_off_and_pay(page: Page, inspect: Inspection) -> None:
    press(page, "Jetzt bezahlen")
    at(page, "Gebühr bezahlen")
    inspect(page, "payment-open", keyboard=True)
    press(page, "Jetzt bezahlen")
    at(page, "Bezahlen")
    expect(page.get_by_text("Es fließt kein Geld")).to_be_visible()
    inspect(page, "provider", keyboard=True)
    press(page, "Abbrechen")
    at(page, "Gebühr bezahlen")
    expect(page.get_by_text("Die Zahlung wurde abgebrochen")).to_be_visible()
    inspect(page, "payment-broken-off", keyboard=True)
    press(page, "Noch einmal versuchen")
    press(page, "Jetzt bezahlen")
    press(page, "Ohne Geld bezahlen")
    expect(page.get_by_text("Die Gebühr ist bezahlt")).to_be_visible()
    inspect(page, "payment-paid")


def at_the_desk(page: Page, stack: Stack, reference: str, inspect: Inspection) -> None:
    page.goto("/anmelden/amt/")
    sign_in(page, stack, "clerk.dresden")
    page.goto(f"/amt/?ablage=open&q={reference}")
    page.locator("th a").first.click()
    expect(page.get_by_role("heading", name="Zahlung", exact=True)).to_be_visible()
    inspect(page, "case-paid")


def look_up(page: Page, code: str) -> None:
    page.goto("/status/")
    page.fill("#code", code)
    press(page, "Stand anzeigen")


def found(pattern: re.Pattern[str], page: Page) -> str:
    match = pattern.search(page.locator("main").inner_text())
    assert match, page.url
    return match.group()
