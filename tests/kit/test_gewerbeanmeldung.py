"""The shipped package of the business registration: its golden cases, its way, its letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from amtsweg.kit.fim import xdf3
from amtsweg.kit.package import CaseResult, Edition, GoldenCase, Town, check, read_package, rehearse
from amtsweg.kit.process import Effect, Instance

FOLDER = Path(__file__).parents[2] / "services" / "gewerbeanmeldung"
EDITION_FOLDER = FOLDER / "2025-01-01"
NOW = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def edition() -> Edition:
    return read_package(FOLDER).editions[-1]


@pytest.fixture(scope="module")
def results(edition: Edition) -> dict[str, CaseResult]:
    return {result.name: result for result in rehearse(edition)}


def find(edition: Edition, name: str) -> tuple[Town, GoldenCase]:
    return next((t, c) for t in edition.towns for c in t.cases if c.name == name)


def start(edition: Edition, name: str, **changed: Any) -> Instance:
    town, case = find(edition, name)
    answers, files = case.complete_answers()
    application = {"date": "2025-12-01", "number_of_attachments": len(files)}
    context = {"parameters": town.parameters, "application": application}
    return edition.process.start({"answers": {**answers, **changed}, **context}, now=NOW)


def errors(edition: Edition, name: str, **changed: Any) -> set[tuple[str, str]]:
    """Where and why the assistant refuses a golden case's answers with these in their place."""
    answers, files = find(edition, name)[1].complete_answers()
    found = edition.form.validate({**answers, **changed}, files=files, today=date(2025, 12, 1))
    return {(error.path, error.message) for error in found}


def test_the_package_is_clean() -> None:
    assert [str(finding) for finding in check(FOLDER)] == []


def test_every_golden_case_ends_as_computed_by_hand(results: dict[str, CaseResult]) -> None:
    assert {name: one.why for name, one in results.items() if not one.passed} == {}
    assert len(results) >= 12
    assert {one.town for one in results.values()} == {"Döbeln", "Neschwitz", "Radebeul"}
    ends = {(one.facts["decision"], one.notice) for one in results.values()}
    assert ends == {("received", "receipt"), ("rejected", "rejection")}


def test_every_case_says_how_it_was_computed() -> None:
    case = re.compile(r"((?:^# .*\n)+)\[\[case\]\].*?fee_cents = (\d+)", re.MULTILINE | re.DOTALL)
    for file in EDITION_FOLDER.glob("cases/*.toml"):
        for comment, expected in case.findall(file.read_text("utf-8")):
            euros = f"{int(expected) // 100}.{int(expected) % 100:02} €"
            assert euros in comment or (expected == "0" and "No fee" in comment), comment


def test_only_what_comes_after_the_start_is_late(edition: Edition) -> None:
    name = "doebeln-einzelunternehmen"  # starts on 1 April 2025
    late = [
        rehearse(edition, case=name, today=date(2025, 4, day))[0].facts["results"]["outcome"][
            "late"
        ]
        for day in (1, 2)
    ]
    assert late == [False, True]


def test_nobody_is_turned_down_before_the_documents_were_asked_for(edition: Edition) -> None:
    name = "doebeln-einzelunternehmen"
    (first,) = start(edition, name).tasks()
    inputs = edition.process.inputs(first.name, find(edition, name)[0].parameters)
    decision = next(one for one in inputs if one.name == "decision")
    assert (first.name, decision.values) == ("check", ("complete", "request_documents"))
    assert set(edition.process.drawing.successors("is_complete")) == {
        "note_activities",
        "request_documents",
    }


def test_without_an_answer_the_clerk_decides_by_what_is_there(edition: Edition) -> None:
    instance = start(edition, "doebeln-einzelunternehmen")
    instance.complete(
        instance.tasks()[0].id, {"decision": "request_documents", "documents": "Bitte …"}, now=NOW
    )
    assert instance.waiting_for() == ("documents_received",)
    asked = instance.effects()
    assert [one.activity for one in asked] == ["request_documents"]
    assert instance.refresh(NOW + timedelta(days=31))
    assert instance.effects() == (Effect("set_deadline", {"days": 3}),)
    (task,) = instance.tasks()
    assert task.name == "check_again"
    instance.complete(task.id, {"decision": "reject", "reason": "Der Ausweis fehlt."}, now=NOW)
    assert instance.finished
    assert instance.data["outcome"]["decision"] == "rejected"


@pytest.mark.parametrize(
    ("form", "fee"),
    [("gbr", 2000), ("ohg", 2000), ("kg", 2000), ("gmbh", 4000), ("ug", 4000), ("ag", 4000),
     ("eg", 4000), ("ausland", 4000)],
)  # fmt: skip
def test_neschwitz_takes_more_of_a_legal_person(edition: Edition, form: str, fee: int) -> None:
    instance = start(edition, "neschwitz-gbr-zwei-gesellschafter", rechtsform=form)
    instance.complete(instance.tasks()[0].id, {"decision": "complete"}, now=NOW)
    assert instance.data["outcome"]["fee_cents"] == fee


def test_pages_follow_the_legal_form(edition: Edition) -> None:
    pages = {
        form: {"unternehmen", "person", "vertretung"}
        & set(edition.form.page_ids({"rechtsform": form}))
        for form in ("einzel", "ek", "gbr", "gmbh")
    }
    assert pages == {
        "einzel": {"person"},
        "ek": {"unternehmen", "person"},
        "gbr": {"unternehmen", "vertretung"},
        "gmbh": {"unternehmen", "vertretung"},
    }


def shown(edition: Edition, page: str, answers: dict[str, Any]) -> set[str]:
    """The paths of what a page shows outside repeated groups."""

    def paths(items: Iterable[Any]) -> Iterator[str]:
        for item in items:
            yield item.path
            yield from paths(getattr(item, "items", ()))

    return set(paths(edition.form.render(page, answers)))


def test_what_depends_on_an_answer_is_not_asked_before_it(edition: Edition) -> None:
    contract, office = "unternehmen.gruendungsvertrag", "betrieb.hauptniederlassung"
    company: dict[str, Any] = {"rechtsform": "gmbh"}
    assert contract not in shown(edition, "unternehmen", company)
    assert office not in shown(edition, "betrieb", company)
    company |= {"unternehmen": {"eingetragen": False}, "betrieb": {"niederlassung": "zweig"}}
    assert contract in shown(edition, "unternehmen", company)
    assert office in shown(edition, "betrieb", company)


def test_only_people_from_outside_the_eu_show_a_residence_title(edition: Edition) -> None:
    name = "doebeln-einzelunternehmen"
    person = find(edition, name)[1].complete_answers()[0]["person"]
    for state in ("DE", "PL", "NO", "CH"):
        assert errors(edition, name, person={**person, "staatsangehoerigkeit": state}) == set()
    for state in ("IN", "GB", "UA", "XX"):
        found = errors(edition, name, person={**person, "staatsangehoerigkeit": state})
        assert {path for path, _ in found} >= {"person.aufenthaltstitel.nachweis"}


def test_the_answers_must_fit_together(edition: Edition) -> None:
    said = edition.texts["de"]["rule"]
    partners = "neschwitz-gbr-zwei-gesellschafter"
    answers = find(edition, partners)[1].complete_answers()[0]
    found = errors(edition, partners, anzahl_vertreter=3)
    assert found == {("anzahl_vertreter", said["everybody_named"])}
    found = errors(edition, partners, anzahl_vertreter=1, vertreter=answers["vertreter"][:1])
    assert found == {("anzahl_vertreter", said["partnership_of_two"])}
    activities = [{**one, "schwerpunkt": True} for one in answers["taetigkeiten"] * 2]
    found = errors(edition, partners, taetigkeiten=activities)
    assert found == {("taetigkeiten", said["one_main_activity"])}


def test_editors_can_draw_every_node_and_every_arrow() -> None:
    root = etree.parse(EDITION_FOLDER / "process.bpmn").getroot()
    drawn = {e.get("bpmnElement") for e in root.iter("{*}BPMNShape", "{*}BPMNEdge")}
    process = root.find("{*}process")
    assert process is not None
    assert {element.get("id") for element in process} == drawn


def test_the_schema_is_written_as_it_was_read(edition: Edition) -> None:
    written = xdf3.write(edition.schema)
    shipped = etree.fromstring((EDITION_FOLDER / "schema.xdf3.xml").read_bytes())
    assert etree.tostring(etree.fromstring(written), method="c14n") == etree.tostring(
        shipped, method="c14n"
    )
