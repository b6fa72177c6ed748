"""A draft survives a new edition as far as it can."""

from __future__ import annotations

from amtsweg.kit.fim.model import DataType
from amtsweg.kit.forms import carry_over

from .builders import field, form_of, group, select


def test_answers_keep_their_place_by_id_not_by_name() -> None:
    old = form_of(group("Person", field("Name", id="F1"), id="G1"), field("Ort", id="F2"))
    new = form_of(group("Antragsteller", field("Familienname", id="F1"), id="G1"))
    assert carry_over(old, new, {"person": {"name": "Anna"}, "ort": "Dresden"}) == (
        {"antragsteller": {"familienname": "Anna"}},
        ("ort",),
    )


def test_the_same_edition_keeps_everything() -> None:
    form = form_of((group("Hunde", field("Name"), (field("Rasse"), 0)), 1, None), field("Ort"))
    answers = {"hunde": [{"name": "Rex"}, {"name": "Bello", "rasse": "Dackel"}], "ort": "x"}
    assert carry_over(form, form, answers) == (answers, ())


def test_a_value_that_no_longer_fits_is_dropped_and_named() -> None:
    old = form_of(field("Text", id="F1"), select("Art", "a", "b", id="F2"), field("Zahl", id="F3"))
    new = form_of(
        field("Text", id="F1", max_length=3), select("Art", "b", id="F2"),
        field("Zahl", DataType.NUM_INT, id="F3"),
    )  # fmt: skip
    assert carry_over(old, new, {"text": "lang", "art": "a", "zahl": "3"}) == (
        {},
        ("text", "art", "zahl"),
    )


def test_one_becomes_many_and_many_become_one() -> None:
    dog = group("Hund", field("Name", id="F1"), id="G1")
    single, several = form_of(dog), form_of((dog, 1, 3))
    assert carry_over(single, several, {"hund": {"name": "Rex"}}) == (
        {"hund": [{"name": "Rex"}]},
        (),
    )
    assert carry_over(several, single, {"hund": [{"name": "Rex"}, {"name": "Bello"}]}) == (
        {"hund": {"name": "Rex"}},
        ("hund.1.name",),
    )


def test_two_uses_of_one_element_stay_apart() -> None:
    ort = field("Ort", id="F1")
    old = form_of(ort, ort)
    new = form_of(field("Stadt", id="F1"), field("Stadt", id="F1"))
    assert carry_over(old, new, {"ort": "A", "ort_2": "B"}) == ({"stadt": "A", "stadt_2": "B"}, ())


def test_what_the_new_form_hides_is_dropped_and_named() -> None:
    ja, mehr = field("Ja", DataType.BOOL, id="F1"), (field("Mehr", id="F2"), 0)
    old = form_of(ja, mehr)
    new = form_of(ja, mehr, fields={"mehr": {"when": "answers.ja"}})
    assert carry_over(old, new, {"ja": False, "mehr": "x"}) == ({"ja": False}, ("mehr",))


def test_attachments_are_kept_until_the_new_form_checks_them() -> None:
    form = form_of(field("Bild", DataType.FILE))
    assert carry_over(form, form, {"bild": "f1"}) == ({"bild": "f1"}, ())
    assert carry_over(form, form, {"bild": "f1"}, files={}) == ({}, ("bild",))
