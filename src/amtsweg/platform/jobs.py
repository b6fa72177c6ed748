"""The worker: runs the rooms' jobs in threads, and takes over what a killed worker left."""

from __future__ import annotations

import asyncio

import structlog
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone
from procrastinate.app import App
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from procrastinate.psycopg_connector import PsycopgConnector

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 5
# A worker that has been silent for so long is dead, and its jobs are anybody's.
SILENCE_SECONDS = 20
_TAKE_OVER_EVERY_SECONDS = 10
# A worker that cannot reach the database ends soon, and whoever started it starts it again.
_DATABASE_AWAY_SECONDS = 3


def run_worker(*, concurrency: int = 2, patience_seconds: float = 25) -> None:
    """Work jobs off in threads until SIGINT or SIGTERM; running jobs get some time to end.

    Jobs that jobs enqueue go through Django's connection and so belong to their transaction.
    """
    asyncio.run(_run(concurrency, wait=True, patience_seconds=patience_seconds))


def run_waiting_jobs() -> None:
    """Work off what is due now, then return: for tests and one-off commands."""
    asyncio.run(_run(1, wait=False))


def retry_given_up() -> int:
    """Queue every job again that failed too often; how many they are."""
    given_up = list(django_app.job_manager.list_jobs(status=Status.FAILED.value))
    for job in given_up:
        if job.id is not None:
            django_app.job_manager.retry_job_by_id(job.id, retry_at=timezone.now())
    return len(given_up)


async def _run(concurrency: int, *, wait: bool, patience_seconds: float = 0) -> None:
    connector = PsycopgConnector(
        kwargs=connector_params(DEFAULT_DB_ALIAS), timeout=_DATABASE_AWAY_SECONDS
    )
    worker_app = django_app.with_connector(connector)
    async with worker_app.open_async():
        await _take_over(worker_app)
        watching = asyncio.create_task(_keep_taking_over(worker_app)) if wait else None
        try:
            await worker_app.run_worker_async(
                concurrency=concurrency,
                wait=wait,
                listen_notify=wait,
                delete_jobs="successful",
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=SILENCE_SECONDS,
                shutdown_graceful_timeout=patience_seconds,
                install_signal_handlers=wait,
            )
        finally:
            if watching is not None:
                watching.cancel()


async def _keep_taking_over(worker_app: App) -> None:
    while True:
        await asyncio.sleep(_TAKE_OVER_EVERY_SECONDS)
        try:
            await _take_over(worker_app)
        except ConnectorException:
            # The database is away for a moment; the next round finds the same jobs.
            log.warning("take_over_failed", exc_info=True)


async def _take_over(worker_app: App) -> None:
    """Give jobs of dead workers back to the queue; they are idempotent, so twice does no harm."""
    for job in await worker_app.job_manager.get_stalled_jobs(
        seconds_since_heartbeat=SILENCE_SECONDS
    ):
        log.warning("job_taken_over", job=job.id, task=job.task_name)
        await worker_app.job_manager.retry_job(job)
