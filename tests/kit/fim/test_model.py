from __future__ import annotations

import pytest

from amtsweg.kit.fim.model import Field, FieldKind, Group, Use, answer_key, keyed, walk


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Straße (privat)", "strasse_privat"),
        ("Anzahl Hunde (Antragsstellung)", "anzahl_hunde_antragsstellung"),
        ("E-Mail", "e_mail"),
        ("  Über­größe ", "uebergroesse"),
        ("Café Łódź", "cafe_lodz"),
        ("2. Vorname", "n2_vorname"),
        ("in", "in_"),
        ("…", "element"),
    ],
)
def test_a_key_is_ascii_words_of_the_name(name: str, key: str) -> None:
    assert answer_key(name) == key


def test_a_name_that_comes_again_gets_a_number() -> None:
    ort = Field(id="F1", name="Ort")
    zweit = Field(id="F2", name="Ort 2")
    keys = [use.key for use in keyed([Use(ort), Use(ort), Use(zweit), Use(ort)])]
    assert keys == ["ort", "ort_2", "ort_2_2", "ort_3"]


def test_walk_names_every_place_by_its_path() -> None:
    address = Group(id="G2", name="Anschrift", uses=keyed([Use(Field(id="F1", name="Ort"))]))
    person = Group(id="G1", name="Person", uses=keyed([Use(address)]))
    assert [path for path, _ in walk(keyed([Use(person), Use(address)]))] == [
        "person",
        "person.anschrift",
        "person.anschrift.ort",
        "anschrift",
        "anschrift.ort",
    ]


def test_a_group_of_labels_only_holds_no_answer() -> None:
    label = Field(id="F1", name="Hinweis", kind=FieldKind.LABEL)
    hints = Group(id="G1", name="Hinweise", uses=keyed([Use(label)]))
    assert not hints.holds_answer
    assert not Group(id="G2", name="Mehr", uses=keyed([Use(hints)])).holds_answer
