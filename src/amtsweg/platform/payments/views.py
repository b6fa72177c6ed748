"""A person's pages: what is to be paid and the way to the provider, and the way back from there."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from amtsweg.platform.delivery.views import with_access
from amtsweg.platform.federation import wall
from amtsweg.platform.payments import actions, jobs, queries
from amtsweg.platform.payments.errors import AmountDiffers
from amtsweg.platform.payments.models import Payment
from amtsweg.platform.payments.provider import ProviderAway, ProviderRefused
from amtsweg.platform.web.shortcuts import render

log = structlog.get_logger(__name__)


@require_http_methods(["GET", "POST"])
@with_access
def payment(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """One payment and where it stands; POST begins anew after it was broken off."""
    found = _find(payment_id)
    if request.method == "POST":
        actions.try_again(payment_id)
        _move_on(_find(payment_id))
        return redirect("payments:payment", payment_id)
    if not found.pay_url and not found.transaction_id:
        _move_on(found)
        found = _find(payment_id)
    context = {"payment": found, "authority": found.authority}
    return render(request, "payments/payment.html", context)


@require_GET
@with_access
def back(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """The person comes back from the provider: hear from it what became of the payment."""
    _move_on(_find(payment_id))
    return redirect("payments:payment", payment_id)


def _find(payment_id: UUID) -> Payment:
    found = queries.payment(payment_id)
    if found is None:
        raise Http404
    return found


def _move_on(found: Payment) -> None:
    """Do what the job would do later; if the provider is away, the job does it."""
    try:
        with wall.scope(authority=found.authority_id):
            jobs.move_on(found)
    except (ProviderAway, ProviderRefused, AmountDiffers) as trouble:
        log.warning("payment_provider", payment=str(found.pk), trouble=repr(trouble))
