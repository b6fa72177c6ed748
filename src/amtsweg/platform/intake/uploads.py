"""Uploads: bounded while they stream in, then judged by what they are and not by what they say.

A file that is too large is skipped while it arrives, so memory stays flat and the rest of the page is
kept. What arrived lies in a temporary file until the page is saved, and is sealed then.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import (
    FileUploadHandler,
    SkipFile,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest
from django.utils.translation import gettext as _

from amtsweg.kit.forms import FileInfo, Form
from amtsweg.kit.forms.kinds import FileKind
from amtsweg.kit.forms.tree import FieldNode, below
from amtsweg.platform.intake import scanning
from amtsweg.platform.web.formats import file_size

LARGEST_FILE = 10_000_000
LARGEST_TOTAL = 50_000_000
USUAL_TYPES = ("application/pdf", "image/png", "image/jpeg")

_EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/tiff": (".tif", ".tiff"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
}
_NAMES = {
    "application/pdf": "PDF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/tiff": "TIFF",
    "image/gif": "GIF",
    "image/webp": "WebP",
}
_SIGNATURES = (
    (re.compile(rb"\s{0,8}%PDF-\d"), "application/pdf"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"II\*\0|MM\0\*"), "image/tiff"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
)
_LONGEST_NAME = 120
_FORBIDDEN_IN_NAMES = re.compile(r'[<>:"|?*/\\]')


@dataclass(frozen=True)
class FileRule:
    """What a field takes: media types, and the largest size in bytes."""

    media_types: Collection[str] = USUAL_TYPES
    largest: int = LARGEST_FILE


@dataclass(frozen=True)
class Limits:
    """What a page takes: the rule of a field by its HTML name, and how many bytes still fit."""

    rule: Callable[[str], FileRule | None]
    room: int


@dataclass(frozen=True)
class Received:
    """An upload that may be kept, with its bytes, and whether a virus scanner saw it."""

    info: FileInfo
    content: bytes
    scanned: bool


def rule_of(form: Form, page_id: str, name: str) -> FileRule | None:
    """What the file field of this HTML name takes; None if the page has no such field."""
    path = ".".join(part for part in name.split(".") if not part.isdecimal())
    return next((rule for at, rule in _rules(form, page_id) if at == path), None)


def takes_files(form: Form, page_id: str) -> bool:
    """Whether a page has file fields: only then its form is sent in parts."""
    return any(True for _ in _rules(form, page_id))


class UploadRefused(Exception):
    """A file cannot be kept; the message is the sentence for the person."""


class DraftUploadHandler(FileUploadHandler):
    """Skips what is larger than its field or the draft may hold, and notes it by field name.

    ``limits`` is asked when the first file arrives: a page without files costs nothing.
    """

    def __init__(self, request: HttpRequest, limits: Callable[[], Limits]) -> None:
        super().__init__(request)
        self.refused: dict[str, str] = {}
        self._ask = limits
        self._limits: Limits | None = None
        self._room = 0
        self._received = 0
        self._largest = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Look up what the field takes."""
        super().new_file(*args, **kwargs)
        if self._limits is None:
            self._limits = self._ask()
            self._room = self._limits.room
        rule = self._limits.rule(self.field_name or "")
        self._largest = rule.largest if rule else 0
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand on to the temporary file, or skip the rest of this file."""
        self._received += len(raw_data)
        self._room -= len(raw_data)
        if self._received > self._largest or self._room < 0:
            self._room += self._received
            self.refused[self.field_name or ""] = (
                too_large(self._largest) if self._received > self._largest else no_room()
            )
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The temporary file is the next handler's."""
        return


def bound(request: HttpRequest, limits: Callable[[], Limits]) -> DraftUploadHandler:
    """Bound this request's uploads. Must come before anything reads the request's form."""
    handler = DraftUploadHandler(request, limits)
    request.upload_handlers = [handler, TemporaryFileUploadHandler(request)]
    return handler


def receive(upload: UploadedFile[bytes], rule: FileRule) -> Received:
    """Judge one upload; raises UploadRefused with a sentence.

    The media type is read from the first bytes: a name or a browser may say anything.
    """
    if (upload.size or 0) > rule.largest:
        raise UploadRefused(too_large(rule.largest))
    content = upload.read()
    if not content:
        raise UploadRefused(_("Diese Datei ist leer. Wählen Sie eine andere Datei."))
    media_type = sniff(content)
    if not media_type or not any(fnmatch(media_type, kind) for kind in rule.media_types):
        raise UploadRefused(_wrong_type(rule.media_types))
    return Received(
        FileInfo(
            id=str(uuid4()),
            filename=clean_name(upload.name or "", media_type),
            media_type=media_type,
            size=len(content),
            sha512=hashlib.sha512(content).hexdigest(),
        ),
        content,
        _scan(content),
    )


def sniff(content: bytes) -> str:
    """The media type that the first bytes show; empty if they show none that is known here."""
    return next((kind for pattern, kind in _SIGNATURES if pattern.match(content)), "")


def clean_name(name: str, media_type: str) -> str:
    """A file name without path, control or direction characters, ending as its type does."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    plain = _FORBIDDEN_IN_NAMES.sub("_", visible).strip()
    extensions = _EXTENSIONS[media_type]
    stem = plain
    for extension in extensions:
        if plain.lower().endswith(extension):
            stem, extensions = plain[: -len(extension)], (plain[-len(extension) :],)
            break
    return (stem.strip(" .")[:_LONGEST_NAME].rstrip(" .") or _("Datei")) + extensions[0]


def too_large(largest: int) -> str:
    """The sentence for a file that is larger than its field takes."""
    return _("Diese Datei ist zu groß. Erlaubt sind höchstens %(size)s.") % {
        "size": file_size(largest)
    }


def no_room() -> str:
    """The sentence for a file that does not fit into the draft any more."""
    return _(
        "Alle Dateien zusammen dürfen höchstens %(size)s groß sein. "
        "Wählen Sie eine kleinere Datei oder entfernen Sie eine andere."
    ) % {"size": file_size(LARGEST_TOTAL)}


def _rules(form: Form, page_id: str) -> Iterator[tuple[str, FileRule]]:
    for page in form.pages:
        for node in below(page.items) if page.id == page_id else ():
            if isinstance(node, FieldNode) and isinstance(node.kind, FileKind):
                kind = node.kind
                largest = kind.max_size * 1_000_000 if kind.max_size else LARGEST_FILE
                yield node.path, FileRule(kind.media_types or USUAL_TYPES, largest)


def _wrong_type(allowed: Collection[str]) -> str:
    names = ", ".join(_NAMES.get(kind, kind) for kind in allowed)
    return _(
        "Diese Datei hat ein Format, das hier nicht angenommen wird. Erlaubt sind: %(types)s. "
        "Entscheidend ist der Inhalt, nicht der Name."
    ) % {"types": names}


def _scan(content: bytes) -> bool:
    if not scanning.configured():
        return False
    try:
        clean = scanning.is_clean(content)
    except scanning.ScannerError as error:
        raise UploadRefused(
            _("Die Prüfung auf Schadsoftware ist gerade nicht möglich. Versuchen Sie es später.")
        ) from error
    if not clean:
        raise UploadRefused(
            _("In dieser Datei wurde Schadsoftware gefunden. Sie wurde nicht gespeichert.")
        )
    return True
