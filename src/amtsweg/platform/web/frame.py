"""What the frame around every page needs to know about the request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

LANGUAGES = {"de": "Deutsch", "en": "English"}


@dataclass(frozen=True)
class Translation:
    """The same page in another language."""

    code: str
    name: str
    address: str


class Frame:
    """The request as the frame sees it. Who is signed in is looked up only when the page asks."""

    def __init__(self, request: HttpRequest, *, anonymous: bool = False) -> None:
        self._request = request
        self._anonymous = anonymous
        self.language = (get_language() or "de")[:2]

    @property
    def translations(self) -> list[Translation]:
        """This page in the languages that it is not shown in."""
        return [
            Translation(code, name, in_language(self._request.get_full_path(), code))
            for code, name in LANGUAGES.items()
            if code != self.language
        ]

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in. At most one query, and none without a session cookie."""
        return not self._anonymous and getattr(self._request, "account_id", None) is not None

    @property
    def staff(self) -> bool:
        """Whether somebody is signed in for an authority."""
        return self.signed_in and getattr(self._request.signed_in, "authority", None) is not None  # type: ignore[attr-defined]

    @property
    def member(self) -> Any:
        """The member of an authority at the desk."""
        return self._request.member  # type: ignore[attr-defined]

    @property
    def demo(self) -> bool:
        """Whether this installation shows invented people."""
        return bool(settings.DEMO)

    def is_at(self, path: str) -> bool:
        """Whether the page lies at or below ``path`` (given without language prefix)."""
        return in_language(self._request.path, "de").startswith(path)


def in_language(path: str, code: str) -> str:
    """The address of the same page in language ``code``."""
    for other in LANGUAGES:
        if path == f"/{other}" or path.startswith(f"/{other}/"):
            path = path[len(other) + 1 :] or "/"
    return path if code == "de" else f"/{code}{path}"
