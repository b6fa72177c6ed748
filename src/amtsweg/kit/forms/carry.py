"""A draft moves to a newer edition of its form: what fits is kept, what does not is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from amtsweg.kit.forms.form import Form
from amtsweg.kit.forms.tree import FieldNode, GroupNode, Node
from amtsweg.kit.forms.widgets import Answers, FileInfo

Identity: TypeAlias = tuple[str, int]
"""An element's id and which use of it in the parent this is, counted from 0."""


def carry_over(
    old_form: Form,
    new_form: Form,
    answers: Mapping[str, Any],
    *,
    files: Mapping[str, FileInfo] | None = None,
) -> tuple[Answers, tuple[str, ...]]:
    """The answers under the new form, and the paths ("hunde.1.rasse") that had to be dropped.

    An answer keeps its place by the ids of the elements above it, not by their names. It is
    dropped where the new form has no such element, does not accept the value, or hides it.
    Without ``files`` attachments are kept unseen; the new form checks them when it is validated.
    """
    dropped: list[str] = []
    carried = _carry(old_form.root, new_form.root, answers, "", files, dropped)
    cleaned = new_form.clean(carried)
    kept_paths = {path for path, _ in _leaves(cleaned, "")}
    hidden = [path for path, _ in _leaves(carried, "") if path not in kept_paths]
    return cleaned, tuple(dropped + hidden)


def _carry(
    old: tuple[Node, ...],
    new: tuple[Node, ...],
    answers: Mapping[str, Any],
    under: str,
    files: Mapping[str, FileInfo] | None,
    dropped: list[str],
) -> Answers:
    targets = dict(_identified(new))
    carried: Answers = {}
    for identity, node in _identified(old):
        if node.key not in answers:
            continue
        at = under + node.key
        target = targets.get(identity)
        if target is None or isinstance(target, GroupNode) != isinstance(node, GroupNode):
            dropped += [path for path, _ in _leaves(answers[node.key], at)]
            continue
        given = answers[node.key] if node.repeated else [answers[node.key]]
        kept: list[Any] = []
        for index, value in enumerate(given):
            place = f"{at}.{index}" if node.repeated else at
            if len(kept) >= target.maximum:
                dropped += [path for path, _ in _leaves(value, place)]
            elif isinstance(node, GroupNode) and isinstance(target, GroupNode):
                children = (node.children, target.children)
                kept.append(_carry(*children, value, place + ".", files, dropped))
            elif isinstance(target, FieldNode) and _accepts(target, value, files):
                kept.append(value)
            else:
                dropped.append(place)
        if kept:
            carried[target.key] = kept if target.repeated else kept[0]
    return carried


def _accepts(target: FieldNode, value: Any, files: Mapping[str, FileInfo] | None) -> bool:
    if target.kind is None:
        return False
    if target.kind.widget == "file" and files is None:
        return isinstance(value, str)
    return target.kind.check(value, files or {}) is None


def _identified(nodes: tuple[Node, ...]) -> Iterator[tuple[Identity, Node]]:
    seen: dict[str, int] = {}
    for node in nodes:
        id_ = node.field.id if isinstance(node, FieldNode) else node.group.id
        seen[id_] = seen.get(id_, -1) + 1
        yield (id_, seen[id_]), node


def _leaves(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Every single answer with its path."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _leaves(part, f"{at}.{key}" if at else key)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _leaves(part, f"{at}.{index}")
    else:
        yield at, value
