"""Codes and ids that people type and databases sort."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amtsweg.platform.federation import codes
from amtsweg.platform.federation.ids import uuid7

ANY_CODE = st.builds(codes.new_code)


@given(ANY_CODE)
def test_a_code_has_four_groups_and_parses_to_itself(code):
    assert len(code) == 19
    assert code[4] == code[9] == code[14] == "-"
    assert codes.parse_code(code) == code


@given(ANY_CODE, st.data())
def test_one_wrong_symbol_is_found(code, data):
    place = data.draw(st.sampled_from([i for i, symbol in enumerate(code) if symbol != "-"]))
    wrong = data.draw(st.sampled_from([s for s in codes.ALPHABET if s != code[place]]))
    assert codes.parse_code(code[:place] + wrong + code[place + 1 :]) is None


@given(ANY_CODE, st.integers(0, 14))
def test_two_swapped_symbols_are_found(code, place):
    symbols = list(code.replace("-", ""))
    if symbols[place] == symbols[place + 1]:
        return
    symbols[place], symbols[place + 1] = symbols[place + 1], symbols[place]
    assert codes.parse_code("".join(symbols)) is None


@given(ANY_CODE)
def test_case_blanks_dashes_and_look_alikes_do_not_matter(code):
    typed = code.lower().replace("-", "  ").replace("0", "o").replace("1", "l").replace("5", "S")
    assert codes.parse_code(f" {typed} ") == code


@pytest.mark.parametrize(
    "text", ["", "-", "ABCD", "ä" * 16, "１" * 16 + "x", "A" * 10_000, "\x00" * 16]
)
def test_what_cannot_be_a_code_is_none(text):
    assert codes.parse_code(text) is None


@given(st.text(max_size=80))
def test_no_input_breaks_the_parser(text):
    assert codes.parse_code(text) is None or codes.parse_code(codes.parse_code(text))


def test_codes_hold_no_look_alikes():
    assert not set("ILOSZ") & set(codes.ALPHABET)
    assert len(codes.ALPHABET) == 31


def test_a_reference_parses_to_itself_and_finds_a_slip():
    reference = codes.new_reference("HS")
    assert reference.startswith("HS-")
    assert codes.parse_reference(reference.lower()) == reference
    wrong = "0" if reference[-1] != "0" else "1"
    assert codes.parse_reference(reference[:-1] + wrong) is None
    assert codes.parse_reference("HS") is None


def test_references_with_a_dash_in_their_prefix_parse_too():
    reference = codes.new_reference("HUNDE-2025")
    assert codes.parse_reference(reference) == reference


def test_codes_differ():
    assert len({codes.new_code() for _ in range(1000)}) == 1000


def test_ids_are_of_version_7_and_sort_by_time():
    first = uuid7()
    time.sleep(0.002)
    second = uuid7()
    assert first.version == 7
    assert first.variant == "specified in RFC 4122"
    assert first < second
    assert abs((first.int >> 80) / 1000 - time.time()) < 5
