from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amtsweg.kit.fim import code_lists, conversion, xdf, xdf2, xdf3
from amtsweg.kit.fim.model import (
    CodeList,
    Constraints,
    DataType,
    Field,
    FieldKind,
    FimError,
    Group,
    Record,
    Rule,
    Schema,
    Use,
    Value,
    keyed,
    walk,
)

from .strategies import bases, groups, ids, maybe, records

REAL = Path(__file__).parents[4] / "shared" / "data" / "fim"

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<xdf:xdatenfelder.stammdatenschema.0102 xmlns:xdf="urn:xoev-de:fim:standard:xdatenfelder_2">
  <xdf:header>
    <xdf:nachrichtID>1</xdf:nachrichtID>
    <xdf:erstellungszeitpunkt>2025-01-01T08:00:00Z</xdf:erstellungszeitpunkt>
  </xdf:header>
  <xdf:stammdatenschema>
    <xdf:identifikation><xdf:id>S17000001</xdf:id><xdf:version>1.0</xdf:version></xdf:identifikation>
    <xdf:name>Anmeldung</xdf:name>
    <xdf:bezeichnungEingabe>Einen Hund anmelden</xdf:bezeichnungEingabe>
    <xdf:bezeichnungAusgabe>Anmeldung eines Hundes</xdf:bezeichnungAusgabe>
    <xdf:bezug>§ 7 SächsKAG</xdf:bezug>
    <xdf:status><code>aktiv</code></xdf:status>
    <xdf:fachlicherErsteller>Redaktion</xdf:fachlicherErsteller>
    <xdf:freigabedatum>2024-12-01</xdf:freigabedatum>
    <xdf:hilfetext>Melden Sie Ihren Hund an.</xdf:hilfetext>
    <xdf:ableitungsmodifikationenStruktur><code>3</code></xdf:ableitungsmodifikationenStruktur>
    <xdf:regel>
      <xdf:identifikation><xdf:id>R17000003</xdf:id><xdf:version>1.0</xdf:version></xdf:identifikation>
      <xdf:name>Straße</xdf:name>
      <xdf:definition>F17000002 muss ausgefüllt sein.</xdf:definition>
      <xdf:status><code>aktiv</code></xdf:status>
      <xdf:gueltigAb>2025-01-01</xdf:gueltigAb>
      <xdf:fachlicherErsteller>Redaktion</xdf:fachlicherErsteller>
      <xdf:script>function script() {}</xdf:script>
    </xdf:regel>
    <xdf:struktur>
      <xdf:anzahl>0:*</xdf:anzahl>
      <xdf:bezug>§ 2 SächsKAG</xdf:bezug>
      <xdf:enthaelt>
        <xdf:datenfeld>
          <xdf:identifikation><xdf:id>F17000002</xdf:id><xdf:version>1.1</xdf:version></xdf:identifikation>
          <xdf:name>Straße</xdf:name>
          <xdf:bezeichnungEingabe>Straße</xdf:bezeichnungEingabe>
          <xdf:status><code>inaktiv</code></xdf:status>
          <xdf:schemaelementart><code>HAR</code></xdf:schemaelementart>
          <xdf:feldart><code>select</code></xdf:feldart>
          <xdf:datentyp><code>text</code></xdf:datentyp>
          <xdf:praezisierung>{"minLength":"1","maxLength":"55","pattern":"[A-Z]+"}</xdf:praezisierung>
          <xdf:codelisteReferenz>
            <xdf:identifikation><xdf:id>C17000004</xdf:id></xdf:identifikation>
            <xdf:genericodeIdentification>
              <xdf:canonicalIdentification>urn:de:strassen</xdf:canonicalIdentification>
              <xdf:version>2025</xdf:version>
              <xdf:canonicalVersionUri>urn:de:strassen_2025</xdf:canonicalVersionUri>
            </xdf:genericodeIdentification>
          </xdf:codelisteReferenz>
        </xdf:datenfeld>
      </xdf:enthaelt>
    </xdf:struktur>
  </xdf:stammdatenschema>
</xdf:xdatenfelder.stammdatenschema.0102>
"""


def findings(document: str | bytes) -> list[tuple[str, int | None]]:
    data = document.encode() if isinstance(document, str) else document
    with pytest.raises(FimError) as caught:
        xdf2.read_message(data, file="schema.xml")
    assert all(f.file == "schema.xml" and f.message and f.remedy for f in caught.value.findings)
    return [(finding.code, finding.line) for finding in caught.value.findings]


def constraints(precision: str) -> Constraints:
    """The constraints of the one field, whose precision is this text."""
    old = '{"minLength":"1","maxLength":"55","pattern":"[A-Z]+"}'
    schema = xdf2.read(DOCUMENT.replace(old, precision).encode())
    field = schema.uses[0].element
    assert isinstance(field, Field)
    assert xdf2.read(xdf2.write(schema)) == schema
    return field.constraints


# What a document says


def test_a_schema_is_read_into_the_words_of_the_one_model() -> None:
    schema = xdf2.read(DOCUMENT.encode())
    assert (schema.id, schema.version, schema.title) == ("S17000001", "1.0", "Einen Hund anmelden")
    assert (schema.title_output, schema.help) == ("Anmeldung eines Hundes", "Melden Sie Ihren Hund an.")  # fmt: skip
    assert schema.legal_basis == ("§ 7 SächsKAG",)
    assert schema.structure_changes == "3"
    assert schema.record == Record(
        status="6",
        status_set_by="Redaktion",
        status_set_on="2024-12-01",
        changed_at="2025-01-01T08:00:00Z",
    )
    use = schema.uses[0]
    assert (use.key, use.minimum, use.maximum) == ("strasse", 0, None)
    assert use.legal_basis == ("§ 2 SächsKAG",)
    field = use.element
    assert isinstance(field, Field)
    assert (field.kind, field.type, field.level) == (FieldKind.SELECT, DataType.TEXT, "HAR")
    assert field.status == "7"
    assert field.code_list == CodeList(
        "urn:de:strassen", "2025", "", version_urn="urn:de:strassen_2025", id="C17000004"
    )


def test_the_definition_of_a_rule_is_its_text() -> None:
    assert xdf2.read(DOCUMENT.encode()).rules == (
        Rule(
            id="R17000003",
            version="1.0",
            name="Straße",
            free_text="F17000002 muss ausgefüllt sein.",
            script="function script() {}",
            record=Record(status="6", status_set_by="Redaktion", valid_from="2025-01-01"),
        ),
    )


def test_what_is_read_is_written_back() -> None:
    schema = xdf2.read(DOCUMENT.encode())
    written = xdf2.write(schema)
    assert xdf2.read(written) == schema
    assert xdf2.write(xdf2.read(written)) == written


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        ("", Constraints()),
        ("{}", Constraints()),
        ('{"minLength":"1","maxLength":120}', Constraints(min_length=1, max_length=120)),
        ('{"minValue":0.10,"maxValue":"9"}', Constraints(min_value="0.10", max_value="9")),
        (r'{"pattern":"\\d{5}"}', Constraints(pattern=r"\d{5}")),
        ('{"pattern":null,"minLength":""}', Constraints()),
        ("Nur volle Stunden", Constraints(note="Nur volle Stunden")),
        ('{"minLength":"1","note":"nie leer"}', Constraints(min_length=1, note="nie leer")),
        ('{"einheit":"m","stufen":[1,2]}', Constraints(other=(("einheit", "m"), ("stufen", '["1", "2"]')))),
    ],
)  # fmt: skip
def test_a_precision_is_json_or_words(precision: str, expected: Constraints) -> None:
    assert constraints(precision) == expected


def test_a_note_that_looks_like_json_stays_a_note() -> None:
    field = Field(id="F1", name="Feld", constraints=Constraints(note='{"minLength":"1"}'))
    assert xdf2.read_message(xdf2.write(field)) == field


# Broken documents


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("<xdf:id>F17000002</xdf:id>", "", "xdf2.missing", 32),
        ("<xdf:id>F17000002</xdf:id>", "<xdf:id/>", "xdf2.missing", 32),
        ("F17000002</xdf:id>", "Feld 2</xdf:id>", "xdf2.id", 32),
        ("<xdf:name>Anmeldung</xdf:name>", "", "xdf2.missing", 7),
        ("<xdf:name>Anmeldung</xdf:name>", "<xdf:name>A</xdf:name><xdf:name>B</xdf:name>", "xdf2.duplicate", 9),
        ("<xdf:bezug>§ 7 SächsKAG</xdf:bezug>", "<xdf:bezug>A</xdf:bezug><xdf:bezug>B</xdf:bezug>", "xdf2.duplicate", 12),
        ("<xdf:name>Anmeldung</xdf:name>", "<xdf:name>A</xdf:name><xdf:stichwort/>", "xdf2.unexpected", 9),
        ("0:*", "2:1", "xdf2.cardinality", 27),
        ("<code>text</code>", "<code>text_latin</code>", "xdf2.code", 38),
        ("<code>select</code>", "<code>hidden</code>", "xdf2.code", 37),
        ("<code>HAR</code>", "<code>XXX</code>", "xdf2.code", 31),
        ("<code>inaktiv</code>", "<code>6</code>", "xdf2.status", 35),
        ('"maxLength":"55"', '"maxLength":"viel"', "xdf2.number", 39),
        ('"[A-Z]+"}', '"[A-Z]+"', "xdf2.precision", 39),
        ('"[A-Z]+"}', '"\\u0000"}', "xdf2.precision", 39),
        ("<xdf:canonicalIdentification>urn:de:strassen</xdf:canonicalIdentification>", "", "xdf2.missing", 42),
        ("xdatenfelder_2", "xdatenfelder_3.0.0", "xdf2.namespace", 2),
        ("stammdatenschema.0102", "unbekannt.0199", "xdf2.message", 2),
    ],
)  # fmt: skip
def test_each_mistake_is_a_finding_with_its_line(old: str, new: str, code: str, line: int) -> None:
    assert old in DOCUMENT
    assert (code, line) in findings(DOCUMENT.replace(old, new))


def test_a_finding_names_the_fim_element_that_it_belongs_to() -> None:
    broken = DOCUMENT.replace("<code>text</code>", "<code>zahl</code>")
    with pytest.raises(
        FimError, match=r"^schema\.xml:38: F17000002: 'datentyp' has no value 'zahl'\."
    ):
        xdf2.read(broken.encode(), file="schema.xml")


def test_a_select_needs_a_code_list() -> None:
    field = Field(id="F1", name="Wahl", kind=FieldKind.SELECT)
    assert [code for code, _ in findings(xdf2.write(field))] == ["xdf2.select"]


def test_a_group_that_holds_itself_is_refused() -> None:
    outer = Group(id="G1", name="Außen", uses=keyed([Use(Group(id="G1", name="Innen"))]))
    assert [code for code, _ in findings(xdf2.write(outer))] == ["xdf2.cycle"]


def test_a_precision_nested_without_end_is_refused() -> None:
    deep = "{" + '"a":[' * 200_000
    broken = DOCUMENT.replace('{"minLength":"1"', deep)
    assert [code for code, _ in findings(broken)] == ["xdf2.precision"]


def test_document_types_and_entities_are_refused() -> None:
    document = DOCUMENT.replace("?>\n", '?>\n<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n', 1)  # fmt: skip
    assert [code for code, _ in findings(document)] == ["xml.doctype"]


def test_a_group_is_no_schema() -> None:
    with pytest.raises(FimError) as caught:
        xdf2.read(xdf2.write(Group(id="G1", name="Gruppe")))
    assert caught.value.findings[0].code == "xdf2.message"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(document: bytes) -> None:
    with pytest.raises(FimError):
        xdf2.read(document)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40) | st.dictionaries(st.text(max_size=9), st.text(max_size=9)).map(json.dumps))  # fmt: skip
def test_any_precision_is_read_or_refused(precision: str) -> None:
    field = Field(id="F1", name="Feld", constraints=Constraints(note="@"))
    escaped = precision.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    document = xdf2.write(field).replace(b"@", escaped.encode(errors="ignore"))
    try:
        read = xdf2.read_message(document)
    except FimError:
        return
    assert xdf2.read_message(xdf2.write(read)) == read
    xdf3.write(read)


# Reading and writing are inverse


@settings(max_examples=15, deadline=None)
@given(groups(), records(), maybe, bases)
def test_what_this_standard_can_say_is_read_back_the_same(
    group: Group, record: Record, text: str, basis: tuple[str, ...]
) -> None:
    if len(set(ids(group))) < len(ids(group)):
        return
    schema = conversion.to_xdf2(
        Schema(
            id="S1", version="1.0.0", name="N", title="T", title_output=text, help=text,
            legal_basis=basis, record=record, uses=keyed([Use(group, 1, None)]),
            rules=(Rule(id="R2", free_text="Text", label=text),), structure_changes="3",
        )
    ).element  # fmt: skip
    assert without_values(xdf2.read(xdf2.write(schema))) == without_values(schema)


def without_values(schema: Schema) -> Schema:
    """The schema as it is read where none of its lists is at hand."""

    def bare(use: Use) -> Use:
        element = use.element
        if isinstance(element, Group):
            return replace(use, element=replace(element, uses=tuple(map(bare, element.uses))))
        known = element.code_list and replace(element.code_list, name="", values=())
        return replace(use, element=replace(element, values=(), code_list=known))

    return replace(schema, uses=tuple(map(bare, schema.uses)))


# Whichever standard


def test_a_document_is_read_by_the_standard_that_it_names() -> None:
    field = Field(id="F17000000002", name="Feld")
    assert xdf.read_message(xdf2.write(field)) == (xdf.Standard.XDF2, field)
    assert xdf.read_message(xdf3.write(field)) == (xdf.Standard.XDF3, field)
    with pytest.raises(FimError) as caught:
        xdf.read_message(b"<a/>")
    assert caught.value.findings[0].code == "xdf.namespace"


# Real documents


def real(*path: str) -> Path:
    if not REAL.is_dir():
        pytest.skip("the FIM sample documents (../shared/data/fim) are not here")
    return REAL.joinpath(*path)


SCHEMAS = ["S00000094V1.0_xdf2", "S00000186v1.0_xdf2"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_real_schemas_are_read_whole_and_written_back(name: str) -> None:
    file = real("schemas", name, name + ".xml")
    lists = code_lists.in_folder(file.parent)
    schema = xdf2.read(file.read_bytes(), file=file.name, lists=lists)
    assert code_lists.missing(schema) == ()
    assert any(isinstance(u.element, Field) and u.element.values for _, u in walk(schema.uses))
    assert xdf2.read(xdf2.write(schema), lists=lists) == schema


@pytest.mark.parametrize(
    "name",
    ["minimal", "simple", "label", "select", "rule", "data-field-rule", "data-group-rule"],
)
def test_real_small_documents_are_read_whole_and_written_back(name: str) -> None:
    schema = xdf2.read(real("unit", "v2-data", name + ".xml").read_bytes())
    assert xdf2.read(xdf2.write(schema)) == schema


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("duplicate-optional-value", [("xdf2.duplicate", 15)]),
        ("duplicate-required-value", [("xdf2.duplicate", 13)]),
        ("unknown-namespace", [("xdf2.namespace", 2)]),
    ],
)
def test_real_broken_documents_are_named(name: str, expected: list[tuple[str, int]]) -> None:
    assert findings(real("unit", "v2-data", name + ".xml").read_bytes()) == expected


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_element_of_a_real_schema_is_lost(name: str) -> None:
    """Every text of the document is there again, in the same element, after reading and writing."""
    before = real("schemas", name, name + ".xml").read_bytes()
    after = xdf2.write(xdf2.read(before))
    assert spoken(after) == spoken(before)


def spoken(document: bytes) -> list[tuple[str, str]]:
    from amtsweg.kit.fim.xml import parse

    leaves = (e for e in parse(document).iter() if len(e) == 0 and (e.text or "").strip())
    texts = ((str(e.tag).rpartition("}")[2], (e.text or "").strip()) for e in leaves)
    pairs = [(tag, _precise(text) if tag == "praezisierung" else text) for tag, text in texts]
    return sorted(pair for pair in pairs if pair[0] != "nachrichtID")


def _precise(text: str) -> str:
    return json.dumps(json.loads(text), sort_keys=True)


def test_a_value_of_a_real_list_is_known() -> None:
    file = real("schemas", SCHEMAS[0], SCHEMAS[0] + ".xml")
    schema = xdf2.read(file.read_bytes(), lists=code_lists.in_folder(file.parent))
    values = [v for _, u in walk(schema.uses) if isinstance(u.element, Field) for v in u.element.values]  # fmt: skip
    assert Value("002", "Beamtin") in values
