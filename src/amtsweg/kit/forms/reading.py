"""One posted page becomes answers: read, normalised, merged, with hidden answers dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amtsweg.kit.forms.kinds import Problem, Refused
from amtsweg.kit.forms.numbers import DateKind
from amtsweg.kit.forms.searching import SearchKind
from amtsweg.kit.forms.text import forbidden
from amtsweg.kit.forms.tree import FieldNode, GroupNode, Node, Page
from amtsweg.kit.forms.validation import ABSENT, filled, is_empty
from amtsweg.kit.forms.visibility import holder_of
from amtsweg.kit.forms.widgets import Answers, FileInfo, FormData, Language

DATE_PARTS = ("day", "month", "year")
ADD = "_add"
REMOVE = "_remove"
_INDEX_DIGITS = 3


@dataclass(slots=True)
class Posted:
    """What one POST said, node by node.

    ``refused``: problems by path. ``raw``: what was typed by control name. ``given``: paths of
    which anything was filled in.
    """

    data: FormData
    files: Mapping[str, FileInfo]
    language: Language
    refused: dict[str, Problem] = field(default_factory=dict)
    raw: dict[str, list[str]] = field(default_factory=dict)
    _given: set[str] = field(default_factory=set)
    _counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._count_instances()

    def node(self, node: Node, before: Any, under: str) -> Any:
        """The answer for a node, ABSENT where there is none. ``before`` is the answer so far."""
        at = under + node.key
        if not node.holds_answer:
            return ABSENT
        if not node.repeated:
            return self._single(node, before, at)
        if isinstance(node, FieldNode) and node.several and node.field.asks:
            return self._several(node, at)
        known = before if isinstance(before, list) else []
        count = max(len(known), self._counts.get(at, 0), node.shown_minimum)
        parts = []
        for index in range(min(count, node.maximum)):
            part = known[index] if index < len(known) else ABSENT
            parts.append(self._single(node, part, f"{at}.{index}"))
        if isinstance(node, FieldNode):
            kept = [part for part in parts if part is not ABSENT]
        else:
            kept = [{} if part is ABSENT else part for part in parts]
        return kept or ABSENT

    def _several(self, node: FieldNode, at: str) -> Any:
        """The choices that were ticked, each once, in the order of the list."""
        ticked = {value.strip() for value in self.data.get(at, ()) if value.strip()}
        if not ticked:
            return ABSENT
        self._mark(at)
        offered = [option.value for option in node.options["de"]]
        if not ticked <= set(offered):
            self.refused[at] = Problem("choice")
        return [code for code in offered if code in ticked] or ABSENT

    def _single(self, node: Node, before: Any, at: str) -> Any:
        if isinstance(node, FieldNode):
            return self._field(node, before, at)
        known = before if isinstance(before, dict) else {}
        group: Answers = {}
        for child in node.children:
            value = self.node(child, known.get(child.key, ABSENT), at + ".")
            if value is not ABSENT:
                group[child.key] = value
        if at in self._given or (node.required and not node.repeated):
            return group
        return ABSENT

    def _field(self, node: FieldNode, before: Any, at: str) -> Any:
        if node.kind is None or not node.field.asks:
            return before if node.constant is None else node.constant
        if isinstance(node.kind, DateKind):
            return self._date(node.kind, at)
        values = self.data.get(at) or [""]
        typed = values[0]
        if at in self.data and node.kind.widget != "file":
            self.raw[at] = [typed]
        if isinstance(node.kind, SearchKind):
            typed = node.kind.chosen(values, self.language)
        if not typed.strip():
            if node.kind.widget != "file" or before is ABSENT:
                return ABSENT
            typed = str(before)
        return self._accept(node, typed, at)

    def _accept(self, node: FieldNode, typed: str, at: str) -> Any:
        self._mark(at)
        kind = node.kind
        if kind is None:
            return ABSENT
        try:
            value = kind.parse(typed, self.language)
        except Refused as refusal:
            self.refused[at] = Problem("control") if forbidden(typed) else refusal.problem
            return ABSENT
        return self._checked(kind, value, at)

    def _date(self, kind: DateKind, at: str) -> Any:
        names = [f"{at}.{part}" for part in DATE_PARTS]
        typed = [(self.data.get(name) or [""])[0] for name in names]
        self.raw |= {n: [t] for n, t in zip(names, typed, strict=True) if n in self.data}
        if not any(part.strip() for part in typed):
            return ABSENT
        self._mark(at)
        try:
            value = kind.parse_parts(*typed)
        except Refused as refusal:
            self.refused[at] = refusal.problem
            return ABSENT
        return self._checked(kind, value, at)

    def _checked(self, kind: Any, value: Any, at: str) -> Any:
        problem = kind.check(value, self.files)
        if problem is None:
            return value
        self.refused[at] = problem
        return ABSENT

    def _mark(self, at: str) -> None:
        """Note that something was filled in at a path and so in all groups above it."""
        while at and at not in self._given:
            self._given.add(at)
            at = at.rpartition(".")[0]

    def given(self, at: str) -> bool:
        """Whether anything was filled in at or below a path."""
        return at in self._given

    def _count_instances(self) -> None:
        """How many instances of each list the control names speak of."""
        for name in self.data:
            pieces = name.split(".")
            for place, piece in enumerate(pieces):
                if is_index(piece):
                    path = ".".join(pieces[:place])
                    self._counts[path] = max(self._counts.get(path, 0), int(piece) + 1)


def merge(page: Page, posted: Posted, answers: Answers, *, keep_blank: bool) -> None:
    """Put the page's answers into the draft.

    Of something that need not be answered, nothing is kept where nothing was filled in, unless
    ``keep_blank``: then the person is only adding or removing an instance.
    """
    for node in page.items:
        holder, under = _open(answers, node.path)
        value = posted.node(node, holder.get(node.key, ABSENT), under)
        blank = node.optional_above and not posted.given(under + node.key)
        if value is ABSENT or (blank and not keep_blank):
            holder.pop(node.key, None)
        else:
            holder[node.key] = value
        _forget_blank(answers, node.optional_above)


def _forget_blank(answers: Answers, path: str) -> None:
    """Take away an optional group, shared by several pages, in which nothing stands any more."""
    while path:
        above, _, key = path.rpartition(".")
        holder = holder_of(answers, path)[0]
        if holder is None or not is_empty(holder.get(key, ABSENT)):
            return
        del holder[key]
        path = above


def drop_blank(page: Page, posted: Posted, answers: Answers) -> None:
    """Take away instances in which nothing was filled in, down to the minimum."""
    for node in page.items:
        holder, under = holder_of(answers, node.path)
        if holder is not None:
            _drop_blank(node, holder, under, posted)


def _drop_blank(node: Node, holder: Answers, under: str, posted: Posted) -> None:
    value = holder.get(node.key)
    if isinstance(node, FieldNode) or value is None:
        return
    at = under + node.key
    parts = [(value, at + ".")]
    if node.repeated:
        parts = [(part, f"{at}.{index}.") for index, part in enumerate(value)]
    for group, inner in parts:
        for child in node.children:
            _drop_blank(child, group, inner, posted)
    if node.repeated:
        places = list(range(len(value)))
        blank = [not posted.given(f"{at}.{index}") for index in places]
        kept = filled(places, node.minimum, blank)
        if kept:
            holder[node.key] = [value[index] for index in kept]
        else:
            del holder[node.key]


def without_instance(data: FormData, path: str) -> dict[str, list[str]]:
    """The data without the instance at ``path`` ("hunde.1"); those after it move up."""
    place, _, number = path.rpartition(".")
    removed = int(number)
    kept = {}
    for name, values in data.items():
        if not name.startswith(place + "."):
            kept[name] = values
            continue
        index, dot, rest = name[len(place) + 1 :].partition(".")
        if not is_index(index) or int(index) < removed:
            kept[name] = values
        elif int(index) > removed:
            kept[f"{place}.{int(index) - 1}{dot}{rest}"] = values
    return kept


def take_out(answers: Answers, path: str) -> None:
    """Remove what stands at a path ("hunde.1", "hunde.0.nachweis") from the answers, in place."""
    holder: Any = answers
    *above, last = path.split(".")
    for key in above:
        holder = _step(holder, key)
    if isinstance(holder, list) and int(last) < len(holder):
        del holder[int(last)]
    elif isinstance(holder, dict):
        holder.pop(last, None)


def add_instance(answers: Answers, raw: dict[str, list[str]], path: str, node: Node) -> None:
    """Add one blank instance to the list at ``path``, in place, if there is room."""
    holder: Any = answers
    *above, last = path.split(".")
    for key in above:
        holder = _step(holder, key)
    if not isinstance(holder, dict):
        return
    if isinstance(node, GroupNode):
        instances = holder.setdefault(last, [])
        if len(instances) < node.maximum:
            instances.append({})
        return
    count = sum(1 for name in raw if name.rpartition(".")[0] == path)
    if count < node.maximum:
        raw[f"{path}.{count}"] = [""]


def schema_path(path: str) -> str:
    """The path without its indices."""
    return ".".join(piece for piece in path.split(".") if not is_index(piece))


def is_index(piece: str) -> bool:
    """Whether a piece of a path counts instances ("0", "12"); other scripts' digits do not."""
    return piece.isascii() and piece.isdigit() and len(piece) <= _INDEX_DIGITS


def _step(holder: Any, key: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(key)
    if isinstance(holder, list) and is_index(key) and int(key) < len(holder):
        return holder[int(key)]
    return None


def newly_asked(nodes: tuple[Node, ...], data: FormData, hidden_before: frozenset[str]) -> set[str]:
    """Paths that were hidden when the page was shown, and of which the POST says nothing.

    A person has not seen these questions yet, so their absence is no error.
    """
    spoken = set()
    for name in data:
        at = name
        while at and at not in spoken:
            spoken.add(at)
            at = at.rpartition(".")[0]
    starts = tuple(node.path for node in nodes)
    return {
        path
        for path in hidden_before
        if path not in spoken and any(path == s or path.startswith(s + ".") for s in starts)
    }


def shown(nodes: tuple[Node, ...], answers: Answers) -> Answers:
    """Add to answers the blank instances that the page shows, in place."""
    for node in nodes:
        if isinstance(node, GroupNode):
            _pad(node, _open(answers, node.path)[0])
    return answers


def _pad(node: GroupNode, holder: Answers) -> None:
    inner = [child for child in node.children if isinstance(child, GroupNode)]
    if node.repeated:
        value = holder.get(node.key)
        instances = value if isinstance(value, list) else []
        instances += [{} for _ in range(node.shown_minimum - len(instances))]
        if instances:
            holder[node.key] = instances
        places = instances
    elif inner:
        places = [holder.setdefault(node.key, {})]
    else:
        return
    for place in places:
        for child in inner:
            _pad(child, place)


def _open(answers: Answers, path: str) -> tuple[Answers, str]:
    """The object for an item's answer, made where it is missing, and its path with a dot."""
    *above, _key = path.split(".")
    holder = answers
    for key in above:
        inner = holder.get(key)
        if not isinstance(inner, dict):
            inner = holder[key] = {}
        holder = inner
    return holder, "".join(f"{key}." for key in above)
