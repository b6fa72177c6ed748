"""What can stand in the way of a draft. Each becomes a page with a sentence."""

from __future__ import annotations


class IntakeError(Exception):
    """The base of this room's errors."""


class NotYourDraft(IntakeError):
    """Neither the browser's cookie nor the signed-in account opens this draft."""


class DraftExpired(IntakeError):
    """The draft's time is over, or it is deleted already."""


class AlreadySent(IntakeError):
    """The draft was sent: there is a receipt instead of pages."""


class NotOffered(IntakeError):
    """The authority does not take applications for this service online, or not now."""


class SignInNeeded(IntakeError):
    """The service asks for a sign-in, or for a surer one than the running one."""


class Unfinished(IntakeError):
    """The draft cannot be sent: a page is missing or no longer holds.

    ``page_id`` is the page to go to.
    """

    def __init__(self, page_id: str) -> None:
        super().__init__(page_id)
        self.page_id = page_id


class EditionChanged(IntakeError):
    """Since the draft began another edition came into force; the answers were carried over."""
