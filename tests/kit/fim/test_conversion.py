from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given, settings

from amtsweg.kit.fim import code_lists, conversion, genericode, xdf2, xdf3
from amtsweg.kit.fim.conversion_words import TO_XDF2, TO_XDF3, Words
from amtsweg.kit.fim.model import (
    UNKNOWN_TIME,
    CodeList,
    Constraints,
    DataType,
    Field,
    FieldKind,
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
    walk,
)
from amtsweg.kit.findings import Finding, Severity

from .strategies import groups, ids

REAL = Path(__file__).parents[4] / "shared" / "data" / "fim"
TIME = "2025-01-01T08:00:00Z"
ALWAYS = {"convert.time", "convert.status"}  # said of every document of XDatenfelder 2


def codes(report: tuple[Finding, ...]) -> set[str]:
    assert all(f.message and f.remedy and f.code.startswith("convert.") for f in report)
    return {finding.code for finding in report}


def schema2(*parts: Field | Group, **more: object) -> Schema:
    """A schema as reading XDatenfelder 2 gives it, whose time is that of its message."""
    record = Record(status="6", changed_at=TIME)
    uses = keyed(map(Use, parts))
    return Schema(id="S17000001", version="1.0", name="N", uses=uses, record=record, **more)  # type: ignore[arg-type]


def field2(**more: object) -> Field:
    return Field(id="F17000002", version="1.1", name="Feld", record=Record(status="6"), **more)  # type: ignore[arg-type]


def field3(**more: object) -> Field:
    return Field(
        **{"id": "F17000000002", "version": "1.1.0", "name": "Feld", "record": Record(status="6"), **more}  # type: ignore[arg-type]
    )  # fmt: skip


# XDatenfelder 2 to 3


def test_ids_and_versions_grow_and_the_message_gives_the_time() -> None:
    converted = conversion.to_xdf3(schema2(Group(id="G60000088", version="1.2", name="Anschrift")))
    schema = converted.element
    assert (schema.id, schema.version) == ("S17000000001", "1.0.0")
    group = schema.uses[0].element
    assert (group.id, group.version) == ("G60000000088", "1.2.0")
    assert group.record.changed_at == schema.record.changed_at == TIME
    assert codes(converted.report) == ALWAYS
    assert all(f.severity is Severity.NOTE for f in converted.report)
    assert xdf3.read(xdf3.write(schema)) == schema


def test_an_id_that_the_other_standard_refuses_is_an_error() -> None:
    (error,) = [
        f
        for f in conversion.to_xdf3(replace(schema2(), id="T1234")).report
        if f.severity is Severity.ERROR
    ]
    assert (error.code, error.message) == ("convert.id", "T1234: XDatenfelder 3 begins this id with S.")  # fmt: skip


def test_an_unusual_id_or_version_stays_and_is_reported() -> None:
    converted = conversion.to_xdf3(replace(schema2(), id="S1", version="vorläufig"))
    assert (converted.element.id, converted.element.version) == ("S1", "vorläufig")
    assert codes(converted.report) == ALWAYS | {"convert.id", "convert.version"}


def test_what_only_xdf2_says_is_reported_and_left_out() -> None:
    rule = Rule(
        id="R17000003", version="1.0", name="Regel", label="Pflicht", free_text="F17000002 fehlt.",
        script="function script() {}", record=Record(status="7", valid_from="2025-01-01"),
    )  # fmt: skip
    code_list = CodeList("urn:de:a", "1", "", id="C17000004")
    field = field2(
        kind=FieldKind.SELECT,
        code_list=code_list,
        constraints=Constraints(max_length=5, other=(("einheit", "m"),)),
        rules=(rule,),
    )
    converted = conversion.to_xdf3(schema2(field, title="T", title_output="T (Ausgabe)"))
    assert codes(converted.report) == ALWAYS | {
        *("convert.title", "convert.precision", "convert.list"),
        *("convert.rule", "convert.rule-kind", "convert.rule-text"),
    }
    assert {f.message for f in converted.report if f.code == "convert.rule"} == {
        "R17000003: A rule has no 'bezeichnungEingabe' in XDatenfelder 3; 'Pflicht' is left out.",
        "R17000003: A rule has no 'status' in XDatenfelder 3; '7' is left out.",
        "R17000003: A rule has no 'gueltigAb' in XDatenfelder 3; '2025-01-01' is left out.",
    }
    result = converted.element.uses[0].element
    assert isinstance(result, Field)
    assert result.constraints == Constraints(max_length=5)
    assert result.rules[0].free_text == "F17000002 fehlt."
    assert result.rules[0].script == "function script() {}"
    assert xdf3.read(xdf3.write(converted.element)) == converted.element


# XDatenfelder 3 to 2


@pytest.mark.parametrize(
    ("field", "code", "expected"),
    [
        (field3(type=DataType.TEXT_LATIN), "convert.type", field2(type=DataType.TEXT)),
        (field3(type=DataType.DATETIME), "convert.type", field2(type=DataType.TEXT)),
        (field3(kind=FieldKind.LOCKED, content="1"), "convert.kind", field2(content="1")),
        (field3(kind=FieldKind.HIDDEN), "convert.kind", field2()),
        (field3(prefill=Prefill.REQUIRED), "convert.prefill", field2()),
        (field3(constraints=Constraints(max_length=3, max_size=5)), "convert.file", field2(constraints=Constraints(max_length=3))),
        (field3(constraints=Constraints(media_types=("image/png",))), "convert.file", field2()),
        (field3(record=Record(status="6", keywords=(Keyword("Hund"),))), "convert.keywords", field2()),
        (field3(record=Record(status="6", relations=(Relation("ABL", "F1"),))), "convert.relation", field2()),
        (field3(record=Record(status="4")), "convert.status", field2()),
        (field3(legal_basis=("§ 1", "§ 2")), "convert.legal-basis", field2(legal_basis=("§ 1; § 2",))),
        (field3(id="F17123000002"), "convert.id", replace(field2(), id="F17123000002")),
        (field3(version="1.1.7"), "convert.version", replace(field2(), version="1.1.7")),
    ],
)  # fmt: skip
def test_what_only_xdf3_says_is_reported(field: Field, code: str, expected: Field) -> None:
    converted = conversion.to_xdf2(field)
    assert codes(converted.report) == {code}
    assert converted.element == expected
    assert xdf2.read_message(xdf2.write(converted.element)) == converted.element


def test_what_both_standards_say_needs_no_report() -> None:
    field = field3(
        type=DataType.NUM_INT, label="Zahl", help_input="Hilfe", content="3", legal_basis=("§ 1",),
        constraints=Constraints(min_value="1", max_value="9", pattern="[1-9]", note="nie 7"),
    )  # fmt: skip
    converted = conversion.to_xdf2(field)
    assert converted.report == ()
    assert conversion.to_xdf3(converted.element).element == field


def test_a_link_of_a_legal_basis_is_reported_with_its_place() -> None:
    link = ("§ 1", "https://example.org/1")
    use = Use(field3(), legal_basis=("§ 1",), legal_links=(link,))
    converted = conversion.to_xdf2(Group(id="G17000000001", name="Gruppe", uses=keyed([use])))
    (finding,) = converted.report
    assert finding.message.startswith("G17000000001 > F17000000002: ")
    assert link[1] in finding.message
    assert converted.element.uses[0].legal_links == ()


def test_choices_and_documents_and_kinds_of_rules_are_reported() -> None:
    parts = keyed([Use(field3(), 0), Use(field3(id="F17000000003"), 0)])
    rule = Rule(id="R17000000001", kind=RuleKind.VALIDATION, other=("<param/>",))
    group = Group(id="G17000000001", name="Wahl", choice=True, uses=parts, rules=(rule,))
    schema = Schema(id="S17000000001", name="N", document_id="D1", uses=keyed([Use(group)]))
    assert codes(conversion.to_xdf2(schema).report) == {
        *("convert.choice", "convert.document", "convert.rule", "convert.rule-kind"),
    }


def test_values_of_a_field_become_a_code_list_that_can_be_written() -> None:
    values = (Value("1", "Ja"), Value("2", "Nein", "auch: vielleicht"))
    converted = conversion.to_xdf2(field3(kind=FieldKind.SELECT, values=values))
    assert codes(converted.report) == {"convert.values", "convert.list-id"}
    code_list = converted.element.code_list
    assert code_list is not None
    lists = {code_list.version_urn: genericode.write(code_list)}.get
    assert xdf2.read_message(xdf2.write(converted.element), lists=lists) == converted.element


def test_the_report_is_written_in_german_too() -> None:
    (finding,) = conversion.to_xdf2(field3(type=DataType.TIME), "de").report
    assert str(finding) == (
        "F17000000002: XDatenfelder 2 kennt keinen Datentyp „time“; daraus wurde „text“. "
        "Sagen Sie im Hilfetext, was einzugeben ist."
    )


@pytest.mark.parametrize("words", [*TO_XDF2.values(), *TO_XDF3.values()])
def test_every_loss_is_said_in_both_languages_with_the_same_places(words: Words) -> None:
    assert all((*words.de, *words.en))
    assert places(words.de[0]) == places(words.en[0])


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_an_element_in_several_places_is_reported_once() -> None:
    field = field3(prefill=Prefill.OPTIONAL)
    twice = Group(id="G17000000001", name="Gruppe", uses=keyed([Use(field), Use(field)]))
    assert len(conversion.to_xdf2(twice).report) == 1


# There and back


@settings(max_examples=15, deadline=None)
@given(groups())
def test_what_is_converted_can_be_said_and_converted_back(group: Group) -> None:
    if len(set(ids(group))) < len(ids(group)):
        return
    there = conversion.to_xdf2(group).element
    back = conversion.to_xdf3(there).element
    again = conversion.to_xdf2(back).element
    assert [path for path, _ in walk(again.uses)] == [path for path, _ in walk(group.uses)]
    if not conversion.to_xdf2(group).report:
        assert back == group


@pytest.mark.parametrize("name", ["S00000094V1.0_xdf2", "S00000186v1.0_xdf2"])
def test_a_real_schema_comes_back_but_for_what_the_report_names(name: str) -> None:
    folder = REAL / "schemas" / name
    if not folder.is_dir():
        pytest.skip("the FIM sample documents (../shared/data/fim) are not here")
    lists = code_lists.in_folder(folder)
    schema = xdf2.read((folder / f"{name}.xml").read_bytes(), lists=lists)
    converted = conversion.to_xdf3(schema)
    assert xdf3.read(xdf3.write(converted.element), lists=lists) == converted.element
    assert codes(converted.report) - {"convert.title"} == ALWAYS | {
        *("convert.list", "convert.rule", "convert.rule-kind", "convert.rule-text"),
    }
    assert not any(f.severity is Severity.ERROR for f in converted.report)
    back = conversion.to_xdf2(converted.element)
    assert codes(back.report) == {"convert.list-id"}
    assert back.element == without_what_the_report_names(schema)


def without_what_the_report_names(schema: Schema) -> Schema:
    """The schema without ids of code lists, labels of rules and the title for output."""

    def bare(use: Use) -> Use:
        element = replace(use.element, rules=tuple(map(rule, use.element.rules)))
        if isinstance(element, Group):
            return replace(use, element=replace(element, uses=tuple(map(bare, element.uses))))
        known = element.code_list and replace(element.code_list, id="", id_version="")
        return replace(use, element=replace(element, code_list=known))

    def rule(of: Rule) -> Rule:
        record = Record(
            status=of.record.status,
            description=of.record.description,
            status_set_by=of.record.status_set_by,
            changed_at=UNKNOWN_TIME,
        )
        return replace(of, label="", label_output="", record=record)

    return replace(
        schema,
        title_output="",
        rules=tuple(map(rule, schema.rules)),
        uses=tuple(map(bare, schema.uses)),
    )
