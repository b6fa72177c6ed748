"""FIM's rules in words: each is carried out, is somebody's task, or is named as open."""

from __future__ import annotations

from typing import Any

import pytest

from amtsweg.kit import forms
from amtsweg.kit.fim.model import Field, Group, Rule, Schema, Use, keyed
from amtsweg.kit.forms.rules import open_rules

SCHEMA = Schema(
    id="S1",
    name="Antrag",
    rules=(Rule(id="R1", free_text="Eines von beiden."),),
    uses=keyed(
        [
            Use(Field(id="F1", name="Anlass", rules=(Rule(id="R2", free_text="Nie im Mai."),))),
            Use(
                Group(
                    id="G1",
                    name="Person",
                    uses=keyed([Use(Field(id="F2", name="Name"), 0, 1)]),
                    rules=(Rule(id="R3"), Rule(id="R2")),
                )
            ),
        ]
    ),
)
PAGES: dict[str, Any] = {"page": [{"id": "alles", "items": ["anlass", "person"]}]}
BOUND = {
    **PAGES,
    "field": {"person.name": {"when": "answers.anlass == 'x'", "rules": ["R3"]}},
    "rule": [
        {"id": "R2", "at": "anlass", "when": "answers.anlass != 'Mai'", "message": "rule.may"}
    ],
    "by_hand": {"R1": "The clerk looks at both."},
}
TEXTS = {language: {"rule": {"may": "…"}} for language in ("de", "en")}


def test_a_rule_in_words_is_open_until_something_carries_it_out() -> None:
    assert [(one.rule.id, one.path) for one in open_rules(SCHEMA, PAGES)] == [
        ("R1", ""),
        ("R2", "anlass"),
        ("R3", "person"),
    ]
    assert open_rules(SCHEMA, BOUND) == ()


def test_what_is_bound_rightly_compiles() -> None:
    assert forms.compile(SCHEMA, BOUND, TEXTS)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"by_hand": {"R9": "The clerk."}}, "no rule 'R9'"),
        ({"by_hand": {"R1": " "}}, "who sees to 'R1'"),
        ({"field": {"anlass": {"rules": ["R8"]}}}, "no rule 'R8'"),
        ({"page": [{"id": "alles", "items": ["anlass", "person"], "rules": ["R7"]}]}, "'R7'"),
    ],
)
def test_what_is_bound_wrongly_is_told(change: dict[str, Any], says: str) -> None:
    with pytest.raises(forms.FormError) as told:
        forms.compile(SCHEMA, BOUND | change, TEXTS)
    assert says in str(told.value)
