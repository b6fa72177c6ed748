"""`amtsweg form check` and `convert`: what service authors meet at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest
from typer.testing import CliRunner, Result

from amtsweg.authoring import app
from amtsweg.kit.fim import code_lists, xdf2, xdf3
from amtsweg.kit.fim.model import Field, walk

DOGS = Path(__file__).parents[2] / "services" / "hundesteuer" / "2025-01-01" / "schema.xdf3.xml"


def form(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def test_a_schema_goes_to_xdatenfelder_2_and_back(tmp_path: Path) -> None:
    older, newer = tmp_path / "older.xml", tmp_path / "newer.xml"
    assert form("convert", DOGS, "--to", "xdf2", "--out", older).exit_code == 0
    assert form("convert", older, "--to", "xdf3", "--out", newer).exit_code == 0
    before = xdf3.read(DOGS.read_bytes())
    between = xdf2.read(older.read_bytes())
    after = xdf3.read(newer.read_bytes())
    assert between.name == after.name == before.name
    keys = [use.key for use in before.uses]
    assert [use.key for use in between.uses] == [use.key for use in after.uses] == keys


def test_what_has_no_counterpart_is_said_beside_the_document(tmp_path: Path) -> None:
    done = form("convert", DOGS, "--to", "xdf2")
    assert done.exit_code == 0
    assert xdf2.read(done.stdout.encode()).name == xdf3.read(DOGS.read_bytes()).name
    assert "XDatenfelder 2" in done.stderr


def test_the_same_standard_changes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "same.xml"
    assert form("convert", DOGS, "--to", "xdf3", "--out", out).exit_code == 0
    assert xdf3.read(out.read_bytes()) == xdf3.read(DOGS.read_bytes())


def test_a_json_schema_is_one_that_validators_take(tmp_path: Path) -> None:
    exported = json.loads(form("convert", DOGS, "--to", "json-schema").stdout)
    assert exported["x-fim-id"] == xdf3.read(DOGS.read_bytes()).id
    jsonschema_rs.meta.validate(exported)


def test_check_says_what_the_editors_would_refuse() -> None:
    done = form("check", DOGS, "--json")
    report = json.loads(done.stdout)
    assert done.exit_code == 1
    assert not report["passed"]
    assert "fim.1006" in {finding["code"] for finding in report["findings"]}
    assert all(finding["remedy"] for finding in report["findings"])


def test_check_speaks_german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert "Nennen Sie" in form("check", DOGS).stdout


@pytest.mark.parametrize("command", [["check"], ["convert", "--to", "xdf2"]])
@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"no XML at all",
        b"<?xml version='1.0'?><other/>",
        b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    ],
)
def test_what_is_no_schema_is_refused_with_file_and_reason(
    tmp_path: Path, command: list[str], document: bytes
) -> None:
    file, out = tmp_path / "broken.xml", tmp_path / "out.xml"
    file.write_bytes(document)
    options = ["--out", out] if command[0] == "convert" else []
    done = form(command[0], file, *command[1:], *options)
    assert done.exit_code == 1
    assert "broken.xml" in done.output
    assert "Traceback" not in done.output
    assert not out.exists()


def test_check_says_what_the_file_holds() -> None:
    report = json.loads(form("check", DOGS, "--json").stdout)
    schema = xdf3.read(DOGS.read_bytes())
    assert (report["file"], report["format"]) == ("schema.xdf3.xml", "xdf3")
    assert report["schema"] == {"id": schema.id, "version": schema.version, "name": schema.name}
    assert (report["fields"], report["groups"], report["rules"]) == (25, 6, 0)


def test_the_code_lists_that_the_result_needs_lie_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "dogs.xml"
    done = form("convert", DOGS, "--to", "xdf2", "--out", out)
    assert done.exit_code == 0
    lists = code_lists.in_folder(tmp_path)
    converted = xdf2.read(out.read_bytes(), lists=lists)
    assert not code_lists.missing(converted)
    offered = [
        {
            path: [value.code for value in use.element.values]
            for path, use in walk(schema.uses)
            if isinstance(use.element, Field) and use.element.values
        }
        for schema in (xdf3.read(DOGS.read_bytes()), converted)
    ]
    assert offered[0] == offered[1] != {}


def test_a_code_list_that_is_not_at_hand_is_named(tmp_path: Path) -> None:
    older, alone = tmp_path / "with", tmp_path / "alone"
    older.mkdir()
    alone.mkdir()
    form("convert", DOGS, "--to", "xdf2", "--out", older / "dogs.xml")
    (alone / "dogs.xml").write_bytes((older / "dogs.xml").read_bytes())
    report = json.loads(form("check", alone / "dogs.xml", "--json").stdout)
    named = [finding for finding in report["findings"] if finding["code"] == "fim.list"]
    assert named
    assert "urn:de:fim:" in named[0]["message"]


def test_check_says_its_own_findings_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_text("<a/>", "utf-8")
    english = form("check", broken)
    german = form("check", broken, "--language", "de")
    assert (english.exit_code, german.exit_code) == (1, 1)
    assert "The namespace '' is neither XDatenfelder 2" in english.stdout
    assert "Der Namensraum „“ gehört weder zu XDatenfelder 2" in german.stdout


def test_convert_says_in_german_why_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    broken = tmp_path / "broken.xml"
    broken.write_text("<a", "utf-8")
    done = form("convert", broken, "--to", "xdf2")
    assert done.exit_code == 1
    assert "Die Datei ist kein wohlgeformtes XML" in done.stderr
    assert "Speichern Sie die Datei im Redaktionssystem noch einmal." in done.stderr
