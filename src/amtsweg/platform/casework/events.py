"""What casework tells the rooms above it. Handlers run in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class CaseOpened:
    """A case exists for an accepted submission."""

    case_id: UUID
    authority_id: UUID


@dataclass(frozen=True)
class DocumentsRequested:
    """The clerk asked the applicant for documents; the message is ready to be delivered."""

    case_id: UUID
    authority_id: UUID
    message_id: UUID


@dataclass(frozen=True)
class NoticeRequested:
    """The case is decided; a notice by this template of its edition is to be rendered and sealed."""

    case_id: UUID
    authority_id: UUID
    template: str


@dataclass(frozen=True)
class MandateGiven:
    """The applicant's direct debit mandate is to be recorded."""

    case_id: UUID
    authority_id: UUID
    iban: str
    holder: str


@dataclass(frozen=True)
class PaymentRequested:
    """The applicant is to pay this amount of euro cents for this purpose until this day."""

    case_id: UUID
    authority_id: UUID
    amount_cents: int
    purpose: str
    until: date


@dataclass(frozen=True)
class PaymentReminded:
    """The applicant is to be reminded of the payment that the case waits for."""

    case_id: UUID
    authority_id: UUID


@dataclass(frozen=True)
class PaymentWithdrawn:
    """The case does not wait for its payment any more; nobody shall pay."""

    case_id: UUID
    authority_id: UUID


@dataclass(frozen=True)
class CaseClosed:
    """The case came to its end with this outcome."""

    case_id: UUID
    authority_id: UUID
    outcome: str
