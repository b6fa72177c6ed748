"""What is hidden: conditions decided on the answers, and hidden answers dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from amtsweg.kit.expressions import Binding, Environment, EvaluationError, Expression
from amtsweg.kit.forms.tree import FieldNode, GroupNode, Node, Page
from amtsweg.kit.forms.widgets import Answers

_MAX_PASSES = 10


class Conditions:
    """Decides the conditions of a form's pages."""

    def __init__(self, pages: tuple[Page, ...], environment: Environment) -> None:
        self._pages = tuple(page for page in pages if page.conditional)
        self._environment = environment

    def clean(
        self, answers: Mapping[str, Any], known: Mapping[str, Any]
    ) -> tuple[Answers, frozenset[str]]:
        """A copy without hidden answers, and the paths hidden ("hunde.0.nachweis", page ids "#x").

        ``known`` are the other variables of the conditions.

        Dropping an answer can hide another, so this runs until nothing changes.
        """
        cleaned: Answers = copy_of(answers)
        return cleaned, self.drop_hidden(cleaned, known)

    def drop_hidden(self, answers: Answers, known: Mapping[str, Any]) -> frozenset[str]:
        """Take hidden answers away, in place; the paths hidden."""
        hidden: frozenset[str] = frozenset()
        if not self._pages:
            return hidden
        for _ in range(_MAX_PASSES):
            hidden, dropped = self._decide(answers, known)
            if not dropped:
                break
        return hidden

    def _decide(self, answers: Answers, known: Mapping[str, Any]) -> tuple[frozenset[str], bool]:
        hidden: set[str] = set()
        dropped = False
        binding = self._environment.bind({**known, "answers": answers})
        for page in self._pages:
            shown = page.condition is None or holds(page.condition, binding)
            if not shown:
                hidden.add("#" + page.id)
            for node in page.items:
                holder, at = holder_of(answers, node.path)
                if shown:
                    dropped |= _walk(node, holder, at, binding, hidden)
                else:
                    hidden.add(node.path)
                    dropped |= _drop(holder, node.key)
            if all(node.path in hidden for node in page.items):
                hidden.add("#" + page.id)
        return frozenset(hidden), dropped


def holds(condition: Expression, binding: Binding) -> bool:
    """Whether a condition is true; where it has no value, it is not."""
    try:
        return condition.evaluate(binding) is True
    except EvaluationError:
        return False


def offered(
    nodes: Iterable[FieldNode], environment: Environment, data: Mapping[str, Any]
) -> dict[str, frozenset[str]]:
    """The codes that can be chosen at these fields, by path. One whose list has no value offers all."""
    found: dict[str, frozenset[str]] = {}
    for node in nodes:
        if node.offered is not None:
            with suppress(EvaluationError):
                codes: Any = node.offered.evaluate(environment.bind(data))
                found[node.path] = frozenset(codes)
    return found


def _walk(
    node: Node, holder: Answers | None, under: str, binding: Binding, hidden: set[str]
) -> bool:
    if not node.conditional:
        return False
    at = under + node.key
    if node.condition is not None and not holds(node.condition, binding):
        hidden.add(at)
        return _drop(holder, node.key)
    if not isinstance(node, GroupNode):
        return False
    value = (holder or {}).get(node.key)
    if not node.repeated:
        group = value if isinstance(value, dict) else None
        results = [_walk(child, group, at + ".", binding, hidden) for child in node.children]
        return any(results)
    dropped = False
    for index, instance in enumerate(value if isinstance(value, list) else ()):
        inner = binding
        if node.environment is not None:
            inner = binding.extend(node.environment, {"item": instance})
        for child in node.children:
            dropped |= _walk(child, instance, f"{at}.{index}.", inner, hidden)
    return dropped


def _drop(holder: Answers | None, key: str) -> bool:
    return holder is not None and holder.pop(key, None) is not None


def holder_of(answers: Answers, path: str) -> tuple[Answers | None, str]:
    """The object in which the answer of an item on a page stands, and its path with a dot."""
    if "." not in path:
        return answers, ""
    *above, _key = path.split(".")
    holder: Any = answers
    for key in above:
        holder = holder.get(key) if isinstance(holder, dict) else None
    return (holder if isinstance(holder, dict) else None), "".join(f"{key}." for key in above)


def copy_of(value: Any) -> Any:
    """A copy of plain JSON, several times as fast as ``copy.deepcopy``."""
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, dict | Mapping):
        return {key: copy_of(part) for key, part in value.items()}
    if isinstance(value, list):
        return [copy_of(part) for part in value]
    return value
