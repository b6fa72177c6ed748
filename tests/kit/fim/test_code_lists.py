from __future__ import annotations

from pathlib import Path

import pytest

from amtsweg.kit.fim import code_lists, genericode, xdf2
from amtsweg.kit.fim.model import CodeList, Field, FieldKind, FimError, Schema, Use, Value, keyed

COLOURS = CodeList(
    "urn:de:farben", "2", "Farben", (Value("1", "Rot"), Value("2", "Blau", "wie der Himmel")),
    "urn:de:farben_2",
)  # fmt: skip


def select(id_: str, code_list: CodeList) -> Field:
    return Field(
        id=id_, name=id_, kind=FieldKind.SELECT, code_list=code_list, values=code_list.values
    )


def test_lists_are_found_in_a_folder_by_the_names_they_give_themselves(tmp_path: Path) -> None:
    (tmp_path / "1126.xml").write_bytes(genericode.write(COLOURS))
    (tmp_path / "schema.xml").write_text("<schema/>")
    (tmp_path / "broken.xml").write_text("<a")
    lists = code_lists.in_folder(tmp_path)
    for name in ("urn:de:farben_2", "urn:de:farben"):
        document = lists(name)
        assert document is not None
        assert genericode.read(document) == COLOURS
    assert lists("urn:de:farben_1") is None


def test_a_missing_list_is_named_with_the_fields_that_need_it() -> None:
    unknown = CodeList("urn:de:orte", "7", "")
    fields = [select("F1", unknown), select("F2", COLOURS), select("F3", unknown)]
    schema = Schema(id="S1", name="Schema", uses=keyed(map(Use, fields)))
    (finding,) = code_lists.missing(schema)
    assert finding.code == "fim.list"
    assert finding.message == "F1, F3: The code list urn:de:orte_7 is not at hand."
    assert code_lists.missing(fields[1]) == ()


def test_a_broken_list_is_found_and_its_mistake_named(tmp_path: Path) -> None:
    twice = CodeList("urn:de:farben", "2", "Farben", (Value("1", "Rot"), Value("1", "Blau")))
    (tmp_path / "list.xml").write_bytes(genericode.write(twice))
    document = xdf2.write(select("F1", twice))
    with pytest.raises(FimError) as caught:
        xdf2.read_message(document, lists=code_lists.in_folder(tmp_path))
    assert [finding.code for finding in caught.value.findings] == ["genericode.code"]
