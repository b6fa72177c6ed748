"""Sign-in and sign-out."""

from __future__ import annotations

from typing import cast
from uuid import UUID

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amtsweg.platform.identity import actions, provider, queries
from amtsweg.platform.identity.middleware import Identified
from amtsweg.platform.web.shortcuts import render

logger = structlog.get_logger(__name__)

LONGEST_ADDRESS = 2000


@never_cache
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send a person to the identity provider."""
    return _to_provider(request, staff=False)


@never_cache
@require_GET
def staff_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a member of staff to the identity provider."""
    return _to_provider(request, staff=True)


def _to_provider(request: HttpRequest, *, staff: bool) -> HttpResponse:
    wanted = _safe(request.GET.get("next", ""))
    try:
        address = provider.start(
            request,
            settings.BASE_URL + reverse("identity:callback"),
            staff=staff,
            wanted=wanted,
            language=get_language() or "de",
        )
    except provider.ProviderAway as error:
        _note("provider_away", error)
        return _page(request, "identity/provider_away.html", 503, again=request.get_full_path())
    return HttpResponseRedirect(address)


def _note(event: str, error: Exception) -> None:
    """Log why by kind and claim only: descriptions come from outside and may name a person."""
    cause = error.__cause__
    logger.warning(event, reason=type(cause).__name__, claim=getattr(cause, "claim", None))


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """The provider sends the browser back here."""
    try:
        identity = provider.finish(request)
        account = actions.sign_in(request.session, identity)
    except provider.ProviderAway as error:
        _note("provider_away", error)
        return _page(request, "identity/provider_away.html", 503, again=reverse("identity:sign-in"))
    except provider.SignInRefused as error:
        _note("sign_in_refused", error)
        return _page(request, "identity/broken_off.html", 400)
    except actions.AccountClosed:
        return _page(request, "identity/account_closed.html", 403)
    wanted = _safe(identity.wanted)
    if not identity.staff:
        return HttpResponseRedirect(wanted or "/")
    members = queries.memberships(account.id)
    if not members:
        actions.refuse_staff(account)
        return _page(request, "identity/no_membership.html", 403)
    if len(members) == 1:
        actions.work_under(request.session, account, members[0])
        return HttpResponseRedirect(wanted or _desk())
    request.session["wanted"] = wanted
    return HttpResponseRedirect(reverse("identity:choose"))


@never_cache
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Somebody with several memberships says as which to work now."""
    account = cast("Identified", request).account
    if account is None:
        return HttpResponseRedirect(reverse("identity:staff-sign-in"))
    members = queries.memberships(account.id)
    chosen = request.POST.get("member", "")
    for member in members:
        if str(member.id) == chosen:
            wanted = _safe(request.session.pop("wanted", ""))
            actions.work_under(request.session, account, member)
            return HttpResponseRedirect(wanted or _desk())
    status = 422 if request.method == "POST" else 200
    return render(request, "identity/choose.html", {"members": members}, status)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End our session, then the provider's."""
    account: UUID | None = cast("Identified", request).account_id
    id_token = request.session.get("id_token", "") if account else ""
    actions.sign_out(request.session, account)
    home = settings.BASE_URL + "/"
    address = provider.sign_out_url(id_token, home) if account else None
    return HttpResponseRedirect(address or "/")


def _safe(address: str) -> str:
    """A path of this site, or nothing: nobody is led elsewhere after signing in."""
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours and len(address) <= LONGEST_ADDRESS else ""


def _desk() -> str:
    return "/amt/"


def _page(request: HttpRequest, template: str, status: int, **context: object) -> HttpResponse:
    return render(request, template, context, status)
