"""What a person and a member of staff do in a rehearsal, page by page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

from amtsweg.rehearsal.browser import Browser, File, Form, Page, PageError

PATIENCE_SECONDS = 30.0
GLANCE_SECONDS = 0.05
MOST_PAGES = 60

REFERENCE = r"\b[A-Z0-9]{2}-[0-9A-Y]{4}-[0-9A-Y]{4}\b"
CODE = r"\b[0-9A-Y]{4}(-[0-9A-Y]{4}){3}\b"

T = TypeVar("T")
Typed: TypeAlias = Mapping[str, str | list[str]]
"""What is typed or chosen, by the name of the control."""

A_DOCUMENT = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass(frozen=True)
class Receipt:
    """What a person has in hand after sending: the reference and the code for the status page."""

    reference: str
    code: str


class Applicant:
    """A person without an account who applies, answers requests, and fetches the notice."""

    def __init__(self, base_url: str, service: str, ars: str, *, language: str = "de") -> None:
        self._browser = Browser(base_url, language=language)
        self._service, self._ars = service, ars

    def close(self) -> None:
        """Leave."""
        self._browser.close()

    def apply(
        self, answers: Mapping[str, Any], attachments: Mapping[str, str], operation: str = ""
    ) -> Receipt:
        """Go from the service page through the assistant to the receipt.

        ``answers`` are canonical answers; ``attachments`` maps a file field's path to a file name;
        ``operation`` is what is applied for, where the service has several operations.
        Raises PageError when a page cannot be passed.
        """
        service = self._browser.open(f"/leistung/{self._service}/{self._ars}/")
        start = _first(service.links(f"/antrag/{self._service}/{self._ars}/"), service)
        page = self._browser.open(start)
        chosen = {"verrichtung": operation} if operation else {}
        page = self._send(page, page.form(action="/antrag/"), chosen, ())
        typed = dict(_typed(answers))
        for _ in range(MOST_PAGES):
            review = [form for form in page.forms() if "/senden/" in form.action]
            if review:
                values = _choose(review[0], typed)
                return self._receipt(self._send(page, review[0], values, ()))
            page = self._fill(page, answers, typed, attachments)
        raise PageError(f"the assistant has no end: {page.describe()}")

    def _fill(
        self,
        page: Page,
        answers: Mapping[str, Any],
        typed: Typed,
        attachments: Mapping[str, str],
    ) -> Page:
        form = page.form(action="/antrag/", has="_version")
        for name, path in form.buttons:
            if name == "_add" and _present(form, path) < _wanted(answers, path):
                return self._send(page, form, _choose(form, typed), (), button=(name, path))
        files = [
            (name, File(file_name, A_DOCUMENT))
            for name, file_name in attachments.items()
            if name in form.file_names
        ]
        sent = self._send(page, form, _choose(form, typed), files)
        if sent.errors():
            raise PageError(sent.describe())
        return sent

    def _receipt(self, page: Page) -> Receipt:
        reference, code = page.find(REFERENCE), page.find(CODE)
        if not reference or not code:
            raise PageError(f"no receipt: {page.describe()}")
        return Receipt(reference, code)

    def answer_request(self, receipt: Receipt, documents: Sequence[str], text: str) -> None:
        """Open the request for documents on the status page and answer it with files."""

        def asked() -> Page | None:
            page = self.status(receipt)
            links = page.links("/postfach/")
            for link in links:
                message = self._browser.open(link)
                if any("files" in form.file_names for form in message.forms()):
                    return message
            return None

        page = wait_for(asked, "the request for documents")
        form = page.form(has="files")
        files = [("files", File(name, A_DOCUMENT)) for name in documents]
        sent = self._send(page, form, {"text": text}, files)
        if sent.status != 200 or sent.errors():
            raise PageError(sent.describe())

    def pay(self, receipt: Receipt) -> None:
        """Go from the status page to the payment provider, pay there and come back."""

        def payable() -> Page | None:
            links = self.status(receipt).links("/zahlung/")
            if not links:
                return None
            page = self._browser.open(links[0])
            return page if page.links("/pay/") else None

        page = wait_for(payable, "the way to the payment provider")
        there = self._browser.open(_first(page.links("/pay/"), page))
        form = there.form(has="do")
        back = self._send(there, form, {}, (), button=("do", "pay"))
        if not back.told("success"):
            raise PageError(f"not paid: {back.describe()}")

    def status(self, receipt: Receipt) -> Page:
        """The status page, by code."""
        page = self._browser.open("/status/")
        return self._send(page, page.form(has="code"), {"code": receipt.code}, ())

    def notice(self, receipt: Receipt) -> bytes:
        """Wait for the notice on the status page and download it."""

        def delivered() -> Page | None:
            links = self.status(receipt).links("/postfach/bescheid/")
            return self._browser.open(links[0]) if links else None

        page = wait_for(delivered, "the sealed notice")
        if not page.links("/datei/"):
            page = self._send(page, page.form(action="/bescheid/"), {}, ())
        file = self._browser.open(_first(page.links("/datei/"), page))
        if file.media_type != "application/pdf":
            raise PageError(f"no PDF: {file.describe()}")
        return file.content

    def verify(self, pdf: bytes) -> Page:
        """Upload a notice to the verification page."""
        page = self._browser.open("/verify/")
        form = next((form for form in page.forms() if form.file_names), None)
        if form is None:
            raise PageError(f"no file field: {page.describe()}")
        name = min(form.file_names)
        return self._send(page, form, {}, [(name, File("notice.pdf", pdf))])

    def _send(
        self,
        page: Page,
        form: Form,
        values: Typed,
        files: Sequence[tuple[str, File]],
        *,
        button: tuple[str, str] | None = None,
    ) -> Page:
        sent = self._browser.submit(form, values, files=files, button=button, origin=page.url)
        if sent.status >= 400:
            raise PageError(sent.describe())
        return sent


class Staff:
    """A member of an authority at the desk, signed in at the identity provider."""

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self._browser = Browser(base_url)
        self._sign_in(username, password)

    def close(self) -> None:
        """Leave."""
        self._browser.close()

    def _sign_in(self, username: str, password: str) -> None:
        page = self._browser.open("/anmelden/amt/")
        form = next((one for one in page.forms() if "password" in one.names), None)
        if form is None:
            raise PageError(f"no sign-in form: {page.describe()}")
        values = {"username": username, "password": password}
        page = self._browser.submit(form, values, origin=page.url)
        if page.status != 200 or "/amt/" not in urlsplit(page.url).path:
            raise PageError(f"{username} cannot sign in: {page.describe()}")

    def finish_task(self, reference: str, result: Mapping[str, Any]) -> None:
        """Find the case by its reference, take its open task and finish it with this result."""

        def open_task() -> Page | None:
            for shelf in ("open", "waiting", "done"):
                inbox = self._browser.open(f"/amt/?ablage={shelf}&q={reference}")
                for link in inbox.links("/amt/vorgang/"):
                    case = self._browser.open(link)
                    if any("/nehmen/" in form.action for form in case.forms()):
                        return case
            return None

        case = wait_for(open_task, f"a task of {reference}")
        page = self._browser.submit(case.form(action="/nehmen/"), origin=case.url)
        form = page.form(has=min(result))
        sent = self._browser.submit(form, _choose(form, dict(_typed(result))), origin=page.url)
        if sent.status != 200 or sent.errors():
            raise PageError(sent.describe())


def wait_for(look: Callable[[], T | None], what: str) -> T:
    """Look again and again until there is something to see. Raises PageError after 30 seconds."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        found = look()
        if found is not None:
            return found
        time.sleep(GLANCE_SECONDS)
    raise PageError(f"waited {PATIENCE_SECONDS:.0f} s in vain for {what}")


def _typed(value: Any, path: str = "") -> Iterator[tuple[str, str | list[str]]]:
    """Canonical answers as a person types them: ``("hunde.0.beginn", "2020-01-01")``, …

    Several choices are one control or several: both names are there.
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _typed(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        if not any(isinstance(inner, Mapping) for inner in value):
            yield path, [str(inner) for inner in value]
        for index, inner in enumerate(value):
            yield from _typed(inner, f"{path}.{index}")
    elif isinstance(value, bool):
        yield path, "true" if value else "false"
    else:
        yield path, str(value)


def _choose(form: Form, typed: Typed) -> dict[str, str | list[str]]:
    """The values for the fields that this form has; dates are split where the form splits them."""
    chosen: dict[str, str | list[str]] = {}
    for name in form.names - form.file_names:
        stem, _dot, part = name.rpartition(".")
        if name in typed:
            chosen[name] = typed[name]
        elif part in _DATE_PARTS and stem in typed:
            chosen[name] = str(typed[stem]).split("-")[_DATE_PARTS.index(part)]
    return chosen


_DATE_PARTS = ("year", "month", "day")


def _present(form: Form, path: str) -> int:
    names = {
        name[len(path) + 1 :].split(".")[0] for name in form.names if name.startswith(path + ".")
    }
    return len({name for name in names if name.isdigit()})


def _wanted(answers: Mapping[str, Any], path: str) -> int:
    value: Any = answers
    for key in path.split("."):
        if isinstance(value, list):
            value = value[int(key)] if int(key) < len(value) else {}
        else:
            value = value.get(key, [])
    return len(value)


def _first(links: Sequence[str], page: Page) -> str:
    if not links:
        raise PageError(f"no way on: {page.describe()}")
    return links[0]
