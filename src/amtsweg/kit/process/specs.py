"""A compiled process as specifications for SpiffWorkflow, which moves the tokens.

The specifications are built here from the checked drawing and not by SpiffWorkflow's own parser,
so no text of a package ever reaches it. Its script engine, which would run Python, is replaced by
`Machine`, which runs compiled CEL and refuses everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    ExclusiveGateway,
    IntermediateCatchEvent,
    ParallelGateway,
    ReceiveTask,
    StartEvent,
    SubWorkflowTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import (
    NoneEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.task import Task

from amtsweg.kit.expressions import Expression
from amtsweg.kit.expressions.functions import add_months
from amtsweg.kit.process.bpmn import DURATION
from amtsweg.kit.process.model import Drawing, Kind, Node


class Machine(Protocol):
    """What specifications ask of the running case; it stands where Spiff's script engine stood."""

    now: datetime

    def holds(self, condition: Expression, node: str) -> bool:
        """Whether a condition is true for the case."""

    def perform(self, node: str) -> None:
        """Do the work of a business rule task or a service task."""


class ScriptsRefusedError(RuntimeError):
    """Something tried to have a script run. This cannot happen with a loaded process."""


class Message(MessageEventDefinition):
    """A message to wait for; what it brings is kept by the case, not by the task."""

    def catch(self, my_task: Task, event: Any = None) -> None:
        """Note the arrival."""
        my_task._set_internal_data(event_fired=True)

    def update_task_data(self, my_task: Task) -> None:
        """Nothing: tasks hold no data."""


class Timer(TimerEventDefinition):
    """A duration that begins when the case reaches the timer; due at `due` (ISO, aware)."""

    def has_fired(self, my_task: Task) -> bool:
        """Whether the duration is over, by the time of the current step."""
        now = machine(my_task).now
        due = my_task.internal_data.get("due")
        if due is None:
            due = after(now, self.expression).isoformat()
            my_task._set_internal_data(due=due)
        if datetime.fromisoformat(due) <= now:
            my_task._set_internal_data(event_fired=True)
        return bool(my_task.internal_data.get("event_fired", False))


def after(moment: datetime, duration: str) -> datetime:
    """A moment later by an ISO duration; a day that the month lacks becomes its last."""
    found = DURATION.match(duration)
    if found is None:
        raise ValueError(f"'{duration}' is not an ISO duration")
    years, months, weeks, days, hours, minutes, seconds = (
        int(part or 0) for part in found.groups()
    )
    day = add_months(moment.date().isoformat(), years * 12 + months)
    moved = moment.replace(year=int(day[:4]), month=int(day[5:7]), day=int(day[8:10]))
    return moved + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


class _Condition:
    """A compiled condition on a flow, with the one method that a Spiff gateway calls."""

    def __init__(self, expression: Expression, node: str) -> None:
        self.expression, self.node = expression, node

    def _matches(self, task: Task) -> bool:
        return machine(task).holds(self.expression, self.node)


class _Automatic(BpmnSpecMixin):
    """A business rule task or a service task."""

    def _run_hook(self, my_task: Task) -> bool:
        machine(my_task).perform(node_of(my_task))
        return True


def machine(task: Task) -> Machine:
    """The case to which a task belongs."""
    found: Machine = task.workflow.top_workflow.script_engine
    return found


def node_of(task: Task) -> str:
    """The id of the node at which a task is."""
    return str(task.task_spec.name).rstrip(".")


def build(drawing: Drawing, conditions: Mapping[str, Expression]) -> BpmnProcessSpec:
    """The specification of one level of a drawing that has been found sound."""
    spec = BpmnProcessSpec(name=drawing.id)
    entries, exits = {}, {}
    for node in drawing.nodes.values():
        exits[node.id] = entries[node.id] = _specification(spec, node)
    for node in drawing.nodes.values():
        events = drawing.boundary_events(node.id)
        if events:
            entries[node.id] = _with_border(spec, exits, node, events)
    for node in drawing.nodes.values():
        source = exits[node.id]
        for flow in drawing.outgoing(node.id):
            target = entries[flow.target]
            if flow.id in conditions:
                source.connect_if(_Condition(conditions[flow.id], node.id), target)
            else:
                source.connect(target)
        if node.kind is Kind.START:
            spec.start.connect(source)
        elif node.kind is Kind.END:
            source.connect(spec.end)
    return spec


def _specification(spec: BpmnProcessSpec, node: Node) -> Any:
    # "Start" and "End" are SpiffWorkflow's own, whatever is drawn.
    name = f"{node.id}." if node.id in ("Start", "End") else node.id
    match node.kind:
        case Kind.START:
            return StartEvent(spec, name, event_definition=NoneEventDefinition())
        case Kind.END:
            ending = TerminateEventDefinition() if node.terminate else NoneEventDefinition()
            return EndEvent(spec, name, event_definition=ending)
        case Kind.USER_TASK:
            return UserTask(spec, name)
        case Kind.DECISION_TASK | Kind.ACTIVITY_TASK:
            return _Automatic(spec, name)
        case Kind.EXCLUSIVE:
            return ExclusiveGateway(spec, name)
        case Kind.PARALLEL:
            return ParallelGateway(spec, name)
        case Kind.SUBPROCESS:
            return SubWorkflowTask(spec, name, subworkflow_spec=node.id)
    event = Message(node.message) if node.message else Timer(node.id, node.timer)
    match node.kind:
        case Kind.RECEIVE_TASK:
            return ReceiveTask(spec, name, event_definition=event)
        case Kind.CATCH:
            return IntermediateCatchEvent(spec, name, event_definition=event)
    return BoundaryEvent(spec, name, event_definition=event, cancel_activity=node.interrupting)


def _with_border(
    spec: BpmnProcessSpec, exits: Mapping[str, Any], node: Node, events: tuple[Node, ...]
) -> Any:
    split = BoundaryEventSplit(spec, f"{node.id}.split")
    join = BoundaryEventJoin(spec, f"{node.id}.join", split_task=split.name, cancel=True)
    for part in (node, *events):
        split.connect(exits[part.id])
        exits[part.id].connect(join)
    return split
