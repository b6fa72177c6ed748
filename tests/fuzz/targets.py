"""What is fed, with what it may say: for each reader seeds, the call, and its documented errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from amtsweg.kit import forms
from amtsweg.kit.expressions import (
    BOOL,
    Environment,
    EvaluationError,
    ExpressionError,
    shape_of_json_schema,
    shape_of_schema,
)
from amtsweg.kit.fim import (
    conversion,
    genericode,
    patterns,
    quality,
    xdf,
    xdf2,
    xdf3,
    xzufi,
)
from amtsweg.kit.fim.code_lists import missing
from amtsweg.kit.fim.model import CodeList, FimError, Schema, Value
from amtsweg.kit.fim.xzufi_model import Identifier
from amtsweg.kit.findings import Finding
from amtsweg.kit.forms.defaults import default_pages, workable
from amtsweg.kit.package import Edition, PackageError, rehearse
from amtsweg.kit.package.archive import edition_files, pack, read_folder, unpack
from amtsweg.kit.package.compiling import APPLICATION, compile_edition
from amtsweg.kit.package.documents import read_json, read_toml
from amtsweg.kit.package.findings import Findings
from amtsweg.kit.process import ProcessFault, load

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "services" / "hundesteuer"
SHARED = ROOT.parent / "shared" / "data" / "fim"


@dataclass(frozen=True)
class Target:
    """A reader: ``feed`` returns, or raises one of ``errors``; anything else is a fault."""

    name: str
    seeds: Sequence[bytes]
    feed: Callable[[bytes], object]
    errors: tuple[type[Exception], ...] = ()


@cache
def package() -> dict[str, bytes]:
    """The files of the example's edition."""
    return edition_files(read_folder(SERVICE), "2025-01-01")


@cache
def edition() -> Edition:
    """The example's edition, compiled."""
    compiled, findings = compile_edition(package())
    assert compiled is not None, findings
    return compiled


def _files(ending: str) -> list[bytes]:
    return [content for name, content in package().items() if name.endswith(ending)]


def _shared(*patterns_: str) -> list[bytes]:
    found = [file for pattern in patterns_ for file in sorted(SHARED.glob(pattern))]
    return [file.read_bytes() for file in found if file.stat().st_size < 60_000]


def with_findings(findings: Sequence[Finding]) -> None:
    """Every finding says what is wrong and how to mend it."""
    assert findings
    for finding in findings:
        assert finding.code, finding
        assert finding.message, finding
        assert finding.remedy, finding


def _schema(document: bytes) -> None:
    """Read, and then everything that can be done with what was read."""
    try:
        standard, element = xdf.read_message(document, file="schema.xml")
    except FimError as error:
        with_findings(error.findings)
        raise
    written = xdf.CODECS[standard].write(element)
    assert xdf.read_message(written)[1] == element
    missing(element)
    for remark in quality.check(element):
        remark.finding("de", file="schema.xml")
    to = conversion.to_xdf3 if standard is xdf.Standard.XDF2 else conversion.to_xdf2
    to(element, "de")
    built, _ = workable(element)
    form = forms.compile(built, default_pages(built), {})
    form.json_schema()
    for page in form.pages:
        form.render(page.id, {})
    form.validate({})


def _genericode(document: bytes) -> None:
    genericode.names(document)
    try:
        genericode.write(genericode.read(document, file="list.xml"))
    except FimError as error:
        with_findings(error.findings)
        raise


def _service_description(document: bytes) -> None:
    try:
        found = xzufi.read_all(document, file="leistung.xml")
    except FimError as error:
        with_findings(error.findings)
        raise
    for one in found:
        xzufi.write(one)
        xzufi.page_texts(one)


@cache
def _variables() -> Environment:
    """What every case brings, as in the compiled edition."""
    return Environment(
        {
            "answers": shape_of_schema(edition().schema),
            "parameters": shape_of_json_schema(edition().parameters_schema),
            "application": APPLICATION,
        }
    )


def _process(document: bytes) -> None:
    try:
        load(document, _decisions(), environment=_variables())
    except ProcessFault as error:
        with_findings(error.findings)
        raise


def _decision(document: bytes) -> None:
    decisions = dict(_decisions())
    decisions[next(iter(decisions))] = document
    try:
        load(package()["2025-01-01/process.bpmn"], decisions, environment=_variables())
    except ProcessFault as error:
        with_findings(error.findings)
        raise


def _decisions() -> dict[str, bytes]:
    return {name: text for name, text in package().items() if name.endswith(".dmn")}


def _part(name: str) -> Target:
    """One file of a package, which is compiled and played with it."""

    def feed(document: bytes) -> None:
        compiled, findings = compile_edition({**package(), name: document})
        if compiled is None:
            with_findings(findings)
        elif name.endswith(("pages.toml", ".json")) or "/cases/" in name:
            for town in compiled.towns[:1]:
                rehearse(compiled, town.name)

    return Target(f"package: {name.rpartition('/')[2]}", [package()[name]], feed)


def _toml(document: bytes) -> None:
    read_toml({"a.toml": document}, "a.toml", Findings(), schema="pages")


def _json(document: bytes) -> None:
    read_json({"a.json": document}, "a.json", Findings())


def _answers(document: bytes) -> None:
    """Whatever JSON holds, the form and its JSON Schema judge it."""
    try:
        answers = json.loads(document)
    except (ValueError, RecursionError):
        return
    if isinstance(answers, dict):
        edition().form.validate(answers)
        edition().check_answers(answers)


def _archive(document: bytes) -> None:
    assert pack(unpack(document)) == document


@cache
def _environment() -> Environment:
    return edition().form.rule_environment


def _expression(document: bytes) -> None:
    compiled = _environment().compile(document.decode("utf-8", "surrogateescape"), expect=BOOL)
    compiled.evaluate({"answers": edition().towns[0].cases[0].answers, "today": "2025-01-01"})


def _pattern(document: bytes) -> None:
    fits = patterns.matcher(document.decode("utf-8", "replace"))
    for sample in ("", "a", "a" * 3_000, "01067", "ä-b c"):
        fits(sample)


def _list() -> bytes:
    values = (Value("a", "A", "h"), Value("b", "B"))
    return genericode.write(CodeList("urn:x", "1", "Liste", values))


def _xdf2_seeds() -> list[bytes]:
    element = xdf3.read(package()["2025-01-01/schema.xdf3.xml"])
    converted = conversion.to_xdf2(element, "de").element
    assert isinstance(converted, Schema)
    return [xdf2.write(converted), *_shared("unit/v2-data/*.xml", "schemas/*/S*.xml")]


EXPRESSIONS = [
    b"answers.hunde.exists(h, h.rasse == 'x') && size(answers.hunde) > 2",
    b"answers.hunde.map(h, h.geburtsdatum).filter(d, d < today).size() <= 3 || !has(answers.hunde)",
    b"[1, 2, 3].all(x, x + 1 > 2 ? true : x * 3 / 2 % 2 == 0)",
    b"'abc'.matches('(a+)+$') || \"a\".startsWith(r'\\d') || {'a': 1}['a'] == 1",
    b"int('12') == 12 && string(3) + b'x' == '3' && double(1) / 0.0 > 1e308",
    b"timestamp('2025-01-01T00:00:00Z') > timestamp('2024-01-01T00:00:00Z')",
]
PATTERNS = [
    rb"[0-9]{5}",
    rb"[A-Z\-a-z-[aeiou]]+\p{Lu}*",
    rb"^(a|b)?\d{2,3}\s[^\w.]$",
    rb"\i\c*(x+)+",
]


@cache
def targets() -> tuple[Target, ...]:
    """All readers of the kit."""
    xdf3_seeds = [package()["2025-01-01/schema.xdf3.xml"], *_shared("unit/v3-data/*.xml")]
    return (
        Target("XDatenfelder 2", _xdf2_seeds(), _schema, (FimError,)),
        Target("XDatenfelder 3", xdf3_seeds, _schema, (FimError,)),
        Target("genericode", [_list(), *_shared("schemas/*/*.xml")], _genericode, (FimError,)),
        Target("XZuFi", _descriptions(), _service_description, (FimError,)),
        Target("BPMN", _files(".bpmn"), _process, (ProcessFault,)),
        Target("DMN", _files(".dmn"), _decision, (ProcessFault,)),
        Target("TOML", _files(".toml"), _toml),
        Target("JSON", _files(".json"), _json),
        Target("answers", _answer_seeds(), _answers),
        Target("archive", [pack(package())], _archive, (PackageError,)),
        Target("CEL", EXPRESSIONS, _expression, (ExpressionError, EvaluationError)),
        Target("patterns", PATTERNS, _pattern, (patterns.PatternError,)),
        *(_part(name) for name in package()),
    )


def _answer_seeds() -> list[bytes]:
    cases: list[Any] = [case.answers for town in edition().towns for case in town.cases]
    return [json.dumps(case).encode() for case in cases[:5]]


def _descriptions() -> list[bytes]:
    texts = {language: table["service"] for language, table in edition().texts.items()}
    return [
        xzufi.write(xzufi.description_of(texts, id=Identifier("1"), leika_keys=["99102013000000"]))
    ]
