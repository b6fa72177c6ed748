"""A lean HTTP client for load: one kept connection, cookies, hidden fields by pattern.

A full browser library costs as much CPU a request as the server that it measures.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlsplit

HIDDEN = re.compile(rb'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
ACTION = re.compile(rb'<form[^>]*action="([^"]*)"')


@dataclass
class Answer:
    """Status, address after redirects, body, and the seconds of each request on the way."""

    status: int
    path: str
    body: bytes
    location: str = ""


@dataclass
class Client:
    """One visitor on one connection. ``times`` collects (what, seconds) for every request."""

    host: str
    port: int
    times: list[tuple[str, float]] = field(default_factory=list)
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)
    _socket: socket.socket | None = None
    _left: bytes = b""

    def get(self, path: str, what: str) -> Answer:
        """GET without following redirects."""
        return self._request("GET", path, b"", "", what)

    def post(self, path: str, fields: Mapping[str, str], what: str) -> Answer:
        """POST a form, url-encoded, without following redirects."""
        body = "&".join(f"{quote_plus(k)}={quote_plus(v)}" for k, v in fields.items()).encode()
        return self._request("POST", path, body, "application/x-www-form-urlencoded", what)

    def multipart(self, path: str, fields: Mapping[str, str], what: str) -> Answer:
        """POST a form as a browser sends one with file fields."""
        edge = "amtsweg-bench-7f3a9c"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        body = ("".join(parts) + f"--{edge}--\r\n").encode()
        return self._request("POST", path, body, f"multipart/form-data; boundary={edge}", what)

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _request(self, method: str, path: str, body: bytes, kind: str, what: str) -> Answer:
        cookies = "; ".join(
            f"{name}={value}"
            for name, (value, below) in self.cookies.items()
            if path.startswith(below)
        )
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
        if cookies:
            head += f"Cookie: {cookies}\r\n"
        if method == "POST":
            head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        begin = time.perf_counter()
        status, headers, content = self._exchange((head + "\r\n").encode() + body)
        self.times.append((what, time.perf_counter() - begin))
        location = ""
        for name, value in headers:
            if name == "set-cookie":
                self._keep(value)
            elif name == "location":
                parts = urlsplit(value)
                location = parts.path + (f"?{parts.query}" if parts.query else "")
        return Answer(status, path, content, location)

    def _keep(self, value: str) -> None:
        pair, *attributes = value.split("; ")
        name, _, content = pair.partition("=")
        below = next((a[5:] for a in attributes if a.lower().startswith("path=")), "/")
        self.cookies[name] = (content, below)

    def _exchange(self, message: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        if self._socket is None:
            self._socket = socket.create_connection((self.host, self.port), timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._left = b""
        self._socket.sendall(message)
        while b"\r\n\r\n" not in self._left:
            self._more()
        head, self._left = self._left.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [(n.lower(), v.strip()) for n, _, v in (line.partition(":") for line in lines)]
        known = dict(headers)
        if known.get("transfer-encoding") == "chunked":
            return int(first.split()[1]), headers, self._chunked()
        length = int(known.get("content-length", "0"))
        while len(self._left) < length:
            self._more()
        content, self._left = self._left[:length], self._left[length:]
        return int(first.split()[1]), headers, content

    def _chunked(self) -> bytes:
        content = b""
        while True:
            while b"\r\n" not in self._left:
                self._more()
            size, self._left = self._left.split(b"\r\n", 1)
            length = int(size, 16)
            while len(self._left) < length + 2:
                self._more()
            content += self._left[:length]
            self._left = self._left[length + 2 :]
            if length == 0:
                return content

    def _more(self) -> None:
        if self._socket is None:
            raise ConnectionError("not connected")
        part = self._socket.recv(65536)
        if not part:
            self.close()
            raise ConnectionError("the server hung up")
        self._left += part


def hidden(page: bytes) -> dict[str, str]:
    """The hidden fields of a page."""
    return {name.decode(): value.decode() for name, value in HIDDEN.findall(page)}
