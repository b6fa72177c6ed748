"""What identity does in the background."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="17 3 * * *")
@app.task(queue="case", queueing_lock="clear_sessions")
def clear_sessions(timestamp: int) -> None:
    """Delete sessions that have expired, every night."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
