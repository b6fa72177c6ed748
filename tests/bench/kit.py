"""The kit alone, without a stack: how long its parts take, in processor time of one core."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema

from amtsweg.kit import forms, package
from amtsweg.kit.expressions import Binding, EvaluationError
from amtsweg.kit.fim import code_lists, xdf, xdf3
from amtsweg.kit.fim.model import DataType, Field, FieldKind, Group, Schema, Use, Value, keyed
from amtsweg.kit.forms import FileInfo, Form
from amtsweg.kit.forms.defaults import default_pages, workable
from amtsweg.kit.forms.kinds import BoolKind, ChoiceKind, FileKind
from amtsweg.kit.forms.numbers import DateKind, DateTimeKind, NumberKind, TimeKind
from amtsweg.kit.forms.searching import SearchKind
from amtsweg.kit.forms.tree import FieldNode, Node
from amtsweg.kit.package import Edition, GoldenCase, Town
from amtsweg.kit.package.documents import validator_for
from amtsweg.kit.process import DecisionError
from amtsweg.kit.process.compiling import Deciding

Row = tuple[str, str, str, str]
"""What, measured, aim, peer."""

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "services" / "hundesteuer"
LARGE = ROOT.parent / "shared/data/fim/schemas/S00000186v1.0_xdf2/S00000186v1.0_xdf2.xml"
LARGE_SIZE = 352_000
RUNS = 15


def measure() -> Iterator[Row]:
    """The figures, one after the other."""
    document, lists = _large()
    cost = _median(lambda: xdf.read_message(document, lists=lists))
    yield f"parse a schema of {len(document) // 1000} KB", f"{cost:.0f} ms", "≤ 100 ms", "–"

    built, _ = workable(xdf.read_message(document, lists=lists)[1])
    large = forms.compile(built, default_pages(built), {})
    edition = _edition()
    case = max((case for town in edition.towns for case in town.cases), key=lambda c: len(str(c)))
    answers, files = case.complete_answers()
    for name, form, given, its_files in (
        ("dog tax", edition.form, answers, files),
        (
            "that schema",
            large,
            _full(large.root),
            {"f": FileInfo("f", "f.pdf", "application/pdf", 9)},
        ),
    ):
        yield from _validation(name, form, given, its_files)

    cost = _median(lambda: package.check(SERVICE), runs=5)
    yield "check a package", f"{cost / 1000:.2f} s", "≤ 3 s", "–"
    played = _median(lambda: package.rehearse(edition), runs=5)
    count = sum(len(town.cases) for town in edition.towns)
    yield "1,000 golden cases", f"{played / count:.1f} s", "≤ 10 s", "–"
    steps = statistics.median(_steps(edition))
    yield "a step of a process", f"{steps:.2f} ms", "≤ 3 ms", "–"
    yield "a decision", f"{_decisions(edition):.3f} ms", "≤ 0.2 ms", "–"


def _validation(name: str, form: Form, answers: dict[str, Any], files: Any) -> Iterator[Row]:
    """By the form, with sentences, conditions and rules; and by the JSON Schema of it."""
    errors = form.validate(answers, files=files)
    assert errors == (), errors
    schema = form.json_schema()
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    peer = jsonschema.Draft202012Validator(schema, format_checker=checker)
    fast = validator_for(schema)
    assert peer.is_valid(answers)
    assert fast.is_valid(answers)
    by_form = _median(lambda: form.validate(answers, files=files), inner=50)
    by_schema = _median(lambda: fast.is_valid(answers), inner=500)
    theirs = _median(lambda: peer.is_valid(answers), inner=5)
    what = f"a full set of answers, {name} ({sum(1 for _ in _leaves(answers))} answers)"
    yield f"validate {what}", f"{by_form:.2f} ms", "≤ 0.5 ms", "–"
    yield (
        f"the same by its JSON Schema, {name}",
        f"{by_schema:.3f} ms",
        "≥ 30 times as fast",
        f"jsonschema {theirs:.2f} ms, {theirs / by_schema:.0f} times",
    )


def _leaves(value: Any) -> Iterator[Any]:
    parts: Iterable[Any] = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    if not isinstance(value, dict | list):
        yield value
    for part in parts:
        yield from _leaves(part)


def _edition() -> Edition:
    return package.load_edition(package.archive(SERVICE, "2025-01-01"))


def _median(action: Callable[[], object], *, runs: int = RUNS, inner: int = 1) -> float:
    """Milliseconds of processor time for one call."""
    action()
    times = []
    for _ in range(runs):
        started = time.process_time()
        for _ in range(inner):
            action()
        times.append((time.process_time() - started) / inner)
    return statistics.median(times) * 1000


def _steps(edition: Edition) -> Iterator[float]:
    """Milliseconds of each step of each golden case: restore, go on, dump."""
    for town in edition.towns:
        for case in town.cases:
            answers, files = case.complete_answers()
            application = {"date": "2025-06-01", "number_of_attachments": len(files)}
            context = {
                "answers": answers,
                "parameters": town.parameters,
                "application": application,
            }
            kept = edition.process.start(context).dump()
            for step in case.steps:
                started = time.process_time()
                instance = edition.process.restore(kept, context)
                if step.message:
                    instance.receive(step.message, {})
                else:
                    (task,) = (one for one in instance.tasks() if one.name == step.task)
                    instance.complete(task.id, step.result)
                kept = instance.dump()
                yield (time.process_time() - started) * 1000


def _decisions(edition: Edition) -> float:
    """Milliseconds of one decision, a middle one of those that need nothing but the application."""
    times = []
    for town in edition.towns:
        for case in town.cases[:2]:
            for deciding, binding in _decidings(edition, _context(town, case)):
                times.append(_median(partial(deciding.decision.decide, binding), runs=5, inner=5))
    assert times
    return statistics.median(times)


def _decidings(edition: Edition, context: dict[str, Any]) -> Iterator[tuple[Deciding, Binding]]:
    """Each decision of a played case with what it is taken on."""
    instance = edition.process.start(context)
    binding = instance.process.environment.bind(instance.data)
    for deciding in edition.process.compiled.decidings.values():
        try:
            if deciding.for_each is None:
                deciding.decision.decide(binding)
                yield deciding, binding
                continue
            for index, element in enumerate(deciding.for_each.evaluate(binding), start=1):
                more = {deciding.element: element, "index": index}
                bound = binding.extend(deciding.environment, more)
                deciding.decision.decide(bound)
                yield deciding, bound
        except (DecisionError, EvaluationError):
            continue  # it needs the result of a task


def _context(town: Town, case: GoldenCase) -> dict[str, Any]:
    answers, files = case.complete_answers()
    application = {"date": "2025-06-01", "number_of_attachments": len(files)}
    return {"answers": answers, "parameters": town.parameters, "application": application}


def _large() -> tuple[bytes, code_lists.Lists]:
    """The schema at hand, else one of that size."""
    if LARGE.exists():
        return LARGE.read_bytes(), code_lists.in_folder(LARGE.parent)
    groups: list[Use] = []
    document = b""
    while len(document) < LARGE_SIZE:
        at = len(groups)
        fields = [_a_field(at, n) for n in range(8)]
        id_ = f"G{60000000000 + at}"
        group = Group(id=id_, name=f"Gruppe {at}", label=f"Gruppe {at}", uses=keyed(fields))
        groups.append(Use(group))
        if at % 8 == 7:
            built = Schema(id="S60000000001", name="Antrag", uses=keyed(groups))
            document = xdf3.write(built)
    return document, code_lists.no_lists


def _a_field(group: int, number: int) -> Use:
    types = [DataType.TEXT, DataType.DATE, DataType.NUM_INT, DataType.BOOL]
    kind, values = FieldKind.INPUT, tuple[Value, ...]()
    if number == 7:
        kind, values = FieldKind.SELECT, (Value("a", "A"), Value("b", "B"))
    name = f"Feld {number}"
    type_ = DataType.TEXT if values else types[number % 4]
    id_ = f"F{60000000000 + 10 * group + number}"
    return Use(Field(id=id_, name=name, label=name, type=type_, kind=kind, values=values))


def _full(nodes: Iterable[Node]) -> dict[str, Any]:
    """An answer to every question that takes a plain one."""
    answers = {}
    for node in nodes:
        if not node.holds_answer:
            continue
        if isinstance(node, FieldNode):
            value: Any = _answer(node)
        elif node.group.choice:
            value = _full(node.children[:1])
        else:
            value = _full(node.children)
        if value is not None:
            answers[node.key] = [value] * max(1, node.minimum) if node.repeated else value
    return answers


def _answer(node: FieldNode) -> Any:
    kind = node.kind
    plain: dict[type, Any] = {BoolKind: True, DateKind: "2020-02-29", TimeKind: "08:30"}
    plain |= {DateTimeKind: "2020-02-29T08:30", FileKind: "f", NumberKind: 3}
    if isinstance(kind, ChoiceKind | SearchKind):
        return next(iter(kind.labels["de"]))
    tried = [
        plain.get(type(kind)),
        "Muster",
        "DE02120300000000202051",
        "a@example.org",
        "0351 12345",
    ]
    tried += ["1", "12", "01067", "123456", "1" * 8, "a" * 30, "2020"]
    for value in tried:
        if kind is not None and value is not None and kind.check(value, {"f": _FILE}) is None:
            return value
    return None


_FILE = FileInfo("f", "f.pdf", "application/pdf", 9)
