"""Whether a drawing is sound: every case that begins can end, and nothing runs in circles.

A subprocess is sound like a process of its own, and stands in the one around it like a task.

A process is sound if every element can be reached, an end can be reached from everywhere, no loop
is without a wait, and no way through it gets stuck or runs an element twice at once (`playing`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from amtsweg.kit.process import playing
from amtsweg.kit.process.model import Drawing, Flow, Kind, Node
from amtsweg.kit.process.report import Report


def check(drawing: Drawing, report: Report) -> None:
    """Put into the report what keeps the drawing from being sound."""
    _connections(drawing, report)
    if report.failed:
        return
    _reachability(drawing, report)
    _restless_loops(drawing, report)
    if not report.failed:
        for level in drawing.levels():
            playing.check(level, report)


def _connections(drawing: Drawing, report: Report) -> None:
    for level in drawing.levels():
        _ends(level, drawing.nodes.get(level.id), report)
    for flow in drawing.flows:
        source, target = drawing.nodes.get(flow.source), drawing.nodes.get(flow.target)
        if source and target and source.within != target.within:
            report.error(
                "process.flow",
                f"The flow '{flow.id}' crosses the border of a subprocess.",
                "End it inside, and lead on from the subprocess itself.",
                flow.line,
            )
        for end in (flow.source, flow.target):
            if end not in drawing.nodes:
                report.error(
                    "process.flow",
                    f"The flow '{flow.id}' leads from or to '{end}', which is not in the process.",
                    "Connect it with an element of the process.",
                    flow.line,
                )
    for node in drawing.nodes.values():
        _node_connections(drawing, node, report)


def _ends(level: Drawing, subprocess: Node | None, report: Report) -> None:
    where = f"The subprocess {subprocess.label}" if subprocess else "The process"
    line = subprocess.line if subprocess else None
    starts = list(level.of_kind(Kind.START))
    if len(starts) != 1:
        report.error(
            "process.start",
            f"{where} has {len(starts)} start events.",
            "Draw exactly one start event.",
            starts[1].line if len(starts) > 1 else line,
        )
    if not any(True for _ in level.of_kind(Kind.END)):
        report.error("process.end", f"{where} has no end event.", "Draw an end event.", line)


def _node_connections(drawing: Drawing, node: Node, report: Report) -> None:
    outgoing, incoming = drawing.outgoing(node.id), drawing.incoming(node.id)
    if node.kind is Kind.END and outgoing:
        report.error(
            "process.flow",
            f"A flow leaves the end event {node.label}.",
            "Remove the flow.",
            node.line,
        )
    if node.kind in (Kind.START, Kind.BOUNDARY) and incoming:
        report.error(
            "process.flow",
            f"A flow leads to the event {node.label}.",
            "Lead it to a task or gateway.",
            node.line,
        )
    if node.kind is Kind.EXCLUSIVE:
        _choices(drawing, node, outgoing, report)
    else:
        _single_way(node, outgoing, report)
    if node.kind is Kind.BOUNDARY:
        _border(drawing, node, report)


_HOSTS = frozenset({Kind.USER_TASK, Kind.RECEIVE_TASK, Kind.SUBPROCESS})


def _border(drawing: Drawing, event: Node, report: Report) -> None:
    host = drawing.nodes.get(event.attached_to)
    if (
        host is None
        or host.kind not in _HOSTS
        or host.within != event.within
        or not drawing.rests(host)
    ):
        report.error(
            "process.boundary",
            f"The event {event.label} is not on the border of a user task, a receive task or a "
            "subprocess with one of them.",
            "Attach it to something at which the case waits.",
            event.line,
        )
        return
    others = (*drawing.boundary_events(host.id), host, *drawing.inside(host.id))
    if event.message and any(one.message == event.message for one in others if one is not event):
        report.error(
            "process.message_twice",
            f"{host.label} and {event.label} on its border wait for the same message.",
            "Decide which of them takes it.",
            event.line,
        )


def _single_way(node: Node, outgoing: tuple[Flow, ...], report: Report) -> None:
    if node.kind is not Kind.PARALLEL and len(outgoing) > 1:
        report.error(
            "process.split",
            f"{len(outgoing)} flows leave {node.label}.",
            "Draw a gateway that says whether one or all of them are taken.",
            node.line,
        )
    for flow in outgoing:
        if flow.condition:
            report.error(
                "process.condition_place",
                f"The flow '{flow.id}' from {node.label} has a condition.",
                "Conditions belong on flows that leave an exclusive gateway.",
                flow.line,
            )


def _choices(drawing: Drawing, node: Node, outgoing: tuple[Flow, ...], report: Report) -> None:
    targets = [flow.target for flow in outgoing]
    if len(set(targets)) < len(targets):
        report.error(
            "process.same_target",
            f"Two flows lead from {node.label} to the same element.",
            "Join their conditions with || on one flow.",
            node.line,
        )
    if node.default_flow and node.default_flow not in {flow.id for flow in outgoing}:
        report.error(
            "process.default",
            f"The default flow '{node.default_flow}' does not leave {node.label}.",
            "Choose the default flow again.",
            node.line,
        )
        return
    without = [flow for flow in outgoing if not flow.condition and flow.id != node.default_flow]
    if len(outgoing) == 1 and without:
        return
    for flow in without:
        report.error(
            "process.no_condition",
            f"The flow '{flow.id}' leaves {node.label} without a condition.",
            "Give it a condition, or make it the default flow.",
            flow.line,
        )
    if not without and not node.default_flow and not is_exhaustive(drawing, outgoing):
        report.error(
            "process.not_exhaustive",
            f"It can happen that no condition holds at {node.label}.",
            "Make one flow the default flow.",
            node.line,
        )


_EQUALS = re.compile(r"(\w+)\.(\w+) == (?:'([^']*)'|\"([^\"]*)\")\Z")


def is_exhaustive(drawing: Drawing, flows: tuple[Flow, ...]) -> bool:
    """Whether one of the conditions certainly holds.

    That is known where one condition denies another, or where they name every value of a
    required choice of a user task that is always done before.
    """
    conditions = [" ".join(flow.condition.split()) for flow in flows]
    for condition in conditions:
        if f"!({condition})" in conditions:
            return True
        if re.fullmatch(r"[\w.]+", condition) and f"!{condition}" in conditions:
            return True
    named: dict[tuple[str, str], set[str]] = {}
    # Only outside brackets and choices do the parts around || hold by themselves.
    plain = (one for one in conditions if not set(one) & set("([{?"))
    for condition in chain.from_iterable(one.split(" || ") for one in plain):
        if found := _EQUALS.match(condition):
            named.setdefault((found[1], found[2]), set()).add(found[3] or found[4] or "")
    gateway = flows[0].source
    return any(_covers(drawing, gateway, *of, values) for of, values in named.items())


def _covers(drawing: Drawing, gateway: str, task: str, name: str, values: set[str]) -> bool:
    node = drawing.nodes.get(task)
    if node is None or node.work is None or _can_be_missed(drawing, task, gateway):
        return False
    return any(
        one.name == name
        and one.type == "choice"
        and one.required
        and not one.required_when
        and set(one.values) <= values
        for one in node.work.inputs
    )


def _can_be_missed(drawing: Drawing, task: str, gateway: str) -> bool:
    """Whether a case can reach the gateway without having finished the task."""

    def onward(node: str) -> Iterator[str]:
        if node == task:
            return (event.id for event in drawing.boundary_events(node))
        return drawing.successors(node)

    return gateway in _closure([_start(drawing)], onward)


def _start(drawing: Drawing) -> str:
    return next(drawing.level().of_kind(Kind.START)).id


def _reachability(drawing: Drawing, report: Report) -> None:
    reached = _closure([_start(drawing)], drawing.successors)
    backwards: dict[str, list[str]] = {}
    for source in drawing.nodes:
        for successor in drawing.successors(source):
            backwards.setdefault(successor, []).append(source)
    ending = _closure(
        [node.id for node in drawing.level().of_kind(Kind.END)],
        lambda node: backwards.get(node, []),
    )
    for node in drawing.nodes.values():
        if node.id not in reached:
            report.error(
                "process.unreachable",
                f"No way leads from the start to {node.label}.",
                "Connect it, or remove it.",
                node.line,
            )
        elif node.id not in ending:
            report.error(
                "process.dead_end",
                f"No way leads from {node.label} to an end event.",
                "Connect it with what comes next.",
                node.line,
            )


def _closure(beginning: Iterable[str], step: Callable[[str], Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(beginning)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(step(node))
    return found


def _restless_loops(drawing: Drawing, report: Report) -> None:
    """A loop through nothing that waits would never stop running."""
    restless = {
        node.id
        for node in drawing.nodes.values()
        if not node.waits and node.kind is not Kind.BOUNDARY
    }

    def onward(node: str) -> Iterator[str]:
        return (one for one in drawing.successors(node) if one in restless)

    for identifier in drawing.nodes:
        if identifier in restless and identifier in _closure(onward(identifier), onward):
            node = drawing.nodes[identifier]
            report.error(
                "process.endless_loop",
                f"The loop through {node.label} has no task, message or timer to wait for.",
                "Put a user task, a receive task or a timer into the loop.",
                node.line,
            )
            return
