from __future__ import annotations

import pytest

from amtsweg.kit.fim import genericode
from amtsweg.kit.fim.model import CodeList, FimError, Value

HEAD = '<gc:CodeList xmlns:gc="http://docs.oasis-open.org/codelist/ns/genericode/1.0/">'


def document(columns: str, *rows: dict[str, str], key: str = "") -> bytes:
    cells = (
        "".join(
            f'<Value ColumnRef="{column}"><SimpleValue>{text}</SimpleValue></Value>'
            for column, text in row.items()
        )
        for row in rows
    )
    listed = "".join(f"<Row>{row}</Row>" for row in cells)
    head = f"{HEAD}<ColumnSet>{columns}{key}</ColumnSet>"
    return f"{head}<SimpleCodeList>{listed}</SimpleCodeList></gc:CodeList>".encode()


def columns(*names: str) -> str:
    return "".join(f'<Column Id="{name}"/>' for name in names)


def test_columns_are_found_by_key_and_name() -> None:
    read = genericode.read(
        document(
            columns("Beschreibung", "Schluessel", "Hilfe"),
            {"Beschreibung": "Hund", "Schluessel": "1", "Hilfe": "Auch Welpen"},
            key='<Key Id="k"><ColumnRef Ref="Schluessel"/></Key>',
        )
    )
    assert read.values == (Value("1", "Hund", "Auch Welpen"),)


def test_named_columns_come_first() -> None:
    data = document(columns("code", "name", "kurz"), {"code": "1", "name": "Lang", "kurz": "K"})
    assert genericode.read(data, code_column="kurz", name_column="code").values == (
        Value("K", "1"),
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<x/>", "genericode.root"),
        (document(columns("code", "name"), {"name": "ohne"}), "genericode.code"),
        (document(columns("code"), {"code": "1"}, {"code": "1"}), "genericode.code"),
        (document(""), "genericode.column"),
    ],
)
def test_broken_lists_are_named(data: bytes, code: str) -> None:
    with pytest.raises(FimError) as caught:
        genericode.read(data, file="liste.xml")
    assert [finding.code for finding in caught.value.findings] == [code]


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(FimError, match="'fehlt'"):
        genericode.read(document(columns("code"), {"code": "1"}), name_column="fehlt")


@pytest.mark.parametrize("columns_", [("", "", ""), ("Schluessel", "Text", "Mehr")])
def test_a_list_that_is_written_is_read_back_the_same(columns_: tuple[str, str, str]) -> None:
    values = (Value("1", "Hund", "auch Welpen"), Value("2", "Katze & Kater"))
    code, name, help_ = columns_
    tiere = CodeList("urn:de:tiere", "3", "Tiere", values, "urn:de:tiere_3", code, name, help_)
    read = genericode.read(
        genericode.write(tiere), code_column=code, name_column=name, help_column=help_
    )
    assert read == tiere
