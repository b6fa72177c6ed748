"""Render a page in the frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from amtsweg.platform.web.frame import Frame


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    status: int = 200,
    *,
    anonymous: bool = False,
) -> HttpResponse:
    """Render ``template`` within the frame.

    The frame uses ``authority`` (whose name stands beside the word mark) and ``errors`` (marks the
    page title) when the context has them. ``anonymous`` draws the frame without looking up who is
    signed in: for pages that must work without a database.
    """
    values = {"authority": None, "errors": (), **(context or {})}
    values["frame"] = Frame(request, anonymous=anonymous)
    return HttpResponse(render_to_string(template, values, request), status=status)
