"""Conditions and rules, with the real expression language."""

from __future__ import annotations

from datetime import date

import jsonschema_rs
import pytest

from amtsweg.kit import forms
from amtsweg.kit.expressions import TEXT, Environment, ListOf, shape_of_schema
from amtsweg.kit.fim.model import DataType
from amtsweg.kit.forms import Form, FormError

from .builders import drawn, field, form_of, group, messages, paths, read, schema, select


def debit() -> Form:
    return form_of(
        field("Lastschrift", DataType.BOOL),
        (field("IBAN"), 0),
        (field("Grund"), 0),
        fields={
            "iban": {"when": "answers.lastschrift", "widget": "iban", "required": True},
            "grund": {"when": "has(answers.iban)"},
        },
    )


IBAN = "DE02120300000000202051"


def test_hidden_answers_are_dropped_and_what_hangs_on_them() -> None:
    form = debit()
    before = {"lastschrift": True, "iban": IBAN, "grund": "x"}
    result = read(form, {"lastschrift": "false", "iban": IBAN, "grund": "x"}, before)
    assert (result.answers, result.errors) == ({"lastschrift": False}, ())


def test_hidden_fields_may_hold_nonsense() -> None:
    result = read(debit(), {"lastschrift": "false", "iban": "quatsch"})
    assert (result.answers, result.errors) == ({"lastschrift": False}, ())


def test_a_newly_opened_question_is_shown_without_complaint() -> None:
    form = debit()
    opened = read(form, {"lastschrift": "true"})
    assert (opened.stay, opened.errors) == (True, ())
    assert [item.path for item in drawn(form, {})] == ["lastschrift"]
    assert [item.path for item in drawn(form, opened.answers)] == ["lastschrift", "iban"]
    asked = read(form, {"lastschrift": "true", "iban": ""}, opened.answers)
    assert messages(asked) == ["Geben Sie „IBAN“ an."]
    assert not asked.stay


def test_all_at_once_needs_no_second_look() -> None:
    result = read(debit(), {"lastschrift": "true", "iban": IBAN, "grund": "x"})
    assert (result.stay, result.errors) == (False, ())
    assert result.answers == {"lastschrift": True, "iban": IBAN, "grund": "x"}


def test_a_condition_with_required_asks_while_it_holds() -> None:
    form = debit()
    assert form.validate({"lastschrift": False}) == ()
    assert paths(form.validate({"lastschrift": True})) == ["iban"]
    exported = form.json_schema()
    assert jsonschema_rs.is_valid(exported, {"lastschrift": False})
    assert exported["required"] == ["lastschrift"]


def dogs() -> Form:
    return form_of(
        (group("Hunde", select("Art", "keine", "blind"), field("Nachweis")), 1, 3),
        fields={"hunde.nachweis": {"when": "has(item.art) && item.art != 'keine'"}},
    )


def test_each_instance_has_its_own_conditions() -> None:
    data = {"hunde.0.art": "keine", "hunde.1.art": "blind", "hunde.1.nachweis": ""}
    result = read(dogs(), data | {"hunde.0.nachweis": "x"})
    assert paths(result) == ["hunde.1.nachweis"]
    assert result.answers == {"hunde": [{"art": "keine"}, {"art": "blind"}]}


def test_a_new_instance_is_asked_step_by_step() -> None:
    form = dogs()
    assert paths(read(form, {})) == ["hunde.0.art"]
    opened = read(form, {"hunde.0.art": "blind"})
    assert (opened.stay, opened.errors) == (True, ())
    (repeater,) = drawn(form, opened.answers)
    assert [item.path for item in repeater.instances[0].items] == [
        "hunde.0.art",
        "hunde.0.nachweis",
    ]


def pages() -> Form:
    return form_of(
        field("Firma", DataType.BOOL), field("Register"), field("Ort"),
        pages=[
            {"id": "wer", "items": ["firma"]},
            {"id": "firma", "items": ["register"], "when": "answers.firma"},
            {"id": "wo", "items": ["ort"]},
        ],
    )  # fmt: skip


def test_pages_come_and_go_with_answers() -> None:
    form = pages()
    assert form.page_ids({}) == ["wer", "wo"]
    assert form.next_page("wer", {"firma": True}) == "firma"
    assert form.next_page("wer", {"firma": False}) == "wo"
    assert form.next_page("firma", {"firma": False}) == "wo"
    assert form.next_page("wo", {}) is None
    dropped = read(form, {"firma": "false"}, {"firma": True, "register": "HRB 1"}, page="wer")
    assert dropped.answers == {"firma": False}


def test_the_first_incomplete_page_is_found() -> None:
    form = pages()
    assert form.first_incomplete({}, {}) == "wer"
    assert form.first_incomplete({"firma": True, "ort": "x"}, {}) == "firma"
    assert form.first_incomplete({"firma": False, "ort": "x"}, {}) is None


def test_answers_hidden_from_elsewhere_are_cleaned() -> None:
    assert pages().clean({"firma": False, "register": "HRB 1"}) == {"firma": False}


def test_a_group_may_be_missing_if_all_its_parts_can_be_hidden() -> None:
    form = form_of(
        field("Firma", DataType.BOOL), group("Register", field("Nr"), field("Ort")),
        pages=[
            {"id": "wer", "items": ["firma"]},
            {"id": "nr", "items": ["register.nr"], "when": "answers.firma"},
            {"id": "ort", "items": ["register.ort"], "when": "answers.firma"},
        ],
    )  # fmt: skip
    exported = form.json_schema()
    assert form.validate({"firma": False}) == ()
    assert jsonschema_rs.is_valid(exported, {"firma": False})
    assert paths(form.validate({"firma": True})) == ["register.nr", "register.ort"]


def kept() -> Form:
    return form_of(
        (group("Hunde", (field("Geburt", DataType.DATE), 0), field("Beginn", DataType.DATE)), 1, 3),
        field("Anzahl", DataType.NUM_INT),
        rules=[
            {"id": "R1", "at": "hunde.geburt", "message": "rule.birth",
             "when": "!has(item.geburt) || item.geburt <= item.beginn"},
            {"id": "R2", "at": "hunde", "message": "rule.future",
             "when": "answers.hunde.all(dog, dog.beginn <= today)"},
            {"id": "R3", "at": "anzahl", "message": "rule.count",
             "when": "answers.anzahl == size(answers.hunde)"},
        ],
        texts={
            language: {"rule": {"birth": "Geburt!", "future": "Zukunft!", "count": "Zahl!"}}
            for language in ("de", "en")
        },
    )  # fmt: skip


def date_data(path: str, text: str) -> dict[str, str]:
    year, month, day = text.split("-")
    return {f"{path}.day": day, f"{path}.month": month, f"{path}.year": year}


def test_rules_speak_where_they_belong() -> None:
    data = (
        date_data("hunde.0.geburt", "2020-01-01") | date_data("hunde.0.beginn", "2021-01-01")
        | date_data("hunde.1.geburt", "2022-01-01") | date_data("hunde.1.beginn", "2021-01-01")
        | {"anzahl": "5"}
    )  # fmt: skip
    result = read(kept(), data, today=date(2021, 6, 1))
    assert [(e.path, e.message) for e in result.errors] == [
        ("hunde.1.geburt", "Geburt!"),
        ("anzahl", "Zahl!"),
    ]
    assert result.answers["anzahl"] == 5


def test_rules_about_today_wait_for_today() -> None:
    form = kept()
    answers = {"hunde": [{"beginn": "2021-01-01"}], "anzahl": 1}
    assert form.validate(answers) == ()
    assert messages(form.validate(answers, today=date(2020, 1, 1))) == ["Zukunft!"]
    assert form.validate(answers, today=date(2021, 1, 1)) == ()


def test_rules_are_silent_while_their_field_is_wrong() -> None:
    data = date_data("hunde.0.beginn", "2021-01-01") | {"anzahl": "viele"}
    assert ["ganze Zahl" in text for text in messages(read(kept(), data))] == [True]


@pytest.mark.parametrize(
    ("pages", "code"),
    [
        ({"page": [{"id": "a", "items": ["x", "fehlt"]}]}, "form.path"),
        ({"page": [{"id": "a", "items": []}]}, "form.missing"),
        ({"page": [{"id": "a", "items": ["x"]}, {"id": "b", "items": ["x"]}]}, "form.twice"),
        ({"page": [{"id": "a", "items": ["x"]}, {"id": "a", "items": []}]}, "form.page"),
        ({"page": [{"id": "a b", "items": ["x"]}]}, "form.page"),
        ({"page": [{"id": "a", "items": ["x"], "if": "true"}]}, "form.key"),
        ({"page": [{"id": "a", "items": ["x"], "when": "answers.nein"}]}, "form.expression"),
        ({"page": [{"id": "a", "items": ["x"], "when": "answers.x"}]}, "form.expression"),
        ({"page": [{"id": "a", "items": ["x"], "when": "today > ''"}]}, "form.expression"),
        ({"page": [{"id": "a", "items": ["x"]}], "field": {"y": {}}}, "form.path"),
        ({"page": [{"id": "a", "items": ["x"]}], "field": {"x": {"widget": "radio"}}}, "form.widget"),
        ({"page": [{"id": "a", "items": ["x"]}], "field": {"x": {"when": "item.x"}}}, "form.expression"),
        ({"page": [{"id": "a", "items": ["x"]}],
          "rule": [{"id": "R", "at": "x", "when": "true", "message": "rule.no"}]}, "form.text"),
        ({"page": [{"id": "a", "items": ["x"]}],
          "rule": [{"id": "R", "at": "y", "when": "true", "message": "rule.no"}]}, "form.path"),
        ({"page": [{"id": "a", "items": ["x"]}], "pgae": []}, "form.key"),
    ],
)  # fmt: skip
def test_mistakes_in_pages_are_findings(pages: dict[str, object], code: str) -> None:
    with pytest.raises(FormError) as caught:
        forms.compile(schema(field("x")), pages, {})
    assert code in [finding.code for finding in caught.value.findings]
    assert all(f.message and f.remedy and f.file == "pages.toml" for f in caught.value.findings)


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (field("x", pattern="(?=a)"), "form.pattern"),
        (field("x", DataType.NUM_INT, min_value="viel"), "form.bound"),
        (field("x", DataType.DATE, max_value="31.12.2024"), "form.bound"),
        (field("x", DataType.NUM_INT, content="drei"), "form.content"),
        (select("x"), "form.list"),
    ],
)
def test_fields_that_cannot_be_asked_are_findings(element: object, code: str) -> None:
    with pytest.raises(FormError) as caught:
        form_of(element)
    assert [finding.code for finding in caught.value.findings] == [code]


def test_an_expression_sees_what_the_form_is_told_besides_the_answers() -> None:
    built = schema(field("x"), field("y"))
    environment = Environment({"answers": shape_of_schema(built), "town": TEXT})
    pages = {
        "page": [
            {"id": "a", "items": ["x"], "when": "town == 'Dresden'"},
            {"id": "b", "items": ["y"]},
        ],
        "rule": [{"id": "R1", "at": "y", "when": "answers.y == town", "message": "rule.here"}],
    }
    texts = {language: {"rule": {"here": "Hier."}} for language in ("de", "en")}
    form = forms.compile(built, pages, texts, environment)
    dresden, zittau = form.knowing(town="Dresden"), form.knowing(town="Zittau")
    answers = {"x": "1", "y": "Dresden"}
    assert dresden.page_ids({}) == ["a", "b"]
    assert zittau.page_ids({}) == form.page_ids({}) == ["b"]
    assert zittau.clean(answers) == {"y": "Dresden"}
    assert dresden.validate(answers) == ()
    assert [error.path for error in zittau.validate({"y": "Dresden"})] == ["y"]


def test_a_choice_offers_what_the_town_offers() -> None:
    built = schema(select("months", "6", "12", "24"))
    environment = Environment({"answers": shape_of_schema(built), "town": ListOf(TEXT)})
    pages = {
        "page": [{"id": "a", "items": ["months"]}],
        "field": {"months": {"offered": "town"}},
    }
    form = forms.compile(built, pages, {}, environment)
    short = form.knowing(town=["12", "6"])
    (widget,) = short.render("a", {})
    assert isinstance(widget, forms.Widget)
    assert [option.value for option in widget.options] == ["6", "12"]
    assert short.validate({"months": "6"}) == ()
    assert [error.path for error in short.validate({"months": "24"})] == ["months"]
    typed = short.read("a", {"months": ["24"]}, {})
    assert [error.path for error in typed.errors] == ["months"]
    assert form.knowing(town=["24"]).validate({"months": "24"}) == ()


@pytest.mark.parametrize("offered", ["town == 'x' ? ['6'] : ['12']", "['6', '12']"])
def test_what_is_offered_must_be_codes_of_one_choice(offered: str) -> None:
    built = schema(field("x"), select("months", "6", "12"))
    environment = Environment({"answers": shape_of_schema(built), "town": TEXT})

    def compiled(name: str, expression: str) -> None:
        pages = {
            "page": [{"id": "a", "items": ["x", "months"]}],
            "field": {name: {"offered": expression}},
        }
        forms.compile(built, pages, {}, environment)

    compiled("months", offered)
    for name, expression in (("x", offered), ("months", "[6, 12]"), ("months", "town")):
        with pytest.raises(FormError) as caught:
            compiled(name, expression)
        assert [finding.code for finding in caught.value.findings] == ["form.offered"]
