"""Uploads are bounded while they stream in: memory stays flat, and the rest of the form is kept."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class BoundedUploadHandler(FileUploadHandler):
    """Drops a file larger than `MAX_UPLOAD_FILE_BYTES` and names its field in `request.refused_uploads`.

    The other fields and files of the form arrive, so that the page can say at the field what is wrong.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._received = 0
        if request is not None:
            request.refused_uploads = getattr(request, "refused_uploads", frozenset())

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Start counting."""
        super().new_file(*args, **kwargs)
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the chunk on to the handler that stores it, or skip the rest of this file."""
        self._received += len(raw_data)
        if self._received > settings.MAX_UPLOAD_FILE_BYTES:
            self.request.refused_uploads |= {self.field_name}  # type: ignore[union-attr]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler holds the file."""
        return
