"""What a process may contain: drawn files load, scripts never run, unsound drawings are found."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest
from drawings import (
    CONTEXT,
    DOG_TAX,
    END,
    ENVIRONMENT,
    FEES,
    HEAD,
    START,
    bpmn,
    dmn,
    flows,
    gateway,
    literal,
    rule,
    service,
    subprocess,
    table,
    timer,
    user,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment

from amtsweg.kit.findings import Severity
from amtsweg.kit.process import Instance, ProcessFault, load
from amtsweg.kit.process.specs import ScriptsRefusedError

CHECK = user("check", "ok bool")
STRAIGHT = flows("start check", "check end")


def codes(document: bytes, **decisions: bytes) -> set[str]:
    """The codes of the errors; each finding has a place, a sentence and a remedy."""
    files = {f"{name}.dmn": content for name, content in decisions.items()}
    with pytest.raises(ProcessFault) as caught:
        load(document, files, environment=ENVIRONMENT)
    for finding in caught.value.findings:
        assert finding.file
        assert finding.message.endswith((".", "?"))
        assert finding.remedy.endswith(".")
    return {one.code for one in caught.value.findings if one.severity is Severity.ERROR}


def drawn(*parts: str) -> bytes:
    return bpmn(START, CHECK, END, STRAIGHT, *parts)


def changed(old: str, new: str, document: bytes | None = None) -> bytes:
    text = (document or drawn()).decode()
    assert old in text
    return text.replace(old, new).encode()


# Files of modelling tools

BPMN_JS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0"
  xmlns:amtsweg="urn:amtsweg:bpmn:1" id="Definitions_1"
  targetNamespace="http://bpmn.io/schema/bpmn" exporter="bpmn-js" exporterVersion="18.0.0">
  <bpmn:collaboration id="Collaboration_1">
    <bpmn:participant id="Participant_1" name="Stadt" processRef="Process_1"/>
    <bpmn:participant id="Participant_2" name="Person"/>
    <bpmn:messageFlow id="Flow_m" sourceRef="Participant_2" targetRef="Event_start"/>
  </bpmn:collaboration>
  <bpmn:process id="Process_1" name="Antrag" isExecutable="true">
    <bpmn:documentation>Was hier geschieht.</bpmn:documentation>
    <bpmn:laneSet id="LaneSet_1"><bpmn:lane id="Lane_1" name="Amt">
      <bpmn:flowNodeRef>Event_start</bpmn:flowNodeRef>
    </bpmn:lane></bpmn:laneSet>
    <bpmn:startEvent id="Event_start"><bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Event_start" targetRef="Activity_check"/>
    <bpmn:userTask id="Activity_check" name="Antrag&#10;prüfen">
      <bpmn:extensionElements>
        <amtsweg:task role="clerk"/>
        <amtsweg:input name="decision" type="choice" values="yes no"/>
      </bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming><bpmn:outgoing>Flow_2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:exclusiveGateway id="Gateway_1" default="Flow_4">
      <bpmn:incoming>Flow_2</bpmn:incoming>
      <bpmn:outgoing>Flow_3</bpmn:outgoing><bpmn:outgoing>Flow_4</bpmn:outgoing>
    </bpmn:exclusiveGateway>
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Activity_check" targetRef="Gateway_1"/>
    <bpmn:sequenceFlow id="Flow_3" name="ja" sourceRef="Gateway_1" targetRef="Event_end">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression" language="CEL"
        >Activity_check.decision == 'yes'</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:endEvent id="Event_end"><bpmn:incoming>Flow_3</bpmn:incoming></bpmn:endEvent>
    <bpmn:endEvent id="Event_no"><bpmn:incoming>Flow_4</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_4" sourceRef="Gateway_1" targetRef="Event_no"/>
    <bpmn:textAnnotation id="TextAnnotation_1"><bpmn:text>Hinweis</bpmn:text></bpmn:textAnnotation>
    <bpmn:association id="A_1" sourceRef="Activity_check" targetRef="TextAnnotation_1"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="BPMNDiagram_1">
    <bpmndi:BPMNPlane id="BPMNPlane_1" bpmnElement="Collaboration_1">
      <bpmndi:BPMNShape id="Shape_1" bpmnElement="Activity_check" bioc:stroke="#1E88E5">
        <dc:Bounds x="240" y="80" width="100" height="80"/><bpmndi:BPMNLabel/>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="Edge_1" bpmnElement="Flow_1">
        <di:waypoint x="188" y="120"/><di:waypoint x="240" y="120"/>
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def test_a_file_drawn_in_bpmn_js_loads_with_its_diagram():
    process = load(BPMN_JS.encode(), {}, environment=ENVIRONMENT)
    assert process.findings == ()
    case = process.start(CONTEXT)
    (task,) = case.tasks()
    assert task.label == "Antrag prüfen"
    case.complete(task.id, {"decision": "no"})
    assert case.finished


def test_a_file_drawn_in_dmn_js_loads_with_its_diagram():
    document = dmn(
        literal("fee", "parameters.first"),
        '<inputData id="i" name="Hunde"/>',
        '<dmndi:DMNDI><dmndi:DMNDiagram><dmndi:DMNShape dmnElementRef="fee">'
        '<dc:Bounds height="80" width="180" x="150" y="80"/></dmndi:DMNShape>'
        "</dmndi:DMNDiagram></dmndi:DMNDI>",
        extra='xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" '
        'xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/"',
    )
    process = load(drawn(), {"fee.dmn": document}, environment=ENVIRONMENT)
    assert process.decide("fee", CONTEXT) == 10_800


# Scripts

SPIFF = 'xmlns:spiff="http://spiffworkflow.org/bpmn/schema/1.0/core"'
CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'


def attacks(script: str) -> dict[str, tuple[bytes, bytes | None]]:
    """Every place of a package in which somebody could try to have Python run."""
    quoted = script.replace("'", "&quot;")
    choice = [gateway("g", "g__end"), user("other", "ok bool")]
    ways = flows("start check", "check g", f"g other: {script}", "g end", "other end")

    def at_check(inner: str, attributes: str = "") -> bytes:
        opening = '<bpmn:userTask id="check" name="Task check">'
        return changed(opening, f"{opening[:-1]} {attributes}>{inner}")

    def timer(kind: str) -> bytes:
        event = (
            f'<bpmn:intermediateCatchEvent id="t"><bpmn:timerEventDefinition><bpmn:{kind}>{script}'
            f"</bpmn:{kind}></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        )
        return bpmn(START, event, END, flows("start t", "t end"))

    ruled = bpmn(
        START, rule("r", "d", "result"), CHECK, END, flows("start r", "r check", "check end")
    )
    return {
        "condition": (bpmn(START, CHECK, *choice, END, ways), None),
        "condition in python": (
            changed(
                '"bpmn:tFormalExpression">',
                '"bpmn:tFormalExpression" language="python">',
                bpmn(START, CHECK, *choice, END, ways),
            ),
            None,
        ),
        "input cell": (ruled, dmn(table("d", ["answers.name"], ["r"], [f"{script} => 1"]))),
        "input expression": (ruled, dmn(table("d", [script], ["r"], ["- => 1"]))),
        "output cell": (ruled, dmn(table("d", ["answers.name"], ["r"], [f"- => {script}"]))),
        "literal decision": (ruled, dmn(literal("d", script))),
        "decision in python": (ruled, dmn(literal("d", script), language="python")),
        "script task": (
            bpmn(
                START,
                f'<bpmn:scriptTask id="s" scriptFormat="python"><bpmn:script>{script}</bpmn:script>'
                "</bpmn:scriptTask>",
                END,
                flows("start s", "s end"),
            ),
            None,
        ),
        "multi-instance cardinality": (
            at_check(
                "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>"
                f"{script}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
            ),
            None,
        ),
        "multi-instance condition": (
            at_check(
                "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2"
                f"</bpmn:loopCardinality><bpmn:completionCondition>{script}"
                "</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
            ),
            None,
        ),
        "loop condition": (
            at_check(
                f"<bpmn:standardLoopCharacteristics><bpmn:loopCondition>{script}"
                "</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
            ),
            None,
        ),
        **{
            f"spiff {name}": (
                at_check(
                    f"<bpmn:extensionElements {SPIFF}><spiff:{name}>{script}</spiff:{name}>"
                    "</bpmn:extensionElements>"
                ),
                None,
            )
            for name in ("preScript", "postScript", "unitTests", "serviceTaskOperator")
        },
        "camunda listener": (
            at_check(
                f"<bpmn:extensionElements {CAMUNDA}><camunda:executionListener><camunda:script>"
                f"{script}</camunda:script></camunda:executionListener></bpmn:extensionElements>"
            ),
            None,
        ),
        "camunda attribute": (at_check("", f"{CAMUNDA} camunda:assignee='{quoted}'"), None),
        "script beside a role": (
            changed("<amtsweg:task ", f"<amtsweg:script>{script}</amtsweg:script><amtsweg:task "),
            None,
        ),
        "attribute of a role": (changed('role="clerk"', f'role="clerk" script="{quoted}"'), None),
        "process extension": (
            changed(
                START,
                f"<bpmn:extensionElements {SPIFF}><spiff:preScript>{script}</spiff:preScript>"
                f"</bpmn:extensionElements>{START}",
            ),
            None,
        ),
        "required when": (
            bpmn(START, user("check", f'ok bool requiredWhen="{quoted}"'), END, STRAIGHT),
            None,
        ),
        "argument": (
            bpmn(
                START, service("s", "close", outcome=quoted), CHECK, END,
                flows("start s", "s check", "check end"),
            ),
            None,
        ),
        "for each": (
            changed('result="result"', f'result="result" forEach="{quoted}" as="x"', ruled),
            dmn(literal("d", "1")),
        ),
        "timer duration": (timer("timeDuration"), None),
        "timer date": (timer("timeDate"), None),
        "timer cycle": (timer("timeCycle"), None),
        "conditional event": (
            bpmn(
                START,
                '<bpmn:intermediateCatchEvent id="t"><bpmn:conditionalEventDefinition>'
                f"<bpmn:condition>{script}</bpmn:condition></bpmn:conditionalEventDefinition>"
                "</bpmn:intermediateCatchEvent>",
                END,
                flows("start t", "t end"),
            ),
            None,
        ),
        "data input": (
            at_check(
                f"<bpmn:ioSpecification><bpmn:dataInput id='{quoted}'/></bpmn:ioSpecification>"
            ),
            None,
        ),
        "assignment": (
            at_check(
                f"<bpmn:dataInputAssociation><bpmn:assignment><bpmn:from>{script}</bpmn:from>"
                "</bpmn:assignment></bpmn:dataInputAssociation>"
            ),
            None,
        ),
        "correlation": (
            changed(
                '<bpmn:message id="m1" name="documents_received"/>',
                '<bpmn:message id="m1" name="documents_received"/>'
                '<bpmn:correlationProperty id="c"><bpmn:correlationPropertyRetrievalExpression '
                f'messageRef="m1"><bpmn:messagePath>{script}</bpmn:messagePath>'
                "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>",
                DOG_TAX,
            ),
            FEES,
        ),
    }  # fmt: skip


# A correlation and a data association have no effect here; they are passed over, never run.
HARMLESS = {"correlation", "assignment"}


@pytest.mark.parametrize("place", sorted(attacks("x")))
def test_python_is_refused_or_never_run_wherever_it_is_written(place, tmp_path: Path):
    proof = tmp_path / "ran"
    script = f"__import__('os').system('touch {proof}')"
    document, decisions = attacks(script)[place]
    files = {"d.dmn": decisions} if decisions else {}
    try:
        case = load(document, files, environment=ENVIRONMENT).start(CONTEXT)
    except ProcessFault:
        refused = True
    else:
        refused = False
        play(case, random.Random(1))
    assert refused is (place not in HARMLESS)
    assert not proof.exists()


def test_spiffs_python_engine_is_never_made_or_asked(monkeypatch):
    def forbidden(*_arguments, **_named):
        raise AssertionError("Python was about to run")

    for name in ("__init__", "evaluate", "execute", "call_service"):
        monkeypatch.setattr(PythonScriptEngine, name, forbidden)
    for name in ("evaluate", "execute", "call_service"):
        monkeypatch.setattr(TaskDataEnvironment, name, forbidden)
    process = load(DOG_TAX, {"fees.dmn": FEES}, environment=ENVIRONMENT)
    for seed in range(10):
        case = play(process.start(CONTEXT), random.Random(seed))
        assert not isinstance(case.workflow.script_engine, PythonScriptEngine)


def test_the_engine_that_stands_in_its_place_runs_no_script():
    case = load(DOG_TAX, {"fees.dmn": FEES}, environment=ENVIRONMENT).start(CONTEXT)
    engine = case.workflow.script_engine
    for door in (engine.evaluate, engine.execute, engine.call_service):
        with pytest.raises(ScriptsRefusedError):
            door(case.workflow.task_tree, "1 + 1")
    with pytest.raises(ScriptsRefusedError):
        engine.environment.evaluate("1 + 1", {})


# Reading


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"<x/>", "process.not_bpmn"),
        (b"", "xml.syntax"),
        (HEAD.encode() + b"</bpmn:definitions>", "process.one_executable"),
        (changed('isExecutable="true"', 'isExecutable="false"'), "process.one_executable"),
        (drawn('<bpmn:callActivity id="c" calledElement="x"/>'), "process.unsupported"),
        (drawn('<bpmn:adHocSubProcess id="c"/>'), "process.unsupported"),
        (drawn('<bpmn:task id="c"/>'), "process.unsupported"),
        (drawn('<bpmn:inclusiveGateway id="c"/>'), "process.unsupported"),
        (changed('id="check"', 'id="a-b"'), "process.id"),
        (drawn(CHECK), "process.duplicate"),
        (changed('role="clerk"', ""), "process.role"),
        (changed('role="clerk"', 'role="clerk" differentFrom="x"'), "process.different_from"),
        (changed('role="clerk"', 'role="clerk" differentFrom="check"'), "process.different_from"),
        (changed('<amtsweg:input name="ok" type="bool" />', ""), "process.inputs"),
        (changed('name="ok"', 'name="type"'), "process.input"),
        (changed('type="bool"', 'type="boolean"'), "process.input"),
        (changed('type="bool"', 'type="choice"'), "process.input"),
        (changed('type="bool"', 'type="bool" values="a b"'), "process.input"),
        (changed('type="bool"', 'type="bool" requiredWhen="no == 1"'), "process.expression"),
        (changed('"check"', '"answers"'), "process.name_taken"),
        (changed('"check"', '"double"'), "process.name"),
    ],
)
def test_what_is_wrong_with_an_element_is_found(document, code):
    assert code in codes(document)


def straight(part: str, name: str) -> bytes:
    return bpmn(START, part, CHECK, END, flows(f"start {name}", f"{name} check", "check end"))


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (straight(service("s", "launch"), "s"), "process.unknown_activity"),
        (straight(service("s", "close"), "s"), "process.arguments"),
        (straight(service("s", "close", outcome="1"), "s"), "process.expression"),
        (straight(service("s", "set_deadline", days="'7'"), "s"), "process.expression"),
        (straight('<bpmn:serviceTask id="s"/>', "s"), "process.extension"),
        (straight('<bpmn:businessRuleTask id="s"/>', "s"), "process.extension"),
        (straight(rule("s", "nothing", "r"), "s"), "process.unknown_decision"),
        (straight(rule("s", "d", "in"), "s"), "process.name"),
        (straight(rule("s", "d", "answers"), "s"), "process.name_taken"),
        (straight(rule("s", "d", ""), "s"), "process.rule"),
        (straight(rule("s", "d", "r", 'forEach="answers.hunde"'), "s"), "process.rule"),
        (
            straight(rule("s", "d", "r", 'forEach="answers.name" as="x"'), "s"),
            "process.for_each",
        ),
        (straight('<bpmn:receiveTask id="s"/>', "s"), "process.message"),
        (straight('<bpmn:intermediateCatchEvent id="s"/>', "s"), "process.event"),
    ],
)
def test_what_is_wrong_with_an_automatic_element_is_found(document, code):
    assert code in codes(document, d=dmn(literal("d", "1")))


def test_a_finding_names_file_and_line():
    with pytest.raises(ProcessFault) as caught:
        load(straight(service("s", "launch"), "s"), {}, environment=ENVIRONMENT)
    (finding,) = caught.value.findings
    assert (finding.file, finding.line) == ("process.bpmn", 6)
    assert "'launch', which does not exist" in finding.message
    assert "request_documents" in finding.remedy


def test_all_findings_come_at_once():
    document = bpmn(
        START,
        user("check", role=""),
        service("s", "launch"),
        END,
        flows("start check", "check s", "s end"),
    )
    assert codes(document) == {"process.role", "process.inputs", "process.unknown_activity"}


# Soundness


def choice(*ways: str, default: str = "") -> bytes:
    return bpmn(
        START,
        user("check", 'decision choice values="a b c"', "ok bool"),
        gateway("g", default),
        user("other", "ok bool"),
        END,
        flows("start check", "check g", *ways, "other end"),
    )


@pytest.mark.parametrize(
    "ways",
    [
        ["g other: check.ok", "g end: !check.ok"],
        ["g other: check.ok && true", "g end: !(check.ok && true)"],
        [
            "g other: check.decision == 'a'",
            "g end: check.decision == 'b' || check.decision == 'c'",
        ],
    ],
)
def test_a_gateway_without_default_is_sound_if_one_condition_certainly_holds(ways):
    assert load(choice(*ways), {}, environment=ENVIRONMENT)


@pytest.mark.parametrize(
    ("ways", "default", "code"),
    [
        (["g other: check.ok", "g end: check.decision == 'a'"], "", "process.not_exhaustive"),
        (
            ["g other: check.decision == 'a'", "g end: check.decision == 'b'"],
            "", "process.not_exhaustive",
        ),
        (
            ["g other: check.decision == 'a'",
             "g end: !(check.ok || check.decision == 'b' || check.decision == 'c' || check.ok)"],
            "", "process.not_exhaustive",
        ),
        (["g other: check.ok", "g end"], "", "process.no_condition"),
        (["g other: check.ok", "g end: !check.ok"], "x", "process.default"),
        (["g other: check.decision", "g end"], "g__end", "process.expression"),
        (["g other: chek.ok", "g end"], "g__end", "process.expression"),
        (["g end: check.ok", "g end: !check.ok"], "", "process.same_target"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_choice_is_found(ways, default, code):
    assert code in codes(choice(*ways, default=default))


def test_a_choice_that_a_timer_can_skip_is_not_exhaustive():
    late = (
        '<bpmn:boundaryEvent id="late" attachedToRef="check"><bpmn:timerEventDefinition>'
        "<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
        "</bpmn:boundaryEvent>"
    )
    ways = ["g other: check.decision == 'a' || check.decision == 'b'",
            "g end: check.decision == 'c'"]  # fmt: skip
    document = choice(*ways)
    assert load(document, {}, environment=ENVIRONMENT)
    assert codes(changed(END, f"{late}{gateway('m')}{END}", changed(
        flows("check g"), flows("check m", "late m", "m g"), document
    ))) == {"process.not_exhaustive"}  # fmt: skip


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (bpmn(CHECK, END, flows("check end")), "process.start"),
        (drawn('<bpmn:startEvent id="second"/>'), "process.start"),
        (bpmn(START, CHECK, flows("start check")), "process.end"),
        (drawn(flows("check nowhere")), "process.flow"),
        (drawn(flows("end check")), "process.flow"),
        (drawn(flows("check start")), "process.flow"),
        (drawn(user("island", "ok bool")), "process.unreachable"),
        (
            bpmn(START, CHECK, user("b", "ok bool"), END,
                 flows("start check", "check b"), '<bpmn:endEvent id="e"/>'),
            "process.dead_end",
        ),
        (drawn(user("b", "ok bool"), flows("check b", "b end")), "process.split"),
        (
            bpmn(START, CHECK, END, flows("start check", "check end: true")),
            "process.condition_place",
        ),
        (
            bpmn(START, gateway("g"), service("s", "set_deadline", days="1"),
                 gateway("h", "h__end"), END,
                 flows("start g", "g s", "s h", "h g: answers.name == 'x'", "h end")),
            "process.endless_loop",
        ),
        (
            bpmn(START, CHECK, gateway("g", "g__end"), user("a", "ok bool"),
                 gateway("j", kind="parallel"), END, '<bpmn:endEvent id="e2"/>',
                 user("b", "ok bool"), gateway("h", "h__a"),
                 flows("start check", "check h", "h a", "h b: check.ok", "a j", "b j", "j g",
                       "g e2: check.ok", "g end")),
            "process.stuck",
        ),
        (
            bpmn(START, gateway("p", kind="parallel"), CHECK, user("b", "ok bool"), gateway("j"),
                 user("c", "ok bool"), END,
                 flows("start p", "p check", "p b", "check j", "b j", "j c", "c end")),
            "process.doubled",
        ),
        (
            drawn('<bpmn:boundaryEvent id="late" attachedToRef="end"><bpmn:timerEventDefinition>'
                  "<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
                  "</bpmn:boundaryEvent>", flows("late end")),
            "process.boundary",
        ),
    ],
)  # fmt: skip
def test_an_unsound_drawing_is_found(document, code):
    assert code in codes(document)


def play(case: Instance, chance: random.Random, steps: int = 60) -> Instance:
    """Finish tasks and send messages at random, restoring between steps, until the case ends."""
    for _ in range(steps):
        if case.finished:
            break
        case = case.process.restore(case.dump(), CONTEXT)
        tasks, messages = case.tasks(), case.waiting_for()
        assert tasks or messages or case.next_due(), "the case is stuck"
        if case.next_due() and chance.random() < 0.3:
            case.refresh(case.next_due())
        elif tasks and (not messages or chance.random() < 0.7):
            task = chance.choice(tasks)
            case.complete(task.id, {one.name: entry(one, chance) for one in task.inputs})
        elif messages:
            case.receive(chance.choice(messages), {})
        else:
            case.refresh(case.next_due())
    return case


def entry(one, chance: random.Random):
    if one.values:
        return chance.choice(one.values)
    return {"bool": chance.random() < 0.6, "int": 1, "cents": 1, "date": "2025-01-01"}.get(
        one.type, "text"
    )


class Drawer:
    """Draws a random process out of blocks: sequence, choice, parallel, loop, subprocess."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.parts, self.ways, self.number = chance, [], [], 0

    def name(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}{self.number}"

    def block(self, depth: int) -> tuple[str, str]:
        """The first and the last element of a new block."""
        kinds = ["task", "sequence", "choice", "parallel", "loop", "part", "limit", "reminder"]
        kind = self.chance.choice(kinds)
        if depth == 0 or kind == "task":
            task = self.name("t")
            self.parts.append(user(task, "ok bool"))
            return task, task
        if kind == "sequence":
            (first, a), (b, last) = self.block(depth - 1), self.block(depth - 1)
            self.ways.append(f"{a} {b}")
            return first, last
        if kind == "loop":
            first, last = self.name("g"), self.name("g")
            (a, b), task = self.block(depth - 1), self.name("t")
            end = self.name("s")
            self.parts += [
                gateway(first),
                user(task, "ok bool"),
                gateway(last, f"{last}__{end}"),
                service(end, "set_deadline", days="1"),
            ]
            self.ways += [
                f"{first} {a}", f"{b} {task}", f"{task} {last}",
                f"{last} {first}: !{task}.ok", f"{last} {end}",
            ]  # fmt: skip
            return first, end
        if kind == "part":
            return self.timed(self.part(depth), self.chance.random() < 0.5)
        if kind in ("limit", "reminder"):
            task = self.name("t")
            self.parts.append(user(task, "ok bool"))
            return self.timed(task, kind == "limit")
        split, join = self.name("g"), self.name("g")
        (a, b), (c, d) = self.block(depth - 1), self.block(depth - 1)
        self.ways += [f"{b} {join}", f"{d} {join}", f"{split} {a}"]
        if kind == "parallel":
            self.parts += [gateway(split, kind="parallel"), gateway(join, kind="parallel")]
            self.ways.append(f"{split} {c}")
            return split, join
        task = self.name("t")
        self.parts += [user(task, "ok bool"), gateway(split, f"{split}__{a}"), gateway(join)]
        self.ways += [f"{split} {c}: {task}.ok", f"{task} {split}"]
        return task, join

    def part(self, depth: int) -> str:
        """A block in a subprocess of its own."""
        around, self.parts = self.parts, []
        (first, last), part = self.block(depth - 1), self.name("p")
        begin, end = self.name("b"), self.name("n")
        self.parts += [f'<bpmn:startEvent id="{begin}"/>', f'<bpmn:endEvent id="{end}"/>']
        self.ways += [f"{begin} {first}", f"{last} {end}"]
        self.parts = [*around, subprocess(part, *self.parts)]
        return part

    def timed(self, task: str, limited: bool) -> tuple[str, str]:
        """Something with a timer on its border that ends it, or only reminds of it."""
        event, other = self.name("e"), self.name("g")
        self.parts.append(timer(event, task, "P1D", interrupting=limited))
        self.ways.append(f"{event} {other}")
        if limited:
            self.parts.append(gateway(other))
            self.ways.append(f"{task} {other}")
            return task, other
        end = self.name("n")
        self.parts += [service(other, "set_deadline", days="1"), f'<bpmn:endEvent id="{end}"/>']
        self.ways.append(f"{other} {end}")
        return task, task

    def document(self) -> bytes:
        first, last = self.block(3)
        return bpmn(START, *self.parts, END, flows(f"start {first}", *self.ways, f"{last} end"))


@pytest.mark.parametrize("seed", range(40))
def test_a_process_out_of_blocks_is_sound_and_comes_to_its_end(seed):
    chance = random.Random(seed)
    process = load(Drawer(chance).document(), {}, environment=ENVIRONMENT)
    assert process.findings == ()
    assert play(process.start(CONTEXT), chance, steps=400).finished


@pytest.mark.parametrize("seed", range(40))
def test_a_process_with_a_gateway_of_the_wrong_kind_is_refused(seed):
    chance = random.Random(seed)
    drawer = Drawer(chance)
    while not any("Gateway" in part for part in drawer.parts):
        drawer = Drawer(chance)
        text = drawer.document().decode()
    wrong = chance.choice([part for part in drawer.parts if "Gateway" in part])
    one, other = ("exclusive", "parallel") if "exclusive" in wrong else ("parallel", "exclusive")
    assert codes(text.replace(wrong, wrong.replace(one, other)).encode())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_loads_or_is_refused_with_findings(data):
    files = {"process": DOG_TAX, "fees": FEES}
    which = data.draw(st.sampled_from(sorted(files)))
    document = files[which]
    start = data.draw(st.integers(0, len(document)))
    end = data.draw(st.integers(start, min(len(document), start + 40)))
    files[which] = document[:start] + data.draw(st.binary(max_size=6)) + document[end:]
    with suppress(ProcessFault):
        load(files["process"], {"fees.dmn": files["fees"]}, environment=ENVIRONMENT)
