"""From where a request comes, also through proxies that the operator names."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def client_address(request: HttpRequest) -> Address | None:
    """The nearest address that is no trusted proxy's; None if the request has none (a local socket).

    A proxy appends to X-Forwarded-For whom it speaks with, so the header is read from its end and
    only as long as trusted proxies (`AMTSWEG_TRUSTED_PROXIES`) have written it: what a client puts
    there itself is never believed.
    """
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    found = None
    for text in (str(request.META.get("REMOTE_ADDR") or ""), *reversed(forwarded)):
        try:
            address = ip_address(text.strip())
        except ValueError:
            break
        found = address
        if not any(address in network for network in settings.TRUSTED_PROXIES):
            break
    return found
