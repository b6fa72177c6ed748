"""Whether answers are complete and right: errors as sentences, in the order of the form.

Reading a page and validating a whole application end in the same walk over the same tree. They
differ only in where the refused values come from: from what was typed, or from the answers given.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from amtsweg.kit.expressions import Binding, Environment, EvaluationError
from amtsweg.kit.forms.kinds import Problem, Shown
from amtsweg.kit.forms.tree import Constraint, FieldNode, GroupNode, Node, Page
from amtsweg.kit.forms.visibility import holder_of
from amtsweg.kit.forms.widgets import Answers, FieldError, FileInfo, Language
from amtsweg.kit.messages import say, word


class _Absent:
    """Stands for an answer that is not there."""


ABSENT = _Absent()


@dataclass(slots=True)
class Complaints:
    """Collects the errors of one walk.

    ``refused`` holds the problems found before, by path, ``offered`` the codes that can be chosen at a
    field, by its path. ``blank`` tells of an instance whether
    nothing was filled in: beyond the minimum such an instance is passed over.
    """

    language: Language
    hidden: Collection[str] = frozenset()
    revealed: Collection[str] = frozenset()
    refused: Mapping[str, Problem] = field(default_factory=dict)
    blank: Callable[[str], bool] | None = None
    offered: Mapping[str, Collection[str]] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)

    def pages(self, pages: Iterable[Page], answers: Answers) -> None:
        """Walk the visible ones of these pages."""
        for page in pages:
            if "#" + page.id in self.hidden:
                continue
            for node in page.items:
                holder, under = holder_of(answers, node.path)
                if node.optional_above and not self._started(node.optional_above, answers):
                    continue
                self._node(node, (holder or {}).get(node.key, ABSENT), under + node.key, "")

    def off_pages(
        self, split: Iterable[GroupNode], unasked: Iterable[Node], answers: Answers
    ) -> None:
        """What is given beside the pages must be right too, and a split choice be one choice."""
        for group in split:
            holder, under = holder_of(answers, group.path)
            at = under + group.key
            value = (holder or {}).get(group.key, ABSENT)
            if problem := self.refused.get(at):
                self._add(group, at, "", problem)
            elif group.holds_answer and group.group.choice and not self._gone(group):
                wanted = group.required and (
                    not group.optional_above or self._started(group.optional_above, answers)
                )
                parts = value if isinstance(value, dict) else {}
                if (wanted or value is not ABSENT) and len(parts) != 1:
                    self._add(group, at, "", Problem("choose_one"))
        for node in unasked:
            holder, under = holder_of(answers, node.path)
            at = under + node.key
            value = (holder or {}).get(node.key, ABSENT)
            wrong = any(path == at or path.startswith(at + ".") for path in self.refused)
            if wrong or value is not ABSENT:
                self._node(node, value, at, "")

    def _gone(self, node: Node) -> bool:
        """Whether a condition hides a node or everything in it."""
        parts = node.children if isinstance(node, GroupNode) else ()
        return node.path in self.hidden or (
            any(part.holds_answer for part in parts)
            and all(self._gone(part) for part in parts if part.holds_answer)
        )

    def _started(self, group: str, answers: Answers) -> bool:
        """Whether a group that need not be answered, and of which parts lie on pages, is."""
        holder, under = holder_of(answers, group)
        at = under + group.rpartition(".")[2]
        told = holder is not None and group.rpartition(".")[2] in holder
        return told or any(path.startswith(at + ".") for path in self.refused)

    def _node(self, node: Node, value: Any, at: str, instance: str) -> None:
        """Complain about one node; ``instance`` names the repetition in which it stands."""
        if at in self.hidden or at in self.revealed or not node.holds_answer:
            return
        if node.repeated:
            self._repeated(node, value, at, instance)
        elif isinstance(node, FieldNode):
            self._field(node, value, at, instance)
        else:
            self._group(node, value, at, instance)

    def _field(self, node: FieldNode, value: Any, at: str, instance: str) -> None:
        if problem := self.refused.get(at):
            self._add(node, at, instance, problem)
        elif value is ABSENT and node.required and node.kind is not None and node.field.asks:
            question = node.words[self.language].label.endswith("?")
            asks = question and node.kind.missing == "required"
            self._add(
                node, at, instance, Problem("required_question" if asks else node.kind.missing)
            )
        elif value is not ABSENT and value not in self.offered.get(node.path, (value,)):
            self._add(node, at, instance, Problem("choice"))

    def _group(self, node: GroupNode, value: Any, at: str, instance: str) -> None:
        if problem := self.refused.get(at):
            self._add(node, at, instance, problem)
            return
        started = value is not ABSENT or any(p.startswith(at + ".") for p in self.refused)
        if not started and not node.required:
            return
        self._parts(node, {} if value is ABSENT else value, at, instance)

    def _parts(self, node: GroupNode, value: Mapping[str, Any], at: str, instance: str) -> None:
        before = len(self.errors)
        for child in node.children:
            self._node(child, value.get(child.key, ABSENT), f"{at}.{child.key}", instance)
        if node.group.choice and len(self.errors) == before and len(value) != 1:
            self._add(node, at, instance, Problem("choose_one"))

    def _repeated(self, node: Node, value: Any, at: str, instance: str) -> None:
        if problem := self.refused.get(at):
            self._add(node, at, instance, problem)
            return
        if value is ABSENT and isinstance(node, FieldNode) and not node.field.asks:
            return
        given: list[Any] = [] if value is ABSENT else value
        before = len(self.errors)
        least = node.shown_minimum
        if isinstance(node, GroupNode):
            count = sum(1 for part in given if not is_empty(part))
            for index in self._told(at, len(given), least):
                name = f"{node.words[self.language].item} {index + 1}"
                if problem := self.refused.get(f"{at}.{index}"):
                    self._add(node, f"{at}.{index}", name, problem)
                else:
                    self._parts(node, given[index], f"{at}.{index}", name)
        else:
            count = len(given)
            for index in _indices(at, self.refused, len(given)):
                self._field(node, "", f"{at}.{index}", str(index + 1))
        if count < least and len(self.errors) == before:
            code = "none_given" if least == 1 else "too_few"
            if isinstance(node, FieldNode) and node.several and least == 1:
                code = "required_choice"
            self._add(node, at, instance, Problem(code, {"limit": least}))
        elif len(given) > node.maximum:
            self._add(node, at, instance, Problem("too_many", {"limit": node.maximum}))

    def _told(self, at: str, count: int, least: int) -> list[int]:
        """The instances to look at: those filled in, and blank ones up to the minimum."""
        places = list(range(count))
        if self.blank is None:
            return places
        return filled(places, least, [self.blank(f"{at}.{index}") for index in places])

    def _add(self, node: Node, at: str, instance: str, problem: Problem) -> None:
        label = node.words[self.language].label
        name = f"{label} ({instance})" if instance else label
        self.errors.append(FieldError(at, sentence(problem, name, self.language)))


def filled(places: list[int], least: int, blank: list[bool]) -> list[int]:
    """The places that are not blank, with as many of the first blank ones as ``least`` asks for."""
    spare = max(0, least - blank.count(False))
    kept = []
    for place, empty in zip(places, blank, strict=True):
        if empty and spare <= 0:
            continue
        spare -= empty
        kept.append(place)
    return kept


def is_empty(value: Any) -> bool:
    """Whether nothing but objects without answers stands here."""
    return isinstance(value, dict) and all(is_empty(part) for part in value.values())


def _indices(at: str, refused: Mapping[str, Problem], count: int) -> list[int]:
    """The places of a repeated field that are filled or refused."""
    places = {*range(count)}
    places |= {int(p[len(at) + 1 :]) for p in refused if p.startswith(at + ".")}
    return sorted(places)


def sentence(problem: Problem, name: str, language: Language) -> str:
    """The sentence for a problem of the field with this name."""
    values: dict[str, object] = {}
    for key, value in problem.values.items():
        if isinstance(value, Shown):
            values[key] = value.in_language(language)
        elif key == "parts" and isinstance(value, tuple):
            values[key] = word("and", language).join(word(part, language) for part in value)
        else:
            values[key] = value
    return say(problem.code, language, field=name, **values)


def unknown(path: str, language: Language) -> FieldError:
    """The error for an answer that the form does not ask for."""
    return FieldError(path, say("unknown", language, field=path))


def strip(
    nodes: Mapping[str, Node],
    answers: Mapping[str, Any],
    files: Mapping[str, FileInfo],
    refused: dict[str, Problem],
    strangers: list[str],
    under: str = "",
) -> Answers:
    """A copy of answers with only right values; the others go to ``refused`` and ``strangers``.

    ``nodes`` are those that may be answered, by their keys.
    """
    kept: Answers = {}
    for key, value in answers.items():
        at = f"{under}{key}"
        node = nodes.get(key) if isinstance(key, str) else None
        if node is None or not node.holds_answer:
            strangers.append(at)
            continue
        result = _stripped(node, value, at, files, refused, strangers)
        if result is not ABSENT:
            kept[key] = result
    return kept


def _stripped(
    node: Node,
    value: Any,
    at: str,
    files: Mapping[str, FileInfo],
    refused: dict[str, Problem],
    strangers: list[str],
    *,
    single: bool = False,
) -> Any:
    if node.repeated and not single:
        if not isinstance(value, list) or len(value) > max(node.maximum, 1) * 2:
            refused[at] = Problem("type")
            return ABSENT
        parts = (
            _stripped(node, part, f"{at}.{index}", files, refused, strangers, single=True)
            for index, part in enumerate(value)
        )
        blank: Any = {} if isinstance(node, GroupNode) else ABSENT
        kept = [blank if part is ABSENT else part for part in parts]
        return [part for part in kept if part is not ABSENT]
    if isinstance(node, GroupNode):
        if not isinstance(value, dict):
            refused[at] = Problem("type")
            return ABSENT
        return strip(node.by_key, value, files, refused, strangers, at + ".")
    problem = node.kind.check(value, files) if node.kind else Problem("type")
    if problem is None:
        return value
    refused[at] = problem
    return ABSENT


def broken_rules(
    rules: Iterable[Constraint],
    answers: Answers,
    complaints: Complaints,
    environment: Environment,
    today: date | None,
    known: Mapping[str, Any],
) -> Iterator[FieldError]:
    """Rules between answers that do not hold, where what they speak about is otherwise right.

    ``known`` are the other variables of the rules. Without ``today`` the rules that need it are left out.
    """
    wrong = [error.path for error in complaints.errors]
    binding: Binding | None = None
    for rule in rules:
        if today is None and "today" in rule.expression.names:
            continue
        if "#" + rule.page_id in complaints.hidden:
            continue
        if binding is None:
            day = {"today": today.isoformat()} if today else {}
            data = {**known, "answers": answers, **day}
            binding = environment.bind(data)
        for at, bound in _places(rule, answers, binding):
            silent = at in complaints.hidden or _touched(at, wrong)
            if not silent and not _holds(rule, bound):
                yield FieldError(at, rule.sentences[complaints.language])


def _places(rule: Constraint, answers: Answers, binding: Binding) -> list[tuple[str, Binding]]:
    """Where a rule is to be decided: once, or for each instance of its group."""
    if rule.environment is None:
        return [(rule.at, binding)]
    holder, _ = holder_of(answers, rule.repeated)
    instances = (holder or {}).get(rule.repeated.rpartition(".")[2]) or []
    rest = rule.at[len(rule.repeated) :]
    return [
        (f"{rule.repeated}.{index}{rest}", binding.extend(rule.environment, {"item": instance}))
        for index, instance in enumerate(instances)
    ]


def _touched(at: str, wrong: list[str]) -> bool:
    return any(path == at or path.startswith(at + ".") for path in wrong)


def _holds(rule: Constraint, binding: Binding) -> bool:
    try:
        return rule.expression.evaluate(binding) is True
    except EvaluationError:
        return True
