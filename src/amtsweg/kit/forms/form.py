"""The form: what an assistant does with pages and answers. Immutable, without clock or state."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from amtsweg.kit.expressions import Environment
from amtsweg.kit.fim.model import Schema
from amtsweg.kit.forms import display, json_schema, reading
from amtsweg.kit.forms.kinds import Problem
from amtsweg.kit.forms.tree import Constraint, FieldNode, GroupNode, Node, Page, below, off_pages
from amtsweg.kit.forms.validation import Complaints, broken_rules, strip, unknown
from amtsweg.kit.forms.visibility import Conditions, copy_of, offered
from amtsweg.kit.forms.widgets import (
    Answers,
    FieldError,
    FileInfo,
    FormData,
    Item,
    Language,
    Reading,
    Section,
)

_NO_FILES: Mapping[str, FileInfo] = {}


@dataclass(frozen=True, eq=False)
class Form:
    """A compiled form. ``root`` is the tree of the whole schema, ``pages`` show parts of it.

    ``hideable`` are the paths that a condition can hide. ``known`` is what conditions and rules see
    beside the answers: ``application`` (its ``operation``) and the authority's ``parameters``.
    """

    schema: Schema
    pages: tuple[Page, ...]
    root: tuple[Node, ...]
    rules: tuple[Constraint, ...]
    environment: Environment
    rule_environment: Environment
    hideable: frozenset[str]
    known: Mapping[str, Any] = field(default_factory=dict)

    _nodes: Mapping[str, Node] = field(init=False, repr=False)
    _pages: Mapping[str, Page] = field(init=False, repr=False)
    _conditions: Conditions = field(init=False, repr=False)
    _page_conditions: Mapping[str, Conditions] = field(init=False, repr=False)
    _selective: bool = field(init=False, repr=False)
    _by_key: Mapping[str, Node] = field(init=False, repr=False)
    _split: tuple[GroupNode, ...] = field(init=False, repr=False)
    _unasked: tuple[Node, ...] = field(init=False, repr=False)
    _choosy: tuple[FieldNode, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_nodes", {node.path: node for node in below(self.root)})
        object.__setattr__(self, "_pages", {page.id: page for page in self.pages})
        object.__setattr__(self, "_conditions", Conditions(self.pages, self.environment))
        by_page = {page.id: Conditions((page,), self.environment) for page in self.pages}
        object.__setattr__(self, "_page_conditions", by_page)
        selective = any(
            page.condition is not None or all(item.condition is not None for item in page.items)
            for page in self.pages
        )
        object.__setattr__(self, "_selective", selective)
        object.__setattr__(self, "_by_key", {node.key: node for node in self.root})
        split, unasked = off_pages(self.root, self.pages)
        object.__setattr__(self, "_split", split)
        object.__setattr__(self, "_unasked", unasked)
        fields = (node for node in below(self.root) if isinstance(node, FieldNode))
        choosy = tuple(node for node in fields if node.offered is not None)
        object.__setattr__(self, "_choosy", choosy)

    def knowing(self, **known: Any) -> Self:
        """This form where these variables of its expressions have a value. Costs next to nothing."""
        form = copy.copy(self)
        object.__setattr__(form, "known", known)
        return form

    def page(self, page_id: str) -> Page:
        """The page of that id; raises KeyError."""
        return self._pages[page_id]

    def page_ids(self, answers: Mapping[str, Any]) -> list[str]:
        """The ids of the visible pages in order."""
        if not self._selective:
            return list(self._pages)
        hidden = self._conditions.clean(answers, self.known)[1]
        return [page.id for page in self.pages if "#" + page.id not in hidden]

    def next_page(self, page_id: str, answers: Mapping[str, Any]) -> str | None:
        """The id of the visible page after this one, None after the last."""
        order = [page.id for page in self.pages]
        after = set(order[order.index(page_id) + 1 :])
        return next((id_ for id_ in self.page_ids(answers) if id_ in after), None)

    def first_incomplete(
        self,
        answers: Mapping[str, Any],
        files: Mapping[str, FileInfo],
        *,
        today: date | None = None,
    ) -> str | None:
        """The id of the first visible page on which something is missing or wrong."""
        for page, errors in self._by_page(answers, files, "de", today, []):
            if errors and page is not None:
                return page.id
        return None

    def read(
        self,
        page_id: str,
        data: FormData,
        answers: Mapping[str, Any],
        *,
        files: Mapping[str, FileInfo] = _NO_FILES,
        language: Language = "de",
        today: date | None = None,
    ) -> Reading:
        """Read one posted page into the draft; raises KeyError for a page that is not there.

        Values that are refused are not in the answers but in ``raw``. A file field keeps its file
        where nothing new was uploaded; ``_remove=PATH`` takes it away. Rules that need ``today``
        are left to ``validate`` without it.
        """
        page = self.page(page_id)
        draft: Answers = copy_of(answers)
        wish = self._wish(page, data)
        if wish and wish[0] == reading.REMOVE:
            reading.take_out(draft, wish[1])
            if self._nodes[reading.schema_path(wish[1])].repeated:
                data = reading.without_instance(data, wish[1])
        posted = reading.Posted(data, files, language)
        reading.merge(page, posted, draft, keep_blank=wish is not None)
        if wish:
            if wish[0] == reading.ADD:
                node = self._nodes[reading.schema_path(wish[1])]
                reading.add_instance(draft, posted.raw, wish[1], node)
            return Reading(self._conditions.clean(draft, self.known)[0], (), posted.raw, stay=True)
        cleaned, hidden = self._conditions.clean(draft, self.known)
        revealed = self._revealed(page, data, answers, hidden)
        complaints = Complaints(
            language,
            hidden,
            revealed,
            posted.refused,
            lambda at: not posted.given(at),
            self._offered(cleaned),
        )
        complaints.pages([page], cleaned)
        rules = [rule for rule in self.rules if rule.page_id == page_id]
        if rules:
            complaints.errors += self._broken(rules, cleaned, complaints, today)
        if not complaints.errors and not revealed:
            reading.drop_blank(page, posted, cleaned)
        return Reading(cleaned, tuple(complaints.errors), posted.raw, stay=bool(revealed))

    def validate(
        self,
        answers: Mapping[str, Any],
        *,
        files: Mapping[str, FileInfo] = _NO_FILES,
        language: Language = "de",
        today: date | None = None,
    ) -> tuple[FieldError, ...]:
        """All errors of a whole application, in the order of the form."""
        strangers: list[str] = []
        pages = self._by_page(answers, files, language, today, strangers)
        errors = [error for _, found in pages for error in found]
        return (*(unknown(path, language) for path in strangers), *errors)

    def clean(self, answers: Mapping[str, Any]) -> Answers:
        """A copy of the answers without those that conditions hide."""
        return self._conditions.clean(answers, self.known)[0]

    def render(
        self,
        page_id: str,
        answers: Mapping[str, Any],
        *,
        raw: FormData | None = None,
        errors: Iterable[FieldError] = (),
        language: Language = "de",
        files: Mapping[str, FileInfo] = _NO_FILES,
    ) -> tuple[Item, ...]:
        """The items of a page for its template. ``raw`` shows what was typed instead of answers."""
        page = self.page(page_id)
        blank = raw is None and not any(node.path.split(".")[0] in answers for node in page.items)
        shown = reading.shown(page.items, copy_of(answers))
        padded, hidden = self._page_conditions[page_id].clean(shown, self.known)
        drawing = display.Drawing(
            raw=raw,
            errors=errors,
            language=language,
            files=files,
            hidden=hidden,
            defaults=blank,
            offered=self._offered(padded),
        )
        return drawing.page(page, padded)

    def summary(
        self,
        answers: Mapping[str, Any],
        *,
        language: Language = "de",
        files: Mapping[str, FileInfo] = _NO_FILES,
    ) -> tuple[Section, ...]:
        """Every visible question with its answer, for checking, the desk and the notice."""
        cleaned, hidden = self._conditions.clean(answers, self.known)
        return display.summary(self.pages, cleaned, language=language, files=files, hidden=hidden)

    def prefill(self, facts: Mapping[str, Any]) -> Answers:
        """Answers from what is known of a person: ``facts`` by name ("person.family_name").

        Only values that the field would accept are taken; nothing is put into repeated groups.
        """
        answers: Answers = {}
        for node in below(self.root):
            if not isinstance(node, FieldNode) or node.kind is None or node.repeated:
                continue
            value = facts.get(node.prefill) if node.prefill else None
            if value is None or self._within_repeated(node.path):
                continue
            if node.kind.check(value, _NO_FILES) is None:
                holder = answers
                for key in node.path.split(".")[:-1]:
                    holder = holder.setdefault(key, {})
                holder[node.key] = value
        return answers

    def told(self, fact: str, answers: Mapping[str, Any]) -> Any:
        """What a person answered where a sign-in would fill in this fact; None if nothing."""
        for node in below(self.root):
            if isinstance(node, FieldNode) and node.prefill == fact:
                found: Any = answers
                for key in node.path.split("."):
                    found = found.get(key) if isinstance(found, Mapping) else None
                if found is not None:
                    return found
        return None

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of complete answers to this form; ``forms.json_schema`` says its limits."""
        optional = self.hideable | {node.path for node in self._unasked}
        return json_schema.export(self.schema, self.root, optional)

    def titles(self, page_id: str, language: Language) -> tuple[str, str]:
        """Title and introduction of a page."""
        words = self.page(page_id).titles[language]
        return words.label, words.help

    def _by_page(
        self,
        answers: Mapping[str, Any],
        files: Mapping[str, FileInfo],
        language: Language,
        today: date | None,
        strangers: list[str],
    ) -> Iterable[tuple[Page | None, list[FieldError]]]:
        """The errors of each page, judged on the whole of the answers, then those of no page."""
        refused: dict[str, Problem] = {}
        right = strip(self._by_key, answers, files, refused, strangers)
        hidden = self._conditions.drop_hidden(right, self.known)
        complaints = Complaints(language, hidden, refused=refused, offered=self._offered(right))
        for page in self.pages:
            complaints.errors = []
            complaints.pages([page], right)
            rules = [rule for rule in self.rules if rule.page_id == page.id]
            if rules:
                complaints.errors += self._broken(rules, right, complaints, today)
            yield page, complaints.errors
        complaints.errors = []
        complaints.off_pages(self._split, self._unasked, right)
        yield None, complaints.errors

    def _broken(
        self,
        rules: Iterable[Constraint],
        answers: Answers,
        complaints: Complaints,
        today: date | None,
    ) -> list[FieldError]:
        return list(
            broken_rules(rules, answers, complaints, self.rule_environment, today, self.known)
        )

    def _offered(self, answers: Answers) -> dict[str, frozenset[str]]:
        return offered(self._choosy, self.environment, {**self.known, "answers": answers})

    def _wish(self, page: Page, data: FormData) -> tuple[str, str] | None:
        """The button that adds or removes something on this page, and its path."""
        for button in (reading.ADD, reading.REMOVE):
            path = (data.get(button) or [""])[0]
            node = self._nodes.get(reading.schema_path(path))
            if node is None or not any(
                node.path == item.path or node.path.startswith(item.path + ".")
                for item in page.items
            ):
                continue
            numbered = reading.is_index(path.rpartition(".")[2])
            is_file = isinstance(node, FieldNode) and node.field.type == "file"
            if node.repeated and numbered == (button == reading.REMOVE):
                return button, path
            if button == reading.REMOVE and is_file and not numbered:
                return button, path
        return None

    def _revealed(
        self, page: Page, data: FormData, before: Mapping[str, Any], hidden: frozenset[str]
    ) -> set[str]:
        if not page.conditional:
            return set()
        shown = reading.shown(page.items, copy_of(before))
        hidden_before = self._page_conditions[page.id].clean(shown, self.known)[1]
        return reading.newly_asked(page.items, data, hidden_before) - hidden

    def _within_repeated(self, path: str) -> bool:
        pieces = path.split(".")
        above = (".".join(pieces[:end]) for end in range(1, len(pieces)))
        return any(self._nodes[place].repeated for place in above)
