"""A job that failed too often is not forgotten: the doctor names it, and it can be tried again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import psycopg
from tests.stack import Stack

from amtsweg.config import Config

TASK = "amtsweg.platform.intake.jobs.delete_expired"


def command(stack: Stack, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "amtsweg.cli", *arguments],
        env=stack.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def complaints(stack: Stack) -> list[str]:
    report = json.loads(command(stack, "doctor", "--json"))
    return [one["message"] for one in report["findings"] if one["code"] == "jobs-given-up"]


def test_what_the_worker_gave_up_is_named_and_tried_again(stack: Stack) -> None:
    login: Any = Config.load(stack.environment).database_parameters("admin")
    with psycopg.connect(**login, autocommit=True) as database:
        database.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " VALUES ('case', %s, '{\"timestamp\": 0}', 'failed')",
            [TASK],
        )
        (named,) = complaints(stack)
        assert TASK in named
        assert "1 jobs" in command(stack, "jobs", "retry")
        deadline = time.monotonic() + 20
        while database.execute(
            "SELECT 1 FROM procrastinate_jobs WHERE task_name = %s AND status <> 'todo'"
            " OR task_name = %s AND scheduled_at <= now()",
            [TASK, TASK],
        ).fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert complaints(stack) == []
