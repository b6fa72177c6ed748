"""Who may enter a view: the decorators open the wall's scope, so a view sees what it may and no more."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from amtsweg.platform.federation import wall
from amtsweg.platform.federation.audit import audit
from amtsweg.platform.federation.models import Member, Role
from amtsweg.platform.identity.middleware import Identified
from amtsweg.platform.identity.models import Account, TrustLevel

View = Callable[..., HttpResponse]


class StaffRequest(Identified):
    """A request in a view behind `staff_required`."""

    member: Member


class PersonRequest(Identified):
    """A request in a view behind `person_required`."""

    account: Account
    account_id: Any


def staff_required(*roles: Role) -> Callable[[View], View]:
    """Let members of an authority in, with one of the roles if any are named, within their authority's scope.

    Without sign-in: to the sign-in. With a wrong role: PermissionDenied. What the wall hides is not
    found (404). Both refusals are in the audit log. No browser and no proxy keeps what staff see.
    """

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            identified = cast("Identified", request)
            signed_in = identified.signed_in
            if signed_in is None or signed_in.authority is None:
                return _to_sign_in(request, "identity:staff-sign-in")
            try:
                with wall.scope(authority=signed_in.authority):
                    member = identified.member
                    if member is None:
                        return _to_sign_in(request, "identity:staff-sign-in")
                    _permit(member, roles)
                    return view(request, *args, **kwargs)
            except (PermissionDenied, Http404) as refusal:
                # The refused transaction is over and undone; the entry needs one of its own.
                with wall.scope(authority=signed_in.authority):
                    audit(
                        "refused" if isinstance(refusal, PermissionDenied) else "not_found",
                        authority=signed_in.authority,
                        actor=signed_in.account,
                        subject=request.path,
                        detail={"method": request.method},
                    )
                raise

        return guarded

    return decorate


def _permit(member: Member, roles: tuple[Role, ...]) -> None:
    if roles and member.role not in roles:
        raise PermissionDenied


def person_required(view: View) -> View:
    """Let signed-in people in, within the scope of their account; others to the sign-in.

    As at the desk, no browser and no proxy keeps what they see.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account_id = cast("Identified", request).account_id
        if account_id is None:
            return _to_sign_in(request, "identity:sign-in")
        with wall.scope(account=account_id):
            if cast("Identified", request).account is None:
                return _to_sign_in(request, "identity:sign-in")
            return view(request, *args, **kwargs)

    return guarded


def trust_level(request: HttpRequest) -> TrustLevel:
    """How surely the running sign-in proves who asks; `NONE` without sign-in."""
    signed_in = cast("Identified", request).signed_in
    return signed_in.trust_level if signed_in else TrustLevel.NONE


def _to_sign_in(request: HttpRequest, name: str) -> HttpResponse:
    wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return HttpResponseRedirect(reverse(name) + query)
