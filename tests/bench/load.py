"""Visitors at work: as many as asked for, each a thread of a driver process of its own core's time."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.bench.client import Client

Work = Callable[[Client], None]
"""What a visitor does again and again. Each round begins with an empty cookie jar if ``fresh``."""


@dataclass
class Result:
    """Rounds done, wall seconds, and the seconds of each request by what it was."""

    rounds: int = 0
    seconds: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Rounds a second."""
        return self.rounds / self.seconds

    def quantile(self, share: float, *what: str) -> float:
        """Milliseconds below which this share of the requests (of these kinds) lay."""
        chosen = what or tuple(self.times)
        values = sorted(value for name in chosen for value in self.times.get(name, ()))
        return values[min(int(len(values) * share), len(values) - 1)] * 1000


def run(
    base_url: str,
    work: Callable[[int, Client], Work],
    *,
    visitors: int,
    seconds: float,
    rate: float | None = None,
) -> Result:
    """Let visitors work for some seconds in a process of their own, so that their CPU is not ours.

    ``work(number, client)`` prepares a visitor, which is not measured, and gives what is repeated. With
    ``rate`` (rounds a second over all) rounds begin on a fixed beat, whether or not the server keeps up.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_drive, args=(sender, base_url, work, visitors, seconds, rate))
    process.start()
    result = receiver.recv()
    process.join()
    if isinstance(result, str):
        raise AssertionError(result)
    return result


def _drive(sender, base_url, work, visitors, seconds, rate) -> None:  # type: ignore[no-untyped-def]
    try:
        address = urlsplit(base_url)
        clients = [Client(address.hostname or "", address.port or 80) for _ in range(visitors)]
        with ThreadPoolExecutor(visitors) as pool:
            works = list(pool.map(work, range(visitors), clients))
            for client in clients:
                client.times.clear()
            begin = time.perf_counter()
            rounds = list(
                pool.map(
                    lambda n: _repeat(works[n], clients[n], begin, seconds, visitors, rate, n),
                    range(visitors),
                )
            )
            took = time.perf_counter() - begin
        sender.send(_gather(clients, sum(rounds), took))
    except AssertionError as failed:
        sender.send(str(failed))


def _repeat(
    work: Work,
    client: Client,
    begin: float,
    seconds: float,
    visitors: int,
    rate: float | None,
    number: int,
) -> int:
    rounds = 0
    while (now := time.perf_counter() - begin) < seconds:
        if rate is not None:
            beat = (rounds * visitors + number) / rate
            if beat >= seconds:
                break
            time.sleep(max(0.0, beat - now))
        work(client)
        rounds += 1
    return rounds


def _gather(clients: Sequence[Client], rounds: int, took: float) -> Result:
    result = Result(rounds, took)
    for client in clients:
        for what, seconds in client.times:
            result.times.setdefault(what, []).append(seconds)
        client.close()
    return result
