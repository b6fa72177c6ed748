"""Play all ways through a drawing with tokens, to see whether one of them goes wrong.

The drawing is taken as a workflow net: a marking says on which flows there is a token. Conditions
are not looked at: every way that a gateway offers is taken to be possible.
Source: W. van der Aalst, The Application of Petri Nets to Workflow Management, 1998.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from amtsweg.kit.process.model import Drawing, Flow, Kind, Node
from amtsweg.kit.process.report import Report

MAX_MARKINGS = 5_000
"""Markings looked at; a process with more is told to be simplified."""

Marking: TypeAlias = tuple[str, ...]


def check(drawing: Drawing, report: Report) -> None:
    """Report a way on which a case gets stuck, or on which parallel ways are not joined."""
    _Play(drawing, report).run()


class _Play:
    def __init__(self, drawing: Drawing, report: Report) -> None:
        self.drawing, self.report = drawing, report
        self.flows = {flow.id: flow for flow in drawing.flows}
        self.outgoing = {node: _ids(drawing.outgoing(node)) for node in drawing.nodes}
        self.incoming = {node: _ids(drawing.incoming(node)) for node in drawing.nodes}
        self.asides = self._asides()

    def _asides(self) -> frozenset[str]:
        """Flows that only a reminder leads to: several of its kind may be under way at once."""
        reached: set[str] = set()
        waiting = [node.id for node in self.drawing.of_kind(Kind.START)]
        while waiting:
            node = waiting.pop()
            if node in reached:
                continue
            reached.add(node)
            waiting.extend(self.flows[flow].target for flow in self.outgoing[node])
            waiting.extend(
                event.id for event in self.drawing.boundary_events(node) if event.interrupting
            )
        return frozenset(flow.id for flow in self.drawing.flows if flow.source not in reached)

    def run(self) -> None:
        start = next(self.drawing.of_kind(Kind.START)).id
        first: Marking = self.outgoing[start]
        seen = {first}
        waiting = [first]
        while waiting:
            marking = waiting.pop()
            following = list(self.steps(marking))
            if not following and marking:
                self.stuck(marking)
                return
            for one in following:
                doubled = next((token for token in one if one.count(token) > 1), None)
                if doubled is not None:
                    self.doubled(doubled)
                    return
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)
            if len(seen) > MAX_MARKINGS:
                self.report.warning(
                    "process.too_many_ways",
                    "The process has more ways through it than can be followed.",
                    "Use fewer parallel branches.",
                )
                return

    def steps(self, marking: Marking) -> Iterator[Marking]:
        """Every marking that the work of one node can lead to."""
        for token in marking:
            node = self.node_after(token)
            outgoing = self.outgoing[node.id]
            if node.kind is Kind.PARALLEL:
                needed = self.incoming[node.id]
                if token == needed[0] and all(one in marking for one in needed):
                    yield self.moved(marking, needed, outgoing)
            elif node.kind is Kind.END:
                yield () if node.terminate else self.moved(marking, [token], ())
            elif node.kind is Kind.EXCLUSIVE:
                for flow in outgoing:
                    yield self.moved(marking, [token], [flow])
            else:
                yield self.moved(marking, [token], outgoing)
                for event in self.drawing.boundary_events(node.id):
                    taken = [token] if event.interrupting else []
                    yield self.moved(marking, taken, self.outgoing[event.id])

    def moved(self, marking: Marking, taken: Iterable[str], given: Iterable[str]) -> Marking:
        tokens = list(marking)
        for one in taken:
            tokens.remove(one)
        tokens += [one for one in given if one not in self.asides or one not in tokens]
        return tuple(sorted(tokens))

    def node_after(self, flow: str) -> Node:
        return self.drawing.nodes[self.flows[flow].target]

    def stuck(self, marking: Marking) -> None:
        joins = sorted({self.node_after(token).label for token in marking})
        self.report.error(
            "process.stuck",
            f"A case can get stuck before {', '.join(joins)}: not all its flows are reached.",
            "Join with the kind of gateway that split the ways.",
            self.node_after(marking[0]).line,
        )

    def doubled(self, flow: str) -> None:
        node = self.node_after(flow)
        self.report.error(
            "process.doubled",
            f"Parallel ways reach {node.label} twice.",
            "Join parallel ways with a parallel gateway before it.",
            node.line,
        )


def _ids(flows: tuple[Flow, ...]) -> Marking:
    return tuple(flow.id for flow in flows)
