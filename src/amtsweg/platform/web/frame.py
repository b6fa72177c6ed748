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
    def account(self) -> Any:
        """The person's account, or None."""
        return None if self._anonymous else getattr(self._request, "account", None)

    @property
    def member(self) -> Any:
        """The member of an authority, or None."""
        return None if self._anonymous else getattr(self._request, "member", None)

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
