"""The portal's public pages and its programming interface, over Django's test client."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from amtsweg.platform.catalogue import actions, demo, queries
from amtsweg.platform.catalogue.models import Service

RADEBEUL, PIRNA = "146270210210", "146285229270"


@pytest.fixture
def service(acting_as: Any, town: Any) -> Service:
    """The dog tax, live in Radebeul under the package's example parameters."""
    with acting_as("worker"):
        published = actions.publish(demo.SHIPPED / "hundesteuer")
        in_force = queries.edition_in_force(published)
        assert in_force is not None
        towns = {one.ars: one for one in queries.compiled(in_force.hash).towns}
        actions.adopt(town("Radebeul"), published, towns[RADEBEUL].parameters)
    return published


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


# --- pages ----------------------------------------------------------------------------------


def test_home_asks_what_people_want_to_do(client: Client, service: Service) -> None:
    german, english = text(client, "/"), text(client, "/en/")
    assert "Was möchten Sie erledigen?" in german
    assert "What would you like to do?" in english
    assert 'href="/leistung/hundesteuer/"' in german
    assert 'href="/en/leistung/hundesteuer/"' in english


def test_language_switch_keeps_the_page(client: Client, service: Service) -> None:
    assert 'href="/en/suche/?q=hund&amp;ort=01445"' in text(client, "/suche/?q=hund&ort=01445")
    assert 'href="/suche/?q=dog"' in text(client, "/en/suche/?q=dog")


def test_search_says_what_is_online_at_the_place(client: Client, service: Service) -> None:
    assert "Hier online" in text(client, "/suche/?q=hund&ort=Radebeul")
    assert "Hier noch nicht online" in text(client, "/suche/?q=hund&ort=Pirna")


def test_everybody_can_see_how_an_application_is_worked_through(
    client: Client, service: Service
) -> None:
    assert 'href="/leistung/hundesteuer/ablauf/"' in text(client, "/leistung/hundesteuer/")
    page = text(client, "/leistung/hundesteuer/ablauf/")
    assert "Angaben und Unterlagen prüfen" in page
    assert "Sachbearbeitung" in page
    assert "aria-current" not in page.partition("<main")[2]
    for address in re.findall(r'data-(?:bpmn|dmn)="([^"]+)"', page):
        drawing = client.get(address)
        assert drawing.status_code == 200
        assert drawing.content.startswith(b"<?xml")
        # Whatever stands in it, a browser that opens it alone runs nothing.
        assert drawing["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert "immutable" in drawing["Cache-Control"]
    assert text(client, "/leistung/raumschiff/ablauf/", 404)


@pytest.mark.parametrize("name", ["edition.toml", "cases/radebeul.toml", "../process.bpmn"])
def test_only_drawings_are_given_out(client: Client, service: Service, name: str) -> None:
    page = text(client, "/leistung/hundesteuer/ablauf/")
    (address,) = re.findall(r'data-bpmn="([^"]+)process\.bpmn"', page)
    assert client.get(address + name).status_code == 404
    assert client.get(f"/zeichnung/{'0' * 64}/process.bpmn").status_code == 404


def test_search_without_a_hit_says_what_to_do(client: Client, service: Service) -> None:
    assert "Versuchen Sie es mit anderen Worten" in text(client, "/suche/?q=raumschiff")


def test_what_is_asked_is_shown_escaped(client: Client, service: Service) -> None:
    page = text(client, "/suche/?q=<script>alert(1)</script>&ort=<b>")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("place", ["Radebeul", "radebeul", "01445", "01445 Radebeul"])
def test_a_place_leads_to_its_page(client: Client, service: Service, place: str) -> None:
    response = client.get("/leistung/hundesteuer/", {"ort": place})
    assert response.status_code == 302
    assert response["Location"] == f"/leistung/hundesteuer/{RADEBEUL}/"


def test_a_postcode_of_several_towns_asks_which(client: Client, service: Service) -> None:
    page = text(client, "/leistung/hundesteuer/?ort=09306")
    assert "Zu „09306“ gehören mehrere Orte. Welcher ist es?" in page
    assert "Rochlitz" in page
    assert "Seelitz" in page


def test_an_unknown_place_gets_a_sentence_with_suggestions(
    client: Client, service: Service
) -> None:
    page = text(client, "/leistung/hundesteuer/?ort=Radebul")
    assert "„Radebul“ finden wir nicht" in page
    assert 'href="/leistung/hundesteuer/?ort=Radebeul"' in page
    assert "geben Sie die Postleitzahl ein" in text(client, "/leistung/hundesteuer/?ort=Xqzw")


def test_the_page_of_a_live_service_shows_all_that_people_ask(
    client: Client, service: Service
) -> None:
    page = text(client, f"/leistung/hundesteuer/{RADEBEUL}/")
    assert f'href="/antrag/hundesteuer/{RADEBEUL}/"' in page
    assert "Antrag starten" in page
    assert "Das geht ohne Anmeldung." in page
    assert "Stadt Radebeul" in page
    assert 'href="mailto:rathaus@radebeul.example"' in page
    assert "60,00\u00a0€" in page
    assert "Erster gefährlicher Hund" in page
    assert "Beispielwerte: Stadt Radebeul hat diese Beträge noch nicht bestätigt." in page
    assert "innerhalb von 30 Tagen" in page
    assert "Heimtierausweis" in page
    assert "§§ 2, 7 SächsKAG" in page
    assert "innerhalb eines Monats Widerspruch" in page


def test_what_it_costs_is_said_in_english_too(client: Client, service: Service) -> None:
    page = text(client, f"/en/leistung/hundesteuer/{RADEBEUL}/")
    assert "Tax per year" in page
    assert "First dangerous dog" in page
    assert "gefährlicher" not in page


def test_english_people_read_english(client: Client, service: Service) -> None:
    page = text(client, f"/en/leistung/hundesteuer/{RADEBEUL}/")
    assert "Start application" in page
    assert f'href="/en/antrag/hundesteuer/{RADEBEUL}/"' in page
    assert "€60.00" in page


def test_where_it_is_not_online_the_page_says_who_is_competent(
    client: Client, service: Service
) -> None:
    page = text(client, f"/leistung/hundesteuer/{PIRNA}/")
    assert "In Pirna noch nicht online möglich" in page
    assert "Stadt Pirna" in page
    assert "Antrag starten" not in page


def test_a_suspended_service_says_so(client: Client, service: Service, town: Any) -> None:
    actions.suspend(town("Radebeul"), service)
    page = text(client, f"/leistung/hundesteuer/{RADEBEUL}/")
    assert "Zurzeit nicht online möglich" in page
    assert "Antrag starten" not in page


@pytest.mark.parametrize(
    "address",
    ["/leistung/raumschiff/", f"/leistung/raumschiff/{RADEBEUL}/", "/leistung/hundesteuer/000/"],
)
def test_what_does_not_exist_is_not_found_in_our_words(
    client: Client, service: Service, address: str
) -> None:
    assert "Diese Seite gibt es nicht" in text(client, address, status=404)


def test_pages_take_few_queries(
    client: Client, service: Service, django_assert_max_num_queries: Any
) -> None:
    text(client, f"/leistung/hundesteuer/{RADEBEUL}/")
    for address, most in (
        ("/", 1),
        ("/suche/?q=hund&ort=Radebeul", 4),
        (f"/leistung/hundesteuer/{RADEBEUL}/", 5),
    ):
        with django_assert_max_num_queries(most):
            text(client, address)


def test_odd_questions_break_nothing(client: Client, service: Service) -> None:
    for odd in ("%00", "%F0%9F%90%95" * 300, "%E2%80%AE", "a" * 5000, "'", "%25", "%5C"):
        text(client, f"/suche/?q={odd}&ort={odd}")
        text(client, f"/leistung/hundesteuer/?ort={odd}")


# --- programming interface ------------------------------------------------------------------


def ask(client: Client, address: str, status: int = 200) -> Any:
    response = client.get(address)
    assert response.status_code == status, response.content.decode()
    if status >= 400:
        assert response["Content-Type"] == "application/problem+json"
    return json.loads(response.content)


def test_search_by_machine(client: Client, service: Service, settings: Any) -> None:
    assert ask(client, f"/api/v1/search?q=hund&ars={RADEBEUL}&limit=5") == {
        "items": [
            {
                "leika_key": "99102013002000",
                "name": "Hund zur Hundesteuer anmelden",
                "bundle": "10160",
                "online_here": True,
                "url": f"{settings.BASE_URL}/leistung/hundesteuer/{RADEBEUL}/",
            }
        ]
    }
    assert ask(client, "/api/v1/search?q=raumschiff") == {"items": []}


@pytest.mark.parametrize("key", ["99102013002000", "hundesteuer"])
def test_competence_by_machine(client: Client, service: Service, key: str) -> None:
    found = ask(client, f"/api/v1/competence?service={key}&ars={RADEBEUL}")
    assert [(one["authority"], one["online"]) for one in found["items"]] == [
        ("Stadt Radebeul", True)
    ]
    several = ask(client, f"/api/v1/competence?service={key}&postcode=09306")
    assert {"Rochlitz", "Seelitz"} < {one["area"] for one in several["items"]}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("competence?service=99102013002000", 422),
        (f"competence?service=99102013002000&ars={RADEBEUL}&postcode=01445", 422),
        ("competence?service=99102013002000&ars=12", 422),
        ("competence?service=99102013002000&ars=999999999999", 404),
        ("competence?service=99102013002000&postcode=99999", 404),
        ("competence?service=99000000000000&postcode=01445", 404),
        ("competence", 422),
        ("search?limit=0", 422),
        ("search?limit=many", 422),
        ("nothing", 404),
    ],
)
def test_refusals_are_problem_details(
    client: Client, service: Service, query: str, status: int
) -> None:
    problem = ask(client, f"/api/v1/{query}", status)
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]


def test_the_interface_describes_itself(client: Client, db: None) -> None:
    described = ask(client, "/api/v1/openapi.json")
    assert described["openapi"].startswith("3.1")
    assert {"/api/v1/search", "/api/v1/competence"} <= set(described["paths"])
