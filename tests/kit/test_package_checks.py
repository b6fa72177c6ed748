"""What the check of a package finds, each on the shipped package with one thing made wrong."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from amtsweg.kit.fim import code_lists, conversion, genericode, xdf2, xdf3, xzufi
from amtsweg.kit.fim.model import Rule
from amtsweg.kit.fim.xzufi_model import Identifier
from amtsweg.kit.findings import Severity
from amtsweg.kit.package import PackageError, check, read_package
from amtsweg.packages import app

HUNDESTEUER = Path(__file__).parents[2] / "services" / "hundesteuer"
EDITION = "2025-01-01"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped package to spoil; one edition and two towns are enough, and faster."""
    copy = Path(shutil.copytree(HUNDESTEUER, tmp_path / "hundesteuer"))
    shutil.rmtree(copy / "2024-01-01")
    for town in ("moritzburg", "radebeul", "weinboehla"):
        (copy / EDITION / "cases" / f"{town}.toml").unlink()
    return copy


def spoil(folder: Path, name: str, old: str, new: str, *, everywhere: bool = False) -> None:
    """Replace a passage that must be there."""
    file = folder / name if name == "package.toml" else folder / EDITION / name
    content = file.read_text("utf-8")
    assert old in content
    file.write_text(content.replace(old, new, -1 if everywhere else 1), "utf-8")


def test_the_shipped_package_has_no_finding() -> None:
    assert check(HUNDESTEUER) == []


def test_tables_know_what_the_schema_the_parameters_and_other_decisions_can_say(
    folder: Path,
) -> None:
    spoil(folder, "decisions/dog_tax.dmn", "<text>&gt;= 1</text>", "<text>&gt;= 0</text>")
    spoil(folder, "decisions/relief.dmn", "<text>'reduction'</text>", "<text>'rebate'</text>")
    found = {one.message: one for one in check(folder) if one.code == "decision.gap"}
    assert sorted(text.partition(" if ")[2] for text in found) == [
        "dog.gefaehrlicher_hund = false, position = 0.",
        'reliefs[index - 1] = "rebate".',
    ]
    assert all(one.severity is Severity.ERROR and one.line for one in found.values())


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "says"),
    [
        ("package.toml", '"99102013002000"', '"1234"', "toml.schema", "leika_keys.0"),
        ("package.toml", 'licence = "EUPL-1.2"', "", "toml.schema", "licence"),
        ("package.toml", "[search]", "[search", "toml.syntax", "not TOML"),
        ("edition.toml", '"application-date"', '"some-day"', "toml.schema", "transition"),
        ("edition.toml", "= 2025-01-01", "= 2025-02-01", "edition.date", "2025-02-01"),
        ("edition.toml", "period_days = 30", "period_days = 0", "toml.schema", "period_days"),
        ("edition.toml", "person.vorname +", "person.rufname +", "notice.expression", "rufname"),
        ("edition.toml", "outcome.first_year_cents", "outcome.decision", "notice.expression", ""),
        ("edition.toml", '"schema.xdf3.xml"', '"schema.xml"', "legal-basis.part", "schema.xml"),
        ("schema.xdf3.xml", "</xdf:stammdatenschema>", "", "", ""),
        ("pages.toml", '"davon_gefaehrlich"]', '"davon"]', "form.path", "davon"),
        ("pages.toml", "item.abweichender_haltungsort", "item.ort", "form.expression", "ort"),
        ("parameters.schema.json", '"type": "object"', '"type": "thing"', "parameters.schema", ""),
        ("parameters.schema.json", "{", "", "json.syntax", "not JSON"),
        ("process.bpmn", "check.decision ==", "check.entscheidung ==", "process.expression", ""),
        ("decisions/dog_tax.dmn", "13 - month", "13.5 - month", "decision.expression", ""),
        ("texts/en.toml", 'title = "Payment"', "", "texts.missing", "page.zahlung.title"),
        ("texts/en.toml", 'label = "Breed"', "", "texts.missing", "field.hunde.rasse.label"),
        ("texts/en.toml", "values.herding =", "values.hunting =", "texts.missing", "herding"),
        ("texts/de.toml", "[page.zahlung]", "[page.zahlungen]", "texts.orphan", "zahlungen"),
        ("texts/de.toml", 'reason = "Begr', 'cause = "Begr', "texts.missing", "inputs.reason"),
        ("texts/en.toml", "begin_same_month =", "begin_later =", "texts.missing", "begin_same"),
        ("texts/de.toml", "privacy_read =", "privacy =", "form.text", "rule.privacy_read"),
        ("notices/refusal.typ", '"notice.duties_text"', '"notice.duty"', "texts.missing", "duty"),
        ("notices/refusal.typ", "results.decide.reason", "results.decide.why", "notices.render", ""),
        ("notices/refusal.typ", "#remedy[", "#eval[", "notices.forbidden", "eval"),
        ("cases/coswig.toml", "first_cents = 5400", 'first_cents = "54"', "parameters.value", ""),
        ("cases/coswig.toml", "days_to_answer = 14", "days_to_answer = 3", "parameters.value", ""),
        ("cases/coswig.toml", "fee_cents = 1800", "fee_cents = 1801", "cases.differs", "1801"),
        ("cases/coswig.toml", '"coswig-erster-hund"', '"coswig-zwei-gefaehrliche-hunde"',
         "cases.name", "coswig-zwei"),
        ("cases/coswig.toml", 'rasse = "Hovawart"', 'rasse = "H"', "cases.differs", "Rasse"),
        ("cases/coswig.toml", 'task = "decide"', 'task = "decree"', "cases.differs", "decree"),
        ("pages.toml", '["person"]', '"person"', "toml.schema", "page.0.items"),
        ("pages.toml", "required = true", 'required = "yes"', "toml.schema", "required"),
        ("texts/en.toml", 'title = "Payment"', "title = 3", "toml.schema", "page.zahlung.title"),
        ("cases/dresden.toml", "hunde.0.nachweis", "hunde.7.nachweis", "cases.differs", "hunde.7"),
        ("cases/coswig.toml", '"2025-08-08"', '"2025-13-08"', "cases.differs", "beginn"),
        ("cases/coswig.toml", "[case.expected]", "[case.expect]", "toml.schema", "expect"),
    ],
)  # fmt: skip
def test_the_check_finds(folder: Path, file: str, old: str, new: str, code: str, says: str) -> None:
    spoil(folder, file, old, new)
    found = check(folder)
    assert any(
        finding.code.startswith(code)
        and says in finding.message
        and (finding.file.endswith(file) or code in ("cases.differs", "form.text", "texts.missing"))
        for finding in found
    ), "\n".join(f"{finding.code} {finding}" for finding in found)
    assert all(finding.message and finding.remedy for finding in found)


def test_one_broken_file_does_not_hide_what_is_wrong_with_another(folder: Path) -> None:
    spoil(folder, "edition.toml", '"application-date"', '"some-day"')
    spoil(folder, "pages.toml", '"davon_gefaehrlich"]', '"davon"]')
    spoil(folder, "decisions/relief.dmn", "in parameters.exemptions", "in parameters.relief")
    spoil(folder, "cases/dresden.toml", "[[case]]", "[[cases]]", everywhere=True)
    files = {finding.file.removeprefix(f"{EDITION}/") for finding in check(folder)}
    assert files >= {"edition.toml", "pages.toml", "decisions/relief.dmn", "cases/dresden.toml"}


def test_an_optional_question_on_no_page_is_found(folder: Path) -> None:
    spoil(folder, "pages.toml", 'items = ["person"]', 'items = ["person.anschrift"]')
    messages = [finding.message for finding in check(folder)]
    assert any("person.familienname" in message for message in messages)
    spoil(folder, "pages.toml", '["person.anschrift"]',
          '["person.familienname", "person.vorname", "person.anschrift", "person.e_mail"]')  # fmt: skip
    found = [finding for finding in check(folder) if finding.code == "pages.missing"]
    assert [finding.message for finding in found] == ["'person.telefon' is on no page."]


def test_a_notice_that_no_case_reaches_is_a_warning(folder: Path) -> None:
    notices = folder / EDITION / "notices"
    shutil.copy(notices / "exemption.typ", notices / "farewell.typ")
    assert [(f.code, f.severity) for f in check(folder)] == [("notices.unproved", "warning")]


def test_a_service_named_in_a_language_speaks_it(folder: Path) -> None:
    spoil(folder, "package.toml", 'en = "Register a dog for dog tax"', 'en = "Dogs", fr = "Chiens"')
    found = [(finding.code, finding.file) for finding in check(folder)]
    assert found == [("texts.language", f"{EDITION}/texts/fr.toml")]


def test_braces_hold_the_same_names_in_every_language(folder: Path) -> None:
    spoil(folder, "texts/en.toml", "{addressee}", "{adressee}")
    assert "texts.gap" in {finding.code for finding in check(folder)}


def test_a_suggestion_that_the_schema_refuses_is_found(folder: Path) -> None:
    spoil(folder, "parameters.schema.json", '"default": 14', '"default": 3')
    found = [finding for finding in check(folder) if finding.code == "parameters.default"]
    assert [finding.message for finding in found] == [
        "days_to_answer: 3 is less than the minimum of 7."
    ]


def test_missing_files_are_named(folder: Path) -> None:
    for name in ("pages.toml", "process.bpmn", "schema.xdf3.xml", "texts/de.toml"):
        (folder / EDITION / name).unlink()
    missing = {f.file for f in check(folder) if f.code in ("file.missing", "texts.german")}
    assert missing == {
        f"{EDITION}/{name}"
        for name in ("pages.toml", "process.bpmn", "schema.xdf3.xml", "texts/de.toml")
    }


def test_a_folder_that_is_no_package_is_named(tmp_path: Path) -> None:
    assert [finding.code for finding in check(tmp_path)] == ["package.missing"]


def test_a_package_without_edition_is_named(folder: Path) -> None:
    shutil.rmtree(folder / EDITION)
    assert [finding.code for finding in check(folder)] == ["package.no-edition"]
    with pytest.raises(PackageError, match="no edition"):
        read_package(folder)


def test_reading_a_broken_package_raises_with_every_finding(folder: Path) -> None:
    spoil(folder, "pages.toml", '"davon_gefaehrlich"]', '"davon"]')
    spoil(folder, "process.bpmn", "check.decision ==", "check.entscheidung ==")
    with pytest.raises(PackageError) as broken:
        read_package(folder)
    assert {finding.file for finding in broken.value.findings} == {
        f"{EDITION}/pages.toml",
        f"{EDITION}/process.bpmn",
    }


_CODE_LIST = """<?xml version="1.0" encoding="UTF-8"?>
<gc:CodeList xmlns:gc="http://docs.oasis-open.org/codelist/ns/genericode/1.0/">
  <Identification><ShortName>relief</ShortName><Version>2</Version>
    <CanonicalUri>urn:x-test:relief</CanonicalUri></Identification>
  <ColumnSet><Column Id="code" Use="required"/><Column Id="name" Use="required"/>
    <Key Id="key"><ColumnRef Ref="code"/></Key></ColumnSet>
  <SimpleCodeList>{rows}</SimpleCodeList>
</gc:CodeList>
"""


def test_choices_can_come_from_a_code_list_of_the_edition(folder: Path) -> None:
    schema = folder / EDITION / "schema.xdf3.xml"
    text = schema.read_text("utf-8")
    begin, end = text.index("<xdf:werte>"), text.index("</xdf:werte>") + len("</xdf:werte>")
    values = re.findall(r"<xdf:code>(.*?)</xdf:code>\s*<xdf:name>(.*?)</xdf:name>", text[begin:end])
    reference = (
        "<xdf:codelisteReferenz><xdf:canonicalIdentification>urn:x-test:relief"
        "</xdf:canonicalIdentification><xdf:version>2</xdf:version></xdf:codelisteReferenz>"
    )
    schema.write_text(text[:begin] + reference + text[end:], "utf-8")
    assert any(finding.code == "form.list" for finding in check(folder))

    lists = folder / EDITION / "lists"
    lists.mkdir()
    rows = "".join(
        f'<Row><Value ColumnRef="code"><SimpleValue>{code}</SimpleValue></Value>'
        f'<Value ColumnRef="name"><SimpleValue>{name}</SimpleValue></Value></Row>'
        for code, name in values
    )
    (lists / "urn_x-test_relief_2.xml").write_text(_CODE_LIST.format(rows=rows), "utf-8")
    # The list has no helps, so the texts that translate them have nothing left to translate.
    spoil(folder, "texts/en.toml", "value_help", "# value_help", everywhere=True)
    assert check(folder) == []


def test_a_rule_of_the_schema_that_nothing_carries_out_is_named(folder: Path) -> None:
    file = folder / EDITION / "schema.xdf3.xml"
    schema = xdf3.read(file.read_bytes())
    rule = Rule(
        id="R14000990099", version="1.0.0", name="Alter", free_text="Älter als drei Monate."
    )
    file.write_bytes(xdf3.write(replace(schema, rules=(*schema.rules, rule))))
    (finding,) = [one for one in check(folder) if one.code == "pages.open-rule"]
    assert finding.severity is Severity.WARNING
    assert "R14000990099: Alter Älter als drei Monate." in finding.message
    with (folder / EDITION / "pages.toml").open("a", encoding="utf-8") as pages:
        pages.write('\n[by_hand]\nR14000990099 = "The clerk compares the dates."\n')
    assert not [one for one in check(folder) if one.code == "pages.open-rule"]


def test_an_edition_may_bring_its_schema_in_xdatenfelder_2(folder: Path) -> None:
    older = conversion.to_xdf2(
        xdf3.read((folder / EDITION / "schema.xdf3.xml").read_bytes())
    ).element
    (folder / EDITION / "schema.xdf3.xml").unlink()
    (folder / EDITION / "schema.xdf2.xml").write_bytes(xdf2.write(older))
    (folder / EDITION / "lists").mkdir()
    for one in code_lists.of(older):
        (folder / EDITION / "lists" / code_lists.file_name(one)).write_bytes(genericode.write(one))
    spoil(folder, "edition.toml", "schema.xdf3.xml", "schema.xdf2.xml", everywhere=True)
    assert [finding for finding in check(folder) if finding.severity is Severity.ERROR] == []


def test_two_schemas_are_one_too_many(folder: Path) -> None:
    shutil.copy(folder / EDITION / "schema.xdf3.xml", folder / EDITION / "schema.xdf2.xml")
    assert "schema.two" in {finding.code for finding in check(folder)}


def test_the_editors_description_speaks_where_the_texts_are_silent(folder: Path) -> None:
    described = xzufi.description_of(
        {
            "de": {"name": "Hund anmelden", "summary": "Anders.", "teaser": "x"},
            "en": {"who": "You."},
        },
        id=Identifier("1"),
    )
    (folder / EDITION / "description.xzufi.xml").write_bytes(xzufi.write(described))
    (edition,) = read_package(folder).editions
    own = edition.texts["de"]["service"]
    said = edition.service_texts()
    assert said["de"]["summary"] == own["summary"] != "Anders."
    assert said["de"]["name"] == own.get("name", "Hund anmelden")


def test_a_broken_description_is_told(folder: Path) -> None:
    (folder / EDITION / "description.xzufi.xml").write_text("<leistung/>")
    (finding, *_) = check(folder)
    assert finding.file == f"{EDITION}/description.xzufi.xml"


def test_the_command_speaks_the_language_that_is_asked_for(folder: Path) -> None:
    spoil(
        folder, "pages.toml", "item.geburtsdatum <= item.beginn", "item.geburtstag <= item.beginn"
    )
    done = CliRunner().invoke(app, ["check", str(folder), "--language", "de", "--json"])
    assert done.exit_code == 1
    (found,) = json.loads(done.stdout)["findings"]
    assert found["code"] == "form.expression"
    assert "Es gibt kein „geburtstag“ in item. Meinen Sie „geburtsdatum“?" in found["message"]
    assert found["remedy"] == "Berichtigen Sie den Ausdruck; er muss wahr oder falsch sein."
    english = CliRunner().invoke(app, ["check", str(folder), "--language", "en"])
    assert "There is no 'geburtstag' in item. Did you mean" in english.stdout
