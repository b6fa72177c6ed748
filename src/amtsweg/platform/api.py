"""The programming interface: one root, each room's endpoints below it, errors as problem details."""

from __future__ import annotations

from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import override
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from amtsweg.platform.web.errors import EXPLANATIONS, problem

api = NinjaAPI(
    title="Amtsweg",
    version="1",
    description="Public services: search and competence. Errors are problem details (RFC 9457).",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """An endpoint said no: its sentence becomes the detail."""
    title = HTTPStatus(error.status_code).phrase
    return problem(error.status_code, title, str(error), instance=request.path)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Parameters that do not fit: each with its place and what is wrong."""
    errors = [
        {"parameter": ".".join(str(part) for part in one["loc"][1:]), "detail": one["msg"]}
        for one in error.errors
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The request does not fit the interface",
        "; ".join(f"{one['parameter']}: {one['detail']}" for one in errors),
        instance=request.path,
        errors=errors,
    )


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Something named in the request does not exist."""
    with override("en"):
        told = EXPLANATIONS[HTTPStatus.NOT_FOUND]
        return problem(HTTPStatus.NOT_FOUND, "Not Found", told.title, instance=request.path)


def _collect() -> None:
    for room in settings.ROOMS:
        if find_spec(f"{room}.api"):
            module: Any = import_module(f"{room}.api")
            api.add_router("", module.router)


_collect()
