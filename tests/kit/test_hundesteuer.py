"""The shipped package of the dog tax: its golden cases, and its arithmetic against plain Python."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from amtsweg.kit.fim import xdf3
from amtsweg.kit.package import CaseResult, Edition, read_package, rehearse

FOLDER = Path(__file__).parents[2] / "services" / "hundesteuer"
EDITION_FOLDER = FOLDER / "2025-01-01"


@pytest.fixture(scope="module")
def edition() -> Edition:
    return read_package(FOLDER).editions[-1]


@pytest.fixture(scope="module")
def results(edition: Edition) -> list[CaseResult]:
    return rehearse(edition)


def test_every_golden_case_ends_as_computed_by_hand(results: list[CaseResult]) -> None:
    assert {result.name: result.why for result in results if not result.passed} == {}
    assert len(results) >= 15
    assert {r.town for r in results} == {
        "Coswig", "Dresden", "Moritzburg", "Radebeul", "Weinböhla",
    }  # fmt: skip


def test_the_edition_of_2024_has_golden_cases_of_its_own() -> None:
    old = read_package(FOLDER).editions[0]
    results = rehearse(old)
    assert {result.name: result.why for result in results if not result.passed} == {}
    assert {result.notice for result in results} == set(old.notices)
    assert all(result.facts["date"].startswith("2024-") for result in results)


def test_cases_end_the_same_on_any_later_day(edition: Edition, results: list[CaseResult]) -> None:
    later = rehearse(edition, today=date(2041, 2, 28))
    for now, then in zip(results, later, strict=True):
        assert then.passed, then.why
        for changing in ("date", "application"):
            assert now.facts[changing] != then.facts[changing]
        assert {**now.facts, "date": 0, "application": 0} == {
            **then.facts,
            "date": 0,
            "application": 0,
        }


def test_every_case_says_how_it_was_computed() -> None:
    case = re.compile(r"((?:^# .*\n)+)\[\[case\]\].*?fee_cents = (\d+)", re.MULTILINE | re.DOTALL)
    for file in FOLDER.glob("*/cases/*.toml"):
        for comment, expected in case.findall(file.read_text("utf-8")):
            euros = f"{int(expected) // 100}.{int(expected) % 100:02} €"
            nothing = int(expected) == 0 and re.search(r"\b0 €|nothing to pay", comment)
            assert euros in comment or nothing, f"{file.name}: {comment}"


def test_each_kind_of_end_has_a_case(results: list[CaseResult]) -> None:
    assert {result.facts["decision"] for result in results} == {
        "assessed",
        "exempted",
        "relief_refused",
        "not_liable",
    }
    assert {result.notice for result in results} == {"assessment", "exemption", "refusal"}


def test_a_refusal_needs_the_head_of_the_office_and_not_the_same_person(edition: Edition) -> None:
    nodes = edition.process.drawing.nodes
    work = nodes["approve"].work
    assert work is not None
    assert (work.role, work.different_from) == ("head", "decide")
    successors = set(edition.process.drawing.successors("is_refused"))
    assert successors == {"approve", "grant_relief"}


def test_editors_can_draw_every_node_and_every_arrow() -> None:
    root = etree.parse(EDITION_FOLDER / "process.bpmn").getroot()
    drawn = {e.get("bpmnElement") for e in root.iter("{*}BPMNShape", "{*}BPMNEdge")}
    process = root.find("{*}process")
    assert process is not None
    assert {element.get("id") for element in process} == drawn


def test_the_schema_is_written_as_it_was_read(edition: Edition) -> None:
    written = xdf3.write(edition.schema)
    assert xdf3.read(written) == edition.schema
    shipped = etree.fromstring((EDITION_FOLDER / "schema.xdf3.xml").read_bytes())
    assert etree.tostring(etree.fromstring(written), method="c14n") == etree.tostring(
        shipped, method="c14n"
    )


# The arithmetic again, in plain Python and by the words of a statute


def _first_of_next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _months_later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _computed(answers: dict[str, Any], town: dict[str, Any]) -> list[tuple[int, int, str]]:
    """(yearly, first year, liable from) of each dog."""
    rates = town["rates"]
    dangerous_kept = answers.get("davon_gefaehrlich", 0)
    ordinary = answers["bereits_gehaltene_hunde"] - dangerous_kept
    counted = {True: dangerous_kept, False: ordinary}
    found = []
    for dog in answers["hunde"]:
        dangerous, relief = dog["gefaehrlicher_hund"], dog["verguenstigung"]
        exempt = relief in town["exemptions"]
        place = counted[dangerous] + 1
        if not dangerous and town["dangerous_dogs_count"]:
            place += counted[True]
        names = (
            ["dangerous_first", "dangerous_further"]
            if dangerous
            else ["first", "second", "further"]
        )
        yearly = rates[f"{names[min(place, len(names)) - 1]}_cents"]
        if exempt:
            yearly = 0
        else:
            counted[dangerous] += 1
            if relief == "reduction":
                yearly = yearly * (100 - town["reduction_percent"]) // 100
        begins = date.fromisoformat(dog["beginn_der_haltung"])
        if "geburtsdatum" in dog:
            born = date.fromisoformat(dog["geburtsdatum"])
            begins = max(begins, _months_later(born, town["minimum_age_months"]))
        liable = _first_of_next_month(begins)
        if town["begin"] == "same_month":
            liable = begins.replace(day=1)
        found.append((yearly, yearly * (13 - liable.month) // 12, liable.isoformat()))
    return found


_DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@st.composite
def _dogs(draw: st.DrawFn) -> dict[str, Any]:
    kept = draw(_DAYS)
    dog: dict[str, Any] = {
        "name": "Hund",
        "rasse": "Mischling",
        "beginn_der_haltung": kept.isoformat(),
        "gefaehrlicher_hund": draw(st.booleans()),
        "abweichender_haltungsort": False,
        "verguenstigung": draw(
            st.sampled_from(["none", "none", "assistance", "service", "herding", "reduction"])
        ),
    }
    if draw(st.booleans()):
        dog["geburtsdatum"] = draw(st.dates(date(2023, 6, 1), kept)).isoformat()
    return dog


@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_decision_tables_compute_what_a_statute_says(
    edition: Edition, data: st.DataObject
) -> None:
    cents = st.integers(0, 100_000)
    base = edition.towns[0].parameters
    rates = {name: data.draw(cents) for name in base["rates"]}
    parameters = {
        **base,
        "rates": rates,
        "reduction_percent": data.draw(st.integers(1, 100)),
        "exemptions": data.draw(st.sampled_from([[], ["service"], ["assistance", "herding"]])),
        "begin": data.draw(st.sampled_from(["following_month", "same_month"])),
        "minimum_age_months": data.draw(st.integers(0, 12)),
        "dangerous_dogs_count": data.draw(st.booleans()),
    }
    kept = data.draw(st.integers(0, 3))
    answers: dict[str, Any] = {
        "bereits_gehaltene_hunde": kept,
        "hunde": data.draw(st.lists(_dogs(), min_size=1, max_size=10)),
        "zahlung": {"lastschrift": False},
    }
    if kept:
        answers["davon_gefaehrlich"] = data.draw(st.integers(0, kept))
    assert not edition.check_parameters(parameters)
    instance = edition.process.start(
        {"answers": answers, "parameters": parameters, "application": {"date": "2027-01-01"}}
    )
    instance.complete(instance.tasks()[0].id, {"decision": "complete"})
    instance.complete(instance.tasks()[0].id, {"decision": "assess"})
    expected = _computed(answers, parameters)
    dogs = instance.data["dogs"]
    assert [(d["yearly_cents"], d["first_year_cents"], d["liable_from"]) for d in dogs] == expected
    outcome = instance.data["outcome"]
    assert outcome["yearly_cents"] == sum(yearly for yearly, _, _ in expected)
    assert outcome["first_year_cents"] == sum(first for _, first, _ in expected)
