"""A process as it is drawn: nodes and flows, read from BPMN and not yet compiled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of node that a process may have, by their BPMN names."""

    START = "startEvent"
    END = "endEvent"
    USER_TASK = "userTask"
    DECISION_TASK = "businessRuleTask"
    ACTIVITY_TASK = "serviceTask"
    RECEIVE_TASK = "receiveTask"
    CATCH = "intermediateCatchEvent"
    BOUNDARY = "boundaryEvent"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    SUBPROCESS = "subProcess"


WAITING = frozenset({Kind.USER_TASK, Kind.RECEIVE_TASK, Kind.CATCH})
"""Nodes at which a case rests until somebody or something comes."""


@dataclass(frozen=True, slots=True)
class InputText:
    """An input of a user task as written."""

    name: str
    type: str
    values: tuple[str, ...]
    required: bool
    required_when: str
    offered: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Work:
    """Who does a user task: a role, and possibly someone else than who did another task."""

    role: str
    different_from: str
    inputs: tuple[InputText, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Which decision a business rule task takes: once, or for each element of a list."""

    decision: str
    result: str
    for_each: str
    element: str


@dataclass(frozen=True, slots=True)
class Call:
    """Which activity a service task calls; arguments are CEL."""

    activity: str
    arguments: tuple[tuple[str, str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Node:
    """One task, event, gateway or subprocess. What does not concern its kind is empty.

    `within` is the subprocess in which it is drawn, empty for the process itself.
    """

    id: str
    kind: Kind
    name: str
    line: int | None
    work: Work | None = None
    rule: Rule | None = None
    call: Call | None = None
    message: str = ""
    timer: str = ""
    attached_to: str = ""
    interrupting: bool = True
    terminate: bool = False
    default_flow: str = ""
    within: str = ""

    @property
    def label(self) -> str:
        """How sentences call this node."""
        return f"'{self.name}' ({self.id})" if self.name else f"'{self.id}'"

    @property
    def waits(self) -> bool:
        """Whether a case rests here."""
        return self.kind in WAITING


@dataclass(frozen=True, slots=True)
class Flow:
    """An arrow. `condition` is CEL, empty if there is none."""

    id: str
    source: str
    target: str
    condition: str
    line: int | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole process as drawn; what is drawn in its subprocesses stands among the rest."""

    id: str
    name: str
    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]

    def level(self, within: str = "") -> Drawing:
        """What is drawn directly in a subprocess, or in the process itself."""
        nodes = {node.id: node for node in self.nodes.values() if node.within == within}
        inner = tuple(flow for flow in self.flows if flow.source in nodes)
        return Drawing(within or self.id, self.name, nodes, inner)

    def levels(self) -> Iterator[Drawing]:
        """The process itself and each subprocess, as drawings of their own."""
        yield self.level()
        yield from (self.level(node.id) for node in self.of_kind(Kind.SUBPROCESS))

    def inside(self, node: str) -> Iterator[Node]:
        """Everything that is drawn in a subprocess, at whatever depth."""
        for one in self.nodes.values():
            if one.within == node:
                yield one
                yield from self.inside(one.id)

    def rests(self, node: Node) -> bool:
        """Whether a case can rest at a node, or somewhere inside it."""
        return node.waits or any(one.waits for one in self.inside(node.id))

    def outgoing(self, node: str) -> tuple[Flow, ...]:
        """The arrows that leave a node, in the order of the file."""
        return tuple(flow for flow in self.flows if flow.source == node)

    def incoming(self, node: str) -> tuple[Flow, ...]:
        """The arrows that reach a node, in the order of the file."""
        return tuple(flow for flow in self.flows if flow.target == node)

    def boundary_events(self, node: str) -> tuple[Node, ...]:
        """The events attached to a node's border."""
        return tuple(one for one in self.nodes.values() if one.attached_to == node)

    def of_kind(self, *kinds: Kind) -> Iterator[Node]:
        """The nodes of these kinds, in the order of the file."""
        return (node for node in self.nodes.values() if node.kind in kinds)

    def successors(self, node: str) -> Iterator[str]:
        """Where a case can be after this node: along its arrows or by an event on its border.

        Into a subprocess a case goes by its start, and from its ends on behind it.
        """
        drawn = self.nodes[node]
        if drawn.kind is Kind.SUBPROCESS:
            yield from (one.id for one in self.level(node).of_kind(Kind.START))
        elif drawn.kind is Kind.END and drawn.within:
            yield from (flow.target for flow in self.outgoing(drawn.within))
        else:
            yield from (flow.target for flow in self.outgoing(node))
        yield from (event.id for event in self.boundary_events(node))
