"""Pages, groups, repetition: what a post makes of a draft."""

from __future__ import annotations

from amtsweg.kit.fim.model import DataType, FieldKind

from .builders import a_file, drawn, field, form_of, group, messages, paths, read, select

PERSON = group("Person", field("Name"), (field("Titel"), 0))


def dogs(minimum: int = 1, maximum: int | None = 3) -> tuple[object, int, int | None]:
    return (group("Hunde", field("Name"), (field("Rasse"), 0)), minimum, maximum)


def test_blank_optional_answers_are_absent() -> None:
    result = read(form_of(PERSON), {"person.name": "Anna", "person.titel": "  "})
    assert result.answers == {"person": {"name": "Anna"}}
    assert result.errors == ()


def test_what_is_missing_is_named_by_its_label() -> None:
    result = read(form_of(PERSON), {"person.name": "", "person.titel": "Dr."}, language="en")
    assert [(e.path, e.message) for e in result.errors] == [("person.name", "Enter “Name”.")]
    assert result.answers == {"person": {"titel": "Dr."}}
    assert result.raw == {"person.name": [""], "person.titel": ["Dr."]}


def test_a_question_is_to_be_answered() -> None:
    result = read(form_of(field("Wie alt ist der Hund?")), {})
    assert messages(result) == ["Beantworten Sie die Frage „Wie alt ist der Hund?“."]


def test_other_pages_stay_as_they_are() -> None:
    form = form_of(
        PERSON, field("Ort"),
        pages=[{"id": "a", "items": ["person"]}, {"id": "b", "items": ["ort"]}],
    )  # fmt: skip
    before = {"person": {"name": "Anna"}}
    result = read(form, {"ort": "Dresden", "person.name": "Fremd"}, before, page="b")
    assert result.answers == {"person": {"name": "Anna"}, "ort": "Dresden"}
    assert before == {"person": {"name": "Anna"}}


def test_a_group_can_be_split_over_pages() -> None:
    form = form_of(
        PERSON,
        pages=[{"id": "a", "items": ["person.name"]}, {"id": "b", "items": ["person.titel"]}],
    )
    first = read(form, {"person.name": "Anna"}, page="a").answers
    assert read(form, {"person.titel": "Dr."}, first, page="b").answers == {
        "person": {"name": "Anna", "titel": "Dr."}
    }
    assert read(form, {"person.titel": ""}, first, page="b").answers == first


def test_an_optional_group_left_blank_asks_for_nothing() -> None:
    form = form_of((PERSON, 0))
    assert read(form, {"person.name": "", "person.titel": ""}).answers == {}
    assert paths(read(form, {"person.name": "", "person.titel": "Dr."})) == ["person.name"]
    assert form.validate({}) == ()


def test_a_required_group_is_there_even_without_answers() -> None:
    form = form_of(group("Mehr", (field("Hinweis"), 0)))
    assert read(form, {"mehr.hinweis": ""}).answers == {"mehr": {}}


def test_a_choice_group_takes_exactly_one_part() -> None:
    form = form_of(group("Kontakt", (field("Mail"), 0), (field("Telefon"), 0), choice=True))
    assert read(form, {"kontakt.mail": "a"}).errors == ()
    for data in ({"kontakt.mail": ""}, {"kontakt.mail": "a", "kontakt.telefon": "1"}):
        assert messages(read(form, data)) == [
            "Füllen Sie bei „Kontakt“ genau eine der Möglichkeiten aus."
        ]


def test_instances_are_read_in_order() -> None:
    data = {"hunde.0.name": "Rex", "hunde.1.name": "Bello", "hunde.1.rasse": "Dackel"}
    assert read(form_of(dogs()), data).answers == {
        "hunde": [{"name": "Rex"}, {"name": "Bello", "rasse": "Dackel"}]
    }


def test_none_is_refused_where_one_is_needed() -> None:
    form = form_of(dogs())
    assert paths(read(form, {})) == ["hunde.0.name"]
    assert messages(form.validate({})) == ["Geben Sie bei „Hunde“ mindestens einen Eintrag an."]
    assert messages(form.validate({"hunde": []}, language="en")) == [
        "Give at least one entry for “Hunde”."
    ]
    optional = form_of((group("Hunde", (field("Name"), 0)), 1, 3))
    assert messages(read(optional, {"hunde.0.name": ""})) == [
        "Geben Sie bei „Hunde“ mindestens einen Eintrag an."
    ]


def test_errors_say_which_instance_they_mean() -> None:
    result = read(
        form_of(dogs(), texts={"de": {"field": {"hunde": {"item": "Hund"}}}}),
        {"hunde.0.name": "Rex", "hunde.1.name": "", "hunde.1.rasse": "Dackel"},
    )
    assert [(e.path, e.message) for e in result.errors] == [
        ("hunde.1.name", "Geben Sie „Name (Hund 2)“ an.")
    ]


def test_blank_instances_beyond_the_minimum_vanish() -> None:
    data = {"hunde.0.name": "", "hunde.1.name": "Rex", "hunde.2.name": ""}
    result = read(form_of(dogs()), data, {"hunde": [{}, {}, {}]})
    assert (result.errors, result.answers) == ((), {"hunde": [{"name": "Rex"}]})
    assert read(form_of(dogs(0)), {"hunde.0.name": ""}).answers == {}


def test_places_stay_while_something_is_wrong() -> None:
    data = {"hunde.0.name": "", "hunde.0.rasse": "", "hunde.1.rasse": "Dackel"}
    result = read(form_of(dogs()), data)
    assert paths(result) == ["hunde.1.name"]
    assert result.answers == {"hunde": [{}, {"rasse": "Dackel"}]}


def test_adding_keeps_what_was_typed_and_asks_for_nothing() -> None:
    form = form_of(dogs())
    result = read(form, {"hunde.0.name": "", "hunde.0.rasse": "Dackel", "_add": "hunde"})
    assert (result.stay, result.errors) == (True, ())
    assert result.answers == {"hunde": [{"rasse": "Dackel"}, {}]}
    (repeater,) = drawn(form, result.answers, raw=result.raw)
    assert [instance.label for instance in repeater.instances] == ["Hunde 1", "Hunde 2"]
    assert repeater.instances[0].items[1].value == "Dackel"


def test_there_is_no_adding_beyond_the_maximum() -> None:
    full = {"hunde": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}
    data = {f"hunde.{n}.name": "x" for n in range(3)}
    form = form_of(dogs())
    assert len(read(form, data | {"_add": "hunde"}, full).answers["hunde"]) == 3
    assert not drawn(form, full)[0].can_add
    assert len(read(form, {f"hunde.{n}.name": "x" for n in range(9)}).answers["hunde"]) == 3
    assert messages(form.validate({"hunde": [{"name": "x"}] * 4})) == [
        "Bei „Hunde“ ist Platz für höchstens 3. Entfernen Sie die übrigen Einträge."
    ]


def test_removing_moves_what_was_typed_up() -> None:
    form = form_of(dogs())
    data = {"hunde.0.name": "a", "hunde.1.name": "b", "hunde.2.name": "c", "hunde.2.rasse": "x"}
    result = read(form, data | {"_remove": "hunde.1"}, {"hunde": [{}, {}, {}]})
    assert result.stay
    assert result.answers == {"hunde": [{"name": "a"}, {"name": "c", "rasse": "x"}]}
    assert result.raw["hunde.1.name"] == ["c"]
    assert "hunde.2.name" not in result.raw


def test_removing_an_instance_takes_its_file_along() -> None:
    form = form_of((group("Hunde", field("Name"), field("Bild", DataType.FILE)), 1, 3))
    before = {"hunde": [{"name": "a", "bild": "f1"}, {"name": "b", "bild": "f2"}]}
    data = {"hunde.0.name": "a", "hunde.1.name": "b", "_remove": "hunde.0"}
    files = {"f1": a_file("f1"), "f2": a_file("f2")}
    assert read(form, data, before, files=files).answers == {"hunde": [{"name": "b", "bild": "f2"}]}


def test_buttons_for_other_places_change_nothing() -> None:
    form = form_of(
        dogs(), field("Ort"),
        pages=[{"id": "a", "items": ["ort"]}, {"id": "b", "items": ["hunde"]}],
    )  # fmt: skip
    before = {"hunde": [{"name": "Rex"}]}
    for button in ("_add", "_remove"):
        for path in ("hunde", "hunde.0", "ort", "ort.0", "hunde.x", "", "..", "hunde.0.0", "-1"):
            result = read(form, {"ort": "x", button: path}, before, page="a")
            assert result.answers == before | {"ort": "x"}
            assert not result.stay


def test_repeated_fields_are_a_list_of_values() -> None:
    form = form_of((field("Marke", max_length=5), 1, 3))
    assert read(form, {"marke.0": "a", "marke.1": "", "marke.2": "b"}).answers == {
        "marke": ["a", "b"]
    }
    wrong = read(form, {"marke.0": "a", "marke.1": "zu lang"})
    assert paths(wrong) == ["marke.1"]
    more = read(form, {"marke.0": "a", "_add": "marke"})
    assert len(drawn(form, more.answers, raw=more.raw)[0].instances) == 2
    less = read(form, {"marke.0": "a", "marke.1": "b", "_remove": "marke.0"}, {"marke": ["a", "b"]})
    assert less.answers == {"marke": ["b"]}


def test_groups_repeat_within_groups() -> None:
    form = form_of((group("Hunde", field("Name"), (group("Chips", field("Nr")), 0, 2)), 1, 2))
    data = {"hunde.0.name": "a", "hunde.0.chips.0.nr": "1", "hunde.0.chips.1.nr": "2"}
    assert read(form, data).answers == {
        "hunde": [{"name": "a", "chips": [{"nr": "1"}, {"nr": "2"}]}]
    }
    added = read(form, {"hunde.0.name": "a", "_add": "hunde.0.chips"}).answers
    assert added == {"hunde": [{"name": "a", "chips": [{}]}]}


def test_a_flood_of_instances_is_bounded() -> None:
    form = form_of((group("Hunde", field("Name"), field("Rasse")), 0, None))
    data = {f"hunde.{n}.name": "x" for n in (0, 999, 10**9)}
    result = read(form, data)
    assert paths(result) == ["hunde.0.rasse"]
    assert len(result.answers["hunde"]) == 200


def test_nobody_answers_labels_and_locked_fields() -> None:
    form = form_of(
        field("Hinweis", kind=FieldKind.LABEL, content="Bitte lesen."),
        field("Amt", kind=FieldKind.LOCKED, content="Steueramt"),
        field("Art", kind=FieldKind.HIDDEN, content="A"),
        field("Ort"),
    )
    result = read(form, {"hinweis": "x", "amt": "x", "art": "x", "ort": "Dresden"})
    assert result.answers == {"amt": "Steueramt", "art": "A", "ort": "Dresden"}
    items = drawn(form, result.answers)
    assert [(item.kind, item.value) for item in items] == [
        ("label", "Bitte lesen."),
        ("label", "Steueramt"),
        ("text", "Dresden"),
    ]


def test_a_default_is_shown_until_the_page_is_answered() -> None:
    form = form_of((field("Land", content="Deutschland"), 0), (field("Ort"), 0))
    assert drawn(form, {})[0].value == "Deutschland"
    assert read(form, {"land": "", "ort": "x"}).answers == {"ort": "x"}
    assert drawn(form, {"ort": "x"})[0].value == ""


def test_few_choices_are_buttons_and_many_a_list() -> None:
    few = select("Wahl", *"abcdefg")
    many = select("Wahl", *"abcdefgh")
    assert drawn(form_of(few), {})[0].kind == "radio"
    assert drawn(form_of(many), {})[0].kind == "select"
    chosen = drawn(form_of(few, fields={"wahl": {"widget": "select"}}), {"wahl": "b"})[0]
    assert (chosen.kind, chosen.value, len(chosen.options)) == ("select", "b", 7)


def test_answers_that_nobody_asked_for_are_named() -> None:
    form = form_of(field("Hinweis", kind=FieldKind.LABEL, content="Bitte lesen."), PERSON)
    errors = form.validate({"hinweis": "x", "fremd": 1, "person": {"name": "Anna", "alter": 3}})
    assert paths(errors) == ["hinweis", "fremd", "person.alter"]
    assert messages(errors)[0] == (
        "„hinweis“ gehört nicht zu diesem Antrag. Lassen Sie die Angabe weg."
    )
