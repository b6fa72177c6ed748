"""The shipped package of the resident parking permit: two operations, its fee and its calendar."""

from __future__ import annotations

import re
import shutil
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.kit.package import CaseResult, Edition, check, read_package, rehearse
from amtsweg.kit.process import TaskError

FOLDER = Path(__file__).parents[2] / "services" / "bewohnerparkausweis"
CASES = FOLDER / "2025-01-01" / "cases"


@pytest.fixture(scope="module")
def edition() -> Edition:
    return read_package(FOLDER).editions[-1]


@pytest.fixture(scope="module")
def results(edition: Edition) -> list[CaseResult]:
    return rehearse(edition)


def test_the_shipped_package_has_no_finding() -> None:
    assert check(FOLDER) == []


def test_every_golden_case_ends_as_computed_by_hand(results: list[CaseResult]) -> None:
    assert {result.name: result.why for result in results if not result.passed} == {}
    assert len(results) >= 12
    assert {result.town for result in results} == {"Dresden", "Döbeln", "Radebeul", "Zittau"}
    assert {result.facts["leika_key"] for result in results} == {
        "99108001001000",
        "99108001020000",
    }


def test_cases_end_the_same_on_any_later_day(edition: Edition) -> None:
    assert [one.why for one in rehearse(edition, today=date(2041, 2, 28)) if not one.passed] == []


def test_every_case_says_how_it_was_computed() -> None:
    case = re.compile(r"((?:^# .*\n)+)\[\[case\]\].*?fee_cents = (\d+)", re.MULTILINE | re.DOTALL)
    for file in CASES.glob("*.toml"):
        for comment, expected in case.findall(file.read_text("utf-8")):
            euros = f"{int(expected) // 100}.{int(expected) % 100:02} €"
            nothing = int(expected) == 0 and re.search("nothing to pay", comment, re.IGNORECASE)
            assert euros in comment or nothing, f"{file.name}: {comment}"


# --- pages --------------------------------------------------------------------------------------


def case_of(edition: Edition, name: str) -> tuple[Mapping[str, Any], dict[str, Any], str]:
    """Parameters, complete answers and operation of a golden case."""
    for town in edition.towns:
        for case in town.cases:
            if case.name == name:
                return town.parameters, case.complete_answers()[0], case.operation
    raise KeyError(name)


def complaints(edition: Edition, name: str, today: date, *changes: tuple[str, Any]) -> set[str]:
    """What the assistant finds wrong with a golden case's answers where these are changed."""
    parameters, answers, operation = case_of(edition, name)
    for path, value in changes:
        *above, key = path.split(".")
        holder = answers
        for part in above:
            holder = holder[part]
        if value is None:
            del holder[key]
        else:
            holder[key] = value
    found = edition.form_for(operation, parameters).validate(answers, today=today)
    # Files exist only where a person uploaded them.
    return {error.path for error in found} - {"fahrzeug.zulassungsbescheinigung"}


@pytest.mark.parametrize(
    ("today", "found"),
    [(date(2025, 2, 27), {"ausweis.gueltig_bis"}), (date(2025, 2, 28), set())],
)
def test_renewal_is_possible_three_months_before_the_end(
    edition: Edition, today: date, found: set[str]
) -> None:
    assert complaints(edition, "dresden-verlaengerung", today) == found


def test_a_permit_is_not_given_more_than_three_months_ahead(edition: Edition) -> None:
    name = "dresden-neu"
    assert complaints(edition, name, date(2024, 12, 14)) == {"antrag.beginn"}
    assert complaints(edition, name, date(2024, 12, 15)) == set()


@pytest.mark.parametrize("plate", ["DD-A 1", "dd-ab 1234", "DD AB 123E", "DL-XY 99H", "MÜ-A 7"])
def test_german_plates(edition: Edition, plate: str) -> None:
    change = ("fahrzeug.kennzeichen", plate)
    assert complaints(edition, "dresden-neu", date(2025, 3, 1), change) == set()


@pytest.mark.parametrize("plate", ["1AB 2345", "DDAB123", "DD-AB 0123", "DD-ABC 1", "DD-AB"])
def test_other_plates_are_for_vehicles_registered_abroad(edition: Edition, plate: str) -> None:
    change = ("fahrzeug.kennzeichen", plate)
    abroad = ("fahrzeug.auslaendisches_kennzeichen", True)
    at = "fahrzeug.kennzeichen"
    assert complaints(edition, "dresden-neu", date(2025, 3, 1), change) == {at}
    assert complaints(edition, "dresden-neu", date(2025, 3, 1), change, abroad) == set()


def test_a_town_offers_its_own_periods(edition: Edition) -> None:
    day = date(2025, 8, 31)
    assert complaints(edition, "doebeln-monatsende", day, ("antrag.dauer", "24")) == {
        "antrag.dauer"
    }


def test_a_renewal_asks_about_the_vehicle_only_if_it_changed(edition: Edition) -> None:
    changed = ("ausweis.fahrzeug_geaendert", True)
    assert complaints(edition, "dresden-verlaengerung", date(2025, 5, 1), changed) == {
        "fahrzeug.art",
        "fahrzeug.gesamtmasse",
        "fahrzeug.sitzplaetze",
        "fahrzeug.halter",
    }


# --- fee and period against plain Python --------------------------------------------------------


def test_the_last_day_is_that_of_the_civil_code(edition: Edition) -> None:
    """§ 188 (2) and (3) BGB: the day before the one of the same number, else the month's last."""
    parameters, answers, operation = case_of(edition, "zittau-zwei-jahre")

    @settings(max_examples=150, deadline=None)
    @given(
        start=st.dates(date(2024, 1, 1), date(2060, 12, 31)),
        months=st.sampled_from([6, 12, 24]),
        yearly=st.integers(0, 40_000),
        minimum=st.integers(0, 8_000),
        step=st.sampled_from([1, 10, 50, 100]),
    )
    def played(start: date, months: int, yearly: int, minimum: int, step: int) -> None:
        answers["antrag"] |= {"dauer": str(months), "beginn": start.isoformat()}
        given_here = {
            **parameters,
            "fees": {"yearly_cents": yearly, "minimum_cents": minimum},
            "rounding_cents": step,
        }
        data = decided(edition, answers, given_here, operation)
        year, index = divmod(start.year * 12 + start.month - 1 + months, 12)
        length = monthrange(year, index + 1)[1]
        if start.day == 1:
            last = date(year, index + 1, 1) - timedelta(days=1)
        else:
            last = date(year, index + 1, min(start.day - 1, length))
        assert data["period"] == {"valid_from": start.isoformat(), "valid_to": last.isoformat()}
        fee = yearly * months // 12 // step * step
        assert data["outcome"]["fee_cents"] == max(fee, minimum)

    played()


def decided(
    edition: Edition, answers: Mapping[str, Any], parameters: Mapping[str, Any], operation: str
) -> Mapping[str, Any]:
    """The context of a case after a clerk granted it in the town's first zone."""
    instance = edition.process.start(
        {
            "answers": answers,
            "parameters": parameters,
            "application": {
                "operation": operation,
                "date": "2025-01-01",
                "number_of_attachments": 1,
            },
        }
    )
    for result in ({"decision": "complete"}, {"decision": "grant", "zone": "I"}):
        (task,) = instance.tasks()
        instance.complete(task.id, result)
    assert instance.finished
    return instance.data


# --- what the check finds about operations ------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the package with two towns, that a test may spoil."""
    copy = Path(shutil.copytree(FOLDER, tmp_path / "bewohnerparkausweis"))
    for town in ("doebeln", "radebeul"):
        (copy / "2025-01-01" / "cases" / f"{town}.toml").unlink()
    return copy


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "says"),
    [
        ("package.toml", ', en = "Renew"', "", "operation.name", "'renewal' has no name in 'en'"),
        ("package.toml", "99108001020000", "99108001001000", "operation.twice", ""),
        ("package.toml", '"99108001020000"', '"99"', "toml.schema", "operation.1.leika_key"),
        ("package.toml", "ozg_bundle", 'leika_keys = ["99108001001000"]\nozg_bundle',
         "toml.schema", ""),
        ("pages.toml", "operation == 'renewal'", "operation == 'extension'",
         "operation.unknown", "'extension'"),
        ("process.bpmn", "!eligibility.fits", "application.operation != 'isue'",
         "operation.unknown", "'isue'"),
        ("cases/zittau.toml", 'operation = "issue"', "", "cases.operation", "operation ''"),
        ("cases/zittau.toml", 'operation = "issue"', 'operation = "transfer"',
         "cases.operation", "'transfer'"),
        ("process.bpmn", "parameters.zones", "parameters.durations",
         "process.input", "codes and names"),
        ("process.bpmn", "parameters.zones", "answers.zones", "process.expression", "answers"),
        ("pages.toml", "parameters.durations", "parameters.zones", "form.offered", "antrag.dauer"),
        ("pages.toml", "parameters.durations", "application.date", "form.expression", "date"),
    ],
)  # fmt: skip
def test_the_check_finds(folder: Path, file: str, old: str, new: str, code: str, says: str) -> None:
    place = folder / file if file == "package.toml" else folder / "2025-01-01" / file
    content = place.read_text("utf-8")
    assert old in content
    place.write_text(content.replace(old, new, 1), "utf-8")
    found = [finding for finding in check(folder) if finding.code == code]
    assert any(says in one.message and one.file.endswith(file) for one in found), check(folder)
    assert all(one.remedy for one in found)


def test_an_operation_that_no_case_plays_is_found(folder: Path) -> None:
    for file in (folder / "2025-01-01" / "cases").glob("*.toml"):
        head, *cases = re.split(r"(?=\n\n# [^\n]*\n(?:#[^\n]*\n)*\[\[case\]\])", file.read_text())
        kept = [case for case in cases if 'operation = "renewal"' not in case]
        file.write_text(head + "".join(kept), "utf-8")
    messages = [one.message for one in check(folder) if one.code == "cases.operation"]
    assert messages == ["No golden case plays the operation 'renewal'."]


def test_an_operation_is_known_by_id_and_key_and_else_is_the_first(edition: Edition) -> None:
    package = edition.package
    found = [package.operation(one) for one in ("renewal", "99108001020000", "99108001005000", "")]
    assert [one.id for one in found if one] == ["renewal", "renewal", "issue", "issue"]
    assert replace(package, operations=()).operation("renewal") is None


def test_a_clerk_chooses_among_the_zones_of_the_town(edition: Edition) -> None:
    parameters, answers, _ = case_of(edition, "zittau-zwei-jahre")
    (zone,) = [one for one in edition.process.inputs("decide", parameters) if one.name == "zone"]
    assert dict(zone.names) == {"I": "Innerhalb des Grünen Rings", "II": "Zittau-Nord"}
    assert zone.values == ("I", "II")
    with pytest.raises(TaskError, match="zone"):
        decided(edition, answers, {**parameters, "zones": parameters["zones"][1:]}, "issue")


def test_borrowed_cases_take_the_zones_of_the_town_that_plays_them(edition: Edition) -> None:
    parameters, _, _ = case_of(edition, "dresden-neu")
    towns = tuple(replace(town, parameters=parameters) for town in edition.towns)
    borrowed = {one.name: one for one in rehearse(replace(edition, towns=towns), borrowed=True)}
    other = borrowed["zittau-verlaengerung-schaltjahr"]
    assert other.facts["results"]["outcome"]["zone_name"] == "Äußere Neustadt"
    # Dresden has no permit for six months.
    assert not borrowed["doebeln-monatsende"].fits
    assert not borrowed["doebeln-monatsende"].facts
