"""Feed a reader one damaged document after the other, each within bounds of time and memory."""

from __future__ import annotations

import random
import resource
import signal
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.fuzz.mutations import damaged
from tests.fuzz.targets import Target

SECONDS = 10
"""How long one document may take; what is slower hangs."""
MEMORY = 3_000_000_000


class Hangs(BaseException):
    """A reader did not come back in time."""


@dataclass
class Outcome:
    """What a reader did with all that it was fed."""

    fed: int = 0
    accepted: int = 0
    slowest: float = 0
    refused: Counter[str] = field(default_factory=Counter)
    faults: dict[str, bytes] = field(default_factory=dict)
    """Where it failed, with the first document that made it fail there."""


def feed(target: Target, seed: int, outcome: Outcome) -> None:
    """One damaged document, the same for the same seed."""
    document = damaged(target.seeds, random.Random(f"{target.name} {seed}"))
    outcome.fed += 1
    begun = time.perf_counter()
    try:
        with _in_time():
            target.feed(document)
        outcome.accepted += 1
    except target.errors as error:
        outcome.refused[type(error).__name__] += 1
    except (Exception, Hangs) as error:  # noqa: BLE001
        outcome.faults.setdefault(_place(error), document)
    outcome.slowest = max(outcome.slowest, time.perf_counter() - begun)


def limit_memory() -> None:
    """Let a document that fills the memory fail with a MemoryError."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


@contextmanager
def _in_time() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Hangs(f"longer than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/amtsweg/" in frame.filename] or frames
    where = f"{own[-1].filename.rpartition('/amtsweg/')[2]}:{own[-1].lineno}"
    return f"{type(error).__name__} at {where}: {str(error)[:120]}"
