"""What an assistant is, seen from a draft: the form of its edition, how far it is, its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone

from amtsweg.kit.forms import FileInfo, Form
from amtsweg.kit.forms import progress as forms_progress
from amtsweg.kit.forms.progress import Progress
from amtsweg.platform.catalogue import queries as catalogue
from amtsweg.platform.intake.content import Content
from amtsweg.platform.intake.models import Draft


def form_of(draft: Draft) -> Form:
    """The form of the draft's edition, operation and authority; compiled once per process."""
    edition = catalogue.compiled(draft.edition_id)
    return edition.form_for(draft.operation, draft.adoption.parameters)


def progress(form: Form, content: Content) -> Progress:
    """How far the draft is."""
    return forms_progress.progress(
        form,
        content.answers,
        content.files,
        saved=content.saved,
        refused=content.raw,
        today=timezone.localdate(),
    )


def unread(pages: list[str], content: Content) -> str | None:
    """The first of these pages that was never saved, or on which something cannot be taken."""
    return forms_progress.unread(pages, saved=content.saved, refused=content.raw)


def answered_files(content: Content) -> dict[str, FileInfo]:
    """The files that an answer points at, by id in the order of the answers."""
    texts = dict.fromkeys(_texts(content.answers))
    return {text: content.files[text] for text in texts if text in content.files}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
