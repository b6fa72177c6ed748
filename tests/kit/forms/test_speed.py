"""Bounds on time: a large form may not make anybody wait (the fastest of several runs counts)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from amtsweg.kit.fim.model import DataType

from .builders import field, form_of, group, read, select

KINDS: list[tuple[Callable[[str], Any], str, Any]] = [
    (lambda n: field(n, DataType.TEXT_LATIN, max_length=80), "Müller", "Müller"),
    (lambda n: field(n, DataType.NUM_INT, min_value="0"), "3", 3),
    (lambda n: field(n, DataType.BOOL), "true", True),
    (lambda n: select(n, "a", "b"), "a", "a"),
    (lambda n: field(n, pattern="[0-9]{5}"), "01067", "01067"),
    (lambda n: field(n, DataType.NUM_CURRENCY), "12,50", 1250),
    (lambda n: field(n), "Text", "Text"),
    (lambda n: field(n), "Text", "Text"),
    (lambda n: field(n), "Text", "Text"),
    (lambda n: field(n), "Text", "Text"),
]


def fastest(action: Callable[[], object], runs: int = 15) -> float:
    """Milliseconds of processor time."""
    times = []
    for _ in range(runs):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return min(times) * 1000


def large(groups: int, fields: int) -> tuple[Any, dict[str, Any], dict[str, str]]:
    parts = []
    answers: dict[str, Any] = {}
    data: dict[str, str] = {}
    for g in range(groups):
        made = [(*KINDS[f % len(KINDS)], f"feld {f}") for f in range(fields)]
        parts.append(group(f"Gruppe {g}", *(make(name) for make, _, _, name in made)))
        answers[f"gruppe_{g}"] = {f"feld_{f}": made[f][2] for f in range(fields)}
        data |= {f"gruppe_{g}.feld_{f}": made[f][1] for f in range(fields)}
    form = form_of(
        *parts,
        pages=[{"id": f"p{g}", "items": [f"gruppe_{g}"]} for g in range(groups)],
        fields={
            f"gruppe_{g}.feld_4": {"when": f"answers.gruppe_{g}.feld_2"} for g in range(groups)
        },
    )
    return form, answers, data


def test_a_form_of_a_thousand_fields_is_validated_in_fifty_milliseconds() -> None:
    form, answers, _ = large(50, 20)
    assert form.validate(answers) == ()
    assert fastest(lambda: form.validate(answers)) < 50


def test_a_usual_page_is_read_and_checked_in_a_millisecond() -> None:
    form, answers, data = large(6, 10)
    page = {name: text for name, text in data.items() if name.startswith("gruppe_3.")}
    result = read(form, page, answers, page="p3")
    assert (result.errors, result.answers) == ((), answers)
    assert fastest(lambda: read(form, page, answers, page="p3")) < 1
