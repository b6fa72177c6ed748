"""`amtsweg service new`: a package over any schema that runs at once and asks what it cannot know."""

from __future__ import annotations

import itertools
import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from typer.testing import CliRunner, Result

from amtsweg.kit import toml
from amtsweg.kit.fim import code_lists, xdf, xdf3
from amtsweg.kit.fim.code_lists import no_lists
from amtsweg.kit.fim.model import (
    CodeList,
    Constraints,
    DataType,
    Field,
    FieldKind,
    FimError,
    Group,
    Rule,
    Schema,
    Use,
    Value,
    keyed,
    walk,
)
from amtsweg.kit.fim.xdf import Standard
from amtsweg.kit.findings import Finding, Severity
from amtsweg.kit.package import PackageError, check_edition, load_edition, rehearse
from amtsweg.kit.package.archive import pack
from amtsweg.kit.package.scaffold import Begun, begin
from amtsweg.packages import app

DOGS = Path(__file__).parents[2] / "services" / "hundesteuer" / "2025-01-01" / "schema.xdf3.xml"
FIM = Path(__file__).parents[3] / "shared" / "data" / "fim"
DAY = date(2025, 1, 1)
SAMPLES = sorted([*FIM.glob("unit/*/*.xml"), *FIM.glob("schemas/*/S*.xml")])


_ids = itertools.count(1)


def schema(*uses: Use, **more: Any) -> Schema:
    return Schema(id="S1", version="1.0.0", name="Antrag", title="Antrag", uses=keyed(uses), **more)


def field(name: str, **more: Any) -> Field:
    return Field(id=f"F{next(_ids)}", version="1.0.0", name=name, **more)


def group(name: str, *uses: Use, **more: Any) -> Group:
    return Group(id=f"G{next(_ids)}", version="1.0.0", name=name, uses=keyed(uses), **more)


def begun(of: Schema | Group | Field) -> tuple[Begun, list[Finding]]:
    made = begin("probe", Standard.XDF3, of, no_lists, DAY)
    return made, check_edition(made.files)


def errors(found: list[Finding]) -> list[str]:
    return [f"{one.code} {one}" for one in found if one.severity is Severity.ERROR]


def read(made: Begun, name: str) -> dict[str, Any]:
    return tomllib.loads(made.files[f"{DAY}/{name}"].decode())


def test_what_is_begun_passes_the_check_and_asks() -> None:
    made, found = begun(xdf3.read(DOGS.read_bytes()))
    assert errors(found) == []
    assert {one.code for one in found} == {
        "package.open",
        "edition.open",
        "texts.open",
        "cases.question",
    }
    assert made.findings == ()


@pytest.mark.skipif(not SAMPLES, reason="needs ../shared/data/fim")
@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_over_real_schemas_too(file: Path) -> None:
    lists = code_lists.in_folder(file.parent)
    try:
        standard, element = xdf.read_message(file.read_bytes(), lists=lists)
    except FimError:
        pytest.skip("is not to be read")
    asks = isinstance(element, Field) or any(
        isinstance(use.element, Field) for _, use in walk(element.uses)
    )
    if not asks:
        with pytest.raises(PackageError, match="nothing to ask"):
            begin("probe", standard, element, lists, DAY)
        return
    made = begin("probe", standard, element, lists, DAY)
    found = check_edition(made.files)
    assert errors(found) == []
    assert "cases.question" in {one.code for one in found}


def test_the_golden_case_is_played_and_does_not_pass_until_its_question_is_answered() -> None:
    made, _ = begun(xdf3.read(DOGS.read_bytes()))
    (result,) = rehearse(load_edition(pack(made.files)))
    assert not result.passed
    assert result.notice == "decision"
    question = "Wie endet dieser Antrag, was kostet er, und welche Vorschrift sagt das?"
    assert result.why == (f"The author is still asked: {question}",)
    name = f"{DAY}/cases/musterstadt.toml"
    lines = made.files[name].decode().splitlines(keepends=True)
    answered = {
        **made.files,
        name: "".join(x for x in lines if not x.startswith("question")).encode(),
    }
    assert "cases.question" not in {one.code for one in check_edition(answered)}
    assert all(one.passed for one in rehearse(load_edition(pack(answered))))


def test_what_is_to_be_translated_is_marked_and_counted() -> None:
    made, found = begun(schema(Use(field("Name", help_input="Wie heißen Sie?"))))
    texts = read(made, "texts/en.toml")
    assert texts["field"]["name"] == {"label": "?? Name", "help": "?? Wie heißen Sie?"}
    assert texts["page"]["name"]["title"] == "?? Ihre Angaben"
    counted = [one for one in found if one.file.endswith("en.toml")]
    assert [(one.code, one.severity) for one in counted] == [("texts.open", Severity.WARNING)]
    assert "field" not in read(made, "texts/de.toml")


def test_a_rule_in_other_words_is_work_under_its_id() -> None:
    rule = Rule(id="R7", name="Zusammen", free_text="Name und\nOrt\nzusammen.")
    made, found = begun(schema(Use(group("Person", Use(field("Name")), rules=(rule,)))))
    pages = made.files[f"{DAY}/pages.toml"].decode()
    assert "# R7 at person: Zusammen\n#   Name und\n#   Ort\n#   zusammen.\n" in pages
    assert "the rule R7 " in next(one.message for one in found if one.code == "pages.open-rule")
    kept = pages + '\n[[rule]]\nid = "R7"\nat = "person"\nwhen = "true"\nmessage = "rule.r7"\n'
    texts = {
        f"{DAY}/texts/{one}.toml": made.files[f"{DAY}/texts/{one}.toml"] for one in ("de", "en")
    }
    said = {name: text + b'\n[rule]\nr7 = "Bitte beides."\n' for name, text in texts.items()}
    files = {**made.files, f"{DAY}/pages.toml": kept.encode(), **said}
    assert "pages.open-rule" not in {one.code for one in check_edition(files)}


@pytest.mark.skipif(not SAMPLES, reason="needs ../shared/data/fim")
def test_a_rule_in_the_usual_words_is_carried_out_and_the_example_keeps_it() -> None:
    file = FIM / "schemas" / "S00000094V1.0_xdf2" / "S00000094V1.0_xdf2.xml"
    lists = code_lists.in_folder(file.parent)
    standard, element = xdf.read_message(file.read_bytes(), lists=lists)
    made = begin("probe", standard, element, lists, DAY)
    assert read(made, "pages.toml")["rule"]
    assert read(made, "texts/en.toml")["rule"]
    question = next(one for one in check_edition(made.files) if one.code == "cases.question")
    assert question.message.endswith("welche Vorschrift sagt das?")


def test_a_notice_goes_to_whom_everybody_names() -> None:
    person = group(
        "Person",
        Use(field("Vornamen")),
        Use(field("Familienname")),
        Use(group("Anschrift", Use(field("Straße")), Use(field("Hausnummer")))),
    )
    made, _ = begun(
        schema(Use(group("Andere", Use(field("Familienname"))), minimum=0), Use(person))
    )
    assert read(made, "edition.toml")["notice"]["recipient"] == [
        "answers.person.vornamen + ' ' + answers.person.familienname",
        "answers.person.anschrift.strasse + ' ' + answers.person.anschrift.hausnummer",
        "'?? Postleitzahl und Ort'",
    ]


def test_a_list_that_is_not_at_hand_is_named_and_asked_as_text() -> None:
    missing = CodeList(urn="urn:x:list", version="1", name="L")
    made, found = begun(schema(Use(field("Art", kind=FieldKind.SELECT, code_list=missing))))
    assert errors(found) == []
    assert {one.code for one in made.findings} == {"fim.list", "form.list"}
    assert all(one.severity is Severity.WARNING for one in made.findings)


@pytest.mark.skipif(not SAMPLES, reason="needs ../shared/data/fim")
def test_lists_beside_the_schema_are_taken_along() -> None:
    folder = FIM / "schemas" / "S00000186v1.0_xdf2"
    file = folder / "S00000186v1.0_xdf2.xml"
    lists = code_lists.in_folder(folder)
    standard, element = xdf.read_message(file.read_bytes(), lists=lists)
    made = begin("asbest", standard, element, lists, DAY)
    taken = [name for name in made.files if "/lists/" in name]
    assert len(taken) == 14
    assert set(map(made.files.get, taken)) <= {one.read_bytes() for one in folder.glob("1*.xml")}


def test_a_group_alone_and_an_id_of_another_standard_can_be_begun() -> None:
    made, found = begun(group("Person", Use(field("Name"))))
    assert errors(found) == []
    assert [one.code for one in made.findings] == ["scaffold.id"]


@pytest.mark.parametrize("of", [schema(), schema(Use(group("Leer")))])
def test_a_schema_that_asks_for_nothing_is_refused(of: Schema) -> None:
    with pytest.raises(PackageError, match="nothing to ask"):
        begun(of)


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=20
)
_PLAIN = st.sampled_from([one for one in DataType if one not in (DataType.OBJ, DataType.FILE)])


@st.composite
def _uses(draw: st.DrawFn, depth: int = 2) -> Use:
    minimum, maximum = draw(st.sampled_from([(0, 1), (1, 1), (0, None), (1, 3), (2, 2)]))
    name = draw(_TEXT.filter(str.strip))
    if depth and draw(st.booleans()):
        inner = draw(st.lists(_uses(depth - 1), min_size=1, max_size=3))
        choice = len(inner) > 1 and draw(st.booleans())
        if choice:
            inner = [Use(one.element, 0, 1) for one in inner]
        return Use(group(name, *inner, choice=choice), minimum, maximum)
    values = draw(st.sampled_from([(), (Value("a b", "Eins"), Value("ü.2", "Zwei", "Hilfe"))]))
    kind = FieldKind.SELECT if values else FieldKind.INPUT
    bound = Constraints(min_length=draw(st.sampled_from([None, 40])))
    made = field(
        name, kind=kind, type=draw(_PLAIN), values=values, constraints=bound, help_input=draw(_TEXT)
    )
    return Use(made, minimum, maximum)


@settings(max_examples=40, deadline=None)
@given(st.lists(_uses(), min_size=1, max_size=4))
def test_over_whatever_schema_it_passes(uses: list[Use]) -> None:
    found = begun(schema(*uses))[1]
    assert errors(found) == []
    question = next(one for one in found if one.code == "cases.question")
    assert question.message.endswith("welche Vorschrift sagt das?")


def test_the_process_is_drawn() -> None:
    made, _ = begun(schema(Use(field("Name"))))
    root = etree.fromstring(made.files[f"{DAY}/process.bpmn"])
    model = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
    drawn = {one.get("bpmnElement") for one in root.iter("{*}BPMNShape", "{*}BPMNEdge")}
    process = root.find(f"{model}process")
    assert process is not None
    assert {one.get("id") for one in process} <= drawn


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        _TEXT,
        st.recursive(
            st.one_of(
                st.booleans(), st.integers(-(2**53), 2**53), st.text(st.characters(codec="utf-8"))
            ),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3), st.dictionaries(_TEXT, inner, max_size=3)
            ),
            max_leaves=8,
        ),
    )
)
def test_what_is_written_as_toml_is_read_the_same(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml.lines(table)) == table
    assert tomllib.loads(toml.section(["a", "b.c"], table)) == {"a": {"b.c": table}}


# The command


def new(out: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["new", *map(str, arguments), "--out", str(out)])


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def test_the_command_writes_a_package_that_the_check_takes(tmp_path: Path) -> None:
    done = new(tmp_path, "hunde", "--schema", DOGS, "--date", "2025-01-01", "--json")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["passed"]) == (0, True)
    assert [file.name for file in tmp_path.iterdir()] == ["hunde"]
    checked = CliRunner().invoke(app, ["check", str(tmp_path / "hunde"), "--json"])
    assert checked.exit_code == 0
    assert json.loads(checked.stdout)["findings"] == report["findings"]


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "hunde").mkdir()
    assert new(tmp_path, "hunde", "--schema", DOGS).exit_code == 1
    assert list((tmp_path / "hunde").iterdir()) == []


@pytest.mark.parametrize("document", [b"", b"no XML", b"<a/>", DOGS.read_bytes()[:5_000]])
def test_after_a_failure_nothing_is_left(tmp_path: Path, document: bytes) -> None:
    file, out = tmp_path / "broken.xml", tmp_path / "services"
    file.write_bytes(document)
    out.mkdir()
    done = new(out, "hunde", "--schema", file, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["findings"][0]["file"] == "broken.xml"
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("name", ["Hunde", "../hunde", "1hund", "hunde steuer", ""])
def test_a_name_that_is_none_is_wrong_use(tmp_path: Path, name: str) -> None:
    assert new(tmp_path, name, "--schema", DOGS).exit_code == 2
