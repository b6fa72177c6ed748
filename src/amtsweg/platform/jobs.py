"""The worker: runs the rooms' jobs in threads, and takes over what a killed worker left."""

from __future__ import annotations

import asyncio
import os

import structlog
from procrastinate.app import App
from procrastinate.contrib.django import app as django_app

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 5
# A worker that has been silent for so long is dead, and its jobs are anybody's.
SILENCE_SECONDS = 20
_TAKE_OVER_EVERY_SECONDS = 10
_SHUTDOWN_SECONDS = 25


def run_worker(*, concurrency: int | None = None) -> None:
    """Work jobs off until SIGINT or SIGTERM; running jobs get 25 seconds to end.

    Jobs that jobs enqueue go through Django's connection and so belong to their transaction.
    `concurrency` is the number of threads (default: processors, at least two).
    """
    asyncio.run(_run(concurrency or max(2, os.cpu_count() or 1), wait=True))


def run_waiting_jobs() -> None:
    """Work off what is due now, then return: for tests and one-off commands."""
    asyncio.run(_run(1, wait=False))


async def _run(concurrency: int, *, wait: bool) -> None:
    worker_app: App = django_app.with_connector(django_app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        taking_over = asyncio.create_task(_take_over(worker_app)) if wait else None
        try:
            await worker_app.run_worker_async(
                concurrency=concurrency,
                wait=wait,
                listen_notify=wait,
                delete_jobs="successful",
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=SILENCE_SECONDS,
                shutdown_graceful_timeout=_SHUTDOWN_SECONDS,
                install_signal_handlers=wait,
            )
        finally:
            if taking_over is not None:
                taking_over.cancel()


async def _take_over(worker_app: App) -> None:
    """Give jobs of dead workers back to the queue; jobs are idempotent, so running twice is harmless."""
    while True:
        for job in await worker_app.job_manager.get_stalled_jobs(
            seconds_since_heartbeat=SILENCE_SECONDS
        ):
            log.warning("job_taken_over", job=job.id, task=job.task_name)
            await worker_app.job_manager.retry_job(job)
        await asyncio.sleep(_TAKE_OVER_EVERY_SECONDS)
