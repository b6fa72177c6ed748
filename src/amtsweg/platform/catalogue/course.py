"""How a service is worked through, for a page: the steps in words, the decisions, the drawings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from amtsweg.kit.package import Edition
from amtsweg.kit.process import outline
from amtsweg.kit.process.dmn_reading import DecisionText
from amtsweg.kit.process.model import Kind, Node
from amtsweg.platform.federation.models import Role


@dataclass(frozen=True)
class Way:
    """A way on: what is written at the arrow, and id and name of the steps behind it."""

    name: str
    to: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Step:
    """A step as people read it. ``within`` is the name of the subprocess in which it is, if any."""

    node: Node
    name: str
    role: str
    within: str
    at: str
    depth: int
    ways: tuple[Way, ...]
    here: bool


@dataclass(frozen=True)
class Course:
    """The whole page. ``here`` are the BPMN ids at which the case is, ``files`` those of decisions."""

    edition: Edition
    steps: tuple[Step, ...]
    decisions: tuple[DecisionText, ...]
    here: tuple[str, ...]
    files: tuple[str, ...]


def course(edition: Edition, language: str, here: Collection[str] = ()) -> Course:
    """The course of an edition's process, with the places at which a case is."""
    drawing = edition.process.drawing

    def name(identifier: str) -> str:
        node = drawing.nodes[identifier]
        drawn = node.name or node.id
        return edition.text(language, f"task.{identifier}.name", default=drawn)

    def ways(step: outline.Step) -> tuple[Way, ...]:
        return tuple(
            Way(way.name, tuple((one, name(one)) for one in dict.fromkeys(way.to)))
            for way in step.ways
        )

    steps = tuple(
        Step(
            node=step.node,
            name=name(step.node.id),
            role=_role(step.node),
            within=name(step.node.within) if step.node.within else "",
            at=name(step.node.attached_to) if step.node.attached_to else "",
            depth=step.depth,
            ways=ways(step),
            here=step.node.id in here and step.node.kind is not Kind.SUBPROCESS,
        )
        for step in outline.steps(drawing)
    )
    files = tuple(name for name in edition.drawings if name.endswith(".dmn"))
    return Course(edition, steps, edition.process.texts, tuple(sorted(here)), files)


def _role(node: Node) -> str:
    role = node.work.role if node.work else ""
    return str(Role(role).label) if role in Role.values else role
