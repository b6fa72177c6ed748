"""What is filled in while trying a form out: in memory, one draft per browser, gone with the process."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from secrets import token_urlsafe
from threading import Lock
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from amtsweg.kit.forms import FileInfo

COOKIE: Final = "amtsweg_preview"
MOST_DRAFTS: Final = 50


@dataclass
class Draft:
    """Answers so far; ``raw`` what was refused by page, ``saved`` the pages that were sent once.

    ``ruled``: the form with the proposed rules is tried out.
    """

    id: str
    answers: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    saved: set[str] = field(default_factory=set)
    files: dict[str, FileInfo] = field(default_factory=dict)
    ruled: bool = False
    lock: Lock = field(default_factory=Lock)

    def clear(self) -> None:
        """Begin again."""
        for part in (self.answers, self.raw, self.saved, self.files):
            part.clear()


_drafts: OrderedDict[str, Draft] = OrderedDict()
_guard = Lock()


def of(request: HttpRequest) -> Draft:
    """The draft of this browser; a new one if it has none."""
    key = request.COOKIES.get(COOKIE, "")
    with _guard:
        draft = _drafts.pop(key, None) or Draft(token_urlsafe(24))
        _drafts[draft.id] = draft
        while len(_drafts) > MOST_DRAFTS:
            _drafts.popitem(last=False)
    return draft


def keep(response: HttpResponseBase, draft: Draft) -> None:
    """Tell the browser which draft is its own."""
    response.set_cookie(COOKIE, draft.id, httponly=True, samesite="Lax")
    response["Cache-Control"] = "no-store"
