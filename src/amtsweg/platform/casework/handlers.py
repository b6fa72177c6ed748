"""What happens here when something happened below."""

from __future__ import annotations

from amtsweg.platform.casework import actions
from amtsweg.platform.events import on
from amtsweg.platform.transport.events import SubmissionAccepted


@on(SubmissionAccepted)
def open_case(event: SubmissionAccepted) -> None:
    """An accepted submission becomes a case, in the transaction that accepted it."""
    actions.open_case(event.submission_id)
