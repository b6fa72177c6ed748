"""Parts of a process that are drawn in a frame of their own, with events on its border."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from drawings import (
    CONTEXT,
    END,
    ENVIRONMENT,
    START,
    bpmn,
    flows,
    gateway,
    service,
    subprocess,
    timer,
    user,
)

from amtsweg.kit.findings import Severity
from amtsweg.kit.process import Instance, Process, ProcessFault, load

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
INSIDE = '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>'
A, B, C = (user(name, "ok bool") for name in "abc")
WITHDRAWN = (
    '<bpmn:boundaryEvent id="withdrawn" attachedToRef="part">'
    '<bpmn:messageEventDefinition messageRef="m1"/></bpmn:boundaryEvent>'
)


def process(*parts: str) -> Process:
    return load(bpmn(START, END, *parts), {}, environment=ENVIRONMENT)


def finish(instance: Instance, name: str, **result: object) -> Instance:
    """Finish the open task of that name, in a new request before and after."""
    instance = again(instance)
    (task,) = [one for one in instance.tasks() if one.name == name]
    instance.complete(task.id, result, now=NOON)
    return again(instance)


def again(instance: Instance) -> Instance:
    return instance.process.restore(instance.dump(), CONTEXT)


def names(instance: Instance) -> list[str]:
    return sorted(task.name for task in instance.tasks())


TWO_STEPS = subprocess("part", INSIDE, A, B, flows("begin a", "a b", "b done"))


def test_a_case_goes_through_and_what_was_entered_inside_is_known_behind():
    made = process(
        TWO_STEPS,
        service("close", "close", outcome="a.ok &amp;&amp; !b.ok ? 'granted' : 'refused'"),
        flows("start part", "part close", "close end"),
    )
    case = made.start(CONTEXT, now=NOON)
    assert names(case) == ["a"]
    assert case.places() == {"part", "a"}
    case = finish(case, "a", ok=True)
    assert case.places() == {"part", "b"}
    case = finish(case, "b", ok=False)
    assert case.finished
    assert case.places() == frozenset()
    assert case.effects()[0].arguments == {"outcome": "granted"}
    assert case.data["a"] == {"ok": True}


def test_a_timer_on_the_border_ends_everything_inside():
    made = process(
        TWO_STEPS, timer("late", "part", "P14D"), C,
        flows("start part", "part end", "late c", "c end"),
    )  # fmt: skip
    case = finish(made.start(CONTEXT, now=NOON), "a", ok=True)
    assert case.next_due() == NOON + timedelta(days=14)
    assert not case.refresh(NOON + timedelta(days=13))
    assert case.refresh(NOON + timedelta(days=14))
    case = again(case)
    assert names(case) == ["c"]
    assert case.places() == {"c"}
    assert case.next_due() is None
    assert finish(case, "c", ok=True).finished


def test_the_timer_is_over_when_the_part_is_done_in_time():
    made = process(
        TWO_STEPS, timer("late", "part", "P14D"), C,
        flows("start part", "part c", "late c", "c end"),
    )  # fmt: skip
    case = finish(finish(made.start(CONTEXT, now=NOON), "a", ok=True), "b", ok=True)
    assert names(case) == ["c"]
    assert case.next_due() is None


def test_a_message_on_the_border_ends_everything_inside():
    pause = (
        '<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition><bpmn:timeDuration>P1D'
        "</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )
    part = subprocess("part", INSIDE, A, pause, flows("begin pause", "pause a", "a done"))
    made = process(part, WITHDRAWN, C, flows("start part", "part end", "withdrawn c", "c end"))
    case = again(made.start(CONTEXT, now=NOON))
    assert case.waiting_for() == ("documents_received",)
    assert case.places() == {"part", "pause"}
    case.receive("documents_received", {"text": "Ich nehme zurück."}, now=NOON)
    case = again(case)
    assert names(case) == ["c"]
    assert case.waiting_for() == ()
    assert case.next_due() is None
    assert case.data["withdrawn"] == {"text": "Ich nehme zurück."}


def test_a_reminder_on_the_border_leaves_the_inside_as_it_is():
    made = process(
        TWO_STEPS,
        timer("slow", "part", "P7D", interrupting=False),
        service("remind", "set_deadline", days="7"),
        '<bpmn:endEvent id="reminded"/>',
        flows("start part", "part end", "slow remind", "remind reminded"),
    )
    case = again(made.start(CONTEXT, now=NOON))
    assert case.refresh(NOON + timedelta(days=7))
    assert [one.activity for one in case.effects()] == ["set_deadline"]
    case = finish(case, "a", ok=True)
    assert names(case) == ["b"]
    assert finish(case, "b", ok=True).finished


def test_parts_lie_in_one_another_and_beside_one_another():
    inner = subprocess(
        "inner", '<bpmn:startEvent id="i"/><bpmn:endEvent id="o"/>', A, flows("i a", "a o")
    )
    made = process(
        gateway("split", kind="parallel"),
        gateway("join", kind="parallel"),
        subprocess("part", INSIDE, inner, B, flows("begin inner", "inner b", "b done")),
        C,
        flows("start split", "split part", "split c", "part join", "c join", "join end"),
    )
    case = again(made.start(CONTEXT, now=NOON))
    assert names(case) == ["a", "c"]
    assert case.places() == {"part", "inner", "a", "c"}
    case = finish(case, "a", ok=True)
    assert case.places() == {"part", "b", "c"}
    assert finish(finish(case, "c", ok=True), "b", ok=True).finished
    assert finish(finish(case, "b", ok=True), "c", ok=True).finished


def test_an_end_that_terminates_ends_its_part_only():
    stop = '<bpmn:endEvent id="stop"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
    part = subprocess(
        "part", INSIDE, stop, gateway("split", kind="parallel"), A, B,
        flows("begin split", "split a", "split b", "a stop", "b done"),
    )  # fmt: skip
    made = process(part, C, flows("start part", "part c", "c end"))
    case = finish(made.start(CONTEXT, now=NOON), "a", ok=True)
    assert names(case) == ["c"]
    assert finish(case, "c", ok=True).finished


def test_a_case_does_not_grow_with_every_round_through_a_part():
    made = process(
        gateway("again"), TWO_STEPS, gateway("enough", "enough__end"),
        flows("start again", "again part", "part enough", "enough again: b.ok", "enough end"),
    )  # fmt: skip
    case = made.start(CONTEXT, now=NOON)
    sizes = []
    for _ in range(60):
        case = finish(finish(case, "a", ok=True), "b", ok=True)
        sizes.append(len(case.dump()))
    assert max(sizes) - min(sizes) < 64
    assert finish(finish(case, "a", ok=True), "b", ok=False).finished


def test_a_gateway_knows_what_was_certainly_chosen_inside():
    part = subprocess(
        "part", INSIDE, user("a", 'way choice values="one two"'), flows("begin a", "a done")
    )
    ways = ("start part", "part g", "g b: a.way == 'one'", "g c: a.way == 'two'")
    assert process(part, gateway("g"), B, C, flows(*ways, "b end", "c end"))
    late = (timer("late", "part", "P1D"), gateway("m"))
    skipped = ("start part", "part m", "late m", "m g", *ways[2:])
    assert "process.not_exhaustive" in codes(
        part, gateway("g"), B, C, *late, flows(*skipped, "b end", "c end")
    )


def codes(*parts: str) -> set[str]:
    with pytest.raises(ProcessFault) as caught:
        process(*parts)
    errors = [one for one in caught.value.findings if one.severity is Severity.ERROR]
    assert all(one.line and one.remedy.endswith(".") for one in errors)
    return {one.code for one in errors}


THROUGH = flows("start part", "part end")


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ((subprocess("part", A, '<bpmn:endEvent id="done"/>', flows("a done")), THROUGH),
         "process.start"),
        ((subprocess("part", INSIDE, '<bpmn:startEvent id="b2"/>', A,
                     flows("begin a", "b2 a", "a done")), THROUGH), "process.start"),
        ((subprocess("part", '<bpmn:startEvent id="begin"/>', A, flows("begin a")), THROUGH),
         "process.end"),
        ((subprocess("part", INSIDE, A, B, flows("begin a", "a done")), THROUGH),
         "process.unreachable"),
        ((subprocess("part", INSIDE, A, B, gateway("g", "g__done"),
                     flows("begin a", "a g", "g b: a.ok", "g done")), THROUGH),
         "process.dead_end"),
        ((subprocess("part", INSIDE, A, flows("begin a", "a done")), C,
          flows("start part", "part end", "a c", "c end")), "process.flow"),
        ((subprocess("part", INSIDE, A, flows("begin a", "a done")), flows("start a", "part end")),
         "process.flow"),
        ((subprocess("part", INSIDE, gateway("g", "g__a"), A, B, gateway("j", kind="parallel"),
                     flows("begin g", "g a", "g b: answers.name == 'x'", "a j", "b j", "j done")),
          timer("late", "part", "P1D"), C, flows("start part", "part end", "late c", "c end")),
         "process.stuck"),
        ((subprocess("part", INSIDE, gateway("p", kind="parallel"), A, B, gateway("j"), C,
                     flows("begin p", "p a", "p b", "a j", "b j", "j c", "c done")), THROUGH),
         "process.doubled"),
        ((subprocess("part", INSIDE, service("s", "set_deadline", days="1"),
                     flows("begin s", "s done")),
          gateway("g"), gateway("h", "h__end"),
          flows("start g", "g part", "part h", "h g: answers.name == 'x'", "h end")),
         "process.endless_loop"),
        ((subprocess("part", INSIDE, service("s", "set_deadline", days="1"),
                     flows("begin s", "s done")),
          timer("late", "part", "P1D"), C, flows("start part", "part end", "late c", "c end")),
         "process.boundary"),
        ((subprocess("part", INSIDE, A, flows("begin a", "a done")),
          timer("late", "a", "P1D"), C, flows("start part", "part end", "late c", "c end")),
         "process.boundary"),
        ((subprocess("part", INSIDE, '<bpmn:receiveTask id="wait" messageRef="m1"/>',
                     flows("begin wait", "wait done")),
          WITHDRAWN, C, flows("start part", "part end", "withdrawn c", "c end")),
         "process.message_twice"),
        ((subprocess("part", INSIDE, A, flows("begin a", "a done"),
                     attributes='triggeredByEvent="true"'), THROUGH), "process.attribute"),
        ((subprocess("part", INSIDE, A, "<bpmn:standardLoopCharacteristics/>",
                     flows("begin a", "a done")), THROUGH), "process.unsupported"),
        ((subprocess("part", INSIDE, A, flows("begin a", "a done")).replace(
            "subProcess", "transaction"), THROUGH), "process.unsupported"),
        ((subprocess("part", INSIDE, A, user("start", "ok bool"),
                     flows("begin a", "a done")), THROUGH), "process.duplicate"),
    ],
)  # fmt: skip
def test_an_unsound_part_is_found(parts, code):
    assert code in codes(*parts)


def test_elements_may_bear_the_names_that_the_engine_uses_itself():
    made = load(
        bpmn('<bpmn:startEvent id="Start"/>', user("End", "ok bool"), END,
             flows("Start End", "End end")),
        {}, environment=ENVIRONMENT,
    )  # fmt: skip
    case = finish(made.start(CONTEXT, now=NOON), "End", ok=True)
    assert case.finished
    assert case.data["End"] == {"ok": True}


@pytest.mark.parametrize("duration", ["PT0S", "P0D", "P0Y0M0DT0H"])
def test_a_timer_that_does_not_wait_is_refused(duration):
    assert "process.timer" in codes(
        A, timer("late", "a", duration), C, flows("start a", "a end", "late c", "c end")
    )
