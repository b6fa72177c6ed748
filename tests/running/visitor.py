"""A browser that can misbehave: it fills in pages like a person, and sends whatever bytes a test wants."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterable, Mapping
from html import unescape
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

START = "/antrag/hundesteuer/146120000000/"
PERSON = {
    "person.familienname": "Käßler-Öztürk",
    "person.vorname": "Wilhelmine",
    "person.anschrift.strasse": "Königsbrücker Landstraße",
    "person.anschrift.hausnummer": "12 a",
    "person.anschrift.postleitzahl": "01099",
    "person.anschrift.ort": "Dresden",
}
DOG = {
    "hunde.0.name": "Bello",
    "hunde.0.rasse": "Mischling",
    "hunde.0.beginn_der_haltung.day": "1",
    "hunde.0.beginn_der_haltung.month": "2",
    "hunde.0.beginn_der_haltung.year": "2026",
    "hunde.0.gefaehrlicher_hund": "false",
    "hunde.0.abweichender_haltungsort": "false",
    "hunde.0.verguenstigung": "none",
}
GUIDE_DOG = {**DOG, "hunde.0.verguenstigung": "assistance"}
PAGES: Mapping[str, Mapping[str, str]] = {
    "person": PERSON,
    "haushalt": {"bereits_gehaltene_hunde": "0"},
    "hunde": DOG,
    "zahlung": {"zahlung.lastschrift": "false"},
    "erklaerung": {"erklaerung.datenverarbeitung": "true", "erklaerung.wahrheit": "true"},
}


class Visitor:
    """Cookies, the last page, and the form on it."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.client = httpx.Client(base_url=base_url, follow_redirects=True, timeout=60)
        self.page: httpx.Response

    def __enter__(self) -> Visitor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()

    @property
    def path(self) -> str:
        return urlsplit(str(self.page.url)).path

    @property
    def text(self) -> str:
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.page.text)))

    @property
    def root(self) -> str:
        """Below it lie the pages of the draft."""
        return "/".join(self.path.split("/")[:5]) + "/"

    def get(self, path: str) -> httpx.Response:
        self.page = self.client.get(path)
        return self.page

    def hidden(self) -> dict[str, str]:
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.page.text)
        return {name: unescape(value) for name, value in found}

    def post(self, data: Mapping[str, Any] = {}, *, path: str = "", **more: Any) -> httpx.Response:
        self.page = self.client.post(path or self.path, data={**self.hidden(), **data}, **more)
        return self.page

    def begin(self, *pages: str) -> Visitor:
        """Start a draft and fill these pages."""
        self.get(START)
        self.post()
        for name in pages:
            assert f"/{name}/" in self.path, (name, self.path, self.text)
            self.post(PAGES[name])
            assert self.page.status_code == 200, self.text
        return self

    def raw_post(
        self,
        body: Iterable[bytes],
        media_type: str,
        *,
        length: int | None,
        path: str = "",
        timeout: float = 60,
    ) -> tuple[int, str]:
        """Send a body piece by piece; chunked without ``length``. Returns status and body of the answer.

        Stops sending when the server has answered.
        """
        address = urlsplit(self.base_url)
        cookies = "; ".join(f"{c.name}={c.value}" for c in self._cookies(path or self.path))
        size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
        head = (
            f"POST {path or self.path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {cookies}\r\n"
            f"Content-Type: {media_type}\r\n{size}\r\nConnection: close\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", address.port or 80), timeout) as wire:
            wire.sendall(head.encode())
            try:
                for piece in body:
                    wire.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if length is None else piece)
                if length is None:
                    wire.sendall(b"0\r\n\r\n")
            except (BrokenPipeError, ConnectionResetError):
                pass
            return parse(receive(wire))

    def _cookies(self, path: str) -> list[Any]:
        return [cookie for cookie in self.client.cookies.jar if path.startswith(cookie.path)]

    def multipart(
        self, fields: Mapping[str, str], name: str, file_name: str, content: Iterable[bytes]
    ) -> tuple[str, Iterable[bytes]]:
        """Media type and body of the page's form with one file."""
        edge = "----aBoundaryThatNothingElseHolds"

        def body() -> Iterable[bytes]:
            for key, value in {**self.hidden(), **fields}.items():
                yield (
                    f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
                ).encode()
            yield (
                f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
                "Content-Type: application/pdf\r\n\r\n"
            ).encode()
            yield from content
            yield f"\r\n--{edge}--\r\n".encode()

        return f"multipart/form-data; boundary={edge}", body()


def encoded(fields: Mapping[str, str]) -> bytes:
    """A form's body as browsers send it."""
    return urlencode(fields).encode()


def send(base_url: str, request: bytes, timeout: float = 15) -> bytes:
    """Send raw bytes and return all that comes back."""
    with socket.create_connection(("127.0.0.1", urlsplit(base_url).port or 80), timeout) as wire:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            wire.sendall(request)
        return receive(wire)


def receive(wire: socket.socket) -> bytes:
    """Everything until the other side closes."""
    answer = b""
    try:
        while piece := wire.recv(65536):
            answer += piece
    except ConnectionResetError:
        pass
    return answer


def parse(answer: bytes) -> tuple[int, str]:
    """Status and body of a raw answer; 0 if there was none."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    return int(status[1]) if status else 0, body.decode(errors="replace")


def headers(answer: bytes) -> dict[str, str]:
    """The header of a raw answer, names in lower case."""
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
