"""Background work: make notices, send mail, end what was not retrieved. Jobs carry ids only."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from amtsweg.platform.delivery import actions, mail
from amtsweg.platform.delivery.events import MailQueued, NoticeOrdered
from amtsweg.platform.events import on
from amtsweg.platform.federation import wall
from amtsweg.platform.federation.models import Authority

MAIL_ATTEMPTS = 8
log = structlog.get_logger(__name__)


@app.task(queue="notice", retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def deliver_notice(authority_id: str, notice_id: str) -> None:
    """Write, seal and deliver one notice."""
    # What seals takes 30 MB, and the web, which only enqueues, does not need it.
    from amtsweg.platform.delivery import issuing  # noqa: PLC0415

    with wall.scope(authority=UUID(authority_id)):
        issuing.deliver_notice(UUID(notice_id))


@app.task(
    queue="mail",
    pass_context=True,
    retry=RetryStrategy(max_attempts=MAIL_ATTEMPTS, exponential_wait=4),
)
def send_mail(context: JobContext, authority_id: str, message_id: str) -> None:
    """Send the mail that tells of one message; after the last attempt it is marked as failed."""
    attempt = context.job.attempts + 1
    mail.deliver(UUID(authority_id), UUID(message_id), last_attempt=attempt >= MAIL_ATTEMPTS)


@on(NoticeOrdered)
def enqueue_notice(event: NoticeOrdered) -> None:
    """The job is part of the order's transaction."""
    deliver_notice.defer(authority_id=str(event.authority_id), notice_id=str(event.notice_id))


@on(MailQueued)
def enqueue_mail(event: MailQueued) -> None:
    """The job is part of the transaction that queued the mail."""
    send_mail.defer(authority_id=str(event.authority_id), message_id=str(event.message_id))


@app.periodic(cron="10 1 * * *")
@app.task(queue="notice", queueing_lock="end_retrievals", retry=3)
def end_retrievals(timestamp: int) -> None:
    """Every night: notices whose ten days are over are no longer notified by the portal."""
    today, ended = timezone.localdate(), 0
    for authority_id in Authority.objects.values_list("id", flat=True):
        with wall.scope(authority=authority_id):
            ended += actions.end_retrievals(today)
    log.info("retrievals_ended", count=ended)
