"""Is this notice genuine? For anybody who holds one: by its code, or by the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from amtsweg.kit.forms import FieldError
from amtsweg.platform.delivery import queries
from amtsweg.platform.federation import guesses
from amtsweg.platform.federation.codes import parse_code
from amtsweg.platform.intake import uploads
from amtsweg.platform.web import errors
from amtsweg.platform.web.shortcuts import render

REFUSED = "verify.refused"


class Verdict(StrEnum):
    """What can be said of a file.

    GENUINE: it is a notice that this installation sealed, to the byte. SEALED: it bears our seal
    unbroken, but is in our register no more. CHANGED: it bears our seal and was changed afterwards.
    UNKNOWN: it bears no seal of ours.
    """

    GENUINE = "genuine"
    SEALED = "sealed"
    CHANGED = "changed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verified:
    """A verdict with who issued what when, as far as it is known."""

    verdict: Verdict
    authority: str = ""
    title: str = ""
    sealed_at: datetime | None = None


@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Take a code or a file."""
    if request.method == "GET":
        return _form(request)
    try:
        guesses.check(request, REFUSED)
    except guesses.TooManyGuesses:
        return errors.page(request, 429)
    upload = request.FILES.get("file")
    if "file" in getattr(request, "refused_uploads", ()):
        return _form(request, FieldError("file", uploads.too_large(uploads.LARGEST_FILE)))
    if upload is not None:
        if (upload.size or 0) > uploads.LARGEST_FILE:
            return _form(request, FieldError("file", uploads.too_large(uploads.LARGEST_FILE)))
        return _verdict(request, of_file(upload.read()))
    entered = request.POST.get("code", "")
    if not entered.strip():
        return _form(
            request,
            FieldError(
                "code", _("Bitte geben Sie den Prüfcode ein oder wählen Sie eine Datei aus.")
            ),
        )
    code = parse_code(entered)
    if code is None:
        problem = _("Bitte prüfen Sie den Code: Er enthält einen Tippfehler.")
        return _form(request, FieldError("code", problem), entered)
    return redirect("delivery:verify_code", code)


@never_cache
@require_GET
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """The page behind a notice's QR code."""
    try:
        guesses.check(request, REFUSED)
    except guesses.TooManyGuesses:
        return errors.page(request, 429)
    parsed = parse_code(code)
    proof = queries.proof_by_code(parsed) if parsed else None
    if proof is None:
        guesses.record(request, REFUSED)
        problem = _(
            "Zu diesem Code gibt es keinen Bescheid. Vergleichen Sie ihn mit dem Schreiben."
        )
        return _form(request, FieldError("code", problem), code[:40], status=404)
    return _verdict(
        request,
        Verified(Verdict.GENUINE, proof.authority, proof.title, proof.sealed_at),
        by_code=True,
    )


def of_file(content: bytes) -> Verified:
    """What can be said of a file: first whether it is one of ours, else what its seal tells."""
    proof = queries.proof_by_file(content)
    if proof is not None:
        return Verified(Verdict.GENUINE, proof.authority, proof.title, proof.sealed_at)
    # The library for seals takes 30 MB: a web process loads it only when somebody needs it.
    from amtsweg.platform.delivery import seal  # noqa: PLC0415

    examined = seal.examine(content)
    verdict = {
        seal.Finding.SOUND: Verdict.SEALED,
        seal.Finding.CHANGED: Verdict.CHANGED,
    }.get(examined.finding, Verdict.UNKNOWN)
    return Verified(verdict, examined.authority, sealed_at=examined.sealed_at)


def _verdict(request: HttpRequest, verified: Verified, *, by_code: bool = False) -> HttpResponse:
    if verified.verdict in {Verdict.UNKNOWN, Verdict.CHANGED}:
        guesses.record(request, REFUSED)
    context = {"verified": verified, "by_code": by_code}
    return render(request, "delivery/verified.html", context)


def _form(
    request: HttpRequest, problem: FieldError | None = None, entered: str = "", status: int = 422
) -> HttpResponse:
    context = {"errors": (problem,) if problem else (), "entered": entered}
    return render(request, "delivery/verify.html", context, status=status if problem else 200)
