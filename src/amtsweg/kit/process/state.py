"""Where a case's tokens are, in a small form that does not repeat the process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

VERSION = 1


_ACTIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


def dump(workflow: BpmnWorkflow) -> dict[str, Any]:
    """The tree of tasks that still matter, parents before children.

    What led to the point from which all active tasks descend cannot matter any more, since no
    join looks beyond it; it is left out, so that a case does not grow with every round of a loop.
    A task is [id, parent's place in the list, specification, state, time of its last change,
    internal data if any]. Subprocesses that are under way are [id of their task, tasks], outer
    ones before inner ones.
    """
    kept = {"version": VERSION, "completed": workflow.completed, "tasks": _rows(workflow)}
    under_way = sorted(workflow.get_active_subprocesses(), key=lambda one: one.depth)
    if under_way and not workflow.completed:
        kept["within"] = [[one.parent_task_id.hex, _rows(one)] for one in under_way]
    return kept


def _rows(workflow: BpmnBaseWorkflow) -> list[list[Any]]:
    root = workflow.task_tree
    rows = [_row(root, -1)]
    beginning = _last_common(workflow)
    waiting = [(beginning, 0)] if beginning is not root else [(one, 0) for one in root.children]
    while waiting:
        task, place = waiting.pop()
        children = [(one, len(rows)) for one in reversed(task.children)]
        rows.append(_row(task, place))
        waiting.extend(children)
    return rows


def _row(task: Task, place: int) -> list[Any]:
    row = [task.id.hex, place, task.task_spec.name, task.state, round(task.last_state_change, 3)]
    return [*row, task.internal_data] if task.internal_data else row


def _last_common(workflow: BpmnBaseWorkflow) -> Task:
    """The last task from which all active ones descend; any one if the case has ended."""
    active = [task for task in workflow.tasks.values() if task.has_state(_ACTIVE)]
    if not active:
        return workflow.last_task or workflow.task_tree
    paths = [_path(task) for task in active]
    common = paths[0][0]
    for step in zip(*paths, strict=False):
        if any(task is not step[0] for task in step):
            break
        common = step[0]
    return common


def _path(task: Task) -> list[Task]:
    """The tasks from the root down to this one."""
    path = [task]
    while (parent := path[-1].parent) is not None:
        path.append(parent)
    return path[::-1]


def restore(
    kept: dict[str, Any],
    spec: BpmnProcessSpec,
    inner: Mapping[str, BpmnProcessSpec],
    engine: object,
) -> BpmnWorkflow:
    """The workflow with its tasks; `inner` are the specifications of its subprocesses.

    Raises `ValueError` for another version or a task that the process does not have.
    """
    if kept["version"] != VERSION:
        raise ValueError("the state is of another version")
    workflow = BpmnWorkflow(spec, dict(inner), script_engine=engine, deserializing=True)
    _plant(workflow, kept["tasks"], workflow)
    for identifier, rows in kept.get("within", ()):
        host = workflow.get_task_from_id(UUID(identifier))
        of = inner[host.task_spec.spec]
        within = BpmnSubWorkflow(of, host.id, workflow, deserializing=True)
        workflow.subprocesses[host.id] = within
        _plant(within, rows, workflow)
        within.completed_event.connect(host.task_spec._on_subworkflow_completed, host)
    workflow.completed = kept["completed"]
    return workflow


def _plant(workflow: BpmnBaseWorkflow, rows: list[list[Any]], top: BpmnWorkflow) -> None:
    tasks: list[Task] = []
    for identifier, place, name, at_state, changed, *internal in rows:
        specification = workflow.spec.task_specs.get(name)
        if specification is None:
            raise ValueError(f"the process has no '{name}'")
        task = Task(workflow, specification, state=at_state, id=UUID(identifier))
        task.last_state_change = changed
        if internal:
            task.internal_data = internal[0]
        if place >= 0:
            parent = tasks[place]
            task.parent = parent
            parent._children.append(task.id)
        tasks.append(task)
        if isinstance(specification, CatchingEvent) and at_state == TaskState.WAITING:
            top.event_manager.add_task(task)
    workflow.task_tree = tasks[0]
