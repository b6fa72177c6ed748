"""The shipped package of the birth certificate: who may have one, what it costs, paid before issued."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.kit.package import CaseResult, Edition, GoldenCase, Step, check, read_package, rehearse

FOLDER = Path(__file__).parents[2] / "services" / "geburtsurkunde"
RELATIONS = ("self", "spouse", "partner", "ancestor", "descendant", "sibling", "other")
KINDS = ("certificate", "booklet", "international", "register")


@pytest.fixture(scope="module")
def edition() -> Edition:
    return read_package(FOLDER).editions[-1]


@pytest.fixture(scope="module")
def results(edition: Edition) -> list[CaseResult]:
    return rehearse(edition)


def case_of(edition: Edition, name: str) -> GoldenCase:
    return next(case for town in edition.towns for case in town.cases if case.name == name)


def played(edition: Edition, name: str, **changes: Any) -> CaseResult:
    """How a golden case ends when something about it is changed."""
    town = next(town for town in edition.towns for case in town.cases if case.name == name)
    only = replace(town, cases=(replace(case_of(edition, name), **changes),))
    (result,) = rehearse(replace(edition, towns=(only,)))
    return result


def test_nothing_is_found_wrong_with_it() -> None:
    assert check(FOLDER) == []


def test_every_golden_case_ends_as_computed_by_hand(results: list[CaseResult]) -> None:
    assert {result.name: result.why for result in results if not result.passed} == {}
    assert len(results) >= 12
    assert {result.town for result in results} == {"Dresden", "Radebeul"}
    assert {result.notice for result in results} == {"certificate", "refusal", "unpaid"}


def test_what_a_running_installation_can_play_ends_the_same_on_any_later_day(
    edition: Edition,
) -> None:
    later = {result.name: result for result in rehearse(edition, today=date(2034, 12, 31))}
    playable = [c for town in edition.towns for c in town.cases if not c.needs_a_clock]
    assert len(playable) >= 12
    assert [later[case.name].why for case in playable if not later[case.name].passed] == []


def test_every_case_says_how_it_was_computed() -> None:
    case = re.compile(r"((?:^# .*\n)+)\[\[case\]\].*?fee_cents = (\d+)", re.MULTILINE | re.DOTALL)
    for file in FOLDER.glob("*/cases/*.toml"):
        for comment, expected in case.findall(file.read_text("utf-8")):
            euros = f"{int(expected) // 100}.{int(expected) % 100:02} €"
            assert euros in comment, f"{file.name}: {comment}"


@pytest.mark.parametrize(
    ("relation", "interest"), list(product(RELATIONS, ("not_needed", "credible", "not_credible")))
)
def test_the_family_is_entitled_and_others_by_their_interest(
    edition: Edition, relation: str, interest: str
) -> None:
    case = case_of(edition, "dresden-eine-urkunde")
    answers = dict(case.answers)
    answers["geburt"] = {**answers["geburt"], "beziehung": relation}
    context = {
        "answers": answers,
        "application": {"date": "2025-06-01", "number_of_attachments": 1},
        "check": {"decision": "complete", "interest": interest, "exemption": "not_claimed"},
    }
    found = edition.process.decide("entitlement", context)
    family = relation not in {"sibling", "other"}
    assert found == {
        "allowed": family or interest == "credible",
        "ground": "relation" if family else "interest",
    }


@pytest.mark.parametrize(
    ("applied_on", "allowed"),
    [("2025-03-09", False), ("2025-03-10", True), ("2025-03-11", True)],
)
def test_one_may_apply_from_the_sixteenth_birthday(
    edition: Edition, applied_on: str, allowed: bool
) -> None:
    case = case_of(edition, "dresden-sechzehn-jahre")
    context = {
        "answers": case.answers,
        "application": {"date": applied_on, "number_of_attachments": 1},
        "check": {"decision": "complete", "interest": "not_needed", "exemption": "not_claimed"},
    }
    found = edition.process.decide("entitlement", context)
    assert found == {"allowed": allowed, "ground": "relation" if allowed else "age"}


@settings(max_examples=60, deadline=None)
@given(
    numbers=st.dictionaries(st.sampled_from(KINDS), st.integers(1, 20), min_size=1),
    first=st.integers(0, 100_000),
    further=st.integers(0, 100_000),
)
def test_the_fee_is_the_first_of_each_kind_and_the_further_ones(
    numbers: dict[str, int], first: int, further: int
) -> None:
    process = read_package(FOLDER).editions[-1].process
    fees = {"fees": {"first_cents": first, "further_cents": further}}
    charges = [
        process.decide("charge", {"parameters": fees, "kind": {"art": kind, "anzahl": number}})
        for kind, number in numbers.items()
    ]
    assert charges == [first + (number - 1) * further for number in numbers.values()]
    case = {"charges": charges, "check": {"exemption": "not_claimed"}}
    general = process.decide("fee", {**case, "answers": {"verwendung": "general"}})
    assert general == {"cents": sum(charges), "free": False}
    for exemption, free in (("proven", True), ("not_proven", False), ("not_claimed", False)):
        pension = {"answers": {"verwendung": "pension"}, "check": {"exemption": exemption}}
        found = process.decide("fee", {"charges": charges, **pension})
        assert found == {"cents": 0 if free else sum(charges), "free": free}


def test_nothing_is_issued_before_it_is_paid(edition: Edition) -> None:
    check_step, _pay, issue = case_of(edition, "dresden-eine-urkunde").steps
    result = played(edition, "dresden-eine-urkunde", steps=(check_step, issue))
    assert result.why == (
        "Step 2: the task issue is not open; open tasks: none, awaited messages: payment_received.",
    )


def test_what_is_free_is_issued_at_once(edition: Edition) -> None:
    check_step, issue = case_of(edition, "dresden-rente").steps
    paid = (check_step, Step(message="payment_received"), issue)
    (why,) = played(edition, "dresden-rente", steps=paid).why
    assert "nobody waits for payment_received" in why


@pytest.mark.parametrize(
    ("waits", "ends"),
    [
        (("P32D",), True),
        (("P16D", "P16D"), True),
        (("P15D",), False),
        (("P16D", "P15D"), False),
    ],
)
def test_an_unpaid_case_is_closed_when_the_last_day_is_over_and_not_before(
    edition: Edition, waits: tuple[str, ...], ends: bool
) -> None:
    steps = (case_of(edition, "dresden-nicht-gezahlt").steps[0], *(Step(wait=one) for one in waits))
    result = played(edition, "dresden-nicht-gezahlt", steps=steps)
    assert result.passed is ends
    if not ends:
        assert "no time ran out" in result.why[0]


def test_a_reminder_does_not_end_the_waiting(edition: Edition) -> None:
    check_step, pay, issue = case_of(edition, "dresden-eine-urkunde").steps
    late = (check_step, Step(wait="P31D"), pay, issue)
    assert played(edition, "dresden-eine-urkunde", steps=late).passed


@pytest.mark.parametrize(
    ("group", "changes", "says"),
    [
        ("geburt", {"geburtsdatum": "1990-04-13"}, "geburt.geburtsdatum"),
        ("geburt", {"geburtsort": ""}, "geburt.geburtsort"),
        ("person", {"geburtsdatum": "2025-06-01"}, "person.geburtsdatum"),
        ("erklaerung", {"wahrheit": False}, "erklaerung.wahrheit"),
    ],
)
def test_answers_that_cannot_be_are_told_at_their_question(
    edition: Edition, group: str, changes: dict[str, Any], says: str
) -> None:
    case = case_of(edition, "dresden-eine-urkunde")
    answers = {**case.answers, group: {**case.answers[group], **changes}}
    result = played(edition, case.name, answers=answers, applied_on=date(2025, 5, 31))
    assert any(says in sentence for sentence in result.why)


def test_a_kind_is_ordered_once_with_its_number(edition: Edition) -> None:
    case = case_of(edition, "dresden-eine-urkunde")
    twice = {**case.answers, "urkunden": [{"art": "register", "anzahl": 1}] * 2}
    result = played(edition, case.name, answers=twice)
    assert [s for s in result.why if "urkunden.0.art" in s and "erhöhen Sie dort" in s]


@pytest.mark.parametrize("relation", ["sibling", "other"])
def test_whoever_is_no_family_says_why(edition: Edition, relation: str) -> None:
    case = case_of(edition, "dresden-eine-urkunde")
    answers = {**case.answers, "geburt": {**case.answers["geburt"], "beziehung": relation}}
    result = played(edition, case.name, answers=answers)
    assert any("berechtigung" in sentence for sentence in result.why)


def test_a_stranger_proves_the_reason(edition: Edition) -> None:
    result = played(
        edition,
        "radebeul-andere-person-mit-titel",
        attachments={"person.ausweis": "ausweis.pdf"},
    )
    assert any("berechtigung.nachweis_interesse" in sentence for sentence in result.why)
