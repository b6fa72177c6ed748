"""What the federation does in the background."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from .guesses import WINDOW
from .models import FailedGuess


@app.periodic(cron="47 * * * *")
@app.task(queue="case", queueing_lock="federation.forget_guesses")
def forget_guesses(timestamp: int) -> None:
    """Delete wrong codes that count no more, every hour."""
    FailedGuess.objects.filter(at__lt=timezone.now() - WINDOW).delete()
