"""What is made to hurt: bombs, giants and knots are refused with a finding, fast, and leave nothing."""

from __future__ import annotations

import contextlib
import json
import resource
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from amtsweg.authoring import app
from amtsweg.cli import app as whole
from amtsweg.kit import forms
from amtsweg.kit.expressions import Environment, EvaluationError, ExpressionError, ListOf
from amtsweg.kit.expressions.shapes import INT, TEXT
from amtsweg.kit.fim import genericode, patterns, quality, xzufi
from amtsweg.kit.fim.model import (
    CodeList,
    Field,
    FieldKind,
    FimError,
    Group,
    Schema,
    Use,
    Value,
    keyed,
)
from amtsweg.kit.forms.defaults import default_pages
from amtsweg.kit.process import ProcessFault, load

SERVICE = Path(__file__).parents[2] / "services" / "hundesteuer"
DOGS = (SERVICE / "2025-01-01" / "schema.xdf3.xml").read_bytes()
PROCESS = (SERVICE / "2025-01-01" / "process.bpmn").read_bytes()
NAMESPACE = b"urn:xoev-de:fim:standard:xdatenfelder_3.0.0"


def entities(count: int) -> bytes:
    """A billion laughs: each entity is ten of the one before."""
    more = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, count))
    return b'<!DOCTYPE l [<!ENTITY l0 "lol">%s]><l>&l%d;</l>' % (more, count - 1)


BOMBS = {
    "a billion laughs": (entities(12), "xml.doctype"),
    "quadratic blow-up": (
        b'<!DOCTYPE a [<!ENTITY q "%s">]><a>%s</a>' % (b"x" * 100_000, b"&q;" * 100_000),
        "xml.doctype",
    ),
    "an external entity": (
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        "xml.doctype",
    ),
    "a parameter entity": (
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><a/>',
        "xml.doctype",
    ),
    "an external type": (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>', "xml.doctype"),
    "nesting without end": (b"<a>\n" * 100_000, "xml.syntax"),
    "nesting": (b"<a>\n" * 250 + b"</a>" * 250, "xml.depth"),
    "a million signs in one name": (b"<" + b"a" * 1_000_000 + b"/>", "xml.syntax"),
}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def check(file: Path, *, exit_code: int = 1) -> list[dict[str, Any]]:
    """The findings of `amtsweg form check`."""
    done = CliRunner().invoke(app, ["check", str(file), "--json"])
    assert done.exit_code == exit_code, done.output
    findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    assert all(finding["remedy"] and finding["file"] == file.name for finding in findings)
    return findings


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_in_xml_is_one_finding_and_leaves_no_file(name: str, tmp_path: Path) -> None:
    document, code = BOMBS[name]
    file, out = tmp_path / "bomb.xml", tmp_path / "out.xml"
    file.write_bytes(document)
    started = time.perf_counter()
    (finding,) = check(file)
    assert finding["code"] == code
    assert finding["line"] is not None
    done = CliRunner().invoke(app, ["convert", str(file), "--to", "xdf2", "--out", str(out)])
    assert done.exit_code == 1
    assert time.perf_counter() - started < 2
    assert "bomb.xml" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["bomb.xml"]


@pytest.mark.parametrize("name", BOMBS)
def test_every_reader_of_xml_refuses_bombs(name: str) -> None:
    document, code = BOMBS[name]
    started = time.perf_counter()
    for read in (genericode.read, xzufi.read_all):
        with pytest.raises(FimError) as refused:
            read(document, file="bomb.xml")
        assert refused.value.findings[0].code == code
    environment = Environment({"n": INT})
    for process, decisions in ((document, {}), (PROCESS, {"bomb.dmn": document})):
        with pytest.raises(ProcessFault) as fault:
            load(process, decisions, environment=environment)
        assert code in {finding.code for finding in fault.value.findings}
    assert time.perf_counter() - started < 2


def test_a_file_of_a_gigabyte_is_refused_without_being_read(tmp_path: Path) -> None:
    file = tmp_path / "giant.xml"
    with file.open("wb") as stream:
        stream.write(DOGS)
        stream.truncate(2**30)
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "amtsweg.cli", "form", "check", str(file), "--json"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (900_000_000, 900_000_000)),
    )
    assert done.returncode == 1, done.stderr
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["code"], finding["file"]) == ("xml.size", "giant.xml")
    assert time.perf_counter() - started < 10


def test_the_wrong_namespace_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "other.xml"
    file.write_bytes(DOGS.replace(NAMESPACE, b"urn:xoev-de:fim:standard:xdatenfelder_9"))
    (finding,) = check(file)
    assert (finding["code"], finding["line"]) == (
        "xdf.namespace",
        DOGS[: DOGS.index(b" xmlns")].count(b"\n") + 1,
    )
    assert "xdatenfelder_9" in finding["message"]


def test_an_id_that_names_two_things_is_found(tmp_path: Path) -> None:
    file = tmp_path / "twice.xml"
    file.write_bytes(DOGS.replace(b"F14000990002", b"F14000990001"))
    assert any("F14000990001" in finding["message"] for finding in check(file))


def test_a_group_within_itself_is_found_and_ends() -> None:
    inner = Group(id="G60000000001", name="Kreis", label="Kreis")
    for _ in range(50):
        inner = Group(id="G60000000001", name="Kreis", label="Kreis", uses=keyed([Use(inner)]))
    circle = Schema(id="S60000000001", name="Kreis", uses=keyed([Use(inner)]))
    started = time.perf_counter()
    assert quality.check(circle)
    forms.compile(circle, default_pages(circle), {})
    assert time.perf_counter() - started < 2


def test_a_code_list_of_a_hundred_thousand_is_read_asked_and_answered() -> None:
    values = tuple(Value(f"c{n}", f"Ort {n}") for n in range(100_000))
    document = genericode.write(CodeList("urn:x", "1", "Orte", values))
    times = {}
    started = time.process_time()

    def spent(what: str) -> None:
        nonlocal started
        times[what] = time.process_time() - started
        started = time.process_time()

    known = genericode.read(document)
    spent("read")
    place = Field(
        id="F1",
        name="Ort",
        label="Ort",
        kind=FieldKind.SELECT,
        values=known.values,
        code_list=known,
    )
    built = Schema(id="S1", name="Antrag", uses=keyed([Use(place)]))
    form = forms.compile(built, default_pages(built), {})
    spent("compile")
    form.render("ort", {"ort": "c99999"})
    spent("render")
    assert form.read("ort", {"ort": ["ort 99998"]}, {}).answers == {"ort": "c99998"}
    spent("first search")
    assert form.validate({"ort": "c99999"}) == ()
    spent("validate")
    assert form.json_schema()["properties"]["ort"]["enum"][-1] == "c99999"
    spent("export")
    bounds = {"read": 5, "compile": 3, "render": 1, "first search": 3, "validate": 0.1, "export": 3}
    assert {what for what, seconds in times.items() if seconds > bounds[what]} == set(), times


def test_a_pattern_that_explodes_elsewhere_takes_no_time_here() -> None:
    long = "a" * 100_000 + "!"
    started = time.perf_counter()
    for pattern in ("(a+)+", "(a|a)*", "(.*)*b", "(a{1,9}){1,9}"):
        assert not patterns.matcher(pattern)(long)
    environment = Environment({"text": TEXT})
    condition = environment.compile("text.matches('^(a+)+$')")
    assert condition.evaluate({"text": long}) is False
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    "text",
    [
        "n.map(a, n.map(b, n.map(c, n.map(d, 1)))).size() > 0",
        "n.all(a, n.all(b, n.all(c, a + b + c >= 0)))",
        "['" + "x" * 3_000 + "']" + ".map(a, a + a + a + a)" * 3 + ".size() > 0",
        "'" + "x" * 10_000_000 + "' == ''",
        "(" * 100_000 + "1" + ")" * 100_000 + " == 1",
        "[" * 1_000 + "]" * 1_000 + " == []",
        "!" * 4_000 + "true",
        "-" * 4_000 + "1 == 1",
        "1 == 1" + " && 1 == 1" * 390,
        "n" + "[0]" * 1_300 + " == 1",
        "true ? " * 500 + "true" + " : true" * 500,
    ],
    ids=range(11),
)
def test_an_expression_made_to_hurt_is_refused_or_stops(text: str) -> None:
    environment = Environment({"n": ListOf(INT)})
    started = time.perf_counter()
    with contextlib.suppress(ExpressionError, EvaluationError):
        environment.compile(text).evaluate({"n": list(range(1_000))})
    assert time.perf_counter() - started < 2


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A copy of the example that may be spoiled."""
    return Path(shutil.copytree(SERVICE, tmp_path / "hundesteuer"))


def found_in(service: Path) -> list[dict[str, Any]]:
    """The errors of `amtsweg service check`."""
    done = CliRunner().invoke(whole, ["service", "check", str(service), "--json"])
    assert done.exit_code == 1, done.output
    findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    assert all(finding["remedy"] for finding in findings)
    return findings


def test_a_script_in_a_package_is_refused_with_its_line(service: Path) -> None:
    script = b'<bpmn:scriptTask id="evil"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>'
    end = b"</bpmn:process>"
    assert end in PROCESS
    (service / "2025-01-01" / "process.bpmn").write_bytes(PROCESS.replace(end, script + end))
    findings = [found for found in found_in(service) if "scriptTask" in found["message"]]
    assert findings
    assert all(found["line"] and found["file"].endswith("process.bpmn") for found in findings)


def test_bombs_in_a_package_are_found_file_by_file(service: Path) -> None:
    edition = service / "2025-01-01"
    (edition / "schema.xdf3.xml").write_bytes(entities(12))
    (edition / "pages.toml").write_bytes(b"a = " + b"[" * 100_000)
    (edition / "parameters.schema.json").write_bytes(b'{"a": ' + b"[" * 1_000_000)
    found = {(one["file"].rpartition("/")[2], one["code"]) for one in found_in(service)}
    assert found >= {
        ("schema.xdf3.xml", "xml.doctype"),
        ("pages.toml", "file.depth"),
        ("parameters.schema.json", "file.depth"),
    }


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_schema_in_a_package_fetches_nothing(service: Path, scheme: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text('{"type": "object"}')
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        uri = outside.as_uri() if scheme == "file" else f"http://127.0.0.1:{port}/outside.json"
        (service / "2025-01-01" / "parameters.schema.json").write_text(json.dumps({"$ref": uri}))
        (finding,) = [one for one in found_in(service) if one["code"] == "parameters.schema"]
        assert uri in finding["message"]
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_parameter_that_no_expression_can_name_is_found(service: Path) -> None:
    named = {"type": "object", "properties": {"a b": {"type": "integer"}}}
    (service / "2025-01-01" / "parameters.schema.json").write_text(json.dumps(named))
    (finding,) = [one for one in found_in(service) if one["code"] == "parameters.name"]
    assert "'a b'" in finding["message"]
