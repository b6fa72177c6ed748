"""Who asks: `request.account_id`, `request.account`, `request.member`, read when somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from amtsweg.platform.federation import wall
from amtsweg.platform.federation.models import Member
from amtsweg.platform.identity import sessions
from amtsweg.platform.identity.models import Account

if TYPE_CHECKING:
    _Base = HttpRequest
else:
    _Base = object


class Identified(_Base):
    """What a request knows about who asks. Without a session cookie no database is read."""

    @cached_property
    def signed_in(self) -> sessions.SignedIn | None:
        """The session's sign-in. One query if there is a session cookie."""
        if settings.SESSION_COOKIE_NAME not in self.COOKIES:
            return None
        return sessions.read(self.session)

    @property
    def account_id(self) -> UUID | None:
        """The id of the signed-in account, without reading the account."""
        return self.signed_in.account if self.signed_in else None

    @cached_property
    def account(self) -> Account | None:
        """The signed-in account, if it is still active. Two queries of its own: scope and account."""
        signed_in = self.signed_in
        if signed_in is None:
            return None
        with wall.within(wall.Scope(account=signed_in.account)):
            return Account.objects.filter(id=signed_in.account, active=True).first()

    @cached_property
    def member(self) -> Member | None:
        """The membership that the person works under, with its authority; None for applicants.

        One query within the authority's scope, as `staff_required` opens it; with a scope of its own else.
        """
        signed_in = self.signed_in
        if signed_in is None or signed_in.member is None or signed_in.authority is None:
            return None
        with wall.within(signed_in.scope):
            return (
                Member.objects.filter(id=signed_in.member, active=True)
                .filter(account_id=signed_in.account)
                .select_related("authority")
                .first()
            )


@cache
def _identified(request_class: type[HttpRequest]) -> type[HttpRequest]:
    return type(f"Identified{request_class.__name__}", (Identified, request_class), {})


class IdentityMiddleware:
    """Gives every request the attributes of `Identified`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on as an identified one."""
        request.__class__ = _identified(type(request))  # type: ignore[arg-type]
        return self._get_response(request)
