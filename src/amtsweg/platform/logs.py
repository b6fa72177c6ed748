"""Logs as one JSON object per line, and one line per request. Never personal data: no query, no body."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

from amtsweg.platform import metrics

log = structlog.get_logger("amtsweg.request")

_QUIET_PATHS = ("/health/", "/static/", "/metrics")


def configure_logs(level: int = logging.INFO) -> None:
    """Send the logs of all libraries through structlog to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Other libraries' notes quote addresses with their queries, which can hold personal data.
    root.setLevel(logging.WARNING)
    logging.getLogger("amtsweg").setLevel(level)
    # Django's own line per failed request repeats ours and quotes the path twice.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    # Anybody can send a made-up Host or too many fields; that it was refused stands in our line.
    logging.getLogger("django.security").setLevel(logging.CRITICAL)
    # Every step of every process is not news.
    logging.getLogger("spiff").setLevel(logging.WARNING)


class RequestLogMiddleware:
    """One log line and one measurement per request, by the route's name, never by the address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and note how it went."""
        began = time.perf_counter()
        response = self._get_response(request)
        seconds = time.perf_counter() - began
        match = request.resolver_match
        route = (match.view_name or match.route) if match else "none"
        metrics.record(request.method or "", route, response.status_code, seconds)
        if not request.path.startswith(_QUIET_PATHS):
            log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                milliseconds=round(seconds * 1000, 1),
            )
        return response
