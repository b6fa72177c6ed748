"""The payment provider, spoken to by XBezahldienste 1.0.0: a transaction is made, then looked at.

The provider learns the amount, the case's reference and the purpose; nothing about the person.
Amounts are euros with two decimals on the wire, whole cents here. Authentication is a bearer token.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import requests
from django.conf import settings

MOST_CENTS = 99_999_900
PURPOSE_LENGTH = 27
_TIMEOUT_SECONDS = (3, 7)


class ProviderAway(Exception):
    """The provider is not configured, cannot be reached or answers nonsense: try again later."""


class ProviderRefused(Exception):
    """The provider does not take the request; `code` is its functionalCode."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Status(StrEnum):
    """What became of a transaction, as the standard spells it."""

    INITIAL = "INITIAL"
    PAID = "PAYED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"


@dataclass(frozen=True)
class Request:
    """What is to be paid. `id` makes it the same request however often it is sent."""

    id: UUID
    at: datetime
    amount_cents: int
    reference: str
    purpose: str
    redirect_url: str


@dataclass(frozen=True)
class Transaction:
    """A transaction as the provider tells of it; `pay_url` is empty once it is finished."""

    id: str
    status: Status
    amount_cents: int
    pay_url: str
    reference: str


def create(request: Request) -> Transaction:
    """Make a transaction.

    Raises ProviderAway; ProviderRefused, with PAYMENT_EXISTS if this request was taken before.
    """
    return _transaction(_call("POST", "", _body(request)))


def look(transaction_id: str) -> Transaction:
    """The transaction as it stands. Raises ProviderAway, ProviderRefused."""
    return _transaction(_call("GET", f"/{quote(transaction_id, safe='')}", None))


def _body(request: Request) -> dict[str, Any]:
    euros = request.amount_cents / 100
    return {
        "requestId": str(request.id),
        "requestTimestamp": request.at.isoformat(),
        "currency": "EUR",
        "grosAmount": euros,
        "purpose": f"{request.reference} {request.purpose}"[:PURPOSE_LENGTH].strip(),
        "description": request.purpose,
        "redirectUrl": request.redirect_url,
        "items": [
            {
                "id": "1",
                "reference": request.reference,
                "description": request.purpose,
                "taxRate": 0,
                "quantity": 1,
                "singleNetAmount": euros,
                "singleTaxAmount": 0,
                "totalNetAmount": euros,
                "totalTaxAmount": 0,
            }
        ],
    }


def _call(method: str, path: str, body: dict[str, Any] | None) -> Any:
    access = settings.AMTSWEG.payment
    if access is None:
        raise ProviderAway("no payment provider is configured")
    place = f"{quote(access.originator, safe='')}/{quote(access.endpoint, safe='')}"
    try:
        answer = requests.request(
            method,
            f"{access.url}/paymenttransaction/{place}{path}",
            json=body,
            headers={"Authorization": f"Bearer {access.token}"},
            timeout=_TIMEOUT_SECONDS,
            allow_redirects=False,
        )
        content = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderAway(type(error).__name__) from error
    if 400 <= answer.status_code < 500:
        code = content.get("functionalCode") if isinstance(content, dict) else None
        raise ProviderRefused(str(code or answer.status_code))
    if not answer.ok:
        raise ProviderAway(str(answer.status_code))
    return content


def _transaction(content: Any) -> Transaction:
    try:
        told, asked = content["paymentInformation"], content["paymentRequest"]
        found = Transaction(
            id=str(told["transactionId"]),
            status=Status(told["status"]),
            amount_cents=round(float(asked["grosAmount"]) * 100),
            pay_url=str(told.get("transactionRedirectUrl") or ""),
            reference=str(told.get("transactionReference") or ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderAway("its answer is no transaction") from error
    if found.pay_url and urlsplit(found.pay_url).scheme not in {"http", "https"}:
        raise ProviderAway("its page has no web address")
    return found
