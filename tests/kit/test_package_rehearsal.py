"""Offline rehearsal, the facts of a notice, and what an edition says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from amtsweg.kit.expressions import EvaluationError
from amtsweg.kit.package import (
    CaseResult,
    Edition,
    GoldenCase,
    Step,
    covers,
    notice_facts,
    read_package,
    rehearse,
)

FOLDER = Path(__file__).parents[2] / "services" / "hundesteuer"


@pytest.fixture(scope="module")
def edition() -> Edition:
    return read_package(FOLDER).editions[-1]


def changed(edition: Edition, name: str, **changes: Any) -> CaseResult:
    """How a golden case ends when something about it is changed."""
    for town in edition.towns:
        for case in town.cases:
            if case.name == name:
                only = replace(town, cases=(replace(case, **changes),))
                (result,) = rehearse(replace(edition, towns=(only,)))
                return result
    raise KeyError(name)


def case_of(edition: Edition, name: str) -> GoldenCase:
    return next(case for town in edition.towns for case in town.cases if case.name == name)


def test_cases_are_chosen_by_town_and_by_name(edition: Edition) -> None:
    assert {result.town for result in rehearse(edition, "Coswig")} == {"Coswig"}
    (one,) = rehearse(edition, None, "radebeul-welpe")
    assert (one.name, one.fee_cents, one.notice, one.passed) == (
        "radebeul-welpe", 2500, "assessment", True,
    )  # fmt: skip
    assert rehearse(edition, "Leipzig") == []


def test_a_case_with_an_unacceptable_answer_says_which(edition: Edition) -> None:
    case = case_of(edition, "radebeul-erster-hund")
    person = {**case.answers["person"], "familienname": ""}
    result = changed(edition, case.name, answers={**case.answers, "person": person})
    assert not result.passed
    assert any("person.familienname" in sentence for sentence in result.why)
    assert result.fee_cents is None


def test_a_dog_from_the_future_is_not_accepted(edition: Edition) -> None:
    (result,) = rehearse(edition, None, "radebeul-erster-hund", today=date(2025, 5, 19))
    assert any("hunde.0.beginn_der_haltung" in sentence for sentence in result.why)


def test_a_missing_evidence_is_not_accepted(edition: Edition) -> None:
    result = changed(edition, "dresden-blindenhund", attachments={})
    assert any("hunde.0.nachweis" in sentence for sentence in result.why)


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ((), "not closed; open tasks: check"),
        ((Step("decide", {"decision": "assess"}),), "Step 1: the task decide is not open"),
        ((Step("check", {"decision": "perhaps"}),), "decision (choice)"),
        ((Step(message="documents_received"),), "Step 1: nobody waits for documents_received"),
        (
            (
                Step("check", {"decision": "complete"}),
                Step("decide", {"decision": "refuse", "reason": "Nein."}),
            ),
            "open tasks: approve",
        ),
        (
            (Step("check", {"decision": "complete"}), Step("decide", {"decision": "refuse"})),
            "reason (missing)",
        ),
    ],
)
def test_steps_that_the_process_does_not_take_are_told(
    edition: Edition, steps: tuple[Step, ...], says: str
) -> None:
    result = changed(edition, "radebeul-erster-hund", steps=steps)
    assert len(result.why) == 1
    assert says in result.why[0]


def test_every_difference_from_what_is_expected_is_told(edition: Edition) -> None:
    case = case_of(edition, "radebeul-erster-hund")
    expected = replace(
        case.expected,
        decision="exempted",
        fee_cents=1,
        notice="exemption",
        facts={"dogs": [{"months": 8}], "outcome": {"yearly_cents": 6000, "tip": 5}},
    )
    result = changed(edition, case.name, expected=expected)
    assert result.why == (
        "decision should be 'exempted' and is 'assessed'.",
        "fee_cents should be 1 and is 3500.",
        "template should be 'exemption' and is 'assessment'.",
        "results.dogs.0.months should be 8 and is 7.",
        "results.outcome.tip should be 5 and is None.",
    )


@pytest.mark.parametrize(
    ("actual", "expected", "covered"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([{"a": 1, "b": 2}], [{"a": 1}], True),
        ([1, 2], [1], False),
        (1, True, False),
        (1, 1.0, False),
        (None, {}, False),
    ],
)
def test_covering(actual: Any, expected: Any, covered: bool) -> None:
    assert covers(actual, expected) is covered


def test_facts_hold_what_a_notice_needs_and_are_plain_json(edition: Edition) -> None:
    (result,) = rehearse(edition, None, "dresden-zwei-hunde")
    facts = result.facts
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert facts["recipient"] == [
        "Mehmet Yılmaz",
        "Hinterhaus, 2. Etage",
        "Alaunstraße 3",
        "01099 Dresden",
    ]
    assert facts["authority"]["name"] == "Landeshauptstadt Dresden"
    assert facts["service"] == "Hund zur Hundesteuer anmelden"
    assert facts["edition"] == {"in_force_from": "2025-01-01", "hash": edition.hash}
    assert facts["date"] == facts["application"]["date"] == "2025-11-15"
    assert facts["results"]["decide"] == {"decision": "assess"}
    assert [dog["name"] for dog in facts["results"]["dogs"]] == ["Max", "Moritz"]


def test_an_address_without_second_line_has_no_empty_line(edition: Edition) -> None:
    (result,) = rehearse(edition, None, "radebeul-erster-hund")
    assert result.facts["recipient"] == ["Ben Beispiel", "Meißner Straße 150", "01445 Radebeul"]


def test_facts_repeat_the_answers_as_people_read_them(edition: Edition) -> None:
    def values(sections: list[dict[str, Any]]) -> dict[str, str]:
        found = {}
        for section in sections:
            found |= {row["label"]: row["value"] for row in section["rows"]}
            found |= values(section["sections"])
        return found

    (german,) = rehearse(edition, None, "radebeul-erster-hund")
    (english,) = rehearse(edition, None, "radebeul-english")
    assert values(german.facts["summary"])["Seit wann halten Sie den Hund?"] == "20.5.2025"
    assert values(english.facts["summary"])["Breed"] == "Jack Russell Terrier"
    assert english.facts["service"] == "Register a dog for dog tax"


def test_a_case_that_is_not_decided_has_no_facts(edition: Edition) -> None:
    context = {"answers": {}, "parameters": {}, "application": {"operation": ""}}
    assert notice_facts(edition, "assessment", context)["recipient"] == []
    broken = {**context, "outcome": {"first_year_cents": "much"}}
    with pytest.raises(EvaluationError):
        notice_facts(edition, "assessment", broken)


def test_texts_fall_back_to_german_and_then_to_the_default(edition: Edition) -> None:
    assert edition.text("en", "task.check.name") == "Check information and documents"
    assert edition.text("fr", "task.check.name") == "Angaben und Unterlagen prüfen"
    assert edition.text("de", "task.nowhere", default="–") == "–"
    with pytest.raises(KeyError):
        edition.text("de", "task.check")


def test_parameters_are_judged_by_the_editions_schema(edition: Edition) -> None:
    good = edition.towns[0].parameters
    assert edition.check_parameters(good) == []
    wrong = {**good, "due_dates": ["30-02"], "rates": {**good["rates"], "first_cents": -1}}
    places = sorted(finding.message.split(":")[0] for finding in edition.check_parameters(wrong))
    assert places == ["due_dates.0", "rates.first_cents"]
    assert len(edition.check_parameters({})) >= 1
