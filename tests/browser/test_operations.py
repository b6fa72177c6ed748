"""A parking permit: which operation is chosen before the first page, and what each asks."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from tests.browser.conftest import Visit
from tests.browser.inspection import Inspection
from tests.browser.ways import PROOF, at, choose, day, fill, press, sign_in
from tests.stack import Stack

PERMIT = "/leistung/bewohnerparkausweis/146260610610/"
SOPHIE = {
    "person.familienname": "Lehmann-Großschönau",
    "person.vorname": "Sophie",
    "person.anschrift.strasse": "Leipziger Straße",
    "person.anschrift.hausnummer": "30",
    "person.anschrift.postleitzahl": "02763",
    "person.anschrift.ort": "Zittau",
}
OLD_PERMIT = {
    "ausweis.nummer": "BPA 0932/2024",
    **day("ausweis.gueltig_bis", "31.10.2025"),
    "ausweis.fahrzeug_geaendert": "nein",
    "ausweis.anschrift_geaendert": "nein",
}


def test_a_permit_is_renewed_with_only_what_may_have_changed(
    visit: Visit, stack: Stack, inspect: Inspection
) -> None:
    page = visit(scripts=True)
    page.goto("/suche/?q=Parkausweis+verlängern")
    inspect(page, "permit-search")
    page.goto(PERMIT)
    inspect(page, "permit-service", keyboard=True)
    press(page, "Verlängern")
    expect(page.locator('[name="verrichtung"][value="renewal"]')).to_be_checked()
    inspect(page, "permit-start", keyboard=True)
    press(page, "Antrag beginnen")
    expect(page.get_by_text("Bewohnerparkausweis: Verlängern")).to_be_visible()
    fill(page, SOPHIE)
    press(page, "Weiter")
    at(page, "Ihr bisheriger Ausweis")
    inspect(page, "permit-old", keyboard=True)
    fill(page, OLD_PERMIT)
    press(page, "Weiter")
    at(page, "Ihr Fahrzeug")
    inspect(page, "permit-vehicle-known")
    expect(page.get_by_label("Zulassungsbescheinigung")).to_have_count(0)
    fill(
        page, {"fahrzeug.kennzeichen": "ZI-SL 205E", "fahrzeug.auslaendisches_kennzeichen": "nein"}
    )
    press(page, "Weiter")
    choose(page, "antrag.dauer", "12")
    inspect(page, "permit-period")
    press(page, "Weiter")
    pay_and_declare(page)
    at(page, "Angaben prüfen")
    inspect(page, "permit-review")
    press(page, "Antrag absenden")
    at(page, "Ihr Antrag ist abgesendet")
    inspect(page, "permit-sent")
    desk(visit, stack, inspect)


def pay_and_declare(page: Page) -> None:
    fill(page, {"zahlung.lastschrift": "nein"})
    press(page, "Weiter")
    fill(page, {"erklaerung.datenverarbeitung": "ja", "erklaerung.wahrheit": "ja"})
    press(page, "Weiter")


def desk(visit: Visit, stack: Stack, inspect: Inspection) -> None:
    page = visit()
    page.goto("/anmelden/amt/")
    sign_in(page, stack, "clerk.zittau")
    expect(page.get_by_text("Bewohnerparkausweis: Verlängern").first).to_be_visible()
    inspect(page, "permit-desk")
    page.get_by_role("link", name="Sophie Lehmann-Großschönau").first.click()
    inspect(page, "permit-case")
    press(page, "Bearbeiten")
    choose(page, "decision", "complete")
    press(page, "Abschließen")
    press(page, "Bearbeiten")
    inspect(page, "permit-decide", keyboard=True)


def test_a_new_permit_asks_for_the_vehicle_and_offers_what_the_town_offers(
    visit: Visit, inspect: Inspection
) -> None:
    page = visit(scripts=False)
    page.goto("/antrag/bewohnerparkausweis/146120000000/")
    press(page, "Antrag beginnen")
    expect(page.get_by_text("Wählen Sie bitte aus, was Sie beantragen.").first).to_be_visible()
    page.locator('label[for="verrichtung"]').click()
    press(page, "Antrag beginnen")
    fill(page, SOPHIE)
    press(page, "Weiter")
    at(page, "Ihr Fahrzeug")
    fill(page, {"fahrzeug.kennzeichen": "L-EV 77E", "fahrzeug.auslaendisches_kennzeichen": "nein"})
    choose(page, "fahrzeug.art", "car")
    fill(page, {"fahrzeug.gesamtmasse": "2400", "fahrzeug.sitzplaetze": "5"})
    choose(page, "fahrzeug.halter", "company")
    page.set_input_files('[name="fahrzeug.zulassungsbescheinigung"]', PROOF)
    press(page, "Weiter")
    expect(page.get_by_label("Zustimmung der Halterin oder des Halters")).to_be_visible()
    press(page, "Weiter")
    at(page, "Gültigkeit")
    expect(page.locator('[name="antrag.dauer"]')).to_have_count(2)
    expect(page.get_by_text("6 Monate", exact=True)).to_have_count(0)


def test_the_pages_of_a_new_permit_on_phone_and_desk(visit: Visit, inspect: Inspection) -> None:
    page = visit()
    page.goto("/en/antrag/bewohnerparkausweis/145220080080/?verrichtung=issue")
    inspect(page, "permit-start-english")
    press(page, "Begin the application")
    fill(page, SOPHIE)
    press(page, "Continue")
    at(page, "Your vehicle")
    inspect(page, "permit-vehicle", keyboard=True)
