"""One service, several operations: chosen at the start, carried by the LeiKa key, seen by everybody after."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import dog_tax
import pytest
import time_machine
from django.test import Client

from amtsweg.platform.casework import actions as casework
from amtsweg.platform.casework import queries, running
from amtsweg.platform.casework.models import Case
from amtsweg.platform.catalogue import actions, demo
from amtsweg.platform.catalogue import queries as catalogue
from amtsweg.platform.catalogue.errors import RehearsalFailed
from amtsweg.platform.catalogue.models import Service
from amtsweg.platform.federation import wall
from amtsweg.platform.federation.models import Authority, Role
from amtsweg.platform.intake.models import Draft
from amtsweg.platform.transport import actions as transport
from amtsweg.platform.transport.models import Submission

ZITTAU = "146260610610"
START = f"/antrag/bewohnerparkausweis/{ZITTAU}/"
RENEWAL = "99108001020000"
CODE = b"c" * 32

# A renewal with nothing changed, page by page.
PAGES = (
    ("person", {
        "person.familienname": "Jentsch", "person.vorname": "Olaf",
        "person.anschrift.strasse": "Reichenberger Straße", "person.anschrift.hausnummer": "5",
        "person.anschrift.postleitzahl": "02763", "person.anschrift.ort": "Zittau",
    }),
    ("ausweis", {
        "ausweis.nummer": "BPA 0417", "ausweis.gueltig_bis.day": "31",
        "ausweis.gueltig_bis.month": "5", "ausweis.gueltig_bis.year": "2026",
        "ausweis.fahrzeug_geaendert": "false", "ausweis.anschrift_geaendert": "false",
    }),
    ("fahrzeug", {
        "fahrzeug.kennzeichen": "ZI-OJ 12", "fahrzeug.auslaendisches_kennzeichen": "false",
    }),
    ("antrag", {"antrag.dauer": "12"}),
    ("zahlung", {"zahlung.lastschrift": "false"}),
    ("erklaerung", {"erklaerung.datenverarbeitung": "true", "erklaerung.wahrheit": "true"}),
)  # fmt: skip


@pytest.fixture(autouse=True)
def in_march() -> Any:
    with time_machine.travel(datetime(2026, 3, 4, 10, 0, tzinfo=UTC), tick=True) as clock:
        yield clock


@pytest.fixture
def authority(acting_as: Any, town: Any) -> Authority:
    """Zittau, which offers the parking permit."""
    with acting_as("worker"):
        offering: Authority = town("Zittau")
        service = actions.publish(demo.SHIPPED / "bewohnerparkausweis")
        in_force = catalogue.edition_in_force(service)
        assert in_force is not None
        towns = {one.ars: one for one in catalogue.compiled(in_force.hash).towns}
        actions.adopt(offering, service, towns[ZITTAU].parameters)
        dog_tax.open_door(offering, service)
    return offering


def text(response: Any) -> str:
    return unescape(response.content.decode())


def apply(client: Client, operation: str) -> str:
    """Go through the pages; the address of the last."""
    address = str(client.post(START, {"verrichtung": operation})["Location"])
    for page_id, typed in PAGES:
        assert address.endswith(f"/{page_id}/"), address
        response = client.post(address, typed)
        assert response.status_code == 303, text(response)
        address = response["Location"]
    return address


def test_the_service_page_leads_to_each_operation(client: Client, authority: Authority) -> None:
    page = text(client.get(f"/leistung/bewohnerparkausweis/{ZITTAU}/"))
    assert re.findall(rf'href="({START}[^"]*)"', page) == [
        f"{START}?verrichtung=issue",
        f"{START}?verrichtung=renewal",
    ]
    assert "Neu beantragen" in page


def test_the_search_finds_and_lists_operations(client: Client, authority: Authority) -> None:
    assert "Neu beantragen · Verlängern" in text(client.get("/suche/?q=verlängern"))
    assert "Apply for a new permit · Renew" in text(client.get("/en/suche/?q=renew"))
    assert "Neu beantragen · Verlängern" in text(client.get("/leistung/bewohnerparkausweis/"))


def test_nobody_begins_without_saying_what_for(client: Client, authority: Authority) -> None:
    for posted in ({}, {"verrichtung": "extension"}):
        response = client.post(START, posted)
        assert response.status_code == 422
        assert "Wählen Sie bitte aus, was Sie beantragen." in text(response)


def test_an_address_may_say_it_and_the_form_has_the_last_word(
    client: Client, authority: Authority
) -> None:
    page = text(client.get(f"{START}?verrichtung=renewal"))
    assert re.search(r'value="renewal" checked', page)
    assert "checked" not in text(client.get(START))
    response = client.post(f"{START}?verrichtung=renewal", {"verrichtung": "issue"})
    with wall.scope(authority=authority.pk):
        assert Draft.objects.get().operation == "issue"
    assert "Bewohnerparkausweis: Neu beantragen" in text(client.get(response["Location"]))


def test_pages_and_choices_are_those_of_the_operation_and_the_town(
    client: Client, acting_as: Any, authority: Authority
) -> None:
    renewal = apply(client, "renewal")
    assert renewal.endswith("/pruefen/")
    reviewed = text(client.get(renewal))
    assert "Bewohnerparkausweis: Verlängern" in reviewed
    assert "BPA 0417" in reviewed
    assert "Zulassungsbescheinigung" not in reviewed
    other = Client()
    issue = other.post(START, {"verrichtung": "issue"})["Location"]
    assert other.post(issue, PAGES[0][1])["Location"].endswith("/fahrzeug/")

    with acting_as("worker"), wall.scope(authority=authority.pk):
        adoption = catalogue.adoption(authority, Service.objects.get())
        assert adoption is not None
        adoption.parameters = {**adoption.parameters, "durations": ["6"]}
        adoption.save()
    period = renewal.replace("/pruefen/", "/antrag/")
    assert re.findall(r'name="antrag.dauer" value="(\d+)"', text(client.get(period))) == ["6"]
    refused = client.post(period, {"antrag.dauer": "12"})
    assert refused.status_code == 422
    assert "eine der angebotenen Antworten" in text(refused)


def test_the_key_carries_the_operation_to_the_desk(
    client: Client, acting_as: Any, authority: Authority, hire: Any
) -> None:
    review = apply(client, "renewal")
    receipt = client.post(review.replace("/pruefen/", "/senden/"), follow=True)
    assert "Bewohnerparkausweis: Verlängern" in text(receipt)
    with acting_as("worker"), wall.scope(authority=authority.pk):
        sent = Submission.objects.get()
        assert sent.service_identifier == f"urn:de:fim:leika:leistung:{RENEWAL}"
        transport.accept(sent.pk)
        case = Case.objects.get()
        assert running.restore(case).data["application"]["operation"] == "renewal"

    clerk = hire(authority, Role.CLERK)
    assert "Bewohnerparkausweis: Verlängern" in text(clerk.browser.get("/amt/"))
    shown = text(clerk.browser.get(f"/amt/vorgang/{case.pk}/"))
    assert "Bewohnerparkausweis: Verlängern" in shown
    assert "BPA 0417" in shown
    with wall.scope(authority=authority.pk):
        for result in ({"decision": "complete"}, {"decision": "grant", "zone": "I"}):
            (task,) = queries.case_view(case, "de").tasks
            casework.complete_task(task.pk, member=clerk.member, result=result)
        done = running.restore(Case.objects.get()).data
    assert done["outcome"]["decision"] == "renewed"
    assert done["period"] == {"valid_from": "2026-06-01", "valid_to": "2027-05-31"}

    code = re.search(r"\b[0-9A-Y]{4}(-[0-9A-Y]{4}){3}\b", text(receipt))
    assert code is not None
    status = client.post("/status/", {"code": code[0]}, follow=True)
    assert "Bewohnerparkausweis: Verlängern" in text(status)


def test_a_town_with_rules_of_its_own_goes_live_without_cases_of_its_own(
    acting_as: Any, town: Any, authority: Authority
) -> None:
    with acting_as("worker"):
        service = Service.objects.get()
        adoption = catalogue.adoption(authority, service)
        assert adoption is not None
        own = {
            **adoption.parameters,
            "zones": [{"code": "P1", "name": "Altstadt"}],
            "durations": ["12"],
            "vehicles": {**adoption.parameters["vehicles"], "foreign_plates": False},
        }
        assert actions.adopt(town("Pirna"), service, own).is_live
        # No case renews for 24 months: nothing shows that a renewal comes to its end here.
        nothing = {**own, "durations": ["24"]}
        with pytest.raises(RehearsalFailed, match="dresden-verlaengerung"):
            actions.adopt(town("Meißen"), service, nothing)


def test_an_application_from_elsewhere_is_what_its_key_says(
    acting_as: Any, authority: Authority
) -> None:
    service = Service.objects.get()
    edition = catalogue.edition_in_force(service)
    assert edition is not None
    cases = {
        case.name: case for town in catalogue.compiled(edition.hash).towns for case in town.cases
    }
    with wall.scope(code=CODE):
        destination = transport.queries.destination(authority.pk, service.pk)

    def operation_of(case: str, key: str) -> str:
        with wall.scope(code=CODE):
            sent = transport.submit(
                destination,
                data=json.dumps(cases[case].answers).encode(),
                metadata={},
                attachments=(),
                edition_hash=edition.hash,
                account=None,
                code_hash=CODE,
                leika_key=key,
            )
        with acting_as("worker"), wall.scope(authority=authority.pk):
            transport.accept(sent.pk)
            data = running.restore(Case.objects.get(submission=sent)).data
        operation: str = data["application"]["operation"]
        return operation

    assert operation_of("zittau-verlaengerung-schaltjahr", RENEWAL) == "renewal"
    # Without a key of its own it is for the first operation, as from a service that knows only one.
    assert operation_of("zittau-zwei-jahre", "") == "issue"
