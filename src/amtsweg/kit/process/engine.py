"""Run a process: begin a case, finish tasks, receive messages, keep and restore its state.

A case's state is where its tokens are and what its steps have resulted in. What the case is about
(answers, parameters, application) is not part of it: the platform keeps that elsewhere and gives
it again. SpiffWorkflow moves the tokens; all data stays here, outside its tasks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID

from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException, TaskNotFoundException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from amtsweg.kit.expressions import Binding, Environment, EvaluationError, Expression
from amtsweg.kit.findings import Finding
from amtsweg.kit.process import bpmn, dmn_reading, soundness, specs, state
from amtsweg.kit.process.compiling import Calling, Compiled, Deciding, compile_all, named
from amtsweg.kit.process.dmn import DecisionError, Plain
from amtsweg.kit.process.dmn_reading import DecisionText
from amtsweg.kit.process.inputs import Input, TaskError, accept
from amtsweg.kit.process.model import Drawing, Kind
from amtsweg.kit.process.report import Report


class ProcessError(RuntimeError):
    """A case cannot go on; the sentence says at which element and why.

    The instance is not usable afterwards: restore it from its last state.
    """


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that a person can finish now.

    `id` identifies it in this case, `name` is its BPMN id, `label` what people read.
    `different_from` is the BPMN id of a task that someone else must have done.
    """

    id: str
    name: str
    label: str
    role: str
    different_from: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """An activity that the platform has to perform, with its evaluated arguments."""

    activity: str
    arguments: Mapping[str, Plain]


def load(
    document: bytes,
    decisions: Mapping[str, bytes],
    *,
    environment: Environment,
    file: str = "process.bpmn",
) -> Process:
    """Compile a BPMN process with its DMN files (by file name).

    `environment` declares what every case brings: answers, parameters, application.
    Raises `ProcessFault` with all findings if one is an error; the others are in
    `Process.findings`.
    """
    report = Report(file)
    drawing = bpmn.read(document, report)
    texts = [
        text
        for name, content in decisions.items()
        for text in dmn_reading.read(content, Report(name, report.findings))
    ]
    soundness.check(drawing, report)
    compiled = compile_all(drawing, named(texts, report), environment, report)
    report.raise_if_failed()
    return Process(drawing, tuple(texts), compiled, tuple(report.findings))


class Process:
    """A compiled process; immutable, and shared by all cases of an edition."""

    def __init__(
        self,
        drawing: Drawing,
        texts: tuple[DecisionText, ...],
        compiled: Compiled,
        findings: tuple[Finding, ...],
    ) -> None:
        self.drawing = drawing
        self.texts = texts
        """Its decisions as written, in the order of their files."""
        self.compiled = compiled
        self.findings = findings
        self.environment = compiled.environment
        self.specification = specs.build(drawing.level(), compiled.conditions)
        self.subprocesses = {
            node.id: specs.build(drawing.level(node.id), compiled.conditions)
            for node in drawing.of_kind(Kind.SUBPROCESS)
        }

    def start(self, context: Mapping[str, Any], *, now: datetime | None = None) -> Instance:
        """Begin a case and run it until it waits for somebody.

        `now` (aware) is the time of the step, from which timers count; by default the clock's.
        Raises `ProcessError` if a step has no result for this context.
        """
        instance = Instance(self, context, now)
        instance.workflow = BpmnWorkflow(
            self.specification, dict(self.subprocesses), script_engine=instance.engine
        )
        instance._advance()
        return instance

    def restore(self, dump: bytes, context: Mapping[str, Any]) -> Instance:
        """Go on with a case from its state, with the context that it was started with.

        Raises `ProcessError` if the state is not one of this process.
        """
        instance = Instance(self, context, None)
        try:
            kept = json.loads(dump)
            instance.workflow = state.restore(
                kept["state"], self.specification, self.subprocesses, instance.engine
            )
            instance.results = kept["results"]
            instance._effects = [Effect(name, given) for name, given in kept["effects"]]
        except (
            ValueError, KeyError, TypeError, IndexError, AttributeError, SpiffWorkflowException,
        ) as error:  # fmt: skip
            raise ProcessError("The state of the case does not belong to this process.") from error
        return instance

    def role(self, task: str) -> str:
        """Whose work a user task is, by its BPMN id. Raises `KeyError` if there is no such task."""
        work = self.drawing.nodes[task].work
        return work.role if work else ""

    def inputs(self, task: str, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        """What is entered to finish a user task at an authority with these parameters.

        Raises `KeyError` if there is no such task.
        """
        return tuple(one.under(parameters) for one in self.compiled.inputs[task])

    def decide(self, decision: str, context: Mapping[str, Any]) -> Plain:
        """Take one decision by its id, outside any case.

        Raises `KeyError` for an unknown decision, `DecisionError` if it has no single result.
        """
        found = self.compiled.decisions[decision]
        try:
            return found.decide(found.environment.bind(context))
        except EvaluationError as error:
            raise DecisionError(str(error)) from error


_RESTING = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class Instance:
    """One case under a process. Not shared between threads."""

    workflow: BpmnWorkflow

    def __init__(self, process: Process, context: Mapping[str, Any], now: datetime | None) -> None:
        self.process = process
        self.context = dict(context)
        self.results: dict[str, Any] = {}
        self.engine = _Engine(self, now)
        self._effects: list[Effect] = []

    @property
    def data(self) -> dict[str, Any]:
        """The context with the results of all steps so far."""
        return {**self.context, **self.results}

    @property
    def finished(self) -> bool:
        """Whether the case has come to its end."""
        return bool(self.workflow.completed)

    def places(self) -> frozenset[str]:
        """The BPMN ids of the elements at which the case rests, and the subprocesses around."""
        nodes = self.process.drawing.nodes
        found = {specs.node_of(task) for task in self.workflow.get_tasks(state=_RESTING)}
        return frozenset(
            one
            for one in found & nodes.keys()
            if nodes[one].waits or nodes[one].kind is Kind.SUBPROCESS
        )

    def tasks(self) -> tuple[OpenTask, ...]:
        """The tasks that can be finished now, in the order in which they were reached."""
        open_tasks = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return tuple(
            self._open(task) for task in sorted(open_tasks, key=lambda one: one.last_state_change)
        )

    def _open(self, task: Task) -> OpenTask:
        node = self.process.drawing.nodes[specs.node_of(task)]
        return OpenTask(
            id=str(task.id),
            name=node.id,
            label=node.name or node.id,
            role=node.work.role if node.work else "",
            different_from=node.work.different_from if node.work else "",
            inputs=self._inputs(node.id),
        )

    def _inputs(self, name: str) -> tuple[Input, ...]:
        return self.process.inputs(name, self.context.get("parameters", {}))

    def complete(
        self, task_id: str, result: Mapping[str, Any], *, now: datetime | None = None
    ) -> None:
        """Finish a task with what was entered, and run on until the case waits again.

        Raises `TaskError` if the task is not open or the result does not fit its inputs (nothing
        has changed then), `ProcessError` if a later step fails.
        """
        task = self._task(task_id)
        name = specs.node_of(task)
        self.results[name] = accept(self._inputs(name), result)
        self.engine.at(now)
        with _failing(name):
            task.run()
        self._advance()

    def _task(self, task_id: str) -> Task:
        try:
            task = self.workflow.get_task_from_id(UUID(task_id))
        except (ValueError, TaskNotFoundException):
            task = None
        if task is None or not task.task_spec.manual or task.state != TaskState.READY:
            raise TaskError("This task is not open any more.")
        return task

    def waiting_for(self) -> tuple[str, ...]:
        """The messages that the case waits for, each once."""
        return tuple(dict.fromkeys(task.task_spec.event_definition.name for task in self._messages))

    @property
    def _messages(self) -> list[Task]:
        return [
            task
            for task in self.workflow.event_manager.tasks.values()
            if isinstance(task.task_spec.event_definition, specs.Message)
        ]

    def receive(
        self, message: str, payload: Mapping[str, Any], *, now: datetime | None = None
    ) -> None:
        """Take in a message; its payload (plain data) is the result of the element that waited.

        Raises `TaskError` if the case does not wait for it.
        """
        waiting = [
            task for task in self._messages if task.task_spec.event_definition.name == message
        ]
        if not waiting:
            raise TaskError(f"The case is not waiting for '{message}'.")
        for task in waiting:
            self.results[specs.node_of(task)] = dict(payload)
        self.engine.at(now)
        with _failing(specs.node_of(waiting[0])):
            self.workflow.send_event(BpmnEvent(specs.Message(message)))
        self._advance()

    def refresh(self, now: datetime) -> bool:
        """Let timers fire that are due at a time (aware); whether one did."""
        due = self.next_due()
        if due is None or due > now:
            return False
        self.engine.at(now)
        with _failing("timer"):
            self.workflow.refresh_timers()
        self._advance()
        return True

    def next_due(self) -> datetime | None:
        """When the next timer is due; None if the case waits for none."""
        due = [
            datetime.fromisoformat(task.internal_data["due"])
            for task in self.workflow.event_manager.tasks.values()
            if "due" in task.internal_data
        ]
        return min(due, default=None)

    def effects(self) -> tuple[Effect, ...]:
        """The activities called since the last look, in order; each is given once."""
        drained, self._effects = tuple(self._effects), []
        return drained

    def dump(self) -> bytes:
        """The state as JSON: without the process and without the context of the case."""
        kept = {
            "state": state.dump(self.workflow),
            "results": self.results,
            "effects": [(one.activity, one.arguments) for one in self._effects],
        }
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()

    def _advance(self) -> None:
        with _failing(self.process.drawing.id):
            self.workflow.do_engine_steps()
        self.workflow.bpmn_events.clear()


class _Engine:
    """What stands in place of SpiffWorkflow's Python engine: compiled CEL and nothing else."""

    def __init__(self, instance: Instance, now: datetime | None) -> None:
        self._instance = instance
        self.at(now)

    def at(self, now: datetime | None) -> None:
        """Begin a step at a time."""
        self.now = now if now is not None else datetime.now(UTC)

    def holds(self, condition: Expression, node: str) -> bool:
        """Whether a condition is true for the case."""
        with _failing(node):
            return bool(condition.evaluate(self._instance.data))

    def perform(self, node: str) -> None:
        """Do the work of a business rule task or a service task."""
        compiled = self._instance.process.compiled
        with _failing(node):
            if node in compiled.decidings:
                self._decide(compiled.decidings[node])
            else:
                self._call(compiled.callings[node])

    def _decide(self, deciding: Deciding) -> None:
        instance, decision = self._instance, deciding.decision
        binding = instance.process.environment.bind(instance.data)
        if deciding.for_each is None:
            instance.results[deciding.result] = decision.decide(binding)
            return
        elements = deciding.for_each.evaluate(binding)
        if not isinstance(elements, list):
            raise DecisionError("The decision has no list to go through.")
        instance.results[deciding.result] = [
            decision.decide(self._with(binding, deciding, element, index))
            for index, element in enumerate(elements, start=1)
        ]

    def _with(self, binding: Binding, deciding: Deciding, element: Any, index: int) -> Binding:
        return binding.extend(deciding.environment, {deciding.element: element, "index": index})

    def _call(self, calling: Calling) -> None:
        instance = self._instance
        arguments = {
            name: expression.evaluate(instance.data)
            for name, expression in calling.arguments.items()
        }
        instance._effects.append(Effect(calling.activity, arguments))

    def evaluate(self, *_arguments: Any, **_named: Any) -> NoReturn:
        """SpiffWorkflow's door to Python: shut."""
        raise specs.ScriptsRefusedError("Expressions are not run as scripts.")

    execute = call_service = evaluate

    @property
    def environment(self) -> NoReturn:
        """SpiffWorkflow's second door to Python: shut."""
        raise specs.ScriptsRefusedError("There is no environment for scripts.")


@contextmanager
def _failing(node: str) -> Iterator[None]:
    """Turn what goes wrong at an element into a `ProcessError` that names it."""
    try:
        yield
    except (EvaluationError, DecisionError) as error:
        raise ProcessError(f"The process cannot go on at '{node}': {error}") from error
    except SpiffWorkflowException as error:
        raise ProcessError(f"The process cannot go on at '{node}'.") from error
