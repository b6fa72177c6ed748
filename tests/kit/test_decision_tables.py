"""Whether a table is complete and free of overlaps: said without taking a decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from drawings import dmn, table
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.kit.expressions import BOOL, FLOAT, INT, TEXT, Environment
from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.process import dmn_reading, tables
from amtsweg.kit.process.cells import Cell
from amtsweg.kit.process.columns import Bounds
from amtsweg.kit.process.compiling import named
from amtsweg.kit.process.dmn import Decision, Row, Table, compile_decision
from amtsweg.kit.process.report import Report

PLACE = Environment(
    {"n": INT, "m": INT, "x": FLOAT, "yes": BOOL, "word": TEXT, "day": TEXT, "open": TEXT}
)


def compiled(inputs: list[str], rows: list[str], policy: str) -> Decision:
    return read(dmn(table("d", inputs, ["r integer"], rows, policy=policy)))


def read(document: bytes) -> Decision:
    report = Report("fees.dmn")
    texts = named(dmn_reading.read(document, report), report)
    found = compile_decision("d", texts, PLACE, report)
    report.raise_if_failed()
    assert found is not None
    return found


def said(
    inputs: list[str], *rows: str, policy: str = "UNIQUE", domains: dict[str, Any] | None = None
) -> list[tuple[str, str]]:
    found = findings(inputs, *rows, policy=policy, domains=domains)
    return [(finding.code, finding.message) for finding in found]


def findings(
    inputs: list[str], *rows: str, policy: str = "UNIQUE", domains: dict[str, Any] | None = None
) -> list[Finding]:
    """What is found; a row without a result has the result 1."""
    written = [row if "=>" in row else f"{row} => 1" for row in rows]
    found = list(tables.check(compiled(inputs, written, policy), (domains or {}).get))
    assert all(f.file == "fees.dmn" and f.line and f.remedy for f in found)
    return found


def codes(inputs: list[str], *rows: str, **more: Any) -> list[str]:
    return [code for code, _ in said(inputs, *rows, **more)]


@pytest.mark.parametrize(
    "rows",
    [
        ("< 3", ">= 3"),
        ("<= 1", "2", ">= 3"),
        ("< 0", "[0..10]", "(10..20]", "> 20"),
        ("? in [1, 2]", "not(? in [1, 2])"),
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
        (("<= 3", "> 5"), "n = 4"),
        (("1", "2", "> 3"), "n = 3"),
        (("< 0", "[0..10]", "> 20"), "n = 11"),
    ],
)
def test_a_gap_is_named_with_a_case(rows: tuple[str, ...], case: str) -> None:
    assert said(["n"], *rows) == [
        ("decision.gap", f"No row of the decision 'D' applies if {case}.")
    ]


def test_between_neighbouring_whole_numbers_or_days_there_is_nothing() -> None:
    assert codes(["n"], "<= 3", ">= 4") == []
    assert codes(["word"], '<= "2024-12-31"', '>= "2025-01-01"') == []
    assert said(["x"], "<= 3", ">= 4") == [
        ("decision.gap", "No row of the decision 'D' applies if x = 3.5.")
    ]
    assert said(["word"], '<= "2024-12-31"', '>= "2025-01-02"') == [
        ("decision.gap", "No row of the decision 'D' applies if word = \"2025-01-01\".")
    ]


@pytest.mark.parametrize(
    ("over", "rows", "case"),
    [
        ("n", ("< 3", "3"), "n = 4"),
        ("n", ("1", ">= 2"), "n = 0"),
        ("x", ("[0..10]",), "x = -1.0"),
        ("word", ('"a"', '"b"'), 'word is none of "a", "b"'),
        ("word", ('>= "2025-01-01"',), 'word = "2024-12-31"'),
        ("word", ('>= "b"',), 'word < "b"'),
    ],
)
def test_a_side_of_which_nobody_says_anything_is_a_warning(
    over: str, rows: tuple[str, ...], case: str
) -> None:
    (finding,) = findings([over], *rows)
    assert finding.severity is Severity.WARNING
    assert finding.message == f"No row of the decision 'D' applies if {case}."
    assert "allowed values" in finding.remedy


def test_what_is_known_of_a_number_makes_the_warning_an_error_or_needless() -> None:
    assert codes(["n"], "1", ">= 2", domains={"n": Bounds(1)}) == []
    (gap,) = findings(["n"], "1", "2", domains={"n": Bounds(1, 3)})
    assert gap.severity is Severity.ERROR
    assert "n = 3" in gap.message
    assert said(["n"], "< 1", ">= 1", domains={"n": Bounds(1)}) == [
        ("decision.hidden_row",
         "Row 1 of the decision 'D' never applies: no value of 'n' fits its cell.")
    ]  # fmt: skip


def test_allowed_values_say_what_an_input_can_be() -> None:
    def with_allowed(values: str) -> list[str]:
        text = dmn(table("d", ["word"], ["r integer"], ['"a" => 1', '"b" => 2'])).decode()
        inside = f"</inputExpression><inputValues><text>{values}</text></inputValues>"
        document = text.replace("</inputExpression>", inside).encode()
        return [one.code for one in tables.check(read(document), lambda _: None)]

    assert with_allowed('"a","b"') == []
    assert with_allowed('"a","b","c"') == ["decision.gap"]
    assert with_allowed('"a"') == ["decision.value"]


def test_truth_values_and_closed_lists_are_known_as_a_whole() -> None:
    assert codes(["yes"], "true") == ["decision.gap"]
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
        (("? in [1, 2]", "? in [2, 3]"), True),
        (("? in [1, 2]", "? in [3, 4]"), False),
        (("? % 2 == 0", "? % 3 == 0"), False),
        (("? % 2 == 0", "? % 2 == 0"), True),
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


def test_an_overlap_is_shown_by_a_case() -> None:
    (message,) = (text for _, text in said(["n", "yes"], "<= 3 | -", ">= 2 | true", "> 3 | false"))
    assert message == (
        "The rows 1 and 2 of the decision 'D' can both apply if n = 2, yes = true, "
        "but only one may."
    )


def test_rows_that_overlap_under_any_must_have_the_same_result() -> None:
    def judged(*rows: str) -> list[tuple[Severity, str]]:
        found = findings(["n"], *rows, policy="ANY")
        return [(one.severity, one.message.partition(" if ")[2]) for one in found]

    assert judged("<= 3 => 1", ">= 3 => 1") == []
    assert judged("<= 3 => 1", ">= 3 => 2") == [(Severity.ERROR, "n = 3, with different results.")]
    assert judged("<= 3 => 1", "> 3 => 2") == []
    assert judged("<= 3 => 1", ">= 3 => n - 2") == [
        (Severity.WARNING, "n = 3, perhaps with different results.")
    ]


def test_a_row_whose_cell_no_value_fits_never_applies() -> None:
    for policy in ("UNIQUE", "FIRST", "COLLECT", "RULE ORDER"):
        assert codes(["n"], "]3..4[", "- => 2", policy=policy) == ["decision.hidden_row"]


def test_a_row_for_everything_else_may_follow_those_that_seem_to_take_all() -> None:
    assert codes(["n"], "0", "1", "> 1", "-", policy="FIRST") == []
    assert codes(["word"], '"a"', '"b"', "-", policy="FIRST") == []


def test_a_condition_in_cel_hides_no_gap_that_is_there_either_way() -> None:
    assert said(["n", "yes"], "? % 2 == 0 | true", "- | true", policy="FIRST") == [
        ("decision.gap", "No row of the decision 'D' applies if yes = false.")
    ]


def test_what_a_cell_says_in_cel_is_left_to_the_golden_cases() -> None:
    assert codes(["n"], "? % 2 == 0") == []
    assert codes(["n"], "? % 2 == 0", "-", policy="FIRST") == []


def test_tables_that_gather_may_have_gaps_and_overlaps() -> None:
    for policy in ("COLLECT", "COLLECT SUM", "COLLECT COUNT", "RULE ORDER"):
        assert codes(["n"], "1", "1", "> 7", policy=policy) == []
    # Of no rows there is no smallest and no largest.
    assert codes(["n"], "1", "1", "> 7", policy="COLLECT MIN") == ["decision.gap"]
    assert codes(["n"], "1", "1", "> 7", policy="COLLECT MAX") == ["decision.gap"]


def test_a_table_too_large_to_be_judged_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"[{i}..{i + 40}] | [{(i * 7) % 97}..{(i * 7) % 97 + 30}]" for i in range(160)]
    assert codes(["n", "m"], *rows, "- | -", policy="FIRST") == []
    monkeypatch.setattr(tables, "MAX_STEPS", 100)
    assert codes(["n", "m"], *rows, "- | -", policy="FIRST") == ["decision.too_large"]


# All that can be the case, for columns of every type. The last are closed lists or bounded.
VALUES: dict[str, list[Any]] = {
    "n": list(range(-4, 6)),
    "m": list(range(-40, 40)),
    "yes": [False, True],
    "word": ["a", "b", "c"],
    "day": ["2024-12-30", "2024-12-31", "2025-01-01", "2025-01-02"],
    "open": ["a", "b", "c", "something else"],
}
DOMAINS = {"n": Bounds(-4, 5), "word": ("a", "b", "c"), "day": tuple(VALUES["day"])}


def literals(column: str) -> st.SearchStrategy[str]:
    if column in ("n", "m"):
        return st.integers(-3, 4).map(str)
    return st.sampled_from([tables.written(value) for value in VALUES[column][:4]]).filter(
        lambda text: "else" not in text
    )


def cells_of(column: str) -> st.SearchStrategy[str]:
    one = literals(column)
    listed = st.lists(one, min_size=1, max_size=3).map(", ".join)
    simple = st.one_of(st.just("-"), one, listed, listed.map(lambda text: f"not({text})"))
    if column not in ("n", "m", "day"):
        return simple
    compared = st.tuples(st.sampled_from(["<", "<=", ">", ">=", "!="]), one).map(" ".join)
    interval = st.tuples(st.sampled_from("[]"), one, one, st.sampled_from("[]")).map(
        lambda four: f"{four[0]}{'..'.join(_sorted(four[1:3]))}{four[3]}"
    )
    return st.one_of(simple, compared, interval)


def _sorted(two: tuple[str, ...]) -> list[str]:
    return sorted(two, key=lambda text: int(text) if text.lstrip("-").isdigit() else text)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_findings_agree_with_trying_every_case(data: st.DataObject) -> None:
    columns = data.draw(
        st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=2, unique=True)
    )
    row = st.tuples(*(cells_of(one) for one in columns), st.sampled_from("12"))
    rows = data.draw(st.lists(row, min_size=1, max_size=5))
    policy = data.draw(st.sampled_from(["UNIQUE", "FIRST", "ANY", "COLLECT MIN"]))
    decision = compiled(columns, [f"{' | '.join(one[:-1])} => {one[-1]}" for one in rows], policy)
    found = list(tables.check(decision, DOMAINS.get))
    said = {finding.code for finding in found}
    assert isinstance(decision.logic, Table)
    cases = list(product(*(VALUES[one] for one in columns)))
    hits = [[one for one in decision.logic.rows if _applies(one.inputs, case)] for case in cases]
    assert ("decision.gap" in said) == any(not one for one in hits)
    if policy == "UNIQUE":
        assert ("decision.overlap" in said) == any(len(one) > 1 for one in hits)
    elif policy == "ANY":
        results = [{row.outputs[0].text for row in one} for one in hits]
        assert ("decision.overlap" in said) == any(len(one) > 1 for one in results)
    applied = {row.number for one in hits for row in (one[:1] if policy == "FIRST" else one)}
    never = {row.number for row in decision.logic.rows} - applied
    lines = {row.number: row.line for row in decision.logic.rows}
    hidden = {finding.line for finding in found if finding.code == "decision.hidden_row"}
    assert {lines[number] for number in never} == hidden
    for finding in found:
        if finding.code in ("decision.gap", "decision.overlap"):
            _is_a_case(finding, columns, decision.logic.rows)


def _is_a_case(finding: Finding, columns: list[str], rows: tuple[Row, ...]) -> None:
    """The case that a finding names is one: no row, or both rows, apply to it."""
    said = {name: _value(text) for name, text in NAMED.findall(finding.message)}
    case = [said.get(name, VALUES[name][0]) for name in columns]
    hits = [row.number for row in rows if _applies(row.inputs, case)]
    if finding.code == "decision.gap":
        assert hits == []
    else:
        assert set(map(int, re.findall(r"rows (\d+) and (\d+)", finding.message)[0])) <= set(hits)


NAMED = re.compile(
    r"(\w+) (?:= (\"[^\"]*\"|[-\w]+)|is none of .*?(?=, \w+ =|, (?:but|with|perhaps)|\.$))"
)


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    if not text:
        return "something else"
    return text[1:-1] if text.startswith('"') else int(text)


def _applies(inputs: tuple[Cell, ...], values: Sequence[Any]) -> bool:
    return all(cell.holds(value, lambda: None) for cell, value in zip(inputs, values, strict=True))  # type: ignore[arg-type,return-value]
