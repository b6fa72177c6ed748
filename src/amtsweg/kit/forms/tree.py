"""A compiled form: pages over a tree of nodes, with every word, kind and condition in its place."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from amtsweg.kit.expressions import Environment, Expression
from amtsweg.kit.fim.model import Field, Group
from amtsweg.kit.forms.kinds import ChoiceKind, Kind
from amtsweg.kit.forms.widgets import Language, Option

MAX_INSTANCES = 200
"""How often a thing may be given where the schema sets no end."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a node says in one language. ``item`` names one instance, ``add`` the button."""

    label: str
    help: str = ""
    item: str = ""
    add: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Node:
    """One use of an element. ``path`` is its place in the schema, without indices.

    ``minimum`` and ``maximum`` count answers; ``required`` holds while no condition hides it.
    ``holds_answer`` is false for shown text and for groups of nothing else. ``optional_above`` is
    the path of the innermost group above that need not be answered, "" where there is none.
    """

    path: str
    key: str
    words: Mapping[Language, Words]
    minimum: int
    maximum: int
    repeated: bool
    required: bool
    holds_answer: bool
    optional_above: str = ""
    condition: Expression | None = None

    @property
    def shown_minimum(self) -> int:
        """How many instances are shown at least."""
        return max(self.minimum, 1 if self.required else 0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FieldNode(_Node):
    """A field. ``kind`` is None for shown text; ``constant`` is set where nobody answers.

    ``offered`` gives the codes of its choices that are offered; None = all.
    """

    field: Field
    kind: Kind | None
    constant: Any = None
    options: Mapping[Language, tuple[Option, ...]] = dataclasses.field(default_factory=dict)
    offered: Expression | None = None
    legal_basis: tuple[str, ...] = ()
    autocomplete: str = ""
    prefill: str = ""

    @property
    def conditional(self) -> bool:
        """Whether a condition stands at this node or below."""
        return self.condition is not None

    @property
    def several(self) -> bool:
        """Whether several choices of one list are made, in one control of checkboxes."""
        return self.repeated and isinstance(self.kind, ChoiceKind)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GroupNode(_Node):
    """A group. ``environment`` knows ``item`` where the group repeats and has conditions."""

    group: Group
    children: tuple[Node, ...]
    conditional: bool
    environment: Environment | None = None
    by_key: Mapping[str, Node] = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {child.key: child for child in self.children})


Node: TypeAlias = FieldNode | GroupNode


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One page; shown while its condition holds (None = always)."""

    id: str
    condition: Expression | None
    items: tuple[Node, ...]
    titles: Mapping[Language, Words]

    @property
    def optional(self) -> bool:
        """Whether the whole page belongs to something that need not be answered."""
        return all(
            item.optional_above or (isinstance(item, GroupNode) and not item.required)
            for item in self.items
        )

    @property
    def conditional(self) -> bool:
        """Whether an answer can hide the page or anything on it."""
        return self.condition is not None or any(item.conditional for item in self.items)


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """A rule between answers: ``expression`` must be true; ``at`` is the path it speaks about.

    ``repeated`` is the path of the group whose instances are ``item``, "" where it is one rule
    for the whole form.
    """

    id: str
    expression: Expression
    at: str
    page_id: str
    sentences: Mapping[Language, str]
    repeated: str = ""
    environment: Environment | None = None


def off_pages(
    root: tuple[Node, ...], pages: tuple[Page, ...]
) -> tuple[tuple[GroupNode, ...], tuple[Node, ...]]:
    """The groups of which only parts stand on pages, and what stands on none, not even in part."""
    items = {item.path for page in pages for item in page.items}
    above = {item.rpartition(".")[0] for item in items}
    above |= {path[:at] for path in above for at, sign in enumerate(path) if sign == "."}
    split: list[GroupNode] = []
    nowhere: list[Node] = []
    left = list(root)
    while left:
        node = left.pop(0)
        if node.path in items:
            continue
        if isinstance(node, GroupNode) and node.path in above:
            split.append(node)
            left += node.children
        else:
            nowhere.append(node)
    return tuple(split), tuple(nowhere)


def below(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """All nodes, a group before its parts."""
    for node in nodes:
        yield node
        if isinstance(node, GroupNode):
            yield from below(node.children)
