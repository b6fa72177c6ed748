"""Running a case: tasks, messages, timers, effects, and its state between two steps."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from drawings import (
    CONTEXT,
    DOG_TAX,
    END,
    ENVIRONMENT,
    FEES,
    START,
    bpmn,
    dmn,
    flows,
    gateway,
    literal,
    rule,
    service,
    table,
    user,
)

from amtsweg.kit.process import (
    DecisionError,
    Instance,
    Process,
    ProcessError,
    ProcessFault,
    TaskError,
    load,
)

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
DOGS = load(DOG_TAX, {"fees.dmn": FEES}, environment=ENVIRONMENT)


def process(*parts: str, decisions: bytes | None = None) -> Process:
    files = {"decisions.dmn": decisions} if decisions else {}
    return load(bpmn(*parts), files, environment=ENVIRONMENT)


def again(instance: Instance) -> Instance:
    """The case as the next request finds it."""
    return instance.process.restore(instance.dump(), CONTEXT)


def finish(instance: Instance, name: str, **result) -> Instance:
    """Finish the open task of that name in a new request."""
    instance = again(instance)
    (task,) = [one for one in instance.tasks() if one.name == name]
    instance.complete(task.id, result, now=NOON)
    return instance


def names(instance: Instance) -> list[str]:
    return [task.name for task in instance.tasks()]


def test_a_case_runs_to_its_first_task_and_has_its_fee():
    instance = DOGS.start(CONTEXT)
    (task,) = instance.tasks()
    assert (task.name, task.label, task.role) == ("check", "Task check", "clerk")
    assert [one.name for one in task.inputs] == ["decision", "reason"]
    assert instance.data["rates"][1] == {"cents": 43_200, "reason": "dangerous"}
    assert instance.data["fee"] == 54_000
    assert instance.data["answers"] is CONTEXT["answers"]
    assert not instance.finished


def test_effects_come_once_in_their_order_with_their_arguments():
    instance = finish(DOGS.start(CONTEXT), "check", decision="assess")
    assert [(one.activity, dict(one.arguments)) for one in instance.effects()] == [
        ("issue_notice", {"template": "assessment"}),
        ("close", {"outcome": "assess"}),
    ]
    assert instance.effects() == ()
    assert instance.finished
    assert instance.tasks() == ()


def test_effects_that_nobody_took_are_kept_in_the_state():
    instance = finish(DOGS.start(CONTEXT), "check", decision="assess")
    assert [one.activity for one in again(instance).effects()] == ["issue_notice", "close"]


def test_a_second_person_agrees_to_a_refusal():
    instance = finish(DOGS.start(CONTEXT), "check", decision="refuse", reason=" Rasse  ")
    assert instance.data["check"] == {"decision": "refuse", "reason": "Rasse"}
    (task,) = instance.tasks()
    assert (task.name, task.role, task.different_from) == ("second", "head", "check")
    instance = finish(instance, "second", agreed=True)
    assert [one.arguments["template"] for one in instance.effects()[:1]] == ["refusal"]
    assert instance.finished


def test_documents_that_arrive_lead_back_to_the_check():
    instance = finish(DOGS.start(CONTEXT), "check", decision="request_documents", reason="Pass")
    assert instance.effects()[0].arguments == {"documents": "Pass", "days": 14}
    assert instance.waiting_for() == ("documents_received",)
    assert instance.next_due() == NOON + timedelta(days=14)
    instance = again(instance)
    assert instance.waiting_for() == ("documents_received",)
    instance.receive("documents_received", {"attachments": ["a"]}, now=NOON)
    assert names(instance) == ["check"]
    assert instance.waiting_for() == ()
    assert instance.next_due() is None
    assert instance.data["documents"] == {"attachments": ["a"]}
    assert finish(instance, "check", decision="assess").finished


def test_documents_that_do_not_arrive_lead_on_by_the_timer():
    instance = finish(DOGS.start(CONTEXT), "check", decision="request_documents", reason="Pass")
    instance = again(instance)
    assert not instance.refresh(NOON + timedelta(days=13, hours=23))
    assert names(instance) == []
    instance = again(instance)
    assert instance.refresh(NOON + timedelta(days=14))
    assert names(instance) == ["check"]
    assert instance.waiting_for() == ()
    assert not instance.refresh(NOON + timedelta(days=99))


def test_a_case_does_not_grow_with_every_request_for_documents():
    instance = DOGS.start(CONTEXT)
    sizes = []
    for _ in range(300):
        sizes.append(len(instance.dump()))
        instance = finish(instance, "check", decision="request_documents", reason="Pass")
        instance = again(instance)
        instance.receive("documents_received", {})
        instance.effects()
    assert names(instance) == ["check"]
    assert max(sizes) < 6 * 1024
    assert max(sizes[1:]) - min(sizes[1:]) < 64
    assert finish(instance, "check", decision="assess").finished


def test_a_message_that_nobody_waits_for_is_refused():
    instance = DOGS.start(CONTEXT)
    with pytest.raises(TaskError, match="not waiting for 'documents_received'"):
        instance.receive("documents_received", {})
    assert names(instance) == ["check"]


def test_a_task_is_finished_once():
    instance = DOGS.start(CONTEXT)
    task = instance.tasks()[0]
    instance.complete(task.id, {"decision": "refuse", "reason": "x"})
    for stale in (task.id, "no id", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(TaskError, match="not open any more"):
            instance.complete(stale, {"decision": "assess"})


@pytest.mark.parametrize(
    ("result", "problems"),
    [
        ({}, {"decision": "missing"}),
        ({"decision": "  "}, {"decision": "missing"}),
        ({"decision": "maybe"}, {"decision": "choice"}),
        ({"decision": "refuse"}, {"reason": "missing"}),
        ({"decision": "refuse", "reason": " \n "}, {"reason": "missing"}),
        ({"decision": "refuse", "reason": 3}, {"reason": "type"}),
        ({"decision": "refuse", "reason": "a\x00b"}, {"reason": "type"}),
        ({"decision": "refuse", "reason": "a\u202eb"}, {"reason": "type"}),
        ({"decision": "refuse", "reason": "x" * 10_001}, {"reason": "long"}),
        ({"decision": "assess", "fee": 0}, {"fee": "unknown"}),
    ],
)
def test_a_result_that_does_not_fit_changes_nothing(result, problems):
    instance = DOGS.start(CONTEXT)
    before = instance.dump()
    with pytest.raises(TaskError) as caught:
        instance.complete(instance.tasks()[0].id, result)
    found = {one.input: one.code for one in caught.value.problems}
    assert problems.items() <= found.items()
    assert all(one.sentence("de") != one.sentence("en") for one in caught.value.problems)
    assert instance.dump() == before


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("date", "2024-02-29", True),
        ("date", "2023-02-29", False),
        ("date", "20240229", False),
        ("int", -3, True),
        ("int", True, False),
        ("int", 2**60, False),
        ("cents", 0, True),
        ("cents", -1, False),
        ("cents", 1.0, False),
        ("bool", False, True),
        ("bool", "false", False),
        ("text", "Zeile 1\nZeile 2", True),
    ],
)
def test_inputs_have_their_type(kind, value, fits):
    instance = process(
        START, user("check", f"value {kind}"), END, flows("start check", "check end")
    )
    case = instance.start(CONTEXT)
    if fits:
        case.complete(case.tasks()[0].id, {"value": value})
        assert case.finished
        assert case.data["check"] == {"value": value}
    else:
        with pytest.raises(TaskError):
            case.complete(case.tasks()[0].id, {"value": value})


def test_an_input_may_be_left_out_where_it_is_not_required():
    case = process(
        START, user("check", 'note text required="false"'), END, flows("start check", "check end")
    ).start(CONTEXT)
    case.complete(case.tasks()[0].id, {})
    assert case.data["check"] == {}


def test_parallel_ways_wait_for_each_other():
    made = process(
        START,
        gateway("split", kind="parallel"),
        user("a", "ok bool"),
        user("b", "ok bool"),
        gateway("join", kind="parallel"),
        service("close", "close", outcome="a.ok &amp;&amp; b.ok ? 'granted' : 'refused'"),
        END,
        flows("start split", "split a", "split b", "a join", "b join", "join close", "close end"),
    )
    instance = made.start(CONTEXT)
    assert sorted(names(instance)) == ["a", "b"]
    instance = finish(instance, "b", ok=True)
    assert names(instance) == ["a"]
    assert instance.effects() == ()
    instance = finish(instance, "a", ok=True)
    assert instance.effects()[0].arguments == {"outcome": "granted"}
    assert instance.finished


def test_a_reminder_does_not_end_the_task():
    made = process(
        START,
        user("check", "ok bool"),
        '<bpmn:boundaryEvent id="slow" attachedToRef="check" cancelActivity="false">'
        "<bpmn:timerEventDefinition><bpmn:timeDuration>P1M</bpmn:timeDuration>"
        "</bpmn:timerEventDefinition></bpmn:boundaryEvent>",
        service("remind", "set_deadline", days="7"),
        '<bpmn:endEvent id="reminded"/>',
        END,
        flows("start check", "check end", "slow remind", "remind reminded"),
    )
    instance = made.start(CONTEXT, now=datetime(2025, 1, 31, 8, tzinfo=UTC))
    assert instance.next_due() == datetime(2025, 2, 28, 8, tzinfo=UTC)
    instance = again(instance)
    assert instance.refresh(datetime(2025, 2, 28, 8, tzinfo=UTC))
    assert [one.activity for one in instance.effects()] == ["set_deadline"]
    assert names(instance) == ["check"]
    assert finish(instance, "check", ok=True).finished


def test_a_case_waits_at_events_between_tasks():
    made = process(
        START,
        '<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition>'
        "<bpmn:timeDuration>PT36H</bpmn:timeDuration></bpmn:timerEventDefinition>"
        "</bpmn:intermediateCatchEvent>",
        '<bpmn:intermediateCatchEvent id="papers"><bpmn:messageEventDefinition messageRef="m1"/>'
        "</bpmn:intermediateCatchEvent>",
        service("close", "close", outcome="has(papers.paid) ? 'paid' : 'open'"),
        END,
        flows("start pause", "pause papers", "papers close", "close end"),
    )
    instance = again(made.start(CONTEXT, now=NOON))
    assert instance.waiting_for() == ()
    assert instance.next_due() == NOON + timedelta(hours=36)
    assert instance.refresh(NOON + timedelta(hours=36))
    instance = again(instance)
    assert instance.waiting_for() == ("documents_received",)
    instance.receive("documents_received", {"paid": True})
    assert instance.effects()[0].arguments == {"outcome": "paid"}
    assert instance.finished


def test_an_end_that_terminates_ends_everything():
    made = process(
        START,
        gateway("split", kind="parallel"),
        user("a", "ok bool"),
        user("b", "ok bool"),
        '<bpmn:endEvent id="stop"><bpmn:terminateEventDefinition/></bpmn:endEvent>',
        END,
        flows("start split", "split a", "split b", "a stop", "b end"),
    )
    instance = finish(made.start(CONTEXT), "a", ok=True)
    assert instance.finished
    assert names(instance) == []
    assert again(instance).finished


def test_the_state_holds_neither_process_nor_context():
    instance = DOGS.start(CONTEXT)
    dump = instance.dump()
    assert len(dump) < 6 * 1024
    kept = json.loads(dump)
    assert set(kept["results"]) == {"rates", "fee"}
    for personal in ("Anna", "DE0212", "Pitbull", "parameters", "number_of_attachments"):
        assert personal.encode() not in dump


def test_a_state_of_another_process_or_version_is_refused():
    other = process(START, user("other", "ok bool"), END, flows("start other", "other end"))
    dump = DOGS.start(CONTEXT).dump()
    broken = dump.replace(b'"version":1', b'"version":2')
    for process_, state in ((other, dump), (DOGS, broken), (DOGS, b"{}"), (DOGS, b"\xff")):
        with pytest.raises(ProcessError, match="does not belong to this process"):
            process_.restore(state, CONTEXT)


def test_a_case_that_no_row_fits_stops_at_the_decision_and_says_so():
    made = process(
        START,
        rule("fee", "fee", "fee_cents"),
        user("check", "ok bool"),
        END,
        flows("start fee", "fee check", "check end"),
        decisions=dmn(table("fee", ["answers.name"], ["cents integer"], ['"Ben" => 1'])),
    )
    with pytest.raises(ProcessError, match="at 'fee': No row of the decision 'Fee' applies"):
        made.start(CONTEXT)
    assert made.start({**CONTEXT, "answers": {"name": "Ben"}}).data["fee_cents"] == 1


def test_decisions_can_be_taken_without_a_case():
    assert DOGS.decide("assessment", {"rates": [{"cents": 2}, {"cents": 3}]}) == 5
    dog = {"rasse": "Pitbull"}
    rate = DOGS.decide("rate", {**CONTEXT, "dog": dog, "index": 1})
    assert rate == {"cents": 43_200, "reason": "dangerous"}
    with pytest.raises(KeyError):
        DOGS.decide("unknown", {})
    with pytest.raises(DecisionError):
        DOGS.decide("rate", {**CONTEXT, "dog": dog})


def test_decisions_use_one_another_in_whatever_order_they_are_drawn():
    made = process(
        START,
        rule("second", "second", "doubled"),
        user("check", "ok bool"),
        END,
        rule("first", "first", "base"),
        flows("start first", "first second", "second check", "check end"),
        decisions=dmn(literal("second", "base * 2"), literal("first", "parameters.first + 1")),
    )
    assert made.start(CONTEXT).data["doubled"] == 21_602


def test_a_decision_in_a_loop_may_use_its_own_earlier_result():
    made = process(
        START,
        gateway("again"),
        rule("count", "count", "rounds"),
        user("check", "more bool"),
        gateway("done", "done__end"),
        END,
        flows(
            "start again", "again count", "count check", "check done",
            "done again: check.more", "done end",
        ),
        decisions=dmn(literal("count", "has(check.more) ? rounds + 1 : 1")),
    )  # fmt: skip
    instance = made.start(CONTEXT)
    for expected in (1, 2, 3):
        assert instance.data["rounds"] == expected
        instance = finish(instance, "check", more=True)


def test_conditions_see_the_types_of_results():
    with pytest.raises(ProcessFault, match=r"'decison' in check\. Did you mean 'decision'"):
        process(
            START,
            user("check", 'decision choice values="a b"'),
            gateway("g", "g__end"),
            user("other", "ok bool"),
            END,
            flows("start check", "check g", "g other: check.decison == 'a'", "g end", "other end"),
        )


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("rate.cents == 'none'", "a whole number and text"),
        ("rate.cents", "must give yes or no"),
        ("rate.cent > 0", "no 'cent' in rate. Did you mean 'cents'"),
        ("rate == 0", "the record rate and a whole number"),
        ("rates == 0", "a list"),
        ("rates[0].reason > 3", "text and a whole number"),
        ("parameters.first == '1'", "a whole number and text"),
        ("answers.hunde.exists(dog, dog.rasse == 3)", "text and a whole number"),
    ],
)
def test_a_condition_is_checked_against_schema_parameters_and_results_of_decisions(condition, says):
    rows = ["true => 1 | 'first'", "false => 0 | 'none'"]
    outputs = ["cents integer", "reason string"]
    tables = dmn(
        table("one", ["parameters.first > 0"], outputs, rows),
        table("each", ["dog.assistenz"], outputs, rows),
    )
    with pytest.raises(ProcessFault) as caught:
        process(
            START, rule("r", "one", "rate"),
            rule("s", "each", "rates", 'forEach="answers.hunde" as="dog"'),
            gateway("g", "g__end"), user("check", "ok bool"), END,
            flows("start r", "r s", "s g", f"g check: {condition}", "g end", "check end"),
            decisions=tables,
        )  # fmt: skip
    assert [one.code for one in caught.value.findings] == ["process.expression"]
    assert says in caught.value.findings[0].message


def quickest(action, times: int = 30) -> float:
    """The shortest of many runs in milliseconds: what the work costs on an idle machine."""
    shortest = float("inf")
    for _ in range(times):
        begin = perf_counter()
        action()
        shortest = min(shortest, perf_counter() - begin)
    return shortest * 1_000


def test_steps_are_quick_enough_for_a_web_request():
    dump = DOGS.start(CONTEXT).dump()

    def step() -> None:
        instance = DOGS.restore(dump, CONTEXT)
        instance.complete(instance.tasks()[0].id, {"decision": "assess"})
        instance.effects()
        instance.dump()

    assert quickest(lambda: DOGS.start(CONTEXT)) < 3
    assert quickest(step) < 5
