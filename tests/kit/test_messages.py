from __future__ import annotations

import re
from pathlib import Path

import pytest

from amtsweg.kit import forms, messages
from amtsweg.kit.messages import LANGUAGES, SENTENCES, WORDS, say, word


@pytest.mark.parametrize("code", SENTENCES)
def test_sentences_say_the_same_in_both_languages(code: str) -> None:
    german, english = SENTENCES[code]
    assert set(re.findall(r"\{(\w+)\}", german)) == set(re.findall(r"\{(\w+)\}", english))
    assert "{field}" in german
    assert german.endswith(".")
    assert english.endswith(".")
    assert " Sie " in german


def test_a_sentence_is_filled_in() -> None:
    assert say("required", "de", field="Name") == "Geben Sie „Name“ an."
    assert say("required", "en", field="Name") == "Enter “Name”."
    assert say("required", "de", field="{x}") == "Geben Sie „{x}“ an."
    assert [word("yes", language) for language in LANGUAGES] == ["Ja", "Yes"]


def test_every_sentence_and_word_is_used() -> None:
    folder = Path(forms.__file__).parent
    source = "".join(path.read_text() for path in folder.glob("*.py"))
    assert [code for code in (*SENTENCES, *WORDS) if f'"{code}"' not in source] == []
    assert messages.LANGUAGES == ("de", "en")
