"""`amtsweg service diff`: what a new edition changes, said to everybody whom it concerns."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from amtsweg.kit.package.archive import edition_files, read_folder
from amtsweg.kit.package.diff import Audience, Change, compare
from amtsweg.packages import app

HUNDESTEUER = Path(__file__).parents[2] / "services" / "hundesteuer"
EDITION = "2025-01-01"
# One town is enough to say that its cases end otherwise, and faster.
FILES = {
    name: content
    for name, content in edition_files(read_folder(HUNDESTEUER), EDITION).items()
    if "/cases/" not in name or name.endswith("coswig.toml")
}


def edited(*edits: tuple[str, str, str]) -> dict[str, bytes]:
    """The files with passages replaced; each must be there."""
    files = dict(FILES)
    for name, old, new in edits:
        path = name if name == "package.toml" else f"{EDITION}/{name}"
        text = files[path].decode()
        assert old in text, old
        files[path] = text.replace(old, new, 1).encode()
    return files


def changes(*edits: tuple[str, str, str]) -> tuple[Change, ...]:
    return compare(FILES, edited(*edits))


def said(
    *edits: tuple[str, str, str], but: Audience | None = Audience.CASES
) -> list[tuple[str, str]]:
    return [(one.de, one.en) for one in changes(*edits) if one.audience is not but]


SCHEMA, PAGES, PROCESS, TAX = (
    "schema.xdf3.xml",
    "pages.toml",
    "process.bpmn",
    "decisions/dog_tax.dmn",
)
PARAMETERS, EDITION_FILE = "parameters.schema.json", "edition.toml"


def test_the_same_edition_is_not_different() -> None:
    assert compare(FILES, FILES) == ()


@pytest.mark.parametrize(
    ("edit", "de", "en"),
    [
        (("texts/en.toml", 'label = "Breed"', 'label = "Kind of dog"'),
         "Die Frage „Rasse“ heißt auf Englisch anders.",
         "The question “Breed” is now called “Kind of dog”."),
        ((PAGES, "item.abweichender_haltungsort", "item.abweichender_haltungsort || true"),
         ("„Wo der Hund gehalten wird“ wird jetzt unter einer anderen Bedingung gefragt: "
         "wenn item.abweichender_haltungsort || true, bisher wenn item.abweichender_haltungsort."),
         None),
        ((PAGES, 'when = "item.beginn_der_haltung <= today"', 'when = "item.beginn_der_haltung < today"'),
         ("Diese Prüfung urteilt jetzt anders: „Melden Sie den Hund an, sobald er bei Ihnen lebt. "
         "Der Beginn der Haltung darf nicht in der Zukunft liegen.“"), None),
        (("texts/de.toml", 'cost = "Die Anmeldung kostet nichts.', 'cost = "Die Anmeldung kostet 5 €.'),
         ("Über die Leistung steht bei „Kosten“ jetzt: Die Anmeldung kostet 5 €. "
         "Wie hoch die Steuer ist, regelt die Satzung Ihrer Gemeinde."),
         ("About the service, “Cost” now says: Registration is free. "
         "The municipality's statute says how high the tax is.")),
        (("package.toml", 'trust_level = "none"', 'trust_level = "substantial"'),
         "Für den Antrag braucht man jetzt das Vertrauensniveau „substantial“, bisher „none“.",
         "Applying now needs the trust level “substantial”, before “none”."),
        (("notices/refusal.typ", "// Refusal", "// A refusal"),
         "Der Bescheid „refusal“ ist neu gefasst.", "The notice “refusal” is worded anew."),
        ((TAX, "13 - month(liable_from)", "12"),
         ("„Steuerpflichtige Monate im ersten Jahr“ ergibt sich jetzt aus: 12, "
         "bisher aus: 13 - month(liable_from)."),
         "“Steuerpflichtige Monate im ersten Jahr” now comes from: 12, before from: 13 - month(liable_from)."),
        ((TAX, "<text>parameters.rates.second_cents</text>", "<text>parameters.rates.first_cents</text>"),
         ("In „Jahressteuersatz“ ist bei Gefährlich false, Der wievielte Hund 2 „Satz in Cent“ jetzt "
         "parameters.rates.first_cents statt parameters.rates.second_cents."), None),
        (("texts/de.toml", 'name = "Ablehnung prüfen"', 'name = "Ablehnung gegenlesen"'),
         "Der Schritt „Ablehnung prüfen“ heißt jetzt „Ablehnung gegenlesen“.",
         "The step “Review the refusal” has another name in German."),
        ((PROCESS, '<amtsweg:task role="head" differentFrom="decide"/>', '<amtsweg:task role="clerk"/>'),
         "„Ablehnung prüfen“ ist jetzt Aufgabe der Sachbearbeitung, bisher der Leitung.",
         "“Review the refusal” is now done by clerks, before by the head of office."),
        ((PROCESS, ' differentFrom="decide"', ""),
         "„Ablehnung prüfen“ darf jetzt auch dieselbe Person erledigen.",
         "“Review the refusal” may now be done by the same person, too."),
        ((PROCESS, 'type="text" requiredWhen="decision == \'refuse\'"', 'type="text"'),
         "Bei „Über die Anmeldung entscheiden“ ist „Begründung der Ablehnung“ jetzt immer anzugeben.", None),
        ((PROCESS, "P90D", "P60D"),
         "„Keine Antwort“ tritt jetzt nach 60 Tagen ein, bisher nach 90 Tagen.",
         "“Keine Antwort” now comes after 60 days, before after 90 days."),
        ((PROCESS, "outcome.yearly_cents &gt; 0<", "outcome.yearly_cents &gt; 100<"),
         ("Von „Lastschrift?“ geht es jetzt zu „Lastschriftmandat erfassen“, wenn answers.zahlung.lastschrift "
         "&& outcome.yearly_cents > 100; bisher, wenn answers.zahlung.lastschrift && outcome.yearly_cents > 0."),
         None),
        ((EDITION_FILE, "period_days = 30", "period_days = 60"),
         "Die Behörde entscheidet jetzt innerhalb von 60 Tagen, bisher von 30 Tagen.",
         "The authority now decides within 60 days, before within 30 days."),
        ((PARAMETERS, '"default": 14', '"default": 21'),
         "Vorgeschlagen ist bei „Frist für Nachforderungen in Tagen“ jetzt 21, bisher 14.",
         "The suggestion for “Frist für Nachforderungen in Tagen” is now 21, before 14."),
        ((PARAMETERS, '"minimum": 7, "maximum": 90, "default": 14', '"minimum": 7, "maximum": 90'),
         "„Frist für Nachforderungen in Tagen“ muss die Gemeinde jetzt angeben, bevor sie die Fassung übernimmt.",
         None),
        ((PARAMETERS, '"phone": {', '"fax": {"title": "Fax", "type": "string"}, "phone": {'),
         "Neue Angabe: „Behörde: Fax“. Sie ist freiwillig.", "New value: “Behörde: Fax”. It is optional."),
        ((EDITION_FILE, 'provisions = ["§ 4"]', 'provisions = ["§ 5"]'),
         "Die Fassung stützt sich neu auf § 5 SächsGemO; das betrifft parameters.schema.json.",
         "The edition newly rests on § 5 SächsGemO; this concerns parameters.schema.json."),
        ((EDITION_FILE, '"application-date"', '"event-date"'),
         "Welche Fassung gilt, entscheidet jetzt der Tag des Ereignisses, bisher der Tag des Antrags.",
         "Which edition counts is now decided by the day of the event, before by the day of the application."),
        ((EDITION_FILE, "case_years = 10", "case_years = 5"),
         "Akten bleiben jetzt 5 Jahre, bisher 10.", "Files are now kept for 5 years, before 10."),
    ],
)  # fmt: skip
def test_each_change_is_said(edit: tuple[str, str, str], de: str | None, en: str | None) -> None:
    found = said(edit)
    assert de is None or de in [one for one, _ in found], found
    assert en is None or en in [one for _, one in found], found


def _field(schema: str, name: str) -> str:
    """The use of a field by its name."""
    uses = re.findall(r"<xdf:struktur>(?:(?!<xdf:struktur>).)*?</xdf:struktur>", schema, re.DOTALL)
    return next(use for use in uses if f"<xdf:name>{name}</xdf:name>" in use)


def test_questions_come_and_go_and_become_required() -> None:
    phone = _field(FILES[f"{EDITION}/{SCHEMA}"].decode(), "Telefon")
    english = FILES[f"{EDITION}/texts/en.toml"].decode()
    words = re.search(r'\[field\."person\.telefon"\]\n(.+\n)+', english)
    assert words
    settings = '[field."person.telefon"]\nwidget = "tel"\nautocomplete = "tel"\n'
    without = edited((SCHEMA, phone, ""), (PAGES, settings, ""), ("texts/en.toml", words[0], ""))
    gone = {one.place: one for one in compare(FILES, without)}["person.telefon"]
    assert gone.de == "Die Frage „Telefon“ entfällt."
    assert gone.en == "The question “Telephone” is no longer asked for."
    back = {one.place: one for one in compare(without, FILES)}["person.telefon"]
    assert back.de == "Neue Frage: „Telefon“. Die Angabe ist freiwillig."
    needed = phone.replace("<xdf:anzahl>0:1<", "<xdf:anzahl>1:1<")
    found = said((SCHEMA, phone, needed))
    assert (
        "„Telefon“ muss jetzt beantwortet werden.",
        "“Telephone” must now be answered.",
    ) in found


def test_documents_are_called_documents() -> None:
    condition = "has(item.verguenstigung) && item.verguenstigung != 'none'"
    found = changes((PAGES, condition, "item.verguenstigung == 'herding'"))
    assert "document.condition" in [one.code for one in found]


def test_a_new_choice_is_said_in_both_languages() -> None:
    value = "<xdf:wert><xdf:code>rescue</xdf:code><xdf:name>Befreiung: Rettungshund</xdf:name></xdf:wert>"
    schema = FILES[f"{EDITION}/{SCHEMA}"].decode()
    at = next(line for line in schema.splitlines() if "<xdf:werte>" in line)
    found = said(
        (SCHEMA, at, at + value),
        (
            "texts/en.toml",
            "values.herding =",
            'values.rescue = "Exemption: rescue dog"\nvalues.herding =',
        ),
    )
    assert any("kann man jetzt auch „Befreiung: Rettungshund“ wählen." in de for de, _ in found), (
        found
    )
    assert any("one can now also choose “Exemption: rescue dog”." in en for _, en in found)


def test_a_step_less_is_said_with_what_follows_instead() -> None:
    found = said(
        (PROCESS, 'sourceRef="issue_notice" targetRef="has_mandate"', 'sourceRef="issue_notice" targetRef="close"'),
        *[(PROCESS, old, "") for old in _without_mandate()],
    )  # fmt: skip
    assert (
        "Der Schritt „Lastschriftmandat erfassen“ entfällt.",
        "The step “Lastschriftmandat erfassen” is gone.",
    ) in found
    assert any(
        de.startswith("Nach „Bescheid erlassen“ folgt jetzt „Vorgang abschließen“, bisher ")
        for de, _ in found
    )


def _without_mandate() -> list[str]:
    text = FILES[f"{EDITION}/{PROCESS}"].decode()
    patterns = (
        r'    <bpmn:exclusiveGateway id="has_mandate".*?</bpmn:exclusiveGateway>\n',
        r'    <bpmn:serviceTask id="record_mandate".*?</bpmn:serviceTask>\n',
        r'    <bpmn:sequenceFlow id="from_has_mandate_to_record_mandate".*?</bpmn:sequenceFlow>\n',
        r'    <bpmn:sequenceFlow id="from_has_mandate_to_close"[^\n]*\n',
        r'    <bpmn:sequenceFlow id="from_record_mandate_to_close"[^\n]*\n',
    )
    return [re.search(one, text, re.DOTALL)[0] for one in patterns]  # type: ignore[index]


def test_the_border_of_a_subprocess_is_no_step() -> None:
    text = FILES[f"{EDITION}/{PROCESS}"].decode()
    found = re.search(
        r'    <bpmn:businessRuleTask id="conclude".*?</bpmn:businessRuleTask>\n', text, re.DOTALL
    )
    assert found
    step = re.sub(r"\s*<bpmn:(incoming|outgoing)>.*?</bpmn:\1>", "", found[0])
    inside = (
        '<bpmn:subProcess id="concluding" name="Feststellen"><bpmn:startEvent id="begin"/>'
        f'{step}<bpmn:endEvent id="done"/>'
        '<bpmn:sequenceFlow id="in" sourceRef="begin" targetRef="conclude"/>'
        '<bpmn:sequenceFlow id="out" sourceRef="conclude" targetRef="done"/></bpmn:subProcess>'
    )
    into, out = 'targetRef="conclude"', 'sourceRef="conclude"'
    edits = ((PROCESS, into, 'targetRef="concluding"'), (PROCESS, out, 'sourceRef="concluding"'))
    assert changes(*edits, (PROCESS, found[0], inside)) == ()


def test_cases_say_what_they_cost_now_and_before() -> None:
    found = changes(
        (TAX, "13 - month(liable_from)", "12"),
        (EDITION_FILE, "period_days = 30", "period_days = 60"),
    )
    first = next(one for one in found if one.place == "coswig-erster-hund")
    assert (
        first.de
        == "coswig-erster-hund (Coswig): kostet jetzt 54,00 €, bisher 18,00 €; Frist jetzt 60 Tage, bisher 30."
    )
    assert (
        first.en
        == "coswig-erster-hund (Coswig): now costs €54.00, before €18.00; deadline now 60 days, before 30."
    )
    assert (first.audience, first.file) == (Audience.CASES, "cases/coswig.toml")


def test_cases_that_end_with_another_decision_or_not_at_all_say_so() -> None:
    other = changes(("decisions/outcome.dmn", "'assessed'", "'taxed'"))
    assert any("Ergebnis jetzt „taxed“, bisher „assessed“" in one.de for one in other)
    stuck = changes(
        (
            PAGES,
            'when = "item.beginn_der_haltung <= today"',
            "when = \"item.beginn_der_haltung < '2020-01-01'\"",
        )
    )
    assert any(
        "Der Fall kommt nicht mehr zum Ende." in one.de
        for one in stuck
        if one.audience is Audience.CASES
    )


def test_a_case_that_the_new_edition_tells_otherwise_is_played_on_both() -> None:
    found = changes(
        (TAX, "13 - month(liable_from)", "12"), ("cases/coswig.toml", "first_cents = 5400", "first_cents = 6000")
    )  # fmt: skip
    cases = [one.de for one in found if one.place == "coswig-erster-hund"]
    assert cases == [
        "coswig-erster-hund (Coswig): kostet jetzt 54,00 €, bisher 18,00 €.",
        "coswig-erster-hund (Coswig): mit den Angaben der neuen Fassung: kostet jetzt 60,00 €, bisher 20,00 €.",
    ]


def test_a_new_parameter_with_a_default_does_not_stop_the_cases() -> None:
    found = changes(
        (
            PARAMETERS,
            '"days_to_answer": {',
            '"grace_days": {"title": "Kulanz", "type": "integer", "default": 3}, "days_to_answer": {',
        )
    )
    assert [(one.audience, one.de) for one in found] == [
        (Audience.TOWNS, "Neue Angabe: „Kulanz“. Vorgeschlagen ist 3.")
    ]


# The command


def diff(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["diff", *map(str, arguments)])


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of two editions; the second gives the authority more time."""
    folder = tmp_path / "hundesteuer"
    for name, content in FILES.items():
        later = name.replace(EDITION, "2026-01-01")
        for path, text in {
            name: content,
            later: content.replace(b"in_force_from = 2025", b"in_force_from = 2026"),
        }.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text)
    file = folder / "2026-01-01" / EDITION_FILE
    file.write_text(
        file.read_text("utf-8").replace("period_days = 30", "period_days = 60"), "utf-8"
    )
    return folder


def test_the_two_newest_editions_of_a_package_are_compared(package: Path) -> None:
    done = diff(package, "--language", "de")
    assert done.exit_code == 0
    assert done.stdout.startswith(
        "Für Sachbearbeitende\n- Die Behörde entscheidet jetzt innerhalb von 60 Tagen"
    )
    assert (
        "\nMusterfälle\n- coswig-erster-hund (Coswig): Frist jetzt 60 Tage, bisher 30.\n"
        in done.stdout
    )


def test_editions_are_named_by_folder_or_day(package: Path) -> None:
    there = diff(package / EDITION, package / "2026-01-01").stdout
    assert diff(package, "--from", EDITION, "--to", "2026-01-01").stdout == there
    assert diff(package, package, "--from", EDITION).stdout == there
    back = diff(package / "2026-01-01", package / EDITION).stdout
    assert "now decides within 30 days, before within 60 days" in back


def test_json_is_one_document_with_the_changes(package: Path) -> None:
    report = json.loads(diff(package, "--json").stdout)
    assert (report["passed"], report["findings"]) == (True, [])
    assert report["changes"][0] == {
        "audience": "clerks",
        "code": "deadline.decision",
        "file": "edition.toml",
        "place": "decision.period_days",
        "sentence": "The authority now decides within 60 days, before within 30 days.",
    }


def test_a_broken_edition_and_a_missing_one_are_findings(package: Path) -> None:
    done = diff(package, "--to", "2030-01-01", "--json")
    assert (done.exit_code, json.loads(done.stdout)["findings"][0]["code"]) == (
        1,
        "package.no-edition",
    )
    (package / "2026-01-01" / PAGES).write_text("[page", "utf-8")
    done = diff(package, "--json")
    assert (done.exit_code, json.loads(done.stdout)["passed"]) == (1, False)


def test_one_edition_alone_and_wrong_use(package: Path, tmp_path: Path) -> None:
    shutil.rmtree(package / "2026-01-01")
    assert diff(package).exit_code == 1
    assert diff(tmp_path / "nowhere").exit_code == 2
    assert diff(package, "--language", "fr").exit_code == 2
