"""Rules in words become conditions and rules of the form, where they are understood wholly."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from amtsweg.kit import forms
from amtsweg.kit.fim import code_lists, xdf
from amtsweg.kit.fim.model import (
    DataType,
    Field,
    FieldKind,
    Group,
    Rule,
    Schema,
    Use,
    Value,
    keyed,
    walk,
)
from amtsweg.kit.forms.defaults import MOST_QUESTIONS, default_pages, workable
from amtsweg.kit.forms.proposals import Proposal, as_toml, propose

REAL = Path(__file__).parents[3] / "../shared/data/fim/schemas"


def field(id_: str, name: str, type_: DataType = DataType.TEXT, **more: Any) -> Field:
    return Field(id=id_, name=name, type=type_, **more)


def use(element: Field | Group, minimum: int = 0, maximum: int | None = 1) -> Use:
    return Use(element, minimum, maximum)


def group(id_: str, name: str, *uses: Use, rules: tuple[str, ...] = ()) -> Group:
    return Group(id=id_, name=name, uses=keyed(uses), rules=ruled(*rules))


def ruled(*texts: str) -> tuple[Rule, ...]:
    return tuple(Rule(id=f"R{hash(text) % 10**8}", free_text=text) for text in texts)


def made(*uses: Use, rules: tuple[str, ...] = ()) -> tuple[forms.Form, Proposal]:
    schema = Schema(id="S1", name="Antrag", uses=keyed(uses), rules=ruled(*rules))
    proposal = propose(schema, default_pages(schema))
    return forms.compile(schema, proposal.pages, proposal.texts), proposal


KIND = field("F1", "Art", kind=FieldKind.SELECT, values=(Value("01", "neu"), Value("02", "anders")))
SWITCH = (
    "Wenn das Feld F1 = 02, dann muss das Feld F2 befüllt sein. "
    "Wenn das Feld F1 <> 02, dann darf das Feld F2 nicht befüllt sein."
)


def test_what_is_asked_for_or_forbidden_is_shown_or_hidden() -> None:
    form, _ = made(use(KIND, 1), use(field("F2", "Grund")), rules=(SWITCH,))
    assert form.clean({"art": "01", "grund": "x"}) == {"art": "01"}
    assert form.validate({"art": "01"}) == ()
    (error,) = form.validate({"art": "02"})
    assert error.path == "grund"


def test_what_is_only_asked_for_is_a_rule_with_a_sentence() -> None:
    wanted = (
        "Wenn im Datenfeld F1 der Wert 02 angegeben wurde, dann soll F2 zum Pflichtfeld werden."
    )
    form, _ = made(use(KIND, 1), use(field("F2", "Grund")), rules=(wanted,))
    assert form.validate({"art": "01", "grund": "x"}) == ()
    (error,) = form.validate({"art": "02"})
    assert (error.path, error.message) == ("grund", "Geben Sie „Grund“ an.")


@pytest.mark.parametrize(
    ("rule", "given", "right"),
    [
        ("Es muss mindestens eines der Felder F3 oder F4 befüllt sein.", ["tel"], True),
        ("Es muss mindestens eines der Felder F3 oder F4 befüllt sein.", ["tel", "post"], True),
        ("Es muss mindestens eines der Felder F3 oder F4 befüllt sein.", [], False),
        ("Es muss entweder das Feld F3 oder das Feld F4 befüllt sein.", ["post"], True),
        ("Es muss entweder das Feld F3 oder das Feld F4 befüllt sein.", ["tel", "post"], False),
        ("Es muss entweder das Feld F3 oder das Feld F4 befüllt sein.", [], False),
    ],
)
def test_a_choice_between_fields_is_kept(rule: str, given: list[str], *, right: bool) -> None:
    form, _ = made(use(field("F3", "Tel")), use(field("F4", "Post")), rules=(rule,))
    assert (form.validate(dict.fromkeys(given, "1")) == ()) is right


def test_a_rule_of_a_group_that_is_left_out_says_nothing() -> None:
    contact = group(
        "G1", "Kontakt", use(field("F3", "Tel")), use(field("F4", "Post")),
        rules=("Es muss mindestens eines der Felder F3 oder F4 befüllt sein.",),
    )  # fmt: skip
    form, _ = made(use(contact), use(KIND, 1))
    assert form.validate({"art": "01"}) == ()
    assert form.validate({"art": "01", "kontakt": {}}) != ()


def test_in_a_repeated_group_each_instance_is_judged_by_itself() -> None:
    person = group("G1", "Person", use(KIND, 1), use(field("F2", "Grund")), rules=(SWITCH,))
    form, _ = made(use(person, 1, None))
    answers = {"person": [{"art": "01"}, {"art": "02"}]}
    assert [error.path for error in form.validate(answers)] == ["person.1.grund"]


def test_a_group_over_several_pages_is_hidden_on_all_of_them() -> None:
    parts = [
        use(
            group(
                f"G{n}", f"Teil {n}", *(use(field(f"F{n}{m}", f"Frage {m}"), 1) for m in range(8))
            ),
            1,
        )
        for n in (5, 6)
    ]
    assert MOST_QUESTIONS < 2 * 8
    rule = SWITCH.replace("das Feld F2", "die Feldgruppe G4")
    form, _ = made(use(KIND, 1), use(group("G4", "Betrieb", *parts)), rules=(rule,))
    assert form.page_ids({"art": "01"}) == ["art"]
    assert form.page_ids({"art": "02"}) == ["art", "teil_5", "teil_6"]
    assert "Geben Sie „Betrieb“ an." in {e.message for e in form.validate({"art": "02"})}


def test_a_page_on_which_everything_is_hidden_is_not_shown() -> None:
    only = use(group("G4", "Betrieb", use(field("F5", "Name"), 1)))
    rule = SWITCH.replace("das Feld F2", "die Feldgruppe G4")
    form, _ = made(use(KIND, 1), only, rules=(rule,))
    assert form.page_ids({"art": "01"}) == ["art"]
    assert form.page_ids({"art": "02"}) == ["art", "betrieb"]


@pytest.mark.parametrize(
    "rule",
    [
        SWITCH.replace("F2", "F9"),
        SWITCH.replace("02", "07"),
        SWITCH.replace("F1 ", "F7 "),
        "Nur an Werktagen.",
    ],
    ids=["unknown element", "unknown code", "two elements of that id", "other words"],
)
def test_a_rule_that_names_nothing_or_several_things_stays_open(rule: str) -> None:
    twice = [use(group(id_, id_, use(field("F7", "Name")))) for id_ in ("G7", "G8")]
    _, proposal = made(use(KIND, 1), use(field("F2", "Grund")), *twice, rules=(rule,))
    assert proposal.understood == frozenset()
    assert "rule" not in proposal.pages
    assert not any("when" in settings for settings in proposal.pages["field"].values())


def test_the_proposal_is_written_as_pages_toml() -> None:
    _, proposal = made(use(KIND, 1), use(field("F2", "Grund")), rules=(SWITCH,))
    assert tomllib.loads(as_toml(proposal.pages)) == proposal.pages
    assert proposal.pages["field"]["grund"]["rules"] == list(proposal.understood)


@pytest.mark.parametrize(
    ("name", "understood", "rules"), [("S00000094", 12, 13), ("S00000186", 29, 36)]
)
def test_most_rules_of_real_schemas_are_understood(name: str, understood: int, rules: int) -> None:
    files = [*REAL.glob(f"{name}*/{name}*.xml")]
    if not files:
        pytest.skip("the real schemas are not at hand: ../shared is absent")
    lists = code_lists.in_folder(files[0].parent)
    schema, _ = workable(xdf.read_message(files[0].read_bytes(), lists=lists)[1])
    proposal = propose(schema, default_pages(schema))
    assert forms.compile(schema, proposal.pages, proposal.texts)
    elements = (schema, *(one.element for _, one in walk(schema.uses)))
    assert len({rule.id for one in elements for rule in one.rules}) == rules
    assert len(proposal.understood) >= understood
