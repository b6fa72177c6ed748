"""A browser without a screen: pages fetched, forms parsed and posted, cookies kept.

It sees only what the server sends to everybody's browser. There is no private way in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import httpx
from lxml import html

FIELDS = "descendant::*[self::input or self::select or self::textarea][@name]"


class PageError(Exception):
    """A page was not what a person would need to go on; the message says which and why."""


@dataclass(frozen=True)
class File:
    """A file that a person picks."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass
class Form:
    """A form on a page: where it goes, and what it holds before anybody types."""

    action: str
    method: str
    values: dict[str, list[str]]
    names: frozenset[str]
    file_names: frozenset[str]
    options: Mapping[str, frozenset[str]]
    buttons: tuple[tuple[str, str], ...]
    multipart: bool


@dataclass
class Page:
    """One answer of the server, parsed."""

    url: str
    status: int
    content: bytes
    media_type: str
    tree: html.HtmlElement | None = field(repr=False, default=None)

    def find(self, pattern: str) -> str | None:
        """The first text on the page that matches, as a person's eye finds a code."""
        found = re.search(pattern, " ".join(self._root().xpath("//main")[0].itertext()))
        return found.group() if found else None

    def told(self, kind: str) -> bool:
        """Whether the page shows an alert of this kind (success, info, warning, danger)."""
        return bool(self._root().xpath("//*[contains(@class, $name)]", name=f"kern-alert--{kind}"))

    def links(self, part: str) -> list[str]:
        """Absolute addresses of links whose address holds ``part``, in the order of the page."""
        hrefs = self._root().xpath("//a[contains(@href, $part)]/@href", part=part)
        return list(dict.fromkeys(urljoin(self.url, str(href)) for href in hrefs))

    def forms(self) -> list[Form]:
        """All forms of the page in order."""
        return [_read_form(self.url, element) for element in self._root().xpath("//form")]

    def form(self, *, action: str = "", has: str = "") -> Form:
        """The first form whose address holds ``action`` and that has a field or button ``has``.

        Raises PageError with the page's heading and its error summary if there is none.
        """
        for form in self.forms():
            named = not has or has in form.names or has in {name for name, _ in form.buttons}
            if action in form.action and named:
                return form
        raise PageError(f"no form for {action or has!r} on {self.describe()}")

    def errors(self) -> list[str]:
        """The sentences of the error summary, if the page has one."""
        return [
            " ".join(item.text_content().split())
            for item in self._root().xpath("//*[@id='fehler']//li")
        ]

    def describe(self) -> str:
        """Address, status, heading and errors, for a person who reads why a rehearsal failed."""
        if self.tree is None:
            return f"{self.url} ({self.status}, {self.media_type})"
        headings = [" ".join(h.text_content().split()) for h in self.tree.xpath("//h1")]
        told = "; ".join([*headings, *self.errors()])
        return f"{self.url} ({self.status}): {told}"

    def _root(self) -> html.HtmlElement:
        if self.tree is None:
            raise PageError(f"{self.describe()} is no page")
        return self.tree


class Browser:
    """Cookies and one connection to one installation."""

    def __init__(self, base_url: str, *, language: str = "de") -> None:
        self.base_url = base_url.rstrip("/")
        self._prefix = "" if language == "de" else f"/{language}"
        self._client = httpx.Client(
            follow_redirects=True, timeout=30, headers={"user-agent": "amtsweg-rehearse"}
        )

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def open(self, address: str) -> Page:
        """Fetch a page by path (in the browser's language) or by full address."""
        url = address if "://" in address else f"{self.base_url}{self._prefix}{address}"
        return self._send("GET", url)

    def submit(
        self,
        form: Form,
        values: Mapping[str, str | list[str]] = {},
        *,
        files: Iterable[tuple[str, File]] = (),
        button: tuple[str, str] | None = None,
        origin: str = "",
    ) -> Page:
        """Send a form with these values in place of its own, as a press on ``button`` would."""
        data = {name: list(present) for name, present in form.values.items()}
        data.update(
            {name: [value] if isinstance(value, str) else value for name, value in values.items()}
        )
        if button is not None:
            data[button[0]] = [button[1]]
        headers = {"referer": origin} if origin else {}
        if form.method == "get":
            return self._send("GET", form.action, params=data)
        picked = [(name, (f.name, f.content, f.media_type)) for name, f in files]
        if form.multipart and not picked:
            picked = [("", ("", b"", "application/octet-stream"))]
        return self._send("POST", form.action, data=data, files=picked or None, headers=headers)

    def _send(self, method: str, url: str, **parts: Any) -> Page:
        try:
            response = self._client.request(method, url, **parts)
        except httpx.HTTPError as error:
            raise PageError(f"{url} does not answer: {error}") from error
        media_type = response.headers.get("content-type", "").split(";")[0]
        tree = (
            html.document_fromstring(response.text)
            if media_type == "text/html" and response.text.strip()
            else None
        )
        page = Page(str(response.url), response.status_code, response.content, media_type, tree)
        if response.is_server_error:
            raise PageError(page.describe())
        return page


def _read_form(url: str, element: html.HtmlElement) -> Form:
    values: dict[str, list[str]] = {}
    names: set[str] = set()
    file_names: set[str] = set()
    options: dict[str, set[str]] = {}
    buttons = [
        (str(button.get("name")), str(button.get("value", "")))
        for button in element.xpath("descendant::button[@name]")
    ]
    for control in element.xpath(FIELDS):
        name = str(control.get("name"))
        names.add(name)
        kind = str(control.get("type", "text")).lower()
        if control.tag == "select":
            choices = control.xpath("descendant::option")
            options.setdefault(name, set()).update(_option(choice) for choice in choices)
            chosen = [choice for choice in choices if choice.get("selected") is not None]
            values[name] = [_option(choice) for choice in (chosen or choices[:1])]
        elif control.tag == "textarea":
            values[name] = [control.text or ""]
        elif kind == "file":
            file_names.add(name)
        elif kind in {"radio", "checkbox"}:
            value = str(control.get("value", "on"))
            options.setdefault(name, set()).add(value)
            if control.get("checked") is not None:
                values.setdefault(name, []).append(value)
        elif kind not in {"submit", "button", "image"}:
            values.setdefault(name, []).append(str(control.get("value", "")))
    return Form(
        action=urljoin(url, str(element.get("action") or url)),
        method=str(element.get("method", "get")).lower(),
        values=values,
        names=frozenset(names),
        file_names=frozenset(file_names),
        options={name: frozenset(found) for name, found in options.items()},
        buttons=tuple(buttons),
        multipart=element.get("enctype") == "multipart/form-data",
    )


def _option(choice: html.HtmlElement) -> str:
    value = choice.get("value")
    return str(value) if value is not None else str(choice.text_content()).strip()
