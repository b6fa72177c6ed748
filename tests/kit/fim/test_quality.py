"""The quality messages of FIM, each by a schema that earns it; the schema CLEAN earns none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from tests.kit.fim import test_xdf3

from amtsweg.kit.fim import quality, xdf3
from amtsweg.kit.fim.model import (
    CodeList,
    Constraints,
    DataType,
    Field,
    FieldKind,
    FimError,
    Group,
    Record,
    Relation,
    Rule,
    Schema,
    Use,
    Value,
    keyed,
)
from amtsweg.kit.fim.quality import Kind
from amtsweg.kit.findings import Severity

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "fim-quality.md"
HUNDESTEUER = ROOT / "services" / "hundesteuer" / "2025-01-01" / "schema.xdf3.xml"

Change: TypeAlias = Callable[[Schema], Schema]

# A schema that earns no message

GOLD = Record(status="6", status_set_on="2025-01-01", status_set_by="Redaktion Sachsen")
COMMON: dict[str, Any] = {
    "version": "1.0.0",
    "legal_basis": ("§ 7 SächsKAG",),
    "help_input": "Steht im Ausweis.",
    "record": GOLD,
}
BREEDS = CodeList(
    "urn:xoev-de:hund:codeliste:rasse",
    "2025-01-01",
    "Rassen",
    (Value("1", "Dackel"), Value("2", "Pudel")),
    "urn:xoev-de:hund:codeliste:rasse_2025-01-01",
)


def field(number: int, name: str, type_: DataType = DataType.TEXT, **values: Any) -> Field:
    labels = {"label": f"{name}?", "label_output": f"{name}:"}
    return Field(id=f"F{number:011}", name=name, type=type_, **COMMON | labels | values)


def group(number: int, name: str, *uses: Use, **values: Any) -> Group:
    labels = {"label": f"{name}?", "label_output": f"{name}:"}
    return Group(
        id=f"G{number:011}", name=name, uses=keyed(uses), **COMMON | labels | values
    )  # fmt: skip


def text(number: int, name: str, **values: Any) -> Field:
    return field(number, name, constraints=Constraints(min_length=1, max_length=50), **values)


def select(number: int, name: str, code_list: CodeList = BREEDS, **values: Any) -> Field:
    choices = {"values": code_list.values, "code_list": code_list}
    return field(number, name, kind=FieldKind.SELECT, **choices | values)


BASIS = ("§ 3 Satzung",)
CLEAN = Schema(
    id="S17000000001",
    version="1.0.0",
    name="Anmeldung",
    title="Einen Hund anmelden",
    help="Innerhalb von zwei Wochen.",
    legal_basis=("§ 7 SächsKAG",),
    document_id="D17000000001",
    record=GOLD,
    rules=(
        Rule(
            id="R17000000001",
            version="1.0.0",
            name="Alter",
            free_text="F17000000002 liegt vor dem Tag des Antrags.",
            record=Record(status_set_by="Redaktion Sachsen"),
        ),
    ),
    uses=keyed(
        [
            Use(
                group(
                    17000000001,
                    "Person",
                    Use(text(17000000001, "Name")),
                    Use(
                        field(
                            17000000002,
                            "Tag",
                            DataType.DATE,
                            constraints=Constraints(min_value="1900-01-01"),
                        )
                    ),
                    Use(
                        field(
                            17000000003,
                            "Zahl",
                            DataType.NUM_INT,
                            constraints=Constraints(min_value="1", max_value="9"),
                        )
                    ),
                )
            ),
            Use(
                group(
                    17000000002,
                    "Hund",
                    Use(select(17000000004, "Rasse", level="HAR"), legal_basis=BASIS),
                    Use(field(17000000005, "Nachweis", DataType.FILE), 0, None),
                    Use(field(17000000006, "Hinweis", kind=FieldKind.LABEL, content="Mit Chip.")),
                )
            ),
            Use(
                group(
                    17000000003,
                    "Weg",
                    Use(text(17000000007, "Mail"), 0, 1),
                    Use(field(17000000008, "Post", DataType.BOOL), 0, 1),
                    choice=True,
                )
            ),
        ]
    ),
)

# Changes to it; a path names an element, "" the schema itself


def used(path: str, edit: Callable[[Use], Use]) -> Change:
    """Change the use of the element at the path."""

    def inside(uses: tuple[Use, ...], keys: list[str]) -> tuple[Use, ...]:
        assert keys[0] in {use.key for use in uses}
        return tuple(one(use, keys[1:]) if use.key == keys[0] else use for use in uses)

    def one(use: Use, keys: list[str]) -> Use:
        if not keys:
            return edit(use)
        assert isinstance(use.element, Group)
        parts = inside(use.element.uses, keys)
        return replace(use, element=replace(use.element, uses=parts))

    return lambda schema: replace(schema, uses=inside(schema.uses, path.split(".")))


def place(path: str, **values: Any) -> Change:
    return used(path, lambda use: replace(use, **values))


def put(path: str, new: Field | Group) -> Change:
    return used(path, lambda use: replace(use, element=new))


def element(path: str, **values: Any) -> Change:
    if not path:
        return lambda schema: replace(schema, **values)
    return used(path, lambda use: replace(use, element=replace(use.element, **values)))


def record(path: str, **values: Any) -> Change:
    return element(path, record=replace(GOLD, **values))


def limits(path: str, **values: Any) -> Change:
    return element(path, constraints=Constraints(**values))


def rule(**values: Any) -> Change:
    return lambda schema: replace(schema, rules=(replace(schema.rules[0], **values),))


def carried(by: str) -> Change:
    """The schema's rule, carried by an element instead."""
    return lambda schema: element(by, rules=schema.rules)(replace(schema, rules=()))


def add(path: str, new: Field | Group, **values: Any) -> Change:
    use = Use(new, **values)
    if not path:
        return lambda schema: replace(schema, uses=keyed([*schema.uses, use]))

    def with_more(at: Use) -> Use:
        assert isinstance(at.element, Group)
        return replace(at, element=replace(at.element, uses=keyed([*at.element.uses, use])))

    return used(path, with_more)


def together(*changes: Change) -> Change:
    def all_of_them(schema: Schema) -> Schema:
        for change in changes:
            schema = change(schema)
        return schema

    return all_of_them


def typed(path: str, type_: DataType, content: str | None = None, **values: Any) -> Change:
    return element(path, type=type_, content=content, constraints=Constraints(**values))


def listed(**values: Any) -> Change:
    return put("hund.rasse", select(17000000004, "Rasse", replace(BREEDS, **values), level="HAR"))


def numbers(schema: Schema) -> set[int]:
    return {remark.message.number for remark in quality.check(schema)}


def test_a_clean_schema_earns_no_message() -> None:
    assert quality.check(CLEAN) == ()


NAME = text(17000000001, "Name")
OTHER_LIST = replace(BREEDS, version="2024-01-01", version_urn="urn:x-test:rasse_2024")
RELATED = (Relation("ABL", "F17000000009"),)
TEXT_MIN = {"min_length": 1}
NUM, WHOLE, MONEY = DataType.NUM, DataType.NUM_INT, DataType.NUM_CURRENCY
DAY, CLOCK, MOMENT = DataType.DATE, DataType.TIME, DataType.DATETIME
FILE, OBJ = DataType.FILE, DataType.OBJ
DEFAULT_FIELD = text(60000000001, "Default-Datenfeld")
DEFAULT_DOCUMENT = "D99000000001"
PUBLISHED = "2025-02-01"

# Each change earns its message, and with it only those that cannot be had apart.
EARNED: list[tuple[int, Change, set[int]]] = [
    (1001, rule(free_text="F17000000099 ist größer."), set()),
    (1001, carried("hund"), set()),
    (1002, element("person.name", name=""), set()),
    (1002, rule(name=""), set()),
    (1003, add("", replace(NAME, version="1.1.0")), set()),
    (1004, add("person", NAME), set()),
    (1005, listed(urn="codeliste-rasse"), set()),
    (1006, element("person.name", legal_basis=()), set()),
    (1006, element("person", legal_basis=()), set()),
    (1007, element("", document_id=""), set()),
    (1009, element("person.name", label=""), set()),
    (1009, element("person", label=""), set()),
    (1010, element("person.name", label_output=""), set()),
    (1011, element("hund.rasse", type=DataType.TEXT_LATIN), set()),
    (1012, limits("hund.rasse", max_length=3), set()),
    (1012, limits("hund.hinweis", max_length=30), set()),
    (1013, element("person", level="ABS"), set()),
    (1014, element("person.name", level="ABS"), {1013, 1022}),
    (1015, typed("weg.post", DataType.BOOL, max_length=5), set()),
    (1016, typed("person.name", DataType.TEXT, min_length=1, max_length=5, max_value="9"), set()),
    (1017, element("person.name", code_list=BREEDS), set()),
    (1017, element("person.name", values=BREEDS.values), set()),
    (1019, rule(free_text="F17000000002V1.0.0 liegt vor heute."), set()),
    (1022, place("hund.rasse", legal_basis=()), set()),
    (1023, element("person", uses=()), {1001}),
    (1024, rule(free_text=""), set()),
    (1025, together(add("", NAME), add("", NAME)), set()),
    (1029, record("person.name", relations=(Relation("XYZ", "F17000000009"),)), set()),
    (1033, element("", structure_changes="4"), set()),
    (1034, element("", representation_changes="2"), set()),
    (1036, add("", select(17000000009, "Art", replace(BREEDS, version_urn="urn:x-test:a"))), set()),
    (1037, add("", select(17000000009, "Art", OTHER_LIST)), set()),
    (1039, element("person.name", id="F1700001"), set()),
    (1039, element("person.name", id="G17000000001"), set()),
    (1039, element("", document_id="17"), set()),
    (1039, rule(id="R1"), set()),
    (1041, rule(free_text="F17000002 liegt vor heute."), set()),
    (1044, element("hund.rasse", values=BREEDS.values[:1]), set()),
    (1048, listed(urn="urn:de:straßen"), set()),
    (1048, listed(urn="urn:de: strassen"), set()),
    (1050, element("", title=""), set()),
    (1051, element("", legal_basis=()), set()),
    (1056, limits("person.name", min_length=1, max_length=9, max_size=5), set()),
    (1057, limits("person.name", min_length=1, max_length=9, media_types=("image/png",)), set()),
    (1060, limits("person.name", min_length=0, max_length=0), set()),
    (1061, limits("person.name", min_length=9, max_length=3), set()),
    (1062, typed("person.zahl", NUM, min_value="eins"), set()),
    (1062, typed("person.zahl", MONEY, min_value="1,50"), set()),
    (1063, typed("person.zahl", NUM, max_value="viel"), set()),
    (1064, typed("person.zahl", WHOLE, min_value="10", max_value="9"), set()),
    (1064, typed("person.tag", DAY, min_value="2025-02-01", max_value="2025-01-31"), set()),
    (1065, typed("person.zahl", WHOLE, min_value="1.5"), set()),
    (1066, typed("person.zahl", WHOLE, max_value="9,0"), set()),
    (1067, typed("person.tag", DAY, min_value="1.1.1900"), set()),
    (1068, typed("person.tag", DAY, max_value="2025-02-30"), set()),
    (1068, typed("person.tag", DAY, max_value="2025-W05-1"), set()),
    (1069, typed("person.zahl", NUM, "viel", min_value="1"), set()),
    (1069, typed("person.zahl", MONEY, "1 €", min_value="1"), set()),
    (1070, typed("person.zahl", WHOLE, "1.5", min_value="1"), set()),
    (1071, typed("person.tag", DAY, "heute", min_value="1900-01-01"), set()),
    (1072, typed("person.zahl", WHOLE, "3", min_value="10"), set()),
    (1072, typed("person.tag", DAY, "1899-12-31", min_value="1900-01-01"), set()),
    (1073, typed("person.zahl", NUM, "9.01", max_value="9"), set()),
    (1073, typed("person.zahl", CLOCK, "18:00", max_value="17:59:59"), set()),
    (1074, typed("person.name", DataType.TEXT, "ab", min_length=3, max_length=9), set()),
    (1075, typed("person.name", DataType.TEXT_LATIN, "abcd", min_length=1, max_length=3), set()),
    (1076, element("hund.rasse", content="3"), set()),
    (1077, element("weg.post", content="ja"), set()),
    (1078, element("", uses=()), {1001}),
    (1079, typed("person.tag", MOMENT, min_value="2025-01-01"), set()),
    (1080, typed("person.tag", MOMENT, max_value="2025-01-01T25:00:00"), set()),
    (1081, typed("person.tag", CLOCK, min_value="8 Uhr"), set()),
    (1082, typed("person.tag", CLOCK, max_value="24:30"), set()),
    (1083, typed("person.tag", MOMENT, "2025-01-01"), set()),
    (1084, typed("person.tag", CLOCK, "12"), set()),
    (1085, element("hund.rasse", code_list=None, content="3"), set()),
    (1090, element("hund.hinweis", type=DataType.BOOL, content=None), set()),
    (1091, record("person.name", relations=(Relation("ABL", ""),)), set()),
    (1093, listed(values=(Value("1", "Dackel"), Value("2", "Dackel"))), set()),
    (1094, add("person", DEFAULT_FIELD), {1095}),
    (1095, element("person", uses=keyed([Use(DEFAULT_FIELD)])), {1001, 1106}),
    (1096, together(element("", document_id=DEFAULT_DOCUMENT), record("", status="3")), set()),
    (1097, element("", document_id=DEFAULT_DOCUMENT), {1096}),
    (1098, element("person.name", help_input="Name?"), set()),
    (1098, element("person", help_output="Person:"), set()),
    (1098, element("", help="Einen Hund anmelden"), set()),
    (1099, element("person.name", help_output="Name"), set()),
    (1099, element("", help="Anmeldung"), set()),
    (1100, element("hund.nachweis", content="a.pdf"), set()),
    (1100, element("hund.hinweis", type=OBJ), set()),
    (1101, element("hund.rasse", legal_basis=()), set()),
    (1102, limits("person.name", max_length=50), set()),
    (1102, limits("person.name", min_length=1), set()),
    (1103, limits("person.tag"), set()),
    (1103, limits("person.zahl"), set()),
    (1105, listed(version="3.0"), set()),
    (1106, element("person", uses=keyed([Use(NAME)])), {1001}),
    (1109, element("hund.hinweis", content=None), set()),
    (1116, record("person.name", status="7"), set()),
    (1117, record("person.name", status_set_by=""), set()),
    (1117, record("", status_set_by=""), set()),
    (1117, rule(record=Record()), set()),
    (1118, place("weg.mail", maximum=3), set()),
    (1118, place("weg.mail", minimum=1), set()),
    (1120, limits("hund.nachweis", pattern="a*"), set()),
    (1127, record("", published_on=PUBLISHED), set()),
    (1128, record("person", published_on=PUBLISHED), set()),
    (1129, together(record("", published_on=PUBLISHED), record("person", status="2")), {1127}),
    (1130, together(record("person", published_on=PUBLISHED), record("person.name", status="1")), {1128}),
    (1131, element("person.name", help_output="Имя"), set()),
    (1131, rule(record=Record(status_set_by="Redaktion Sachsen", description="日")), set()),
    (1132, element("person.name", legal_basis=("§§ 2, 7 SächsKAG; § 4 GemO",)), set()),
    (1132, place("hund.rasse", legal_basis=("§ 1 A in Verbindung mit § 2 B",)), set()),
    (1133, record("person.name", legal_links=(("§ 7", "www.example.org"),)), set()),
    (1133, place("hund.rasse", legal_links=(("§ 7", "https://exa mple.org"),)), set()),
    (1133, rule(record=Record(status_set_by="Redaktion Sachsen", legal_links=(("§ 7", "https://[x"),))), set()),
    (1134, element("person", version=""), {1135}),
    (1135, element("person.name", version=""), set()),
    (1139, place("hund.nachweis", maximum=1), set()),
    (1140, record("person.name", status_set_by="FIM-Baustein Datenfelder"), set()),
    (1140, rule(record=Record(status_set_by="FIM Baustein Datenfelder")), set()),
    (1141, record("", status_set_by="FIM-Baustein Datenfelder"), set()),
    (1142, record("person.name", status_set_on=""), set()),
    (1143, record("", status_set_on=""), set()),
]  # fmt: skip


@pytest.mark.parametrize(("number", "change", "also"), EARNED)
def test_a_message_is_earned(number: int, change: Change, also: set[int]) -> None:
    assert numbers(change(CLEAN)) == {number} | also


# What comes close and earns nothing at all.
ALLOWED: list[tuple[int, Change]] = [
    (1001, carried("person")),
    (1001, carried("person.tag")),
    (1001, rule(script="F17000000002 < heute; S17000000001; R17000000009")),
    (1003, add("", NAME)),
    (1011, element("hund.rasse", constraints=Constraints(pattern="[12]"))),
    (1013, element("person", level="HAR")),
    (1036, add("", select(17000000009, "Art"))),
    (1036, add("", select(17000000009, "Art", replace(BREEDS, version_urn="")))),
    (1044, listed(values=())),
    (1048, listed(urn="urn:x-test:relief")),
    (1061, limits("person.name", min_length=3, max_length=3)),
    (1062, typed("person.zahl", MONEY, "-0.5", min_value="-1.50", max_value="+2")),
    (1064, typed("person.zahl", WHOLE, min_value="9", max_value="10")),
    (1072, typed("person.zahl", WHOLE, "10", min_value="9", max_value="10")),
    (1073, typed("person.tag", DAY, "2025-01-31", max_value="2025-01-31")),
    (1074, typed("person.name", DataType.TEXT, "abc", min_length=3, max_length=3)),
    (1076, element("hund.rasse", content="2")),
    (1076, together(listed(values=()), element("hund.rasse", content="2"))),
    (1077, element("weg.post", content="false")),
    (1083, typed("person.tag", MOMENT, "2025-01-01T08:00:00Z", min_value="2025-01-01T08:00")),
    (1084, typed("person.tag", CLOCK, "08:00", min_value="07:59:59+01:00")),
    (1085, element("hund.rasse", code_list=None, content="1")),
    (1097, element("", document_id="D99000000002")),
    (1100, element("hund.hinweis", type=OBJ, content=None)),
    (1103, typed("person.tag", CLOCK)),
    (1105, listed(version="")),
    (1118, place("person.name", minimum=0, maximum=3)),
    (1127, record("person.name", published_on=PUBLISHED)),
    (1131, element("person.name", help_output="Łódź, Đặng, Ș, „€“")),
    (1131, rule(free_text="Erste Zeile\r\nZweite Zeile")),
    (1132, element("person.name", legal_basis=("§ 2 Absatz 1, 3 SächsKAG", "§ 4 GemO"))),
    (1133, record("person.name", legal_links=(("§ 7", "https://example.org/kag#7"),))),
    (1142, record("person.name", status="2", status_set_on="")),
]  # fmt: skip


@pytest.mark.parametrize(("number", "change"), ALLOWED)
def test_what_comes_close_is_allowed(number: int, change: Change) -> None:
    assert numbers(change(CLEAN)) == set(), number


def test_every_message_is_tested() -> None:
    assert {number for number, _, _ in EARNED} == {m.number for m in quality.MESSAGES}
    assert len({m.number for m in quality.MESSAGES}) == len(quality.MESSAGES)


# How a remark speaks


def test_a_remark_names_its_place_and_says_what_to_do() -> None:
    (remark,) = quality.check(element("person.zahl", content="12")(CLEAN))
    assert (remark.code, remark.severity) == ("fim.1073", Severity.ERROR)
    assert (remark.id, remark.version, remark.path) == ("F17000000003", "1.0.0", "person.zahl")
    assert "12 > 9" in remark.sentence("de")
    assert remark.sentence("de").startswith("Senken Sie den Inhalt")
    assert str(remark.finding(file="schema.xml")) == (
        "schema.xml: FIM 1073, Zahl (F17000000003 1.0.0 person.zahl): "
        "Lower the content to the upper bound, or raise the bound (12 > 9)."
    )


@pytest.mark.parametrize("message", quality.MESSAGES, ids=lambda m: str(m.number))
def test_a_message_speaks_both_languages(message: quality.Message) -> None:
    de, en = message.sentences
    assert de != en
    assert ("{what}" in de) == ("{what}" in en)
    assert all(re.fullmatch(r"[^{}]*(\{what\})?[^{}]*\.", sentence) for sentence in (de, en))


def test_only_critical_messages_are_errors() -> None:
    assert {kind: kind.severity for kind in Kind} == {
        Kind.CRITICAL: Severity.ERROR,
        Kind.METHODICAL: Severity.WARNING,
        Kind.WARNING: Severity.WARNING,
        Kind.HINT: Severity.NOTE,
    }


def test_an_element_is_reported_once_and_its_use_in_every_place() -> None:
    unlabelled = select(17000000009, "Art", level="HAR", label="")
    twice = together(add("person", unlabelled), add("hund", unlabelled))(CLEAN)
    found = [(remark.message.number, remark.path) for remark in quality.check(twice)]
    assert found == [(1022, "person.art"), (1009, "person.art"), (1022, "hund.art")]


def test_a_group_or_a_field_can_be_checked_alone() -> None:
    assert quality.check(CLEAN.uses[0].element) == ()
    (remark,) = quality.check(replace(NAME, label=""))
    assert (remark.code, remark.path) == ("fim.1009", "")


@settings(max_examples=30, deadline=None)
@given(test_xdf3.groups())
def test_whatever_the_reader_gives_can_be_checked(group: Group) -> None:
    for remark in quality.check(group):
        assert remark.finding("de").remedy


def test_the_dog_tax_breaks_what_is_known() -> None:
    """A legal basis stands with its groups, not with each field (1006); no profile and no editor
    are named, because its numbers are not registered (1007, 1117)."""
    schema = xdf3.read(HUNDESTEUER.read_bytes())
    counted = Counter(remark.message.number for remark in quality.check(schema))
    assert counted == {1006: 23, 1007: 1, 1103: 2, 1117: 32, 1132: 3, 1139: 1}


# The page that accounts for all messages


def page(heading: str) -> dict[int, list[str]]:
    """The rows under a heading by number: the cells after it."""
    section = PAGE.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\d{4}) \| (.*) \|$", section, re.MULTILINE)
    assert len({number for number, _ in rows}) == len(rows)
    return {int(number): cells.split(" | ") for number, cells in rows}


def test_the_page_shows_what_is_checked() -> None:
    checked = {m.number: [m.kind.value, m.sentences[1]] for m in quality.MESSAGES}
    shown = page("Checked")
    assert {
        number: [kind, en.replace("…", "{what}")] for number, (kind, en) in shown.items()
    } == checked
    assert list(shown) == sorted(shown)


# What the reader refuses already: a change, what to replace in the file, and the finding.
SAME: Change = together()
ITSELF = group(17000000001, "Person", Use(NAME))
TWICE = (Value("1", "Dackel"), Value("1", "Pudel"))
GENERICODE = (
    b"""<CodeList><ColumnSet><Column Id="code"/><Column Id="name"/></ColumnSet></CodeList>"""
)
REFUSED: list[tuple[int, Change, str, str, str]] = [
    (1018, element("hund.hinweis", kind=FieldKind.SELECT), "", "", "xdf3.select"),
    (1021, SAME, "<xdf:anzahl>0:*</xdf:anzahl>", "", "xdf3.missing"),
    (1026, add("person", ITSELF), "", "", "xdf3.cycle"),
    (1027, SAME, "<code>label</code>", "<code>button</code>", "xdf3.code"),
    (1028, SAME, "<code>date</code>", "<code>colour</code>", "xdf3.code"),
    (1030, SAME, "<code>keine</code>", "<code>immer</code>", "xdf3.code"),
    (1031, SAME, "<code>HAR</code>", "<code>XXX</code>", "xdf3.code"),
    (1032, SAME, "<code>6</code>", "<code>9</code>", "xdf3.status"),
    (1038, SAME, "<xdf:id>F17000000001</xdf:id>", "", "xdf3.missing"),
    (1040, SAME, f"{BREEDS.urn}<", "<", "xdf3.missing"),
    (1042, SAME, "<code>X</code>", "<code>Y</code>", "xdf3.code"),
    (1043, element("weg", uses=keyed([Use(NAME, 0, 1)])), "", "", "xdf3.choice"),
    (1045, element("hund.rasse", code_list=None, values=TWICE), "", "", "xdf3.value"),
    (1046, SAME, "0:*", "viele", "xdf3.cardinality"),
    (1047, SAME, "0:*", "2:1", "xdf3.cardinality"),
    (1059, SAME, 'minLength="1"', 'minLength="-1"', "xdf3.number"),
    (1122, listed(code_column="key"), "", "", "genericode.column"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "change", "old", "new", "code"), REFUSED)
def test_the_reader_refuses(number: int, change: Change, old: str, new: str, code: str) -> None:
    document = xdf3.write(change(CLEAN)).decode()
    assert old in document
    with pytest.raises(FimError) as caught:
        xdf3.read(document.replace(old, new, 1).encode(), lists=lambda _: GENERICODE)
    assert code in {finding.code for finding in caught.value.findings}, number


def test_the_page_shows_what_the_reader_refuses() -> None:
    shown = {number: cells[1] for number, cells in page("Refused by the reader").items()}
    assert shown == {number: f"`{code}`" for number, *_, code in REFUSED}


def test_the_clean_schema_is_read_as_written() -> None:
    without_list = element("hund.rasse", code_list=replace(BREEDS, name="", values=()), values=())
    assert xdf3.read(xdf3.write(CLEAN)) == without_list(CLEAN)


HEADINGS = ("Checked", "Refused by the reader", "Not decided", "Deactivated by FIM")


def test_the_page_accounts_for_all_142_messages() -> None:
    sections = [set(page(heading)) for heading in HEADINGS]
    assert sum(map(len, sections)) == len(set[int]().union(*sections)) == 142
    assert set[int]().union(*sections) == set(range(1001, 1145)) - {1020, 1086}
    counts = re.search(r"(\d+) are checked, (\d+) are refused by the reader, (\d+) .* (\d+) are deactivated",
                       PAGE.read_text().replace("\n", " "))  # fmt: skip
    assert counts is not None
    assert [int(count) for count in counts.groups()] == [len(section) for section in sections]
