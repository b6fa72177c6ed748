"""Findings in German: the catalogue and the source say the same, and texts find their way through."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator

import pytest
from tests.kit.english import templates

from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.package.documents import validator_for
from amtsweg.kit.translation import HOLE, catalogue, in_language


def german(text: str) -> str:
    return in_language(Finding("x", Severity.ERROR, text, "Remove it."), "de").message


def test_every_text_of_a_finding_has_its_german():
    known = catalogue()["kit"]
    missing = [
        f"{one.place}: {one.text!r}"
        for one in templates()
        if one.is_prose and one.text not in known
    ]
    assert not missing, "Write into findings.de.toml:\n" + "\n".join(missing)


def test_the_catalogue_holds_nothing_that_the_source_does_not_say():
    written = {one.text for one in templates()}
    orphans = [text for text in catalogue()["kit"] if text not in written]
    assert not orphans, "Take out of findings.de.toml:\n" + "\n".join(orphans)


def _entries() -> Iterator[tuple[str, str]]:
    for texts in catalogue().values():
        yield from texts.items()


def test_a_german_text_fills_the_holes_of_the_english_one():
    for english, text in _entries():
        holes = [hole[1] for hole in HOLE.finditer(english)]
        assert holes == [str(number) for number in range(len(holes))], english
        assert sorted(hole[1] for hole in HOLE.finditer(text)) == holes, english


def test_words_stand_between_two_holes_so_that_a_text_can_be_taken_apart():
    for english, _ in _entries():
        assert not re.search(r"\}\{\d", english), english


def test_german_quotes_and_ends_as_german_does():
    for english, text in _entries():
        assert "'" not in text, text
        assert text.count("„") == text.count("“"), text
        assert english[-1] != "." or text[-1] in ".!", text


@pytest.mark.parametrize(
    ("english", "expected"),
    [
        (
            "The flow 'f' leaves 'Prüfen' (check) without a condition.",
            "Der Fluss „f“ verlässt „Prüfen“ (check) ohne Bedingung.",
        ),
        (
            "page 'x': when: There is no 'rase' in answers.hunde. Did you mean 'rasse'?",
            "Seite „x“: when: Es gibt kein „rase“ in answers.hunde. Meinen Sie „rasse“?",
        ),
        (
            "'+' does not work with text and a whole number. Did you mean 'x'?",
            "„+“ ist mit „Text“ und „ganze Zahl“ nicht möglich. Meinen Sie „x“?",
        ),
        (
            "one: Step 3: nobody waits for m; open tasks: none, awaited messages: a, b.",
            "one: Schritt 3: Niemand wartet auf m; offene Aufgaben: keine, erwartete Nachrichten: a, b.",
        ),
        (
            "The process could not go on: The rows 1, 2 of the decision 'F' apply, but only one row may.",
            "Der Prozess konnte nicht weitergehen: Die Zeilen 1, 2 der Entscheidung „F“ treffen zugleich zu, aber nur eine Zeile darf zutreffen.",
        ),
        (
            "The rows 1 and 2 of the decision 'F' can both apply if a = 1, b between 1 and 2, but only one may.",
            "Die Zeilen 1 und 2 der Entscheidung „F“ können beide zutreffen im Fall a = 1, b zwischen 1 und 2, aber nur eine darf zutreffen.",
        ),
        (
            'one: The data schema does not accept this: answers.x: "H" is shorter than 2 characters.',
            'one: Das Datenschema nimmt das nicht an: answers.x: "H" ist kürzer als 2 Zeichen.',
        ),
        (
            "Row 2 of the decision 'F' cannot be read, 'a ? b : 'c'': The expression is empty.",
            "Zeile 2 der Entscheidung „F“ ist nicht lesbar, „a ? b : 'c'“: Der Ausdruck ist leer.",
        ),
        ("What nobody wrote stays.", "What nobody wrote stays."),
        ("", ""),
    ],
)
def test_a_text_is_said_in_german_with_all_that_it_quotes(english, expected):
    assert german(english) == expected


def test_what_an_author_wrote_is_not_translated():
    said = german("There is no text 'page.a whole number.title'.")
    assert said == "Den Text „page.a whole number.title“ gibt es nicht."


def test_code_place_and_severity_stay():
    found = Finding(
        "form.key", Severity.WARNING, "The package has no edition.", "Write it.", "f", 3
    )
    said = in_language(found, "de")
    assert (said.code, said.severity, said.file, said.line) == ("form.key", "warning", "f", 3)
    assert said.remedy == "Ergänzen Sie, was fehlt."
    assert in_language(found, "en") is found


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ({"type": "string"}, 5),
        ({"type": ["string", "null"]}, 5),
        ({"required": ["a"]}, {}),
        ({"additionalProperties": False}, {"a": 1}),
        ({"additionalProperties": False}, {"a": 1, "b": 2}),
        ({"unevaluatedProperties": False}, {"a": 1}),
        ({"unevaluatedProperties": False}, {"a": 1, "b": 2}),
        ({"properties": {"a": False}}, {"a": 1}),
        ({"enum": ["a", "b"]}, "c"),
        ({"const": 1}, 2),
        ({"minimum": 1}, 0),
        ({"maximum": 1}, 3),
        ({"exclusiveMinimum": 1}, 1),
        ({"exclusiveMaximum": 1}, 1),
        ({"minLength": 2}, "a"),
        ({"minLength": 1}, ""),
        ({"maxLength": 2}, "aaa"),
        ({"maxLength": 1}, "aaa"),
        ({"minItems": 2}, []),
        ({"minItems": 1}, []),
        ({"maxItems": 0}, [1]),
        ({"maxItems": 1}, [1, 2]),
        ({"uniqueItems": True}, [1, 1]),
        ({"minProperties": 1}, {}),
        ({"minProperties": 2}, {}),
        ({"maxProperties": 0}, {"a": 1}),
        ({"pattern": "^a"}, "b"),
        ({"format": "date"}, "b"),
        ({"multipleOf": 2}, 3),
        ({"anyOf": [{"type": "string"}]}, 1),
        ({"oneOf": [{"type": "string"}]}, 1),
        ({"oneOf": [{"type": "integer"}, {"minimum": 0}]}, 1),
        ({"not": {"type": "integer"}}, 1),
        ({"contains": {"type": "string"}}, [1]),
    ],
)
def test_what_the_schema_validator_says_is_german_too(schema, document):
    for error in validator_for(schema).iter_errors(document):
        assert not _english(german(f"at: {error.message}.")), error.message


@pytest.mark.parametrize(
    "text",
    ["a", "a=", "a=1\na=2", "[a", "a=[1", "a = 01", "[a]\n[a]", 'a="\\q"', "=1", "a={b=1",
     'a="x\ny"', 'a="""x'],
)  # fmt: skip
def test_what_python_says_about_toml_is_german_too(text):
    with pytest.raises(tomllib.TOMLDecodeError) as failed:
        tomllib.loads(text)
    said = re.sub(r" \(at line .*\)", "", str(failed.value))
    assert not _english(german(f"The file is not TOML: {said}."))


@pytest.mark.parametrize(
    "text", ["{", "[1,", '{"a" 1}', "[1 2]", "x", "{}x", '"\\q"', '"a\nb"', '"abc']
)
def test_what_python_says_about_json_is_german_too(text):
    with pytest.raises(json.JSONDecodeError) as failed:
        json.loads(text)
    assert not _english(german(f"The file is not JSON: {failed.value.msg}."))


def _english(text: str) -> bool:
    return bool(re.search(r"\b(?:is|are|not|the|with|than|twice|[Ee]xpect\w+|\w+ed)\b", text))
