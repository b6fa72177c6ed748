"""Publishing, adopting, searching and finding who is competent."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.utils import InternalError, ProgrammingError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from amtsweg.kit.fim import xzufi
from amtsweg.kit.fim.xzufi_model import Identifier
from amtsweg.kit.package import PackageError, read_package
from amtsweg.platform.catalogue import actions, demo, queries
from amtsweg.platform.catalogue.errors import ParametersRefused, RehearsalFailed
from amtsweg.platform.catalogue.models import Adoption, AdoptionState, Edition, Service
from amtsweg.platform.federation import wall
from amtsweg.platform.federation.models import Area

HUNDESTEUER = demo.SHIPPED / "hundesteuer"
RADEBEUL = "146270210210"
PIRNA = "146285229270"


@pytest.fixture
def service(acting_as: Any) -> Service:
    with acting_as("worker"):
        return actions.publish(HUNDESTEUER)


@pytest.fixture
def parameters(service: Service) -> dict[str, Any]:
    """Radebeul's parameters, to be changed at will."""
    return copy.deepcopy(dict(_town_parameters(service, RADEBEUL)))


def _town_parameters(service: Service, ars: str) -> Any:
    in_force = queries.edition_in_force(service)
    assert in_force is not None
    edition = queries.compiled(in_force.hash)
    return next(town.parameters for town in edition.towns if town.ars == ars)


@contextmanager
def at_most(number: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as seen:
        yield
    assert len(seen) <= number, [query["sql"] for query in seen]


def area(ars: str) -> Area:
    return Area.objects.get(ars=ars)


# --- publishing -----------------------------------------------------------------------------


def test_publishing_brings_service_and_editions_in(service: Service) -> None:
    assert service.names["en"] == "Register a dog for dog tax"
    assert service.leika_keys == ["99102013002000"]
    editions = list(service.editions.order_by("in_force_from"))
    assert [one.in_force_from for one in editions] == [date(2024, 1, 1), date(2025, 1, 1)]
    assert [queries.compiled(one.hash).hash for one in editions] == [one.hash for one in editions]


def test_publishing_twice_changes_nothing(service: Service, acting_as: Any) -> None:
    before = list(Edition.objects.values_list("hash", "published_at"))
    with acting_as("worker"):
        assert actions.publish(HUNDESTEUER) == service
    assert list(Edition.objects.values_list("hash", "published_at")) == before


def test_a_changed_package_is_another_edition(
    service: Service, acting_as: Any, tmp_path: Path
) -> None:
    first = service.editions.get(in_force_from=date(2025, 1, 1))
    package = tmp_path / "hundesteuer"
    shutil.copytree(HUNDESTEUER, package)
    texts = package / "2025-01-01" / "texts" / "de.toml"
    texts.write_text(texts.read_text().replace("Was Sie uns noch melden müssen", "Ihre Pflichten"))
    with acting_as("worker"):
        actions.publish(package)
    assert service.editions.count() == 3
    assert queries.compiled(first.hash).texts["de"]["notice"]["duties"] != "Ihre Pflichten"
    newest = queries.edition_in_force(service)
    assert newest is not None
    assert queries.compiled(newest.hash).texts["de"]["notice"]["duties"] == "Ihre Pflichten"


def test_a_package_whose_golden_case_fails_is_not_published(
    acting_as: Any, db: None, tmp_path: Path
) -> None:
    package = tmp_path / "hundesteuer"
    shutil.copytree(HUNDESTEUER, package)
    cases = package / "2025-01-01" / "cases" / "radebeul.toml"
    cases.write_text(cases.read_text().replace("fee_cents = ", "fee_cents = 1"))
    with acting_as("worker"), pytest.raises(RehearsalFailed, match="fee_cents should be"):
        actions.publish(package)
    assert not Service.objects.exists()


def test_a_folder_that_is_no_package_is_refused(acting_as: Any, db: None, tmp_path: Path) -> None:
    with acting_as("worker"), pytest.raises(PackageError):
        actions.publish(tmp_path)


def test_the_web_may_not_publish(db: None) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        actions.publish(HUNDESTEUER)


@pytest.mark.parametrize("role", ["worker", "owner"])
def test_an_edition_never_changes(service: Service, acting_as: Any, role: str) -> None:
    with acting_as(role), pytest.raises((InternalError, ProgrammingError)):
        Edition.objects.filter(service=service).update(in_force_from=date(2020, 1, 1))


def test_before_its_day_no_edition_is_in_force(service: Service) -> None:
    assert queries.edition_in_force(service, date(2023, 12, 31)) is None
    assert queries.edition_in_force(service, date(2024, 1, 1)) is not None


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (date(2024, 12, 31), date(2024, 1, 1)),
        (date(2025, 1, 1), date(2025, 1, 1)),
        (date(2040, 1, 1), date(2025, 1, 1)),
    ],
)
def test_the_newest_edition_whose_day_has_come_is_in_force(
    service: Service, day: date, in_force: date
) -> None:
    found = queries.edition_in_force(service, day)
    assert found is not None
    assert found.in_force_from == in_force


def test_a_compiled_edition_costs_no_further_query(service: Service) -> None:
    edition = service.editions.latest("in_force_from")
    queries.compiled(edition.hash)
    with at_most(0):
        queries.compiled(edition.hash)


# --- adopting -------------------------------------------------------------------------------


def test_a_town_goes_live_after_its_golden_cases_pass(
    service: Service, town: Any, parameters: dict[str, Any]
) -> None:
    adoption = actions.adopt(town("Radebeul"), service, parameters)
    assert adoption.state == AdoptionState.LIVE
    assert adoption.rehearsed_edition == queries.edition_in_force(service)
    assert adoption.confirmed_at is None, "parameters of the package are examples"


def test_a_town_confirms_its_parameters(
    service: Service, town: Any, parameters: dict[str, Any]
) -> None:
    actions.adopt(town("Radebeul"), service, parameters)
    adoption = actions.adopt(town("Radebeul"), service, parameters, confirmed=True)
    assert adoption.confirmed_at is not None


def test_adopting_again_with_the_same_parameters_changes_nothing(
    service: Service, town: Any, parameters: dict[str, Any]
) -> None:
    first = actions.adopt(town("Radebeul"), service, parameters)
    assert actions.adopt(town("Radebeul"), service, parameters).changed_at == first.changed_at


def test_a_town_without_golden_cases_goes_live_under_its_own_rates(
    service: Service, town: Any, parameters: dict[str, Any]
) -> None:
    parameters["rates"]["first_cents"] = 4200
    adoption = actions.adopt(town("Pirna"), service, parameters)
    assert adoption.is_live


def test_nobody_goes_live_against_the_own_golden_cases(
    service: Service, town: Any, parameters: dict[str, Any]
) -> None:
    parameters["rates"]["first_cents"] = 1
    with pytest.raises(RehearsalFailed, match="radebeul-erster-hund"):
        actions.adopt(town("Radebeul"), service, parameters)
    assert queries.adoption(town("Radebeul"), service) is None


def test_wrong_parameters_are_refused_with_their_place(
    service: Service, town: Any, parameters: dict[str, Any]
) -> None:
    parameters["reduction_percent"] = 180
    with pytest.raises(ParametersRefused, match="reduction_percent"):
        actions.adopt(town("Radebeul"), service, parameters)


def test_a_suspended_service_takes_no_applications(
    service: Service, town: Any, parameters: dict[str, Any]
) -> None:
    actions.adopt(town("Radebeul"), service, parameters)
    actions.suspend(town("Radebeul"), service)
    assert not queries.competence(service, area(RADEBEUL)).online


def test_an_authority_cannot_write_for_another(
    service: Service, town: Any, parameters: dict[str, Any]
) -> None:
    actions.adopt(town("Radebeul"), service, parameters)
    with wall.scope(authority=town("Coswig").pk):
        stolen = Adoption.objects.filter(authority=town("Radebeul"))
        assert stolen.update(state=AdoptionState.SUSPENDED) == 0
    found = queries.adoption(town("Radebeul"), service)
    assert found is not None
    assert found.is_live, "everybody may read it, only Radebeul may write it"


def test_raw_sql_of_the_web_cannot_adopt_without_a_tenant(login: Any) -> None:
    web = login("web")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(
            "INSERT INTO catalogue_adoption (id, authority_id, service_id, state, parameters,"
            " changed_at) SELECT gen_random_uuid(), id, gen_random_uuid(), 'live', '{}', now()"
            " FROM federation_authority LIMIT 1"
        )


# --- searching ------------------------------------------------------------------------------


FINDING = (
    "Hund anmelden",
    "hundesteuer",
    "Ich möchte meinen Hund anmelden",
    "Hundestuer anmelden",
    "hnudesteuer",
    "welpe",
    "Steuer für Hunde",
    "dog tax",
    "register my dog",
    "dogs",
    "Blindenhünd",
    "HUNDESTEÜER",
    "hund' OR 1=1 --",
    "hund & | ! <-> :*",
)
NOT_FINDING = ("Führerschein", "wedding", "qqqq", "zu der und")
NO_WORDS = ("", "   ", "!?", "🐕")


def test_everyday_words_and_typing_errors_find_the_service(service: Service) -> None:
    found = {words: [one.service for one in queries.search(words)] for words in FINDING}
    assert found == {key: [service] for key in FINDING}


def test_other_words_do_not_find_it(service: Service) -> None:
    found = {words: queries.search(words) for words in NOT_FINDING}
    assert found == {key: [] for key in NOT_FINDING}


def test_no_words_list_all_services(service: Service) -> None:
    found = {words: [one.service for one in queries.search(words)] for words in NO_WORDS}
    assert found == {key: [service] for key in NO_WORDS}


def test_a_very_long_question_is_cut_not_refused(service: Service) -> None:
    assert queries.search("hund " * 5000)


def test_the_better_fit_comes_first(service: Service, acting_as: Any) -> None:
    with acting_as("worker"):
        other = Service.objects.create(
            slug="auto",
            names={"de": "Auto anmelden", "en": "Register a car"},
            leika_keys=["9" * 14],
        )
        actions.search.index(other, {"de": ["Kfz zulassen"], "en": ["car registration"]})
    assert [found.service for found in queries.search("Auto anmelden")] == [other, service]
    assert [found.service for found in queries.search("Hund anmelden")] == [service, other]


def test_a_search_costs_three_queries(
    service: Service, town: Any, parameters: dict[str, Any]
) -> None:
    actions.adopt(town("Radebeul"), service, parameters)
    here = area(RADEBEUL)
    with at_most(3):
        found = queries.search("Hund anmelden", here)
    assert found[0].online_here
    assert found[0].address == f"/leistung/hundesteuer/{RADEBEUL}/"
    assert not queries.search("Hund anmelden", area(PIRNA))[0].online_here


# --- competence and places ------------------------------------------------------------------


def test_the_municipality_is_competent(
    service: Service, town: Any, parameters: dict[str, Any]
) -> None:
    actions.adopt(town("Radebeul"), service, parameters)
    here = area(RADEBEUL)
    with at_most(2):
        who = queries.competence(service, here)
    assert who.authority == town("Radebeul")
    assert who.online


def test_an_authority_that_did_not_adopt_is_named_all_the_same(service: Service, town: Any) -> None:
    who = queries.competence(service, area(PIRNA))
    assert who.authority == town("Pirna")
    assert who.adoption is None
    assert not who.online


def test_the_district_or_state_is_competent_for_its_services(service: Service) -> None:
    service.level = "state"
    who = queries.competence(service, area(RADEBEUL))
    assert who.authority is not None
    assert who.authority.name == "Freistaat Sachsen"
    service.level = "district"
    assert queries.competence(service, area(RADEBEUL)).authority is None


def test_a_name_finds_one_place_and_a_postcode_may_find_several(db: None) -> None:
    assert [place.ars for place in queries.places("Radebeul")] == [RADEBEUL]
    assert [place.ars for place in queries.places("01445")] == [RADEBEUL]
    assert len(queries.places("09306")) > 1
    assert queries.places("99999") == []


def test_a_mistyped_place_gets_suggestions(db: None) -> None:
    assert queries.places_like("Radebul")[0].name == "Radebeul"
    assert queries.places_like("01999") == []
    assert queries.places_like("") == []


def test_names_and_texts_follow_the_language(service: Service) -> None:
    with translation.override("en"):
        assert service.name == "Register a dog for dog tax"
        assert service.text["who"].startswith("Everybody")
    with translation.override("de"):
        assert service.text["who"].startswith("Alle")


def test_the_demo_adopts_for_the_towns_of_each_package_and_can_be_repeated(
    acting_as: Any, db: None
) -> None:
    with acting_as("worker"):
        demo.seed()
        first = set(Adoption.objects.values_list("id", "changed_at"))
        demo.seed()
    shipped = [read_package(path.parent) for path in demo.SHIPPED.glob("*/package.toml")]
    assert set(Adoption.objects.values_list("service__slug", "authority__area_id")) == {
        (package.meta.slug, one.ars) for package in shipped for one in package.editions[-1].towns
    }
    assert set(Adoption.objects.values_list("id", "changed_at")) == first
    assert not Adoption.objects.exclude(state=AdoptionState.LIVE).exists()


def test_a_description_of_the_editors_fills_the_service_page_and_goes_out_again(
    acting_as: Any, tmp_path: Path, client: Client
) -> None:
    folder = Path(shutil.copytree(HUNDESTEUER, tmp_path / "hundesteuer"))
    newest = max(path for path in folder.iterdir() if path.is_dir())
    texts = newest / "texts" / "de.toml"
    lines = texts.read_text("utf-8").splitlines()
    (cost,) = [line for line in lines if line.startswith("cost = ")]
    texts.write_text("\n".join(line for line in lines if line != cost), "utf-8")
    english = newest / "texts" / "en.toml"
    kept = [line for line in english.read_text("utf-8").splitlines() if "cost = " not in line]
    english.write_text("\n".join(kept), "utf-8")
    described = xzufi.description_of(
        {"de": {"cost": "Die Anmeldung ist gebührenfrei."}}, id=Identifier("1")
    )
    (newest / "description.xzufi.xml").write_bytes(xzufi.write(described))
    with acting_as("worker"):
        service = actions.publish(folder)
    assert service.texts["de"]["cost"] == "Die Anmeldung ist gebührenfrei."
    answer = client.get("/api/v1/services/hundesteuer/xzufi")
    assert answer["Content-Type"] == "application/xml"
    said = xzufi.page_texts(xzufi.read(answer.content))
    assert said["de"] == {"name": service.names["de"], **service.texts["de"]}
    assert client.get("/api/v1/services/unknown/xzufi").status_code == 404
