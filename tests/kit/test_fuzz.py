"""Whatever bytes a reader is fed: a value or its documented error, in time (`python -m tests.fuzz`)."""

from __future__ import annotations

import time

from tests.fuzz.runner import Outcome, feed
from tests.fuzz.targets import targets

SECONDS = 0.4
"""For each reader; a longer run is `python -m tests.fuzz --minutes 15`."""


def test_undamaged_documents_are_accepted() -> None:
    for target in targets():
        target.feed(target.seeds[0])


def test_damaged_documents_are_read_or_refused_and_nothing_else() -> None:
    faults = {}
    for target in targets():
        outcome = Outcome()
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            feed(target, outcome.fed, outcome)
        assert outcome.fed
        faults |= {f"{target.name}: {place}": text for place, text in outcome.faults.items()}
    assert faults == {}
