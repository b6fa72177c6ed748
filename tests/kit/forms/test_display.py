"""Controls for templates, and rows to read."""

from __future__ import annotations

import pytest

from amtsweg.kit.fim.model import Constraints, DataType, Field, FieldKind, Use, Value
from amtsweg.kit.forms import FieldError, Fieldset, Form, Repeater, Widget
from amtsweg.kit.forms.display import file_size

from .builders import a_file, drawn, field, form_of, group, read, select


def application() -> Form:
    return form_of(
        group("Person", field("Name", max_length=40), (field("Geboren", DataType.DATE), 0)),
        (group("Hunde", field("Rasse"), (field("Bild", DataType.FILE, media_types=("image/png",)), 0)), 1, 2),
        (field("Betrag", DataType.NUM_CURRENCY), 0),
        pages=[{"id": "person", "items": ["person"]}, {"id": "rest", "items": ["hunde", "betrag"]}],
        fields={"person.name": {"autocomplete": "name", "prefill": "person.name"}},
        texts={
            "de": {"page": {"person": {"title": "Zu Ihnen", "help": "Wer Sie sind."}},
                   "field": {"hunde": {"item": "Hund", "add": "Weiterer Hund"}}},
            "en": {"page": {"person": {"title": "About you"}},
                   "field": {"person.name": {"label": "Your name", "help": "In full"},
                             "hunde": {"item": "Dog"}}},
        },
    )  # fmt: skip


def test_a_control_knows_all_that_a_template_needs() -> None:
    (person,) = application().render("person", {"person": {"name": "Anna"}})
    assert isinstance(person, Fieldset)
    assert (person.path, person.label, person.index) == ("person", "Person", None)
    assert person.items[0] == Widget(
        "text", "person.name", "Name", required=True, value="Anna", autocomplete="name",
        max_length=40,
    )  # fmt: skip
    born = person.items[1]
    assert isinstance(born, Widget)
    assert born.value == {"day": "", "month": "", "year": ""}
    assert not born.required


def test_words_come_in_the_language_of_the_screen() -> None:
    form = application()
    (person,) = form.render("person", {}, language="en")
    assert isinstance(person, Fieldset)
    assert isinstance(person.items[0], Widget)
    assert (person.items[0].label, person.items[0].help) == ("Your name", "In full")
    assert form.titles("person", "de") == ("Zu Ihnen", "Wer Sie sind.")
    assert form.titles("person", "en") == ("About you", "")
    assert form.titles("rest", "en") == ("Antrag", "")


def test_what_was_typed_is_shown_again_with_its_errors() -> None:
    form = application()
    data = {
        "person.name": "",
        "person.geboren.day": "31",
        "person.geboren.month": "2",
        "person.geboren.year": "2024",
    }
    before = {"person": {"name": "Anna", "geboren": "2000-01-01"}}
    result = read(form, data, before)
    (person,) = form.render("person", result.answers, raw=result.raw, errors=result.errors)
    assert isinstance(person, Fieldset)
    name, born = person.items
    assert isinstance(name, Widget)
    assert isinstance(born, Widget)
    assert (name.value, name.errors) == ("", ("Geben Sie „Name“ an.",))
    assert born.value == {"day": "31", "month": "2", "year": "2024"}
    assert born.errors == ("Den 31.2.2024 gibt es nicht. Prüfen Sie das Datum bei „Geboren“.",)


def test_a_repeater_shows_its_instances_and_room() -> None:
    form = application()
    hunde = form.render("rest", {})[0]
    assert isinstance(hunde, Repeater)
    assert (hunde.item_label, hunde.add_label, hunde.minimum, hunde.maximum) == (
        "Hund",
        "Weiterer Hund",
        1,
        2,
    )
    assert [(i.path, i.label, i.index, i.removable) for i in hunde.instances] == [
        ("hunde.0", "Hund 1", 0, False)
    ]
    assert hunde.can_add
    full = form.render("rest", {"hunde": [{"rasse": "a"}, {}]}, language="en")[0]
    assert isinstance(full, Repeater)
    assert [(i.label, i.removable) for i in full.instances] == [("Dog 1", True), ("Dog 2", True)]
    assert not full.can_add


def test_errors_stand_at_groups_and_lists_too() -> None:
    errors = [FieldError("hunde", "Zu wenig."), FieldError("hunde.0", "Falsch.")]
    hunde = application().render("rest", {}, errors=errors)[0]
    assert isinstance(hunde, Repeater)
    assert (hunde.errors, hunde.instances[0].errors) == (("Zu wenig.",), ("Falsch.",))


def test_an_uploaded_file_is_shown_by_its_name() -> None:
    form = application()
    answers = {"hunde": [{"rasse": "Dackel", "bild": "f1"}]}
    files = {"f1": a_file("f1", filename="rex.png", media_type="image/png", size=1_440_000)}
    hunde = form.render("rest", answers, files=files)[0]
    assert isinstance(hunde, Repeater)
    picture = hunde.instances[0].items[1]
    assert isinstance(picture, Widget)
    assert (picture.value, picture.file, picture.accept) == ("", files["f1"], "image/png")
    rows = form.summary(answers, files=files)[1].sections[0].rows
    assert rows[1].value == "rex.png (1,4 MB)"
    assert form.summary(answers, files=files, language="en")[1].sections[0].rows[1].value == (
        "rex.png (1.4 MB)"
    )


@pytest.mark.parametrize(("size", "text"), [(1, "1 KB"), (12_400, "12 KB"), (3_000_000, "3 MB")])
def test_sizes_are_short(size: int, text: str) -> None:
    assert file_size(size, "de") == text


def test_a_summary_has_every_visible_question_by_page() -> None:
    form = application()
    answers = {"person": {"name": "Anna"}, "hunde": [{"rasse": "Dackel"}], "betrag": 123456}
    person, rest = form.summary(answers)
    assert (person.title, person.page_id, person.sections) == ("Zu Ihnen", "person", ())
    assert [(row.label, row.value, row.path) for row in person.rows] == [
        ("Name", "Anna", "person.name"),
        ("Geboren", "keine Angabe", "person.geboren"),
    ]
    assert [(row.label, row.value) for row in rest.rows] == [("Betrag", "1.234,56 €")]
    assert [(s.title, s.page_id, s.rows[0].path) for s in rest.sections] == [
        ("Hund 1", "rest", "hunde.0.rasse")
    ]
    assert form.summary(answers, language="en")[1].rows[0].value == "1,234.56 €"


def test_choices_are_shown_by_name_in_both_languages() -> None:
    form = form_of(
        select("Art", "a", "b"), field("Ja", DataType.BOOL),
        texts={"en": {"field": {"art": {"values": {"a": "First"}, "value_help": {"b": "Second help"}}}}},
    )  # fmt: skip
    answers = {"art": "a", "ja": True}
    assert [row.value for row in form.summary(answers)[0].rows] == ["A", "Ja"]
    assert [row.value for row in form.summary(answers, language="en")[0].rows] == ["First", "Yes"]
    art = drawn(form, answers, language="en")[0]
    assert isinstance(art, Widget)
    assert [(o.value, o.label, o.help) for o in art.options] == [
        ("a", "First", ""),
        ("b", "B", "Second help"),
    ]


def test_the_law_behind_a_question_is_told() -> None:
    asked = Field(id="F1", name="x", label="x", legal_basis=("§ 1 A",))
    item = drawn(form_of(asked), {})[0]
    assert isinstance(item, Widget)
    assert item.legal_basis == ("§ 1 A",)


def test_hidden_questions_are_neither_drawn_nor_summed_up() -> None:
    form = form_of(
        field("Ja", DataType.BOOL), (group("Mehr", field("x")), 0),
        fields={"mehr": {"when": "answers.ja"}},
    )  # fmt: skip
    assert [item.path for item in drawn(form, {"ja": False})] == ["ja"]
    assert [item.path for item in drawn(form, {"ja": True})] == ["ja", "mehr"]
    assert form.summary({"ja": False, "mehr": {"x": "1"}})[0].sections == ()


def test_prefill_takes_only_what_fits() -> None:
    form = application()
    assert form.prefill({"person.name": "Anna", "other": "x"}) == {"person": {"name": "Anna"}}
    assert form.prefill({"person.name": "x" * 41}) == {}
    assert form.prefill({}) == {}


def test_a_code_list_field_without_select_is_a_choice_too() -> None:
    odd = Field(
        id="F1", name="x", label="x", kind=FieldKind.INPUT, values=(Value("1", "Eins"),),
        constraints=Constraints(max_length=1),
    )  # fmt: skip
    assert drawn(form_of(odd), {})[0].kind == "radio"
    assert Use(odd).repeated is False
