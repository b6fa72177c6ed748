"""Mail that tells a person of a message. It holds no content and no name: only where to read it.

A mail is sent at least once: a crash between the server's yes and our note of it sends it again,
under the same Message-ID.
"""

from __future__ import annotations

from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from amtsweg.platform.delivery import actions
from amtsweg.platform.delivery.errors import MailNotSent
from amtsweg.platform.delivery.models import MailboxMessage, MailState, MessageKind, Outbox
from amtsweg.platform.federation import wall
from amtsweg.platform.identity.models import Account
from amtsweg.platform.transport import queries as transport
from amtsweg.platform.web.formats import date_text


@transaction.atomic
def send(message_id: UUID, *, last_attempt: bool) -> MailState:
    """Send the queued mail of a message, once; the state tells what became of it.

    QUEUED means that the server did not take it and another attempt follows. Runs in the
    authority's scope.
    """
    mail = (
        Outbox.objects.select_for_update(of=("self",))
        .select_related("message__authority", "message__submission", "message__notice__authority")
        .defer("message__notice__pdf")
        .get(pk=message_id)
    )
    if mail.state != MailState.QUEUED:
        return MailState(mail.state)
    address = _address(mail.message)
    if not address:
        mail.state = MailState.NO_ADDRESS
        mail.save(update_fields=["state"])
        return MailState.NO_ADDRESS
    mail.attempts += 1
    try:
        _compose(mail.message, address).send()
    except (SMTPException, OSError) as error:
        mail.reason = type(error).__name__
        mail.state = MailState.FAILED if last_attempt else MailState.QUEUED
    else:
        mail.reason, mail.state, mail.sent_at = "", MailState.SENT, timezone.now()
        if mail.message.kind == MessageKind.NOTICE and mail.message.notice_id:
            actions.announce(mail.message.notice_id, timezone.localdate())
    mail.save()
    return MailState(mail.state)


def deliver(authority_id: UUID, message_id: UUID, *, last_attempt: bool) -> None:
    """Send within the authority's scope; raises MailNotSent after keeping what went wrong."""
    with wall.scope(authority=authority_id):
        state = send(message_id, last_attempt=last_attempt)
    if state == MailState.QUEUED:
        raise MailNotSent(str(message_id))


def _compose(message: MailboxMessage, address: str) -> EmailMessage:
    authority, reference = message.authority.name, message.submission.reference
    with override(message.submission.language):
        if message.account_id:
            place = reverse("delivery:message", args=[message.pk])
        else:
            place = reverse("delivery:status")
        subject = {
            MessageKind.RECEIPT: _("Ihr Antrag ist eingegangen"),
            MessageKind.DOCUMENTS_REQUESTED: _("Es fehlen noch Unterlagen zu Ihrem Antrag"),
            MessageKind.NOTICE: _("Ihr Bescheid liegt bereit"),
            MessageKind.PAYMENT_REQUESTED: _("Bitte bezahlen Sie die Gebühr für Ihren Antrag"),
            MessageKind.PAYMENT_REMINDED: _("Ihre Zahlung steht noch aus"),
            MessageKind.PAYMENT_RECEIVED: _("Ihre Zahlung ist eingegangen"),
        }.get(MessageKind(message.kind), _("Neue Nachricht zu Ihrem Antrag"))
        lines = [
            _("Guten Tag,"),
            "",
            _("%(authority)s hat Ihnen eine Nachricht zum Vorgang %(reference)s geschickt:")
            % {"authority": authority, "reference": reference},
            f"{subject}.",
            "",
            _("Lesen Sie die Nachricht hier: %(url)s") % {"url": settings.BASE_URL + place},
        ]
        if not message.account_id:
            lines.append(_("Sie brauchen dafür den Code, den Sie beim Antrag erhalten haben."))
        if message.kind == MessageKind.NOTICE and message.notice:
            lines += [
                "",
                _("Bitte rufen Sie den Bescheid bis zum %(day)s ab.")
                % {"day": date_text(actions.retrieval_day(message.notice, timezone.localdate()))},
            ]
        if message.answer_until:
            asks = (
                _("Bitte antworten Sie bis zum %(day)s.")
                if message.kind == MessageKind.DOCUMENTS_REQUESTED
                else _("Bitte bezahlen Sie bis zum %(day)s.")
            )
            lines += ["", asks % {"day": date_text(message.answer_until)}]
        lines += [
            "",
            _("Antworten Sie nicht auf diese E-Mail: Sie wird nicht gelesen."),
        ]
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return EmailMessage(
        subject=f"{subject} – {reference}",
        body="\n".join(lines) + "\n",
        to=[address],
        headers={"Message-ID": f"<{message.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )


def _address(message: MailboxMessage) -> str:
    """The account's address, else the one that the application names as reply channel."""
    if message.account_id:
        with wall.scope(account=message.account_id):
            account = Account.objects.get(pk=message.account_id)
        if address := account.profile.get("email"):
            return str(address)
    metadata = transport.open_submission(message.submission).metadata
    channel = metadata.get("replyChannel", {}).get("eMail", {})
    return str(channel.get("address", ""))
