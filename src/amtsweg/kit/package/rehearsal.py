"""Golden cases played through the kit alone: answers, process, decisions, notice facts."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from typing import Any, Final

from amtsweg.kit.expressions import EvaluationError
from amtsweg.kit.package.cases import CaseError, GoldenCase, Step, Town
from amtsweg.kit.package.edition import Edition
from amtsweg.kit.package.facts import notice_facts
from amtsweg.kit.process import (
    DecisionError,
    Effect,
    Instance,
    OpenTask,
    ProcessError,
    TaskError,
)
from amtsweg.kit.process.specs import after

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
REFERENCE: Final = "REHEARSAL"
NOON: Final = time_of_day(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one golden case ended. ``why`` holds a sentence for each difference; none = passed.

    ``facts`` are those of the notice, empty if the case did not come so far; ``deadline_days`` is how
    long the authority had, as the edition says or the process has set. ``fits`` is false where the
    parameters do not leave the case its way: the assistant or a task does not take what it says.
    """

    name: str
    town: str
    seconds: float
    why: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    expected_fee_cents: int = 0
    file: str = ""
    question: str = ""
    operation: str = ""
    fits: bool = True
    deadline_days: int = 0

    @property
    def passed(self) -> bool:
        """Whether the case ended as expected."""
        return not self.why

    @property
    def notice(self) -> str:
        """The template of the notice that was issued, empty if none was."""
        return str(self.facts.get("template", ""))

    @property
    def fee_cents(self) -> int | None:
        """The fee that the notice says."""
        fee: int | None = self.facts.get("fee_cents")
        return fee


def rehearse(
    edition: Edition,
    town: str | None = None,
    case: str | None = None,
    *,
    today: date | None = None,
    borrowed: bool = False,
) -> list[CaseResult]:
    """Play golden cases, all or those of a town or with a name.

    ``today`` is the day of sending; by default each case is sent on the day that it names, else on
    the earliest on which it can have been: that of its latest date. ``borrowed`` plays cases of
    other towns: what a clerk chooses among the parameters, such as a zone, becomes the first that
    they offer.
    """
    return [
        play(edition, place, golden, today or sent_on(edition, golden), borrowed=borrowed)
        for place in edition.towns
        if town is None or town == place.name
        for golden in place.cases
        if case is None or case == golden.name
    ]


def play(
    edition: Edition, town: Town, case: GoldenCase, today: date, *, borrowed: bool = False
) -> CaseResult:
    """Play one case under a town's parameters, sent on a day. What goes wrong is in the result."""
    begin = time.perf_counter()
    fits = True
    facts: dict[str, Any] = {}
    deadline_days = edition.decision_days
    try:
        why = list(_refused(edition, town, case, today))
        fits = not why
        if not why:
            facts, effects = _run(edition, town, case, today, borrowed=borrowed)
            for effect in effects:
                if effect.activity == "set_deadline":
                    deadline_days = int(str(effect.arguments["days"]))
            why = list(differences(case, facts))
    except (CaseError, _Stuck) as stuck:
        why, fits = [str(stuck)], False
    except (TaskError, ProcessError, DecisionError, EvaluationError) as error:
        why = [f"The process could not go on: {error}"]
        fits = not isinstance(error, TaskError)
    if case.question:
        why.insert(0, f"The author is still asked: {case.question}")
    return CaseResult(
        name=case.name,
        town=town.name,
        seconds=time.perf_counter() - begin,
        why=tuple(why),
        facts=facts,
        expected_fee_cents=case.expected.fee_cents,
        file=town.file,
        question=case.question,
        operation=case.operation,
        fits=fits,
        deadline_days=deadline_days,
    )


class _Stuck(Exception):
    """The case cannot take its next step, or has not ended."""


def _refused(edition: Edition, town: Town, case: GoldenCase, today: date) -> Iterator[str]:
    answers, files = case.complete_answers()
    form = edition.form_for(case.operation, town.parameters)
    for error in form.validate(answers, files=files, language=case.language, today=today):
        yield f"The assistant does not accept {error.path}: {error.message}"
    for finding in edition.check_answers(answers):
        yield f"The data schema does not accept this: {finding.message}"


def _run(
    edition: Edition, town: Town, case: GoldenCase, today: date, *, borrowed: bool
) -> tuple[dict[str, Any], list[Effect]]:
    answers, files = case.complete_answers()
    application = {
        "operation": case.operation,
        "date": today.isoformat(),
        "number_of_attachments": len(files),
    }
    now = datetime.combine(today, NOON)
    instance = edition.process.start(
        {"answers": answers, "parameters": town.parameters, "application": application}, now=now
    )
    effects = list(instance.effects())
    for number, step in enumerate(case.steps, start=1):
        now = after(now, step.wait) if step.wait else now
        _take(instance, step, number, now, borrowed=borrowed)
        effects += instance.effects()
    if not instance.finished:
        raise _Stuck(f"After its last step the case is not closed; {_waiting(instance)}.")
    template = _issued(edition, effects)
    facts = notice_facts(
        edition,
        template,
        instance.data,
        language=case.language,
        reference=REFERENCE,
        date=today,
    )
    return facts, effects


def _take(instance: Instance, step: Step, number: int, now: datetime, *, borrowed: bool) -> None:
    if step.wait:
        if not instance.refresh(now):
            raise _Stuck(f"Step {number}: no time ran out; {_waiting(instance)}.")
        return
    if step.message:
        if step.message not in instance.waiting_for():
            raise _Stuck(f"Step {number}: nobody waits for {step.message}; {_waiting(instance)}.")
        instance.receive(step.message, {}, now=now)
        return
    found = [task for task in instance.tasks() if task.name == step.task]
    if not found:
        raise _Stuck(f"Step {number}: the task {step.task} is not open; {_waiting(instance)}.")
    chosen = _offered(found[0], step.result) if borrowed else {}
    instance.complete(found[0].id, {**step.result, **chosen}, now=now)


def _offered(task: OpenTask, result: Mapping[str, Any]) -> dict[str, str]:
    """For each choice of another town that is not offered here, the first that is."""
    return {
        one.name: one.values[0]
        for one in task.inputs
        if one.offered is not None and one.name in result and result[one.name] not in one.values
    }


def _waiting(instance: Instance) -> str:
    tasks = ", ".join(task.name for task in instance.tasks()) or "none"
    messages = ", ".join(instance.waiting_for()) or "none"
    return f"open tasks: {tasks}, awaited messages: {messages}"


def _issued(edition: Edition, effects: Sequence[Effect]) -> str:
    templates = [
        str(effect.arguments["template"]) for effect in effects if effect.activity == "issue_notice"
    ]
    if len(templates) != 1:
        raise _Stuck(f"The case issues {len(templates)} notices instead of one.")
    if templates[0] not in edition.notices:
        raise _Stuck(f"There is no notice called '{templates[0]}'.")
    return templates[0]


def differences(case: GoldenCase, facts: Mapping[str, Any]) -> Iterator[str]:
    """In what a notice's facts are not what the case expects, one sentence each."""
    expected = case.expected
    for name, value in (
        ("decision", expected.decision),
        ("fee_cents", expected.fee_cents),
        ("template", expected.notice),
    ):
        if facts.get(name) != value:
            yield f"{name} should be {value!r} and is {facts.get(name)!r}."
    yield from _missing(facts.get("results"), expected.facts, "results")


def covers(actual: Any, expected: Any) -> bool:
    """Whether a value holds what is expected: records by name, lists element by element."""
    return not list(_missing(actual, expected, "value"))


def _missing(actual: Any, expected: Any, place: str) -> Iterator[str]:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for name, inner in expected.items():
            yield from _missing(actual.get(name), inner, f"{place}.{name}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(actual) == len(expected):
        for index, inner in enumerate(expected):
            yield from _missing(actual[index], inner, f"{place}.{index}")
    elif type(actual) is not type(expected) or actual != expected:
        yield f"{place} should be {expected!r} and is {actual!r}."


def sent_on(edition: Edition, case: GoldenCase) -> date:
    """The day that a case names, else the first on which it can have been sent: its latest date."""
    return case.applied_on or max([edition.in_force_from, *_dates(case.answers)])


def _dates(value: Any) -> Iterator[date]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _dates(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _dates(inner)
    elif isinstance(value, str) and _DATE.fullmatch(value):
        # A text that only looks like a date, or a date that there is not, dates nothing.
        with suppress(ValueError):
            yield date.fromisoformat(value)
