from __future__ import annotations

import time

import pytest

from amtsweg.kit.fim import patterns


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
        "(?=a)b", r"(a)\1", "[a", "(a", "*", r"\p{IsKlingon}", r"\pL", "a\\", "[a-z-[aeiou]]",
        r"[\I]", "a{1000}{1000}", "x" * 1001,
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
