"""Fills in any assistant in a browser, knowing nothing but the schema: what a person could answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import FilePayload, Locator, Page

from amtsweg.kit.fim import patterns
from amtsweg.kit.fim.model import DataType
from amtsweg.kit.forms import Form
from amtsweg.kit.forms.kinds import ChoiceKind, FileKind, Kind, Refused
from amtsweg.kit.forms.numbers import DateKind
from amtsweg.kit.forms.reading import schema_path
from amtsweg.kit.forms.searching import SearchKind
from amtsweg.kit.forms.tree import FieldNode, GroupNode, Node, below
from amtsweg.rehearsal.people import A_DOCUMENT

MOST_STEPS: Final = 120
PAPER: Final[FilePayload] = {
    "name": "Nachweis.pdf",
    "mimeType": "application/pdf",
    "buffer": A_DOCUMENT,
}
_TRIES: Final = (
    *("Muster", "12", "2", "1", "12345", "01067", "2020", "123456", "10,50", "10:30"),
    *("anna@example.org", "0351 123456", "DE89370400440532013000", "1.1.2020 10:30", "true"),
    *("Musterstraße 1", "A", "Musterangabe, mit Komma und mehr als vierzig Zeichen Länge", "000"),
)
"""Tried first: what a person would type most often."""


class Robot:
    """Goes through an assistant. ``thorough`` also answers what is optional and adds instances."""

    def __init__(self, page: Page, form: Form, *, thorough: bool) -> None:
        self._page = page
        self._thorough = thorough
        self._nodes = {node.path: node for node in below(form.root)}
        self._added: set[str] = set()

    def fill(self) -> Iterator[str]:
        """Fill in page after page up to the review; yields each page's address before it is sent."""
        for _ in range(MOST_STEPS):
            if self._page.locator("#antworten").count():
                return
            self._answer()
            yield self._page.url
            self._send()
        raise AssertionError(f"the assistant has no end: {self._page.url} {self._complaints()}")

    def _send(self) -> None:
        for button in self._page.locator("button[name=_add]").all():
            path = button.get_attribute("value") or ""
            if self._thorough and path not in self._added and len(self._added) < 20:
                self._added.add(path)
                button.click()
                return
        before = self._page.url
        self._page.get_by_role("button", name="Weiter", exact=True).last.click()
        if self._page.url == before and self._page.locator("#fehler").count():
            raise AssertionError(f"{before}: {self._complaints()}")

    def _complaints(self) -> str:
        return (
            self._page.locator("#fehler").inner_text()
            if self._page.locator("#fehler").count()
            else ""
        )

    def _answer(self) -> None:
        """Answer every control on the page that is to be answered and is still empty."""
        done: set[str] = set()
        for control in self._page.locator(".aw-form :is(input, select, textarea)[name]").all():
            name = control.get_attribute("name") or ""
            for part in (".day", ".month", ".year"):
                name = name.removesuffix(part)
            node = self._nodes.get(schema_path(name))
            if name in done or not isinstance(node, FieldNode) or node.kind is None:
                continue
            done.add(name)
            if self._wanted(node):
                self._type(node.kind, node, name, control)

    def _wanted(self, node: FieldNode) -> bool:
        above = [self._nodes[path] for path in _above(node.path)]
        for group, inner in pairwise([*above, node]):
            if isinstance(group, GroupNode) and group.group.choice:
                return _first(group) is inner and (self._thorough or self._asked(node, above))
        return self._thorough or self._asked(node, above)

    def _asked(self, node: FieldNode, above: list[Node]) -> bool:
        return node.required and all(group.required for group in above)

    def _type(self, kind: Kind, node: FieldNode, name: str, control: Locator) -> None:
        if isinstance(kind, FileKind):
            control.set_input_files(PAPER)
            return
        text = answer(node, kind)
        if isinstance(kind, DateKind):
            for part, value in zip(("day", "month", "year"), text.split("."), strict=True):
                self._page.fill(f'[name="{name}.{part}"]', value)
        elif control.get_attribute("type") == "radio":
            one = self._page.locator(f'input[name="{name}"][value="{text}"]')
            self._page.locator(f'label[for="{one.get_attribute("id")}"]').click()
        elif control.get_attribute("type") == "checkbox":
            if not control.is_checked():
                self._page.locator(f'label[for="{control.get_attribute("id")}"]').click()
        elif kind.widget == "select":
            control.select_option(text)
        else:
            control.fill(text)


def answer(node: FieldNode, kind: Kind) -> str:
    """A text, or the value of a choice, that the field takes as far as the schema says."""
    if isinstance(kind, ChoiceKind | SearchKind):
        return next(iter(kind.labels["de"]))
    if isinstance(kind, DateKind):
        return next(day for day in ("1.2.2020", "1.2.1980", "1.2.2035") if _fits(kind, day))
    for text in chain(_TRIES, _by_pattern(node)):
        if _fits(kind, text):
            return text
    raise AssertionError(f"{node.path}: no answer found for {node.field.constraints}")


def _fits(kind: Kind, text: str) -> bool:
    try:
        return kind.check(kind.parse(text, "de"), {}) is None
    except Refused:
        return False


def _by_pattern(node: FieldNode) -> Iterator[str]:
    """Texts of the right length, or of the right form."""
    constraints = node.field.constraints
    yield "a" * (constraints.min_length or 1)
    yield "1" * (constraints.min_length or 1)
    if node.field.type in (DataType.NUM, DataType.NUM_INT, DataType.NUM_CURRENCY):
        yield from (bound for bound in (constraints.min_value, constraints.max_value) if bound)
    if not constraints.pattern:
        return
    found: list[str] = []
    strategy = st.from_regex(patterns.translate(constraints.pattern), fullmatch=True)

    @settings(
        max_examples=50, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(strategy)
    def gather(text: str) -> None:
        found.append(text)

    gather()
    yield from found


def _above(path: str) -> list[str]:
    pieces = path.split(".")
    return [".".join(pieces[:end]) for end in range(1, len(pieces))]


def _first(group: GroupNode) -> Node:
    return next(child for child in group.children if child.holds_answer)
