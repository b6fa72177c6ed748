"""Whether a table is complete and free of overlaps: said without taking a decision."""

from __future__ import annotations

from typing import Any

import pytest
from drawings import dmn, table
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.kit.expressions import BOOL, FLOAT, INT, TEXT, Environment, ListOf
from amtsweg.kit.process import dmn_reading, tables
from amtsweg.kit.process.cells import Cell
from amtsweg.kit.process.compiling import named
from amtsweg.kit.process.dmn import Decision, compile_decision
from amtsweg.kit.process.report import Report

PLACE = Environment(
    {"n": INT, "m": INT, "x": FLOAT, "yes": BOOL, "word": TEXT, "words": ListOf(TEXT)}
)


def compiled(inputs: list[str], rows: list[str], policy: str) -> Decision:
    document = dmn(table("d", inputs, ["r integer"], rows, policy=policy))
    report = Report("fees.dmn")
    texts = named(dmn_reading.read(document, report), report)
    found = compile_decision("d", texts, PLACE, report)
    report.raise_if_failed()
    assert found is not None
    return found


def said(
    inputs: list[str], *rows: str, policy: str = "UNIQUE", domains: dict[str, Any] | None = None
) -> list[tuple[str, str]]:
    decision = compiled(inputs, [f"{row} => 1" for row in rows], policy)
    found = list(tables.check(decision, (domains or {}).get))
    assert all(f.file == "fees.dmn" and f.line and f.remedy for f in found)
    return [(finding.code, finding.message) for finding in found]


def codes(inputs: list[str], *rows: str, **more: Any) -> list[str]:
    return [code for code, _ in said(inputs, *rows, **more)]


@pytest.mark.parametrize(
    "rows",
    [
        ("< 3", ">= 3"),
        ("1", "2", ">= 3"),
        ("[0..10]", "(10..20]", "> 20"),
        ("not(3)", "3"),
        ("!= 3", "3"),
        ("< 0", "0, 1, 2", "> 2"),
        ("-",),
    ],
)
def test_a_sound_table_has_no_finding(rows: tuple[str, ...]) -> None:
    assert said(["n"], *rows) == []


@pytest.mark.parametrize(
    ("rows", "case"),
    [
        (("< 3", "> 3"), "n = 3"),
        (("<= 3", "> 5"), "n between 3 and 5"),
        (("1", "2", "> 3"), "n = 3"),
        (("< 3", "3"), None),
        (("[0..10]", "> 20"), "n between 10 and 20"),
    ],
)
def test_a_gap_is_named(rows: tuple[str, ...], case: str | None) -> None:
    expected = [("decision.gap", f"No row of the decision 'D' applies if {case}.")] if case else []
    assert said(["n"], *rows) == expected


def test_between_neighbouring_whole_numbers_there_is_nothing() -> None:
    assert codes(["n"], "<= 3", ">= 4") == []
    assert codes(["x"], "<= 3", ">= 4") == ["decision.gap"]


def test_truth_values_and_closed_lists_are_known_as_a_whole() -> None:
    assert codes(["yes"], "true") == ["decision.gap"]
    assert codes(["word"], '"a"', '"b"') == []
    domain = {"word": ("a", "b", "c")}
    assert said(["word"], '"a"', '"b"', domains=domain) == [
        ("decision.gap", "No row of the decision 'D' applies if word = \"c\".")
    ]
    assert codes(["word"], '"a"', 'not("a")', domains=domain) == []


def test_a_value_that_cannot_be_is_named_with_those_that_can() -> None:
    found = said(["word"], '"a"', '"bb"', "-", policy="FIRST", domains={"word": ("a", "b")})
    assert (
        "decision.value",
        "Row 2 of the decision 'D' asks for \"bb\", which 'word' never is.",
    ) in found


@pytest.mark.parametrize(
    ("rows", "overlap"),
    [
        (("<= 3", ">= 3"), True),
        (("[0..10]", "[10..20]"), True),
        (("[0..10[", "[10..20]"), False),
        (("3", "-"), True),
        (("? in [1, 2]", "? in [2, 3]"), False),
        (("? in [1, 2]", "? in [1, 2]"), True),
    ],
)
def test_two_rows_that_can_both_apply_overlap(rows: tuple[str, ...], overlap: bool) -> None:
    assert ("decision.overlap" in codes(["n"], *rows)) is overlap
    assert "decision.overlap" not in codes(["n"], *rows, policy="ANY")


def test_rows_overlap_only_if_all_their_cells_do() -> None:
    assert codes(["n", "yes"], "<= 3 | true", ">= 3 | false", "< 3 | false", "> 3 | true") == []
    assert codes(["n", "yes"], "<= 3 | true", ">= 3 | -", "< 3 | false") == ["decision.overlap"]


def test_a_row_under_those_that_take_everything_never_applies() -> None:
    found = said(["n", "yes"], "<= 3 | -", "- | true", "> 3 | false", "5 | false", policy="FIRST")
    assert [message for _, message in found] == [
        "Row 4 of the decision 'D' never applies: the rows above take every case."
    ]


def test_what_a_cell_says_in_cel_is_left_to_the_golden_cases() -> None:
    assert codes(["n"], "? % 2 == 0") == []
    assert codes(["n"], "? % 2 == 0", "-", policy="FIRST") == []


def test_tables_that_collect_may_have_gaps_and_overlaps() -> None:
    assert codes(["n"], "1", "1", "> 7", policy="COLLECT") == []


def test_a_table_too_large_to_be_judged_is_not_judged_wrongly() -> None:
    names = ["n", "m"]
    rows = [f"[{i}..{i + 40}] | [{(i * 7) % 97}..{(i * 7) % 97 + 30}]" for i in range(160)]
    found = codes(names, *rows, policy="FIRST")
    assert "decision.value" not in found


cells = st.one_of(
    st.just("-"),
    st.integers(-2, 3).map(str),
    st.sampled_from(["<", "<=", ">", ">=", "!="]).flatmap(
        lambda sign: st.integers(-2, 3).map(lambda n: f"{sign} {n}")
    ),
    st.tuples(st.integers(-2, 1), st.integers(1, 3)).map(lambda two: f"[{two[0]}..{two[1]})"),
    st.integers(-2, 3).map(lambda n: f"not({n})"),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5))
def test_findings_agree_with_trying_every_value(rows: list[tuple[str, str]]) -> None:
    decision = compiled(["n", "m"], [f"{a} | {b} => 1" for a, b in rows], "UNIQUE")
    found = {finding.code for finding in tables.check(decision, {}.get)}
    tried = range(-4, 6)
    hits = [
        [row.number for row in decision.logic.rows if _applies(row.inputs, (n, m))]  # type: ignore[union-attr]
        for n in tried
        for m in tried
    ]
    assert ("decision.overlap" in found) == any(len(one) > 1 for one in hits)
    if "decision.gap" in found:
        assert any(not one for one in hits)


def _applies(inputs: tuple[Cell, ...], values: tuple[int, int]) -> bool:
    return all(cell.holds(value, lambda: None) for cell, value in zip(inputs, values, strict=True))  # type: ignore[arg-type,return-value]
