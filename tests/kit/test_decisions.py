"""Decision tables and expressions: what they decide, and what is refused."""

from __future__ import annotations

import pytest
from drawings import CONTEXT, ENVIRONMENT, FEES, dmn, literal, table

from amtsweg.kit.expressions import FLOAT, INT, TEXT, Environment, ListOf
from amtsweg.kit.process import DecisionError, ProcessFault, dmn_reading
from amtsweg.kit.process.compiling import named
from amtsweg.kit.process.dmn import Decision, compile_decision
from amtsweg.kit.process.report import Report

PLACE = Environment({"n": INT, "x": FLOAT, "word": TEXT, "words": ListOf(TEXT)})


def compiled(document: bytes, decision: str = "d", environment: Environment = PLACE) -> Decision:
    report = Report("fees.dmn")
    texts = named(dmn_reading.read(document, report), report)
    found = compile_decision(decision, texts, environment, report) if decision in texts else None
    report.raise_if_failed()
    assert found is not None
    return found


def decide(document: bytes, **data):
    decision = compiled(document)
    return decision.decide(decision.environment.bind(data))


def faults(document: bytes, decision: str = "d") -> list[tuple[str, str]]:
    with pytest.raises(ProcessFault) as caught:
        compiled(document, decision)
    for finding in caught.value.findings:
        assert finding.file == "fees.dmn"
        assert finding.message.endswith(".")
        assert finding.remedy.endswith(".")
    return [(finding.code, finding.message) for finding in caught.value.findings]


def one_cell(cell: str, over: str = "n") -> bytes:
    return dmn(table("d", [over], ["r boolean"], [f"{cell} => true", "- => false"], policy="FIRST"))


@pytest.mark.parametrize(
    ("cell", "over", "data", "expected"),
    [
        ("-", "n", {"n": 1}, True),
        ("", "n", {"n": 1}, True),
        ("3", "n", {"n": 3}, True),
        ("-3", "n", {"n": -3}, True),
        ("3", "n", {"n": 4}, False),
        ("= 3", "n", {"n": 3}, True),
        ("!= 3", "n", {"n": 3}, False),
        ("< 3", "n", {"n": 2}, True),
        ("< 3", "n", {"n": 3}, False),
        ("<= 3", "n", {"n": 3}, True),
        ("> 3", "n", {"n": 3}, False),
        (">= 3", "n", {"n": 3}, True),
        ("[1..3]", "n", {"n": 3}, True),
        ("[1..3)", "n", {"n": 3}, False),
        ("]1..3]", "n", {"n": 1}, False),
        ("[1..3[", "n", {"n": 3}, False),
        ("(1..3)", "n", {"n": 2}, True),
        ("[1..3], [7..9], 20", "n", {"n": 8}, True),
        ("[1..3[, 20", "n", {"n": 20}, True),
        ("not(3, 4)", "n", {"n": 4}, False),
        ("not(3, 4)", "n", {"n": 5}, True),
        ("not([1..3])", "n", {"n": 2}, False),
        ("2", "x", {"x": 2.0}, True),
        ("[1..2.5]", "x", {"x": 2.25}, True),
        ('"a", "b"', "word", {"word": "b"}, True),
        ('"a, b"', "word", {"word": "a, b"}, True),
        ("'a'", "word", {"word": "a"}, True),
        ('"ä\\"ö"', "word", {"word": 'ä"ö'}, True),
        ('< "2024-07-01"', "word", {"word": "2024-06-30"}, True),
        ("true", "n > 2", {"n": 3}, True),
        ("false", "n > 2", {"n": 3}, False),
        ("? in words", "word", {"word": "a", "words": ["a"]}, True),
        ('? in ["a", "b"], "z"', "word", {"word": "z"}, True),
        ('? in ["a", "b"], "z"', "word", {"word": "b"}, True),
        ("? > 2 && ? < 5", "n", {"n": 5}, False),
        ("not(? in words)", "word", {"word": "a", "words": ["a"]}, False),
        ("> words.size()", "n", {"n": 1, "words": []}, True),
        ("[0..words.size()]", "n", {"n": 1, "words": []}, False),
        ("words.size()", "n", {"n": 0, "words": []}, True),
        ("'?'", "word", {"word": "?"}, True),
        ("?.startsWith('a?')", "word", {"word": "a?b"}, True),
    ],
)
def test_an_input_cell_is_met_or_not(cell, over, data, expected):
    assert decide(one_cell(cell, over), **data) is expected


@pytest.mark.parametrize(
    ("cell", "over", "sentence"),
    [
        ('"a"', "n", "holds text, but the input is a whole number"),
        ("3", "word", "holds a whole number, but the input is text"),
        ("2.5", "n", "holds a decimal number"),
        ("[3..1]", "n", "lower end is above"),
        ("< true", "n > 2", "Yes or no cannot be compared by '<'"),
        ("3,", "n", "empty test"),
        ("wort", "word", "'wort' is not known here. Did you mean 'word'?"),
        ("? + 1", "n", "must give yes or no"),
        ("__import__('os').system('true')", "n", "is not known here"),
    ],
)
def test_a_cell_that_does_not_fit_its_input_is_found_with_its_line(cell, over, sentence):
    with pytest.raises(ProcessFault) as caught:
        compiled(one_cell(cell, over))
    assert [finding.code for finding in caught.value.findings] == ["decision.cell"]
    finding = caught.value.findings[0]
    assert sentence in finding.message
    assert finding.line == 6


def test_a_unique_table_has_one_row_that_applies():
    rows = ["< 10 => 'small'", "[10..20] => 'medium'", "> 15 => 'large'"]
    document = dmn(table("d", ["n"], ["size string"], rows))
    assert decide(document, n=3) == "small"
    with pytest.raises(DecisionError, match="rows 2, 3 of the decision 'D' apply, but only one"):
        decide(document, n=17)
    gap = dmn(table("d", ["n"], ["size string"], rows[:1]))
    with pytest.raises(DecisionError, match="No row of the decision 'D' applies to this case"):
        decide(gap, n=10)


def test_the_first_row_that_applies_counts_under_first():
    rows = ["< 20 => 1", "< 10 => 2", "- => 3"]
    document = dmn(table("d", ["n"], ["r integer"], rows, policy="FIRST"))
    assert [decide(document, n=n) for n in (5, 19, 20)] == [1, 1, 3]


def test_rows_must_agree_under_any():
    rows = ["< 20 => 'a'", "< 10 => 'a'", "> 15 => 'b'"]
    document = dmn(table("d", ["n"], ["r string"], rows, policy="ANY"))
    assert decide(document, n=5) == "a"
    with pytest.raises(DecisionError, match="different results"):
        decide(document, n=17)


@pytest.mark.parametrize(
    ("policy", "some", "none"),
    [
        ("COLLECT", [1, 5], []),
        ("RULE ORDER", [1, 5], []),
        ("COLLECT SUM", 6, 0),
        ("COLLECT COUNT", 2, 0),
        ("COLLECT MIN", 1, None),
        ("COLLECT MAX", 5, None),
    ],
)
def test_collect_gathers_the_rows_that_apply(policy, some, none):
    rows = ["< 20 => 1", "< 10 => 5", "< 5 => 9"]
    document = dmn(table("d", ["n"], ["r integer"], rows, policy=policy))
    assert decide(document, n=7) == some
    if none is None:
        with pytest.raises(DecisionError, match="No row"):
            decide(document, n=20)
    else:
        assert decide(document, n=20) == none


def test_several_outputs_give_a_record_and_types_are_kept():
    rows = ["- | - => 3 | 'a' | 2"]
    document = dmn(table("d", ["n", "word"], ["i integer", "s string", "f double"], rows))
    result = decide(document, n=1, word="x")
    assert result == {"i": 3, "s": "a", "f": 2.0}
    assert isinstance(result["f"], float)


def test_a_table_without_inputs_always_applies():
    assert decide(dmn(table("d", [], ["r integer"], [" => n + 1"])), n=1) == 2


def test_required_decisions_are_taken_first():
    document = dmn(
        table("rate", ["n"], ["cents integer", "free boolean"], ["> 2 => 0 | true", "- => 5 | false"],
              policy="FIRST"),
        literal("twice", "rate.cents * 2", requires=("rate",)),
        literal("d", "rate.free ? 0 : twice + 1", requires=("twice", "rate")),
    )  # fmt: skip
    assert decide(document, n=1) == 11
    assert decide(document, n=3) == 0


def test_a_failing_expression_names_decision_and_row_but_no_data():
    document = dmn(table("d", ["n"], ["r integer"], ["1 => 0", "- => 1 / n"], policy="FIRST"))
    with pytest.raises(DecisionError, match="'D' has no value in row 2: The expression divides"):
        decide(document, n=0)
    with pytest.raises(DecisionError, match="'n' is not known yet"):
        decide(document)


@pytest.mark.parametrize(
    ("document", "code", "sentence"),
    [
        (dmn(literal("d", "n + 1"), language="FEEL"), "decision.language", "'FEEL'"),
        (dmn(literal("d", "n + 1"), language="python"), "decision.language", "'python'"),
        (dmn(literal("d", "n +")), "decision.expression", "ends before it is complete"),
        (dmn(literal("d", "")), "decision.expression", "empty"),
        (dmn(literal("d", "d", requires=("d",))), "decision.circle", "requires itself"),
        (dmn(literal("d", "1", requires=("q",))), "decision.unknown_requirement", "'q'"),
        (dmn(literal("type", "1"), literal("d", "2", requires=("type",))), "decision.name", "'type'"),
        (dmn(literal("d", "1"), literal("d", "2")), "decision.duplicate", "the id 'd'"),
        (dmn(table("d", ["n"], ["r integer"], [])), "decision.empty", "no rows"),
        (dmn(table("d", ["n"], ["r integer"], ["1 => 'a'"])), "decision.type", "column holds"),
        (dmn(table("d", ["n"], ["r"], ["1 => 'a'", "2 => 3"])), "decision.type", "text and a whole"),
        (dmn(table("d", ["n"], ["r money"], ["1 => 1"])), "decision.type", "'money' is not known"),
        (dmn(table("d", ["n"], ["r integer"], ["1 => "])), "decision.expression", "empty cell"),
        (dmn(table("d", ["n"], ["r integer"], ["1 => 1 | 2"])), "decision.cells", "more or fewer"),
        (dmn(table("d", ["n"], ["a integer", "a integer"], ["1 => 1 | 2"])), "decision.name", "same"),
        (dmn(table("d", ["n"], ["a-b integer", "c integer"], ["1 => 1 | 2"])), "decision.name", "a-b"),
        (
            dmn(table("d", ["n"], ["r integer"], ["1 => 1"], policy="PRIORITY")),
            "decision.hit_policy", "PRIORITY",
        ),
        (
            dmn(table("d", ["n"], ["r string"], ["1 => 'a'"], policy="COLLECT SUM")),
            "decision.aggregation", "needs numbers",
        ),
        (
            dmn(table("d", ["n"], ["r integer"], ["1 => 1"], policy="UNIQUE SUM")),
            "decision.aggregation", "Only COLLECT",
        ),
        (
            dmn('<decision id="d" name="D"><invocation/></decision>'),
            "decision.unsupported", "'invocation'",
        ),
        (
            dmn(literal("d", "1"), "<businessKnowledgeModel/>"),
            "decision.unsupported", "'businessKnowledgeModel'",
        ),
        (dmn(), "decision.none", "no decision"),
        (b"<x/>", "decision.not_dmn", "not DMN"),
        (b"<x", "xml.syntax", "not well-formed"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "xml.doctype", "type"),
        (b"<x>" + b" " * (4 * 1024 * 1024), "xml.size", "4 MB"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_decision_is_found(document, code, sentence):
    found = faults(document)
    assert any(code == one and sentence in message for one, message in found), found


def test_a_file_that_does_not_say_that_it_is_cel_is_noted():
    report = Report("fees.dmn")
    document = dmn(literal("d", "1")).replace(b'expressionLanguage="CEL"', b"")
    assert dmn_reading.read(document, report)
    assert not report.failed
    assert [finding.code for finding in report.findings] == ["decision.language"]


def test_a_default_output_is_refused_and_not_ignored():
    document = dmn(table("d", ["n"], ["r integer"], ["1 => 1"])).replace(
        b'<output name="r" typeRef="integer"/>',
        b'<output name="r"><defaultOutputEntry><text>1</text></defaultOutputEntry></output>',
    )
    assert ("decision.unsupported") in [code for code, _ in faults(document)]


def test_each_dog_has_its_rate():
    element = ENVIRONMENT.compile("answers.hunde[0]").type
    environment = ENVIRONMENT.extend({"dog": element, "index": INT})
    decision = compiled(FEES, "rate", environment)
    binding = environment.bind({**CONTEXT, "dog": CONTEXT["answers"]["hunde"][1], "index": 2})
    assert decision.decide(binding) == {"cents": 43_200, "reason": "dangerous"}
