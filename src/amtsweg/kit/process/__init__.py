"""What happens to an application: BPMN processes and DMN decisions, with CEL in place of scripts.

`load` compiles a process with its decisions and raises `ProcessFault` with findings;
`Process.start` begins a case, `Process.restore` goes on with one.
"""

from amtsweg.kit.process.activities import ACTIVITIES, Activity
from amtsweg.kit.process.dmn import DecisionError
from amtsweg.kit.process.engine import Effect, Instance, OpenTask, Process, ProcessError, load
from amtsweg.kit.process.inputs import Input, InputType, TaskError
from amtsweg.kit.process.report import ProcessFault

__all__ = [
    "ACTIVITIES",
    "Activity",
    "DecisionError",
    "Effect",
    "Input",
    "InputType",
    "Instance",
    "OpenTask",
    "Process",
    "ProcessError",
    "ProcessFault",
    "TaskError",
    "load",
]
