"""What the frame adds to every answer."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from amtsweg.platform.web import errors

Handler = Callable[[HttpRequest], HttpResponseBase]

UNUSED_POWERS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class FrameMiddleware:
    """Give bare error answers (a 405 without content) their page; close what browsers need not open.

    Machines get problem details in place of whatever a library has written. The content security
    policy is the same for every answer; an answer may bring its own.
    """

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response
        directives = settings.CONTENT_SECURITY_POLICY.items()
        self._policy = "; ".join(f"{name} {sources}" for name, sources in directives)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on and dress the answer."""
        response = self._get_response(request)
        if (
            response.status_code in errors.EXPLANATIONS
            and isinstance(response, HttpResponse)
            and (not response.content or errors.is_unfit_for_machines(request, response))
            and request.method != "HEAD"
        ):
            kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
            response = errors.page(request, response.status_code, headers=kept)
        response.headers.setdefault("Content-Security-Policy", self._policy)
        response.headers.setdefault("Permissions-Policy", UNUSED_POWERS)
        return response


class LengthMiddleware:
    """Ask for the length of whatever is sent: without it the form would be taken for empty."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Refuse what comes in chunks; a proxy in front of us knows the length."""
        if "Transfer-Encoding" in request.headers and "Content-Length" not in request.headers:
            return errors.page(request, HTTPStatus.LENGTH_REQUIRED)
        return self._get_response(request)
