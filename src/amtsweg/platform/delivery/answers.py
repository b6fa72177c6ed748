"""The answer to a request for documents: a text, files, or both."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from amtsweg.kit.forms import FieldError
from amtsweg.platform.casework.actions import IncomingFile
from amtsweg.platform.intake import uploads

LARGEST_FILE = uploads.LARGEST_FILE
MOST_FILES = 10
LONGEST_TEXT = 4000


@dataclass(frozen=True)
class Answer:
    """What the person sent, and what is wrong with it."""

    text: str = ""
    files: tuple[IncomingFile, ...] = ()
    errors: tuple[FieldError, ...] = ()


def read(request: HttpRequest) -> Answer:
    """Read and judge the form's fields `text` and `files`."""
    text = _plain(request.POST.get("text", ""))
    errors = []
    if len(text) > LONGEST_TEXT:
        errors.append(
            FieldError(
                "text",
                _("Bitte kürzen Sie Ihre Nachricht auf höchstens %(most)d Zeichen.")
                % {"most": LONGEST_TEXT},
            )
        )
    sent = request.FILES.getlist("files")
    files: list[IncomingFile] = []
    if "files" in getattr(request, "refused_uploads", ()):
        errors.append(FieldError("files", uploads.too_large(LARGEST_FILE)))
    if len(sent) > MOST_FILES:
        errors.append(
            FieldError(
                "files",
                _("Bitte wählen Sie höchstens %(most)d Dateien aus.") % {"most": MOST_FILES},
            )
        )
        sent = []
    for upload in sent:
        try:
            received = uploads.receive(upload, uploads.FileRule())
        except uploads.UploadRefused as refusal:
            errors.append(FieldError("files", f"{upload.name}: {refusal}"))
        else:
            files.append(
                IncomingFile(received.info.filename, received.info.media_type, received.content)
            )
    if not errors and not text and not files:
        errors.append(
            FieldError(
                "files", _("Bitte wählen Sie eine Datei aus oder schreiben Sie eine Nachricht.")
            )
        )
    return Answer(text, tuple(files), tuple(errors))


def _plain(text: str) -> str:
    """Without control and direction characters; line breaks stay."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(c for c in normal if c == "\n" or unicodedata.category(c)[0] != "C").strip()
