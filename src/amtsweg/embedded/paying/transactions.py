"""Transactions of the demo payment provider: checked as the standard asks, kept in one SQLite file."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

MOST_EUROS = 999_999
MOST_ITEMS = 99
LENGTHS = {"requestId": 36, "purpose": 27, "redirectUrl": 2000}

_TABLE = """
CREATE TABLE IF NOT EXISTS payment (
    id TEXT PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, request TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'INITIAL', reference TEXT NOT NULL DEFAULT '',
    finished_at TEXT NOT NULL DEFAULT ''
)
"""


class Refused(Exception):
    """A request that is not taken: `code` is the standard's functionalCode, `status` that of HTTP."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


@dataclass(frozen=True)
class Payment:
    """One transaction: what was asked, and what became of it."""

    id: str
    request: Mapping[str, Any]
    status: str
    reference: str
    finished_at: str


class Transactions:
    """The transactions in a file; usable from many threads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(self._open()) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(_TABLE)

    def make(self, request: Any) -> Payment:
        """Take a request. Raises Refused."""
        check(request)
        identity = secrets.token_hex(16)
        row = (identity, request["requestId"], json.dumps(request))
        try:
            with closing(self._open()) as database:
                database.execute(
                    "INSERT INTO payment (id, request_id, request) VALUES (?, ?, ?)", row
                )
        except sqlite3.IntegrityError:
            raise Refused(
                409, "PAYMENT_EXISTS", "There is a transaction for this requestId."
            ) from None
        return Payment(identity, request, "INITIAL", "", "")

    def find(self, identity: str) -> Payment | None:
        """The transaction with this id."""
        with closing(self._open()) as database:
            row = database.execute(
                "SELECT id, request, status, reference, finished_at FROM payment WHERE id = ?",
                (identity,),
            ).fetchone()
        return Payment(row[0], json.loads(row[1]), *row[2:]) if row else None

    def finish(self, identity: str, status: str) -> None:
        """Pay (PAYED) or break off (CANCELED); only the first of them counts."""
        reference = f"DEMO-{secrets.token_hex(4).upper()}" if status == "PAYED" else ""
        with closing(self._open()) as database:
            database.execute(
                "UPDATE payment SET status = ?, reference = ?, finished_at = ?"
                " WHERE id = ? AND status = 'INITIAL'",
                (status, reference, datetime.now(UTC).isoformat(), identity),
            )

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=10, isolation_level=None)


def check(request: Any) -> None:
    """Refuse what the standard does not allow. Raises Refused."""
    if not isinstance(request, dict):
        raise _invalid("The body is no object.")
    for name in ("requestId", "requestTimestamp", "purpose", "redirectUrl"):
        value = request.get(name)
        if not isinstance(value, str) or not value:
            raise _invalid(f"{name} is missing.")
        if len(value) > LENGTHS.get(name, len(value)):
            raise _invalid(f"{name} is too long.")
    if request.get("currency") != "EUR":
        raise _invalid("currency must be EUR.")
    if not request["redirectUrl"].startswith(("http://", "https://")):
        raise _invalid("redirectUrl is no web address.")
    total = _amount(request.get("grosAmount"), "grosAmount")
    if not 0 < total <= MOST_EUROS:
        raise _invalid(f"grosAmount must be more than 0 and at most {MOST_EUROS}.")
    items = request.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        raise Refused(400, "BOOKING_DATA_MISSING", f"items must be 1 to {MOST_ITEMS}.")
    if sum(_of_item(item) for item in items) != total:
        raise Refused(400, "CALCULATION_ERROR", "The items do not add up to grosAmount.")


def _of_item(item: Any) -> Decimal:
    if not isinstance(item, dict):
        raise _invalid("An item is no object.")
    return _amount(item.get("totalNetAmount"), "totalNetAmount") + _amount(
        item.get("totalTaxAmount"), "totalTaxAmount"
    )


def _amount(value: Any, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _invalid(f"{name} is no amount.")
    amount = Decimal(str(value))
    if not amount.is_finite() or amount < 0 or amount != round(amount, 2):
        raise _invalid(f"{name} is no amount in euros with at most two decimals.")
    return amount


def _invalid(detail: str) -> Refused:
    return Refused(400, "VALIDATION_ERROR", detail)
