"""`amtsweg rehearse`, the smoke test of every installation: it passes, and it can fail."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from tests.stack import Stack

SERVICES = Path(__file__).parents[2] / "services"
SERVICE = SERVICES / "hundesteuer"


def rehearse(stack: Stack, path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Exit code and report. The port is not told: what runs in the home is found."""
    environment = {name: value for name, value in stack.environment.items() if name != "PORT"}
    done = subprocess.run(
        [sys.executable, "-m", "amtsweg.cli", "rehearse", str(path), "--json", *options],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize(("service", "towns"), [("hundesteuer", 5), ("bewohnerparkausweis", 4)])
def test_every_golden_case_passes_and_leaves_its_sealed_notice(
    stack: Stack, service: str, towns: int
) -> None:
    code, report = rehearse(stack, SERVICES / service)
    assert [case["why"] for case in report["cases"] if not case["passed"]] == []
    assert (code, report["passed"]) == (0, True)
    assert len(report["cases"]) >= 15
    assert len({case["town"] for case in report["cases"]}) == towns
    for case in report["cases"]:
        assert case["fee_cents"] == case["expected_fee_cents"]
        (seal,) = PdfReader(case["notice"]).get_fields().values()
        assert seal["/FT"] == "/Sig"


def test_cases_of_another_edition_are_played_in_the_kit_and_told_apart(stack: Stack) -> None:
    code, report = rehearse(stack, SERVICE, "--town", "Radebeul", "--case", "erster-hund")
    assert (code, len(report["cases"])) == (0, 1)
    (other,) = report["other_editions"]
    assert other == {
        "edition": "2024-01-01",
        "name": "radebeul-erster-hund",
        "town": "Radebeul",
        "passed": True,
        "why": "",
    }


def test_a_wrong_expectation_of_another_edition_fails(stack: Stack, tmp_path: Path) -> None:
    wrong = tmp_path / "hundesteuer"
    shutil.copytree(SERVICE, wrong)
    cases = wrong / "2024-01-01" / "cases" / "radebeul.toml"
    text = cases.read_text(encoding="utf-8")
    cases.write_text(text.replace("fee_cents = ", "fee_cents = 1"), encoding="utf-8")
    code, report = rehearse(stack, wrong, "--town", "Radebeul", "--case", "erster-hund")
    assert (code, report["passed"], report["cases"][0]["passed"]) == (1, False, True)
    assert "fee_cents should be" in report["other_editions"][0]["why"]


def test_a_business_is_registered_through_the_running_stack(stack: Stack) -> None:
    code, report = rehearse(stack, SERVICE.parent / "gewerbeanmeldung", "--town", "Döbeln")
    assert [case["why"] for case in report["cases"] if not case["passed"]] == []
    assert (code, len(report["cases"])) == (0, 7)


def test_what_is_paid_first_passes_by_the_payment_provider(stack: Stack) -> None:
    code, report = rehearse(stack, SERVICES / "geburtsurkunde")
    assert [case["why"] for case in report["cases"] if not case["passed"]] == []
    assert (code, report["passed"]) == (0, True)
    assert len(report["cases"]) >= 12
    assert {case["town"] for case in report["cases"]} == {"Dresden", "Radebeul"}
    assert "dresden-nicht-gezahlt" in report["skipped"]
    assert any(case["fee_cents"] for case in report["cases"])


def test_a_wrong_expectation_fails_and_says_what_it_got(stack: Stack, tmp_path: Path) -> None:
    wrong = tmp_path / "hundesteuer"
    shutil.copytree(SERVICE, wrong)
    cases = wrong / "2025-01-01" / "cases" / "radebeul.toml"
    text = cases.read_text(encoding="utf-8")
    assert "fee_cents = " in text
    cases.write_text(text.replace("fee_cents = ", "fee_cents = 1"), encoding="utf-8")
    code, report = rehearse(stack, wrong, "--town", "Radebeul", "--case", "erster-hund")
    (case,) = report["cases"]
    assert (code, report["passed"], case["passed"]) == (1, False, False)
    assert str(case["fee_cents"]) in case["why"]
    assert case["fee_cents"] != case["expected_fee_cents"]


def test_an_installation_that_is_not_there_is_no_success(stack: Stack) -> None:
    code, report = rehearse(
        stack, SERVICE, "--town", "Coswig", "--base-url", "http://127.0.0.1:9", "--case", "erster"
    )
    assert (code, report["passed"]) == (1, False)
    assert "http://127.0.0.1:9" in report["cases"][0]["why"]
