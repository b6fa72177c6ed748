"""Where a case's tokens are, in a small form that does not repeat the process."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

VERSION = 1


def dump(workflow: BpmnWorkflow) -> dict[str, Any]:
    """The tree of tasks, parents before children.

    A task is [id, parent's place in the list, specification, state, time of its last change,
    internal data if any].
    """
    places: dict[UUID, int] = {}
    rows: list[list[Any]] = []
    waiting: list[Task] = [workflow.task_tree]
    while waiting:
        task = waiting.pop()
        places[task.id] = len(rows)
        row = [
            task.id.hex,
            places.get(task._parent, -1),
            task.task_spec.name,
            task.state,
            round(task.last_state_change, 3),
        ]
        rows.append([*row, task.internal_data] if task.internal_data else row)
        waiting.extend(reversed(task.children))
    return {"version": VERSION, "completed": workflow.completed, "tasks": rows}


def restore(kept: dict[str, Any], spec: BpmnProcessSpec, engine: object) -> BpmnWorkflow:
    """The workflow with its tasks.

    Raises `ValueError` for another version or a task that the process does not have.
    """
    if kept["version"] != VERSION:
        raise ValueError("the state is of another version")
    workflow = BpmnWorkflow(spec, script_engine=engine, deserializing=True)
    tasks: list[Task] = []
    for identifier, place, name, at_state, changed, *internal in kept["tasks"]:
        specification = spec.task_specs.get(name)
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
            workflow.event_manager.add_task(task)
    workflow.task_tree = tasks[0]
    workflow.completed = kept["completed"]
    return workflow
