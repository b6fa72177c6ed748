"""Pages that every installation must have: imprint, privacy, accessibility, security contact."""

from __future__ import annotations

from datetime import UTC, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from amtsweg.platform.web.operator import operator
from amtsweg.platform.web.shortcuts import render


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    """Who runs this installation (§ 5 DDG)."""
    return render(request, "web/imprint.html", {"operator": operator()})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What happens to personal data (Art. 13 GDPR)."""
    return render(request, "web/privacy.html", {"operator": operator()})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How accessible the pages are and where to report barriers (§ 12b BGG, states' laws)."""
    return render(request, "web/accessibility.html", {"operator": operator()})


@require_safe
@cache_control(public=True, max_age=3600)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116). Expires in half a year, so that it is looked after."""
    expires = (timezone.now().astimezone(UTC) + timedelta(days=180)).replace(microsecond=0)
    address = operator().security_email
    imprint_address = f"{settings.BASE_URL}{reverse('web:imprint')}"
    lines = [
        f"Contact: {f'mailto:{address}' if address else imprint_address}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: de, en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
