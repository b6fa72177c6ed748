"""The activities that a process may call by name. A package names them; the platform does them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that a service task makes happen outside the process.

    `arguments` are all needed; `str` is text, `int` a whole number.
    """

    name: str
    arguments: Mapping[str, type[str] | type[int]]
    meaning: str


def _activities(*activities: Activity) -> Mapping[str, Activity]:
    return MappingProxyType({activity.name: activity for activity in activities})


ACTIVITIES: Mapping[str, Activity] = _activities(
    Activity(
        "request_documents",
        {"documents": str, "days": int},
        "Asks the applicant for documents, to be sent within that many days; deadlines rest.",
    ),
    Activity(
        "issue_notice",
        {"template": str},
        "Renders the notice of that name, seals it and delivers it to the applicant.",
    ),
    Activity(
        "record_mandate",
        {"iban": str, "holder": str},
        "Records the applicant's direct-debit mandate for collection.",
    ),
    Activity(
        "request_payment",
        {"amount_cents": int, "purpose": str, "days": int},
        "Asks the applicant to pay at the payment provider within that many days; deadlines rest. "
        "The message payment_received tells that it is paid. The amount is more than nothing.",
    ),
    Activity(
        "remind_payment",
        {},
        "Reminds the applicant of a payment that is still open.",
    ),
    Activity(
        "withdraw_payment",
        {},
        "Takes the request for payment back: from now on it cannot be paid any more.",
    ),
    Activity(
        "set_deadline",
        {"days": int},
        "Sets the deadline of the case to that many days from now.",
    ),
    Activity(
        "close",
        {"outcome": str},
        "Closes the case with an outcome, such as 'granted' or 'refused'.",
    ),
)
