"""What can stand in the way at the mailbox, each a sentence for the person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


class DeliveryError(Exception):
    """The base of this room's errors."""


class RetrievalEnded(DeliveryError):
    """The notice was not retrieved in time; it can no longer be notified by the portal."""

    def __str__(self) -> str:
        return str(
            _(
                "Die Zeit zum Abrufen dieses Bescheids ist abgelaufen. "
                "Die Behörde gibt ihn Ihnen auf anderem Weg bekannt, zum Beispiel per Post."
            )
        )


class AlreadyAnswered(DeliveryError):
    """The documents were sent already, or are not asked for any more."""

    def __str__(self) -> str:
        return str(_("Diese Anfrage ist bereits beantwortet. Sie müssen nichts weiter tun."))


class MailNotSent(DeliveryError):
    """The mail server did not take a mail; it is tried again."""
