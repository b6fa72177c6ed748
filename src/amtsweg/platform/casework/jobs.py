"""What casework does later: let the timers of a case's process fire."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from amtsweg.platform.federation import wall


@app.task(queue="case", retry=RetryStrategy(max_attempts=20, exponential_wait=2))
def wake(case_id: str, authority_id: str) -> None:
    """A timer of this case is due. Harmless if it fired already or was given up."""
    from amtsweg.platform.casework import actions  # noqa: PLC0415  actions schedule this job

    with wall.scope(authority=UUID(authority_id)):
        actions.wake(UUID(case_id))
