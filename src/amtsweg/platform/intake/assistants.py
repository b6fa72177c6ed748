"""What an assistant is, seen from a draft: the form of its edition, its pages, its file fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils import timezone

from amtsweg.kit.forms import FileInfo, Form
from amtsweg.kit.forms.kinds import FileKind, Kind
from amtsweg.kit.forms.tree import FieldNode, below
from amtsweg.platform.catalogue import queries as catalogue
from amtsweg.platform.intake.content import Content
from amtsweg.platform.intake.models import Draft
from amtsweg.platform.intake.uploads import LARGEST_FILE, USUAL_TYPES, FileRule


def form_of(draft: Draft) -> Form:
    """The compiled form of the draft's edition; compiled once per process."""
    form: Form = catalogue.compiled(draft.edition_id).form
    return form


class Progress(NamedTuple):
    """How far a draft is: the pages that are asked, in order, and the first that is still open."""

    pages: list[str]
    open_page: str | None

    def reaches(self, page_id: str) -> bool:
        """Whether it is this page's turn: it is asked at all and no page before it is open."""
        if page_id not in self.pages:
            return False
        return self.open_page is None or self.pages.index(page_id) <= self.pages.index(
            self.open_page
        )


def progress(form: Form, content: Content) -> Progress:
    """How far the draft is.

    A page that was never saved is open even if the sign-in has filled it in: nobody sends what they
    have not seen. So is one on which something was typed that cannot be taken: whatever a person
    entered is either part of the application or is asked about again.
    """
    pages = form.page_ids(content.answers)
    open_page = unread(pages, content)
    if pages[:1] != [open_page]:
        today = timezone.localdate()
        incomplete = form.first_incomplete(content.answers, content.files, today=today)
        open_page = next((id_ for id_ in pages if id_ in {incomplete, open_page}), None)
    return Progress(pages, open_page)


def unread(pages: list[str], content: Content) -> str | None:
    """The first of these pages that was never saved, or on which something cannot be taken."""
    return next((id_ for id_ in pages if id_ in content.raw or id_ not in content.saved), None)


def file_rule(form: Form, page_id: str, name: str) -> FileRule | None:
    """What the file field of this HTML name takes; None if the page has no such field."""
    path = ".".join(part for part in name.split(".") if not part.isdecimal())
    for page in form.pages:
        if page.id == page_id:
            for node in below(page.items):
                if node.path == path and isinstance(node, FieldNode):
                    return _rule(node.kind)
    return None


def takes_files(form: Form, page_id: str) -> bool:
    """Whether a page has file fields: only then its form is sent in parts."""
    nodes = below(form.page(page_id).items)
    return any(isinstance(node, FieldNode) and _rule(node.kind) for node in nodes)


def answered_files(content: Content) -> dict[str, FileInfo]:
    """The files that an answer points at, by id in the order of the answers."""
    texts = dict.fromkeys(_texts(content.answers))
    return {text: content.files[text] for text in texts if text in content.files}


def _rule(kind: Kind | None) -> FileRule | None:
    if not isinstance(kind, FileKind):
        return None
    largest = kind.max_size * 1_000_000 if kind.max_size else LARGEST_FILE
    return FileRule(kind.media_types or USUAL_TYPES, largest)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
