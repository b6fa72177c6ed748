"""Slows the guessing of codes down: ten wrong ones from one address, then a pause.

A code has 74 random bits, so guessing is hopeless anyway; the pause keeps it from being tried, and
from loading the database. All kinds of codes count together.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network

from django.http import HttpRequest
from django.utils import timezone

from . import vault
from .addresses import client_address
from .audit import audit
from .models import FailedGuess

ALLOWED = 10
WINDOW = timedelta(minutes=15)
# A household's IPv6 prefix: within it addresses cost nothing.
_IPV6_PREFIX = 64


class TooManyGuesses(Exception):
    """Too many wrong codes came from one address; ``until`` says when the next one is heard."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


def check(request: HttpRequest, action: str) -> None:
    """Raise TooManyGuesses if this address has guessed wrongly too often. One query.

    ``action`` names in the audit log what is refused, such as "resume.refused".
    """
    since = timezone.now() - WINDOW
    recent = list(
        FailedGuess.objects.filter(source=_source(request), at__gt=since)
        .order_by("-at")
        .values_list("at", flat=True)[:ALLOWED]
    )
    if len(recent) == ALLOWED:
        audit(action, subject="code", detail={"reason": "too many"})
        raise TooManyGuesses(recent[-1] + WINDOW)


def record(request: HttpRequest, action: str) -> None:
    """Count a wrong code and note it in the audit log. Two queries."""
    FailedGuess.objects.create(source=_source(request), at=timezone.now())
    audit(action, subject="code", detail={"reason": "unknown"})


def _source(request: HttpRequest) -> bytes:
    address = client_address(request)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if isinstance(address, IPv6Address):
        return vault.blind(f"guess:{IPv6Network((address, _IPV6_PREFIX), strict=False)}")
    return vault.blind(f"guess:{address}")
