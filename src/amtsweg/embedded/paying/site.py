"""What the demo payment provider answers: the interface for the portal, the page for the person."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

from amtsweg.config import Config
from amtsweg.embedded import idp
from amtsweg.embedded.paying import pages
from amtsweg.embedded.paying.transactions import Payment, Refused, Transactions

LARGEST_BODY = 64 * 1024
_HTML, _JSON, _CSS = "text/html; charset=utf-8", "application/json", "text/css; charset=utf-8"
_FINAL = {"pay": "PAYED", "cancel": "CANCELED"}


class Site:
    """The provider as a WSGI application."""

    def __init__(self, config: Config) -> None:
        access = config.payment
        if access is None:
            raise ValueError("there is no payment provider in this installation")
        self._access = access
        self._portal = config.base_url
        self._transactions = Transactions(config.home / "paying" / "transactions.sqlite3")
        self._style = (Path(idp.__file__).parent / "style.css").read_bytes()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            return self._answer(environ, start)
        except Refused as refusal:
            body = {
                "type": "about:blank",
                "status": refusal.status,
                "title": HTTPStatus(refusal.status).phrase,
                "detail": refusal.detail,
                "functionalCode": refusal.code,
            }
            return _json(start, refusal.status, body)

    def _answer(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/")
        parts = [part for part in path.split("/") if part]
        match method, parts:
            case "GET", ["health", "ready"]:
                return _answer(start, 200, "text/plain", b"ready")
            case "GET", ["style.css"]:
                return _answer(start, 200, _CSS, self._style)
            case (("GET" | "POST"), ["paymenttransaction", *rest]):
                return self._interface(environ, start, method, rest)
            case (("GET" | "POST"), ["pay", identity]):
                return self._page(environ, start, method, identity)
        words = pages.words(environ)
        return self._html(start, 404, pages.message(words, words["not_found"], self._portal), "")

    # --- the interface for the portal -------------------------------------------------------

    def _interface(
        self, environ: WSGIEnvironment, start: StartResponse, method: str, rest: list[str]
    ) -> Iterable[bytes]:
        self._permit(environ, rest)
        if method == "POST" and len(rest) == 2:
            made = self._transactions.make(_read_json(environ))
            return _json(start, 201, self._told(made))
        found = self._transactions.find(rest[2]) if method == "GET" and len(rest) == 3 else None
        if found is None:
            raise Refused(404, "UNSPECIFIED", "There is no such transaction.")
        return _json(start, 200, self._told(found))

    def _permit(self, environ: WSGIEnvironment, rest: list[str]) -> None:
        given = environ.get("HTTP_AUTHORIZATION", "").encode("latin-1")
        if not hmac.compare_digest(given, f"Bearer {self._access.token}".encode()):
            raise Refused(403, "FORBIDDEN", "The bearer token is missing or wrong.")
        if rest[:2] != [self._access.originator, self._access.endpoint]:
            raise Refused(404, "NO_VALID_ORIGINATOR_OR_ENDPOINT", "We do not know this endpoint.")

    def _told(self, payment: Payment) -> dict[str, Any]:
        place = f"{self._access.originator}/{self._access.endpoint}/{payment.id}"
        told = {
            "transactionUrl": f"{self._access.url}/paymenttransaction/{place}",
            "transactionId": payment.id,
            "status": payment.status,
        }
        if payment.status == "INITIAL":
            told["transactionRedirectUrl"] = f"{self._access.url}/pay/{payment.id}"
        if payment.status == "PAYED":
            told |= {
                "transactionReference": payment.reference,
                "transactionTimestamp": payment.finished_at,
                "paymentMethod": "OTHER",
                "paymentMethodDetail": "Demo",
            }
        return {"paymentInformation": told, "paymentRequest": dict(payment.request)}

    # --- the page for the person ------------------------------------------------------------

    def _page(
        self, environ: WSGIEnvironment, start: StartResponse, method: str, identity: str
    ) -> Iterable[bytes]:
        words = pages.words(environ)
        payment = self._transactions.find(identity)
        if payment is None:
            return self._html(
                start, 404, pages.message(words, words["not_found"], self._portal), ""
            )
        if method == "POST":
            pressed = parse_qs(_read(environ).decode("utf-8", "replace")).get("do", [""])[0]
            if pressed in _FINAL:
                self._transactions.finish(identity, _FINAL[pressed])
            back = payment.request["redirectUrl"]
            return _answer(start, 303, "text/plain", b"", {"Location": back})
        return self._html(start, 200, pages.payment(words, payment), payment.request["redirectUrl"])

    def _html(
        self, start: StartResponse, status: int, page: str, redirect_url: str
    ) -> Iterable[bytes]:
        """A page without scripts; its form may lead here and, by the redirect, to the portal."""
        portal = urlsplit(redirect_url)
        back = f" {portal.scheme}://{portal.netloc}" if redirect_url else ""
        policy = (
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self'{back}"
        )
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        return _answer(start, status, _HTML, page.encode(), headers)


def _read(environ: WSGIEnvironment) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    size = int(length) if length.isascii() and length.isdigit() else 0
    if size > LARGEST_BODY:
        raise Refused(413, "VALIDATION_ERROR", "The request is too large.")
    body: bytes = environ["wsgi.input"].read(size)
    return body


def _read_json(environ: WSGIEnvironment) -> Any:
    try:
        return json.loads(_read(environ))
    except ValueError:
        raise Refused(400, "VALIDATION_ERROR", "The body is no JSON.") from None


def _json(start: StartResponse, status: int, body: Mapping[str, Any]) -> Iterable[bytes]:
    return _answer(start, status, _JSON, json.dumps(body).encode())


def _answer(
    start: Callable[..., Any],
    status: int,
    media_type: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
) -> Iterable[bytes]:
    start(
        f"{status} {HTTPStatus(status).phrase}",
        [
            ("Content-Type", media_type),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            *(headers or {}).items(),
        ],
    )
    return [body]
