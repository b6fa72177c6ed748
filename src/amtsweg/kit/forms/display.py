"""Answers shown: as controls on a page, and as rows to read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from amtsweg.kit.forms.kinds import FileKind, Kind, TextKind
from amtsweg.kit.forms.numbers import DateKind, NumberKind
from amtsweg.kit.forms.reading import DATE_PARTS, is_index
from amtsweg.kit.forms.searching import SearchKind
from amtsweg.kit.forms.tree import FieldNode, GroupNode, Node, Page
from amtsweg.kit.forms.validation import ABSENT
from amtsweg.kit.forms.visibility import holder_of
from amtsweg.kit.forms.widgets import (
    Answers,
    FieldError,
    Fieldset,
    FileInfo,
    FormData,
    Item,
    Language,
    Option,
    Repeater,
    Row,
    Section,
    Widget,
)
from amtsweg.kit.messages import word

MOST_SUGGESTIONS = 300
"""Longer lists are not sent to the browser."""
_MEGABYTE = 1_000_000
_KILOBYTE = 1_000


class Drawing:
    """Draws the items of one page."""

    def __init__(
        self,
        *,
        raw: FormData | None,
        errors: Iterable[FieldError],
        language: Language,
        files: Mapping[str, FileInfo],
        hidden: frozenset[str],
        defaults: bool,
        offered: Mapping[str, Collection[str]],
    ) -> None:
        self._raw = raw
        self._language = language
        self._files = files
        self._hidden = hidden
        self._defaults = defaults
        self._offered = offered
        self._errors: dict[str, tuple[str, ...]] = {}
        for error in errors:
            self._errors[error.path] = (*self._errors.get(error.path, ()), error.message)

    def page(self, page: Page, answers: Answers) -> tuple[Item, ...]:
        """The visible items of a page."""
        drawn: list[Item] = []
        for node in page.items:
            holder, under = holder_of(answers, node.path)
            drawn += self._node(node, (holder or {}).get(node.key, ABSENT), under + node.key)
        return tuple(drawn)

    def _node(self, node: Node, value: Any, at: str) -> list[Item]:
        if at in self._hidden:
            return []
        if isinstance(node, FieldNode) and node.several and node.field.asks:
            return [self._checkboxes(node, value, at)]
        if node.repeated:
            return [self._repeater(node, value, at)]
        if isinstance(node, FieldNode):
            return [] if node.field.kind == "hidden" else [self._widget(node, value, at)]
        words = node.words[self._language]
        items = self._parts(node, value, at)
        errors = self._errors.get(at, ())
        optional = not node.required and node.holds_answer and node.condition is None
        return [Fieldset(at, words.label, words.help, items, errors=errors, optional=optional)]

    def _parts(self, node: GroupNode, value: Any, at: str) -> tuple[Item, ...]:
        group = value if isinstance(value, dict) else {}
        drawn: list[Item] = []
        for child in node.children:
            drawn += self._node(child, group.get(child.key, ABSENT), f"{at}.{child.key}")
        return tuple(drawn)

    def _repeater(self, node: Node, value: Any, at: str) -> Repeater:
        words = node.words[self._language]
        given = value if isinstance(value, list) else []
        count = max(len(given), node.shown_minimum)
        if isinstance(node, FieldNode):
            typed = (name.removeprefix(at + ".") for name in self._raw or ())
            count = max(count, 1, *(int(piece) + 1 for piece in typed if is_index(piece)))
        instances = []
        for index in range(min(count, node.maximum)):
            place = f"{at}.{index}"
            part = given[index] if index < len(given) else ABSENT
            items: tuple[Item, ...]
            if isinstance(node, FieldNode):
                widget = self._widget(node, part, place)
                items = (replace(widget, label=f"{words.item} {index + 1}", help=""),)
            else:
                items = self._parts(node, part, place)
            instances.append(
                Fieldset(
                    place,
                    f"{words.item} {index + 1}",
                    items=items,
                    index=index,
                    removable=count > node.shown_minimum,
                    errors=() if isinstance(node, FieldNode) else self._errors.get(place, ()),
                )
            )
        return Repeater(
            path=at,
            label=words.label,
            help=words.help,
            instances=tuple(instances),
            minimum=node.minimum,
            maximum=node.maximum,
            can_add=count < node.maximum,
            errors=self._errors.get(at, ()),
            item_label=words.item,
            add_label=words.add,
        )

    def _checkboxes(self, node: FieldNode, value: Any, at: str) -> Widget:
        words = node.words[self._language]
        return Widget(
            kind="checkboxes",
            path=at,
            label=words.label,
            help=words.help,
            legal_basis=node.legal_basis,
            required=node.required,
            value=tuple(value) if isinstance(value, list) else (),
            options=node.options[self._language],
            errors=self._errors.get(at, ()),
        )

    def _widget(self, node: FieldNode, value: Any, at: str) -> Widget:
        words = node.words[self._language]
        kind = node.kind
        if kind is None or not node.field.asks:
            text = node.field.content or ""
            if kind is not None and value is not ABSENT:
                text = kind.show(value, self._language)
            return Widget("label", at, words.label, words.help, node.legal_basis, value=text)
        info = self._files.get(value) if kind.widget == "file" and value is not ABSENT else None
        return Widget(
            kind=kind.widget,
            path=at,
            label=words.label,
            help=words.help,
            legal_basis=node.legal_basis,
            required=node.required,
            value=self._value(node, value, at),
            options=self._options(node, at),
            suggestions=self._suggestions(kind),
            errors=self._errors.get(at, ()),
            autocomplete=node.autocomplete,
            inputmode=_inputmode(node),
            max_length=node.field.constraints.max_length if isinstance(kind, TextKind) else None,
            accept=",".join(kind.media_types) if isinstance(kind, FileKind) else "",
            file=info,
        )

    def _options(self, node: FieldNode, at: str) -> tuple[Option, ...]:
        """The choices; of a long list those that fit a text that was refused."""
        if isinstance(node.kind, SearchKind):
            refused = self._errors.get(at)
            return node.kind.matches(self._typed(at), self._language) if refused else ()
        options = node.options.get(self._language, ())
        if node.path not in self._offered:
            return options
        return tuple(option for option in options if option.value in self._offered[node.path])

    def _suggestions(self, kind: Kind) -> tuple[str, ...]:
        if not isinstance(kind, SearchKind) or len(kind.labels["de"]) > MOST_SUGGESTIONS:
            return ()
        return tuple(dict.fromkeys(kind.labels[self._language].values()))

    def _value(self, node: FieldNode, value: Any, at: str) -> str | Mapping[str, str]:
        kind = node.kind
        if kind is None or kind.widget == "file":
            return ""
        if isinstance(kind, DateKind):
            names = {part: f"{at}.{part}" for part in DATE_PARTS}
            if self._raw is not None and any(name in self._raw for name in names.values()):
                return {part: self._typed(name) for part, name in names.items()}
            known = self._known(node, value)
            return kind.parts(known) if known else dict.fromkeys(DATE_PARTS, "")
        if self._raw is not None and at in self._raw:
            return self._typed(at)
        known = self._known(node, value)
        return "" if known is None else kind.edit(known, self._language)

    def _typed(self, name: str) -> str:
        return ((self._raw or {}).get(name) or [""])[0]

    def _known(self, node: FieldNode, value: Any) -> Any:
        """The answer, or the schema's default while nothing of the page has been answered."""
        if value is not ABSENT:
            return value
        return node.constant if self._defaults else None


def summary(
    pages: Iterable[Page],
    answers: Answers,
    *,
    language: Language,
    files: Mapping[str, FileInfo],
    hidden: frozenset[str],
) -> tuple[Section, ...]:
    """Every visible question with its answer, by page."""
    reader = _Summary(language, files, hidden)
    return tuple(reader.page(page, answers) for page in pages if "#" + page.id not in hidden)


class _Summary:
    def __init__(
        self, language: Language, files: Mapping[str, FileInfo], hidden: frozenset[str]
    ) -> None:
        self._language = language
        self._files = files
        self._hidden = hidden
        self._page_id = ""

    def page(self, page: Page, answers: Answers) -> Section:
        self._page_id = page.id
        entries = []
        for node in page.items:
            holder, under = holder_of(answers, node.path)
            entries.append((node, (holder or {}).get(node.key, ABSENT), under + node.key))
        title = page.titles[self._language].label
        only = entries[0] if len(entries) == 1 else None
        if only and isinstance(only[0], GroupNode) and not only[0].repeated:
            node, value, at = only
            if at not in self._hidden:
                return self._section(title, *self._parts(node, value, at))
        return self._section(title, *self._entries(entries))

    def _section(self, title: str, rows: list[Row], sections: list[Section]) -> Section:
        return Section(title, self._page_id, tuple(rows), tuple(sections))

    def _parts(self, node: Node, value: Any, at: str) -> tuple[list[Row], list[Section]]:
        group = value if isinstance(value, dict) else {}
        children = node.children if isinstance(node, GroupNode) else ()
        return self._entries(
            [(child, group.get(child.key, ABSENT), f"{at}.{child.key}") for child in children]
        )

    def _entries(self, entries: list[tuple[Node, Any, str]]) -> tuple[list[Row], list[Section]]:
        rows: list[Row] = []
        sections: list[Section] = []
        for node, value, at in entries:
            if at in self._hidden:
                continue
            words = node.words[self._language]
            if isinstance(node, FieldNode):
                if node.kind is not None and node.field.kind != "hidden":
                    rows.append(Row(words.label, self._text(node, value), at))
            elif node.repeated:
                for index, part in enumerate(value if isinstance(value, list) else ()):
                    title = f"{words.item} {index + 1}"
                    sections.append(self._section(title, *self._parts(node, part, f"{at}.{index}")))
            elif value is not ABSENT:
                sections.append(self._section(words.label, *self._parts(node, value, at)))
        return rows, sections

    def _text(self, node: FieldNode, value: Any) -> str:
        parts = value if isinstance(value, list) else [] if value is ABSENT else [value]
        if not parts or node.kind is None:
            return word("not_given", self._language)
        return ", ".join(self._one(node, part) for part in parts)

    def _one(self, node: FieldNode, value: Any) -> str:
        if node.kind is None:
            return ""
        info = self._files.get(value) if isinstance(node.kind, FileKind) else None
        if info is not None:
            return f"{info.filename} ({file_size(info.size, self._language)})"
        return node.kind.show(value, self._language)


def file_size(size: int, language: Language) -> str:
    """ "1,4 MB" or "12 KB" (decimal units)."""
    number = NumberKind("number")
    if size >= _MEGABYTE:
        amount = number.show(round(size / _MEGABYTE, 1), language)
        return f"{amount} MB"
    return f"{max(1, round(size / _KILOBYTE))} KB"


def _inputmode(node: FieldNode) -> str:
    kind = node.kind
    if isinstance(kind, NumberKind):
        return "numeric" if kind.unit == "whole_number" else "decimal"
    if isinstance(kind, TextKind) and kind.digits:
        return "numeric"
    return ""
