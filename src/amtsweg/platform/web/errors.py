"""Error pages: a sentence about what happened and one about what to do. Never a traceback.

Machines get problem details (RFC 9457) instead of a page.
"""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import NamedTuple

import structlog
from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from amtsweg.platform.web.shortcuts import render

logger = structlog.get_logger(__name__)


MACHINE_PATHS = ("/api/", "/health/", "/metrics")
_PROBLEM = "application/problem+json"
_MACHINE_FORMATS = (_PROBLEM, "application/json")


class Explanation(NamedTuple):
    """What a person reads: what happened, and what to do now (German; translated when shown)."""

    title: str
    text: str


EXPLANATIONS = {
    400: Explanation(
        _("Diese Anfrage haben wir nicht verstanden"),
        _("Bitte gehen Sie zurück und versuchen Sie es noch einmal."),
    ),
    403: Explanation(
        _("Diese Seite dürfen Sie nicht öffnen"),
        _("Bitte prüfen Sie, ob Sie mit dem richtigen Konto angemeldet sind."),
    ),
    404: Explanation(
        _("Diese Seite gibt es nicht"),
        _("Bitte prüfen Sie die Adresse, oder suchen Sie auf der Startseite, was Sie brauchen."),
    ),
    405: Explanation(
        _("So lässt sich diese Seite nicht aufrufen"),
        _("Bitte gehen Sie zurück und benutzen Sie die Schaltflächen auf der Seite."),
    ),
    411: Explanation(
        _("Diese Anfrage kam unvollständig an"),
        _(
            "Bitte versuchen Sie es mit einem anderen Browser oder aus einem anderen Netz. "
            "Ihre bisherigen Angaben sind gespeichert."
        ),
    ),
    413: Explanation(
        _("Das ist zu groß"),
        _("Bitte wählen Sie eine kleinere Datei. Ihre bisherigen Angaben sind gespeichert."),
    ),
    422: Explanation(
        _("Diese Angaben können wir nicht annehmen"),
        _("Bitte gehen Sie zurück und prüfen Sie Ihre Angaben."),
    ),
    429: Explanation(
        _("Das waren zu viele Versuche"),
        _("Bitte warten Sie einige Minuten und versuchen Sie es dann noch einmal."),
    ),
    500: Explanation(
        _("Bei uns ist ein Fehler aufgetreten"),
        _(
            "Der Fehler ist festgehalten. Bitte versuchen Sie es später noch einmal. "
            "Gespeicherte Angaben gehen nicht verloren."
        ),
    ),
    503: Explanation(
        _("Wir sind gerade nicht erreichbar"),
        _("Bitte versuchen Sie es in einigen Minuten noch einmal."),
    ),
}

CSRF_EXPLANATION = Explanation(
    _("Ihre Sitzung ist abgelaufen"),
    _(
        "Zu Ihrer Sicherheit haben wir diese Eingabe nicht angenommen. Bitte gehen Sie zurück, "
        "laden Sie die Seite neu und senden Sie sie noch einmal ab. "
        "Ihr Browser muss dafür Cookies zulassen."
    ),
)
FIELDS_EXPLANATION = Explanation(
    _("Das Formular enthält zu viele Felder"),
    _("Bitte gehen Sie zurück und senden Sie weniger Angaben auf einmal ab."),
)


def page(
    request: HttpRequest,
    status: int,
    explanation: Explanation | None = None,
    *,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """The answer for an error: a page, or problem details for machines."""
    told = explanation or EXPLANATIONS.get(status) or EXPLANATIONS[500 if status >= 500 else 400]
    title, text = gettext(told.title), gettext(told.text)
    if request.path.startswith(MACHINE_PATHS):
        response: HttpResponse = problem(status, title, text, instance=request.path)
    else:
        # The frame must not look up who is signed in: the database may be what failed.
        response = render(
            request,
            "web/error.html",
            {"title": title, "text": text, "status": status},
            status,
            anonymous=True,
        )
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def problem(status: int, title: str, detail: str = "", **members: object) -> JsonResponse:
    """Problem details (RFC 9457) with status, title, detail and further members."""
    body = {"type": "about:blank", "status": status, "title": title, "detail": detail, **members}
    return JsonResponse(body, status=status, content_type=_PROBLEM)


def is_unfit_for_machines(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a machine was given an error in a form that it cannot read."""
    media_type = response.headers.get("Content-Type", "").split(";")[0]
    return request.path.startswith(MACHINE_PATHS) and media_type not in _MACHINE_FORMATS


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: tells too much data (413) and too many fields (422) apart."""
    if isinstance(exception, RequestDataTooBig):
        return page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return page(request, HTTPStatus.UNPROCESSABLE_ENTITY, FIELDS_EXPLANATION)
    return page(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return page(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404. What was looked for is not repeated: it may be an attack or a secret."""
    return page(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: tells a database that is away for a moment (503) from an error of ours."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return page(request, HTTPStatus.SERVICE_UNAVAILABLE)
    return page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: an expired page, or a foreign site posting in a person's name."""
    if request.method != "POST" or request.path.startswith(MACHINE_PATHS):
        # No page takes another unsafe method, and no machine sends forms.
        return page(request, HTTPStatus.METHOD_NOT_ALLOWED)
    logger.warning("csrf_refused", path=request.path, reason=reason)
    return page(request, HTTPStatus.FORBIDDEN, CSRF_EXPLANATION)
