from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.kit.fim import xdf3
from amtsweg.kit.fim.model import (
    Constraints,
    DataType,
    Field,
    FieldKind,
    FimError,
    Group,
    Keyword,
    Prefill,
    Record,
    Relation,
    Rule,
    RuleKind,
    Schema,
    Use,
    Value,
    keyed,
)

from .strategies import bases, groups, ids, maybe, records

REAL = Path(__file__).parents[4] / "shared" / "data" / "fim" / "unit" / "v3-data"

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<xdf:xdatenfelder.stammdatenschema.0102 xmlns:xdf="urn:xoev-de:fim:standard:xdatenfelder_3.0.0">
  <xdf:header>
    <xdf:nachrichtID>1</xdf:nachrichtID>
    <xdf:erstellungszeitpunkt>2025-01-01T00:00:00Z</xdf:erstellungszeitpunkt>
  </xdf:header>
  <xdf:stammdatenschema>
    <xdf:identifikation><xdf:id>S17000000001</xdf:id><xdf:version>1.0.0</xdf:version></xdf:identifikation>
    <xdf:name>Anmeldung</xdf:name>
    <xdf:freigabestatus listVersionID="2020-03-19"><code>6</code></xdf:freigabestatus>
    <xdf:letzteAenderung>2025-01-01T00:00:00Z</xdf:letzteAenderung>
    <xdf:bezeichnung>Einen Hund anmelden</xdf:bezeichnung>
    <xdf:struktur>
      <xdf:anzahl>1:*</xdf:anzahl>
      <xdf:bezug link="https://example.org/kag">§ 7 SächsKAG</xdf:bezug>
      <xdf:enthaelt>
        <xdf:datenfeld>
          <xdf:identifikation><xdf:id>F17000000002</xdf:id><xdf:version>1.1.0</xdf:version></xdf:identifikation>
          <xdf:name>Straße</xdf:name>
          <xdf:freigabestatus><code>6</code></xdf:freigabestatus>
          <xdf:letzteAenderung>2025-01-01T00:00:00Z</xdf:letzteAenderung>
          <xdf:bezeichnungEingabe>Straße</xdf:bezeichnungEingabe>
          <xdf:schemaelementart><code>HAR</code></xdf:schemaelementart>
          <xdf:feldart><code>select</code></xdf:feldart>
          <xdf:datentyp><code>text</code></xdf:datentyp>
          <xdf:praezisierung minLength="1" maxLength="55" pattern="[A-Z]+"/>
          <xdf:vorbefuellung><code>optional</code></xdf:vorbefuellung>
          <xdf:codelisteReferenz>
            <xdf:canonicalIdentification>urn:de:strassen</xdf:canonicalIdentification>
            <xdf:version>2025</xdf:version>
            <xdf:canonicalVersionUri>urn:de:strassen_2025</xdf:canonicalVersionUri>
          </xdf:codelisteReferenz>
        </xdf:datenfeld>
      </xdf:enthaelt>
    </xdf:struktur>
  </xdf:stammdatenschema>
</xdf:xdatenfelder.stammdatenschema.0102>
"""

LIST = b"""<gc:CodeList xmlns:gc="http://docs.oasis-open.org/codelist/ns/genericode/1.0/">
<Identification><ShortName>s</ShortName><LongName>Strassen</LongName><Version>2025</Version>
<CanonicalUri>urn:de:strassen</CanonicalUri></Identification>
<ColumnSet><Column Id="name"/><Column Id="code"/>
<Key Id="k"><ColumnRef Ref="code"/></Key></ColumnSet>
<SimpleCodeList>
<Row><Value ColumnRef="code"><SimpleValue>001</SimpleValue></Value>
<Value ColumnRef="name"><SimpleValue>Hauptstr.</SimpleValue></Value></Row>
</SimpleCodeList></gc:CodeList>"""


def findings(document: str | bytes) -> list[tuple[str, int | None]]:
    data = document.encode() if isinstance(document, str) else document
    with pytest.raises(FimError) as caught:
        xdf3.read_message(data, file="schema.xml")
    assert all(f.file == "schema.xml" and f.message and f.remedy for f in caught.value.findings)
    return [(finding.code, finding.line) for finding in caught.value.findings]


def test_a_schema_is_read_with_its_code_list() -> None:
    asked: list[str] = []

    def lists(urn: str) -> bytes:
        asked.append(urn)
        return LIST

    schema = xdf3.read(DOCUMENT.encode(), lists=lists)
    assert (schema.id, schema.version, schema.title) == (
        "S17000000001",
        "1.0.0",
        "Einen Hund anmelden",
    )
    use = schema.uses[0]
    assert (use.key, use.minimum, use.maximum) == ("strasse", 1, None)
    assert use.legal_basis == ("§ 7 SächsKAG",)
    assert use.legal_links == (("§ 7 SächsKAG", "https://example.org/kag"),)
    field = use.element
    assert isinstance(field, Field)
    assert (field.kind, field.type, field.level) == (FieldKind.SELECT, DataType.TEXT, "HAR")
    assert field.constraints == Constraints(min_length=1, max_length=55, pattern="[A-Z]+")
    assert field.values == (Value("001", "Hauptstr."),)
    assert field.prefill is Prefill.OPTIONAL
    assert asked == ["urn:de:strassen_2025"]


def test_a_schema_is_readable_without_its_code_list() -> None:
    field = xdf3.read(DOCUMENT.encode()).uses[0].element
    assert isinstance(field, Field)
    assert field.code_list is not None
    assert field.values == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("<xdf:id>F17000000002</xdf:id>", "", "xdf3.missing", 18),
        ("<xdf:id>F17000000002</xdf:id>", "<xdf:id/>", "xdf3.missing", 18),
        ("F17000000002", "G17000000002", "xdf3.id", 18),
        ("<xdf:name>Straße</xdf:name>", "<xdf:name>A</xdf:name><xdf:name>B</xdf:name>", "xdf3.duplicate", 19),
        ("<xdf:name>Straße</xdf:name>", "<xdf:name>A</xdf:name><xdf:neu/>", "xdf3.unexpected", 19),
        ("1:*", "2:1", "xdf3.cardinality", 13),
        ("1:*", "0:0", "xdf3.cardinality", 13),
        ("1:*", "viele", "xdf3.cardinality", 13),
        ("<code>text</code>", "<code>zahl</code>", "xdf3.code", 25),
        ("<code>HAR</code>", "<code>XXX</code>", "xdf3.code", 17),
        ('maxLength="55"', 'maxLength="-5"', "xdf3.number", 26),
        ("xdatenfelder_3.0.0", "xdatenfelder_2", "xdf3.namespace", 2),
        ("stammdatenschema.0102", "unbekannt.0199", "xdf3.message", 2),
    ],
)  # fmt: skip
def test_each_mistake_is_a_finding_with_its_line(old: str, new: str, code: str, line: int) -> None:
    assert old in DOCUMENT
    assert (code, line) in findings(DOCUMENT.replace(old, new))


def test_all_mistakes_are_found_at_once() -> None:
    broken = DOCUMENT.replace("1:*", "x").replace("<code>6</code>", "<code>9</code>", 1)
    assert [code for code, _ in findings(broken)] == ["xdf3.cardinality", "xdf3.status"]


def test_a_select_needs_choices() -> None:
    start, end = (
        DOCUMENT.index("<xdf:codelisteReferenz>"),
        DOCUMENT.index("</xdf:codelisteReferenz>"),
    )
    without = DOCUMENT[:start] + DOCUMENT[end + len("</xdf:codelisteReferenz>") :]
    assert [code for code, _ in findings(without)] == ["xdf3.select"]


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_document_types_and_entities_are_refused(prologue: str) -> None:
    document = DOCUMENT.replace("?>\n", "?>\n" + prologue + "\n", 1)
    assert [code for code, _ in findings(document)] == ["xml.doctype"]


def test_an_entity_bomb_is_refused_at_once() -> None:
    lines = ['<!ENTITY a "aaaaaaaaaa">']
    lines += [f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)]
    bomb = f"<!DOCTYPE x [{''.join(lines)}]>\n<x>&j;</x>"
    started = time.perf_counter()
    with pytest.raises(FimError):
        xdf3.read(bomb.encode())
    assert time.perf_counter() - started < 1


def test_deep_and_broken_xml_are_findings() -> None:
    deep = "<a>" * 250 + "</a>" * 250
    assert findings(deep)[0][0] in ("xml.depth", "xml.syntax")
    assert findings("<a>")[0][0] == "xml.syntax"
    assert findings(b"")[0][0] == "xml.syntax"
    assert findings(b"\xff\xfe\x00")[0][0] == "xml.syntax"


def test_a_group_that_holds_itself_is_refused() -> None:
    inner = Group(id="G1", name="Innen", label="Innen")
    outer = Group(id="G1", name="Außen", label="Außen", uses=keyed([Use(inner)]))
    assert [code for code, _ in findings(xdf3.write(outer))] == ["xdf3.cycle"]


def test_a_choice_group_has_two_optional_parts() -> None:
    part = Field(id="F1", name="Teil", label="Teil")
    choice = Group(id="G1", name="Wahl", label="Wahl", choice=True, uses=keyed([Use(part)]))
    assert [code for code, _ in findings(xdf3.write(choice))] == ["xdf3.choice"]


def test_a_group_is_no_schema() -> None:
    with pytest.raises(FimError) as caught:
        xdf3.read(xdf3.write(Group(id="G1", name="Gruppe", label="Gruppe")))
    assert caught.value.findings[0].code == "xdf3.message"


def test_what_a_rule_says_beyond_its_text_is_kept() -> None:
    """``param``, ``ziel`` and ``fehler`` (XDatenfelder 3.0.0, Regel) come back as they were."""
    rule = Rule(id="R1", name="Regel", script="x")
    document = xdf3.write(Field(id="F1", name="Feld", rules=(rule,)))
    more = """<xdf:param><xdf:name>a</xdf:name>
      <xdf:typ art="n">Wert</xdf:typ></xdf:param><xdf:ziel>F1</xdf:ziel><xdf:ziel>F2</xdf:ziel>"""
    field = xdf3.read_message(document.replace(b"<xdf:skript>", more.encode() + b"<xdf:skript>"))
    assert isinstance(field, Field)
    assert len(field.rules[0].other) == 3
    written = xdf3.write(field)
    assert b">Wert<" in written
    assert xdf3.read_message(written) == field


def test_a_field_has_values_or_a_code_list() -> None:
    values = (
        "<xdf:werte><xdf:wert><xdf:code>1</xdf:code><xdf:name>A</xdf:name></xdf:wert></xdf:werte>"
    )
    both = DOCUMENT.replace("<xdf:codelisteReferenz>", values + "<xdf:codelisteReferenz>")
    assert [code for code, _ in findings(both)] == ["xdf3.select"]


# Real documents


def real(name: str) -> bytes:
    if not REAL.is_dir():
        pytest.skip("the FIM sample documents (../shared/data/fim) are not here")
    return (REAL / name).read_bytes()


def test_the_real_address_group_is_read_whole_and_written_back() -> None:
    group = xdf3.read_message(real("simple.xml"))
    assert isinstance(group, Group)
    assert (group.id, group.status, group.label) == (
        "G60000000088",
        "6",
        "Anschrift in Deutschland",
    )
    assert group.rules[0].kind is RuleKind.VALIDATION
    assert group.record.relations == (Relation("ERS", "G60000000088", "1.1.0"),)
    assert group.record.keywords == (Keyword("Ein Stichwort", "some reference"),)
    street = group.uses[0].element
    assert isinstance(street, Group)
    assert (group.uses[0].minimum, street.uses[0].key) == (0, "strasse")
    assert xdf3.read_message(xdf3.write(group)) == group


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("duplicate-id-node.xml", [("xdf3.duplicate", 11)]),
        ("empty-id-node.xml", [("xdf3.missing", 10)]),
        ("missing-id-node.xml", [("xdf3.missing", 9)]),
        ("unexpected-node.xml", [("xdf3.unexpected", 11)]),
        ("invalid-freigabestatus.xml", [("xdf3.status", 17)]),
        ("unknown-namespace.xml", [("xdf3.namespace", 3)]),
        ("input.xml", [("xdf3.duplicate", 64), ("xdf3.missing", 55)]),
    ],
)
def test_real_broken_documents_are_named(name: str, expected: list[tuple[str, int]]) -> None:
    assert findings(real(name)) == expected


# Reading and writing are inverse


@settings(max_examples=15, deadline=None)
@given(groups(), records(), maybe, bases)
def test_what_is_written_is_read_back_the_same(
    group: Group, record: Record, help_: str, basis: tuple[str, ...]
) -> None:
    if len(set(ids(group))) < len(ids(group)):
        return
    schema = Schema(
        id="S1", version="1", name="N", title="T", help=help_, legal_basis=basis, record=record,
        uses=keyed([Use(group, 1, None)]), rules=(Rule(id="R2", free_text="Text"),),
        structure_changes="3", document_id="D1", document_version="1",
    )  # fmt: skip
    assert xdf3.read(xdf3.write(schema)) == schema
    assert xdf3.write(xdf3.read(xdf3.write(schema))) == xdf3.write(schema)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(document: bytes) -> None:
    with pytest.raises(FimError):
        xdf3.read(document)
