"""Background work: whatever is sent is accepted by a worker, again and again until it succeeds."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from amtsweg.platform.events import on
from amtsweg.platform.federation import wall
from amtsweg.platform.transport import actions
from amtsweg.platform.transport.events import SubmissionSent


@on(SubmissionSent)
def enqueue(event: SubmissionSent) -> None:
    """The job is part of the sender's transaction: what is stored will be opened."""
    accept_submission.defer(
        authority_id=str(event.authority_id), submission_id=str(event.submission_id)
    )


@app.task(queue="case", retry=RetryStrategy(max_attempts=20, exponential_wait=2))
def accept_submission(authority_id: str, submission_id: str) -> None:
    """Open one submission for its authority."""
    with wall.scope(authority=UUID(authority_id)):
        actions.accept(UUID(submission_id))
