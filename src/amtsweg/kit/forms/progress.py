"""How far a person is with a form: whose turn it is, and what has been seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from amtsweg.kit.forms.form import Form
from amtsweg.kit.forms.widgets import FileInfo


class Progress(NamedTuple):
    """The pages that are asked, in order, and the first of them that is still open."""

    pages: list[str]
    open_page: str | None

    def reaches(self, page_id: str) -> bool:
        """Whether it is this page's turn: it is asked at all and no page before it is open."""
        if page_id not in self.pages:
            return False
        return self.open_page is None or self.pages.index(page_id) <= self.pages.index(
            self.open_page
        )


def progress(
    form: Form,
    answers: Mapping[str, Any],
    files: Mapping[str, FileInfo],
    *,
    saved: Collection[str],
    refused: Collection[str],
    today: date,
) -> Progress:
    """How far the answers are. ``saved`` and ``refused`` are pages, see ``unread``.

    A page that was never saved is open even if something has filled it in: nobody sends what they
    have not seen. So is one on which something was typed that cannot be taken: whatever a person
    entered is either part of the application or is asked about again.
    """
    pages = form.page_ids(answers)
    open_page = unread(pages, saved=saved, refused=refused)
    if pages[:1] != [open_page]:
        incomplete = form.first_incomplete(answers, files, today=today)
        open_page = next((id_ for id_ in pages if id_ in {incomplete, open_page}), None)
    return Progress(pages, open_page)


def unread(pages: list[str], *, saved: Collection[str], refused: Collection[str]) -> str | None:
    """The first of these pages that was never saved, or on which something cannot be taken."""
    return next((id_ for id_ in pages if id_ in refused or id_ not in saved), None)
