"""A drawing as a text: its steps in the order in which a case can come to them.

What the picture shows by arrows is said in words, for people who cannot see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from amtsweg.kit.process.model import Drawing, Kind, Node

_SILENT = frozenset({Kind.START, Kind.END, Kind.PARALLEL})


@dataclass(frozen=True, slots=True)
class Way:
    """A way on from a step: what is written at the arrow, and the ids of the steps behind it.

    No steps: the process, or the subprocess around, ends.
    """

    name: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A task, event, subprocess or question. ``depth`` is how many subprocesses are around it.

    ``ways`` are there where not simply the next step of the text follows.
    """

    node: Node
    depth: int
    ways: tuple[Way, ...]


def steps(drawing: Drawing) -> tuple[Step, ...]:
    """All steps, each once; starts, ends and gateways without a question are only passed."""
    order = [one for one in _order(drawing) if _speaks(drawing, one)]
    return tuple(
        Step(node, _depth(drawing, node), tuple(_ways(drawing, node, following)))
        for node, following in zip(order, [*order[1:], None], strict=True)
    )


def _order(drawing: Drawing) -> list[Node]:
    """Reverse postorder: a step comes before those that it leads to, but for loops back."""
    start = next(drawing.level().of_kind(Kind.START)).id
    seen, done = {start}, []
    waiting = [(start, list(drawing.successors(start)))]
    while waiting:
        node, left = waiting[-1]
        if not left:
            done.append(drawing.nodes[node])
            waiting.pop()
        elif (following := left.pop()) not in seen:
            seen.add(following)
            waiting.append((following, list(drawing.successors(following))))
    return done[::-1]


def _speaks(drawing: Drawing, node: Node) -> bool:
    if node.kind is Kind.EXCLUSIVE:
        return len(drawing.outgoing(node.id)) > 1
    return node.kind not in _SILENT


def _ways(drawing: Drawing, node: Node, following: Node | None) -> Iterator[Way]:
    if node.kind is Kind.SUBPROCESS:
        return
    flows = drawing.outgoing(node.id)
    found = [Way(flow.name, tuple(_behind(drawing, flow.target, set()))) for flow in flows]
    next_of_all = [(following.id,)] if following else [()]
    if node.kind is Kind.EXCLUSIVE or [way.to for way in found] != next_of_all:
        yield from found


def _behind(drawing: Drawing, identifier: str, passed: set[str]) -> Iterator[str]:
    """The steps at which a case is when it has followed an arrow to an element."""
    node = drawing.nodes[identifier]
    if identifier in passed:
        return
    if _speaks(drawing, node):
        yield identifier
        return
    for one in drawing.successors(identifier):
        yield from _behind(drawing, one, passed | {identifier})


def _depth(drawing: Drawing, node: Node) -> int:
    return 1 + _depth(drawing, drawing.nodes[node.within]) if node.within else 0
