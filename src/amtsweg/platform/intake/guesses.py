"""Slows the guessing of codes down: ten wrong ones from one address, then a pause.

A code has 74 random bits, so guessing is hopeless anyway; the pause keeps it from being tried, and
from loading the database.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

import structlog
from django.http import HttpRequest
from django.utils import timezone

from amtsweg.platform.federation import vault
from amtsweg.platform.intake.errors import TooManyGuesses
from amtsweg.platform.intake.models import FailedGuess

ALLOWED = 10
WINDOW = timedelta(minutes=15)
# A household's IPv6 prefix: within it addresses cost nothing.
_IPV6_PREFIX = 64

logger = structlog.get_logger(__name__)


def check(request: HttpRequest) -> None:
    """Raise TooManyGuesses if this address has guessed wrongly too often. One query."""
    since = timezone.now() - WINDOW
    recent = list(
        FailedGuess.objects.filter(source=_source(request), at__gt=since)
        .order_by("-at")
        .values_list("at", flat=True)[:ALLOWED]
    )
    if len(recent) == ALLOWED:
        logger.warning("codes_guessed", path=request.path)
        raise TooManyGuesses(recent[-1] + WINDOW)


def record(request: HttpRequest) -> None:
    """Count a wrong code. One query."""
    FailedGuess.objects.create(source=_source(request), at=timezone.now())


def _source(request: HttpRequest) -> bytes:
    text = str(request.META.get("REMOTE_ADDR") or "")
    try:
        address = ip_address(text)
    except ValueError:
        return vault.blind(f"guess:{text}")
    if isinstance(address, IPv6Address):
        return vault.blind(f"guess:{IPv6Network((address, _IPV6_PREFIX), strict=False)}")
    return vault.blind(f"guess:{address}")
