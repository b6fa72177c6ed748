"""The pages of the preview: what the schema holds, its assistant, and what came of the answers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any

import jsonschema_rs
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amtsweg.kit.fim.model import FimError
from amtsweg.kit.forms import FieldError, Form, Language, proposals
from amtsweg.kit.forms.progress import Progress, progress
from amtsweg.kit.translation import all_in_language
from amtsweg.platform.intake import uploads
from amtsweg.platform.web.shortcuts import render
from amtsweg.preview import drafts
from amtsweg.preview.drafts import Draft
from amtsweg.preview.source import Source, Watched

View = Callable[..., HttpResponse]
_NOT_FIELDS = {"csrfmiddlewaretoken"}


@cache
def _watched() -> Watched:
    return Watched(Path(os.environ["AMTSWEG_PREVIEW_FILE"]))


def on_schema(view: View) -> View:
    """Give a view the schema as it is now and the browser's draft; or say why it cannot be read."""

    @wraps(view)
    def shown(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        draft = drafts.of(request)
        try:
            source = _watched().source()
        except (FimError, OSError) as error:
            findings = all_in_language(getattr(error, "findings", ()), _language())
            values = {"file": _watched().file.name, "findings": findings, "why": str(error)}
            return render(request, "preview/unreadable.html", values, 422, anonymous=True)
        with draft.lock:
            response = view(request, source, draft, **kwargs)
        drafts.keep(response, draft)
        return response

    return shown


@require_GET
@on_schema
def home(request: HttpRequest, source: Source, draft: Draft) -> HttpResponse:
    """The schema at a glance: what is asked, and what is left to do for its author."""
    values = {
        "left_aside": all_in_language(source.left_aside, _language()),
        "remarks": source.remarks(_language()),
        "begun": bool(draft.saved),
    }
    return _render(request, "preview/home.html", source, values)


@require_POST
@on_schema
def begin(request: HttpRequest, source: Source, draft: Draft) -> HttpResponse:
    """Begin again from an empty form."""
    draft.clear()
    draft.ruled = request.POST.get("form") == "ruled"
    return _to_page(_progress(source, draft).open_page)


@csrf_exempt
def page(request: HttpRequest, page_id: str) -> HttpResponse:
    """One page. Files arrive on disk: that is chosen before the CSRF check reads the form."""
    if request.method == "POST":
        request.upload_handlers = [TemporaryFileUploadHandler(request)]
    return _page(request, page_id=page_id)


@csrf_protect
@require_http_methods(["GET", "POST"])
@on_schema
def _page(request: HttpRequest, source: Source, draft: Draft, page_id: str) -> HttpResponse:
    so_far = _progress(source, draft)
    if page_id not in so_far.pages:
        raise Http404
    if request.method == "POST":
        return _save(request, source, draft, page_id)
    if not so_far.reaches(page_id):
        return _to_page(so_far.open_page)
    return _show(request, source, draft, page_id)


@require_GET
@on_schema
def review(request: HttpRequest, source: Source, draft: Draft) -> HttpResponse:
    """All answers as people read them and as the office receives them."""
    so_far = _progress(source, draft)
    if so_far.open_page is not None:
        return _to_page(so_far.open_page)
    schema = _form(source, draft).json_schema()
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    values = {
        "sections": _form(source, draft).summary(
            draft.answers, language=_language(), files=draft.files
        ),
        "change": lambda page_id: reverse("preview:page", args=[page_id]),
        "answers": json.dumps(draft.answers, ensure_ascii=False, indent=2),
        "breaks": [error.message for error in validator.iter_errors(draft.answers)],
        "back": reverse("preview:page", args=[so_far.pages[-1]]) if so_far.pages else "",
    }
    return _render(request, "preview/review.html", source, values)


@require_GET
@on_schema
def answers(_request: HttpRequest, _source: Source, draft: Draft) -> HttpResponse:
    """The answers as JSON."""
    return JsonResponse(draft.answers, json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_GET
@on_schema
def json_schema(_request: HttpRequest, source: Source, draft: Draft) -> HttpResponse:
    """The JSON Schema that the answers obey."""
    schema = _form(source, draft).json_schema()
    return JsonResponse(schema, json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_GET
@on_schema
def pages_toml(_request: HttpRequest, source: Source, _draft: Draft) -> HttpResponse:
    """The pages with the proposed rules, to begin a package with."""
    return HttpResponse(proposals.as_toml(source.proposal.pages), content_type="text/plain")


def _form(source: Source, draft: Draft) -> Form:
    return source.ruled if draft.ruled else source.form


def _save(request: HttpRequest, source: Source, draft: Draft, page_id: str) -> HttpResponse:
    data = {name: values for name, values in request.POST.lists() if name not in _NOT_FIELDS}
    refused = _take_files(request, source, draft, page_id, data)
    reading = _form(source, draft).read(
        page_id,
        data,
        draft.answers,
        files=draft.files,
        language=_language(),
        today=timezone.localdate(),
    )
    told = {error.path for error in refused}
    errors = (*(error for error in reading.errors if error.path not in told), *refused)
    draft.answers = reading.answers
    stay = reading.stay and not errors
    if stay or errors:
        draft.raw[page_id] = {name: list(values) for name, values in reading.raw.items()}
    else:
        draft.raw.pop(page_id, None)
    draft.saved.add(page_id)
    if errors:
        return _show(request, source, draft, page_id, errors)
    return _to_page(page_id if stay else _form(source, draft).next_page(page_id, draft.answers))


def _take_files(
    request: HttpRequest, source: Source, draft: Draft, page_id: str, data: dict[str, list[str]]
) -> list[FieldError]:
    """Put each file's id where its field is; the files themselves are looked at and not kept."""
    refused = []
    for path, files in request.FILES.lists():
        rule = uploads.rule_of(_form(source, draft), page_id, path)
        if rule is None:
            continue
        for file in files:
            try:
                info = uploads.receive(file, rule).info
            except uploads.UploadRefused as refusal:
                refused.append(FieldError(path, str(refusal)))
            else:
                draft.files[info.id] = info
                data[path] = [info.id]
    return refused


def _show(
    request: HttpRequest,
    source: Source,
    draft: Draft,
    page_id: str,
    errors: tuple[FieldError, ...] = (),
) -> HttpResponse:
    form, spoken = _form(source, draft), _language()
    pages = form.page_ids(draft.answers)
    place = pages.index(page_id)
    title, introduction = form.titles(page_id, spoken)
    values = {
        "title": title,
        "help": introduction,
        "optional": form.page(page_id).optional,
        "items": form.render(
            page_id,
            draft.answers,
            raw=draft.raw.get(page_id),
            errors=errors,
            language=spoken,
            files=draft.files,
        ),
        "takes_files": uploads.takes_files(form, page_id),
        "errors": errors,
        "step": place + 1,
        "steps": len(pages) + 1,
        "back": reverse("preview:page", args=[pages[place - 1]]) if place else "",
        "rules": [one for one in source.open_rules if one.page_id == page_id],
    }
    return _render(request, "preview/page.html", source, values, 422 if errors else 200)


def _progress(source: Source, draft: Draft) -> Progress:
    return progress(
        _form(source, draft),
        draft.answers,
        draft.files,
        saved=draft.saved,
        refused=draft.raw,
        today=timezone.localdate(),
    )


def _to_page(page_id: str | None) -> HttpResponse:
    address = reverse("preview:page", args=[page_id]) if page_id else reverse("preview:review")
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def _render(
    request: HttpRequest,
    template: str,
    source: Source,
    values: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    return render(request, template, {"source": source, **values}, status, anonymous=True)


def _language() -> Language:
    return "en" if (get_language() or "de").startswith("en") else "de"
