"""`make bench`: measure the running stack over HTTP and the kit, and write docs/performance.md.

`python -m tests.bench kit` measures the kit alone, which needs no stack. Over HTTP, everything shares the machine: two web processes, the worker, the database, and the driver.
"""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from tests.bench import journey, kit, load, machine
from tests.bench.client import Client, hidden
from tests.stack import Stack, running_stack

from amtsweg.config import Config
from amtsweg.rehearsal.people import Staff

REPORT = Path(__file__).parents[2] / "docs" / "performance.md"
SECONDS = float(os.environ.get("AMTSWEG_BENCH_SECONDS") or 10)
VISITORS = 6
NOTICES = 60
QUERIES = """SQL queries per request, the scope of the tenant wall included, BEGIN and COMMIT not; held by
`tests/platform/test_assistant.py`: page GET 2, page POST 3, review 2, receipt 2, send 9.
"""
KIT = "## The kit alone"
READING = "## How to read them"
PEER = {
    "page GET": "45/s",
    "page POST": "26/s",
    "submit": "29/s",
    "journey": "2.7/s, 439 ms web CPU",
    "notices": "1.4–1.9/s",
    "memory": "280 MB",
}


def main() -> None:
    """Measure the kit, and without the word "kit" a stack of its own too; write the report."""
    # What people wrote below the figures stays.
    figures, heading, reading = REPORT.read_text(encoding="utf-8").partition(READING)
    stack_part = figures.partition(KIT)[0]
    if sys.argv[1:] != ["kit"]:
        with tempfile.TemporaryDirectory(prefix="amtsweg-bench-") as home:
            Path(home).chmod(0o711)
            with running_stack(Path(home) / "home", WEB_WORKERS="2", JOB_WORKERS="1") as stack:
                stack_part = measure(stack) + "\n"
    kit_part = _kit_report()
    REPORT.write_text(stack_part + kit_part + "\n" + heading + reading, encoding="utf-8")
    sys.stdout.write(kit_part if sys.argv[1:] == ["kit"] else stack_part + kit_part)


def _kit_report() -> str:
    rows = []
    for row in kit.measure():
        rows.append(row)
        sys.stderr.write(f"{row[0]}: {row[1]} (aim {row[2]})\n")
    circumstances = (
        f"Measured {_today()} by `python -m tests.bench kit` at {_commit()}: medians of processor "
        "time on one core. The peer is the Python package jsonschema, measured in the same run."
    )
    return "\n".join([KIT, "", circumstances, "", *_table(rows)]) + "\n"


def measure(stack: Stack) -> str:
    """All figures of one stack, as the report's text."""
    wanted = journey.plan()
    config = Config.load(stack.environment)
    processes = machine.parts(stack.process.pid, config.idp_port)
    rows: list[tuple[str, str, str, str]] = []

    def show(name: str, figure: str, aim: str, peer: str = "–") -> None:
        rows.append((name, figure, aim, peer))
        sys.stderr.write(f"{name}: {figure} (aim {aim})\n")

    load.run(stack.base_url, lambda _n, c: _journeys(wanted), visitors=2, seconds=3)

    for what, work, aim in (
        ("page GET", _page_gets(wanted), "–"),
        ("page POST", _page_posts(wanted), "≥ 250/s"),
        ("submit", _submits(wanted), "≥ 80/s"),
    ):
        result = load.run(stack.base_url, work, visitors=VISITORS, seconds=SECONDS)
        rate = len(result.times[what]) / (
            result.seconds if what != "submit" else sum(result.times[what]) / VISITORS
        )
        quantiles = (
            f"p50 {result.quantile(0.5, what):.0f} ms, p95 {result.quantile(0.95, what):.0f} ms"
        )
        show(what, f"{rate:.0f}/s, {quantiles}", aim, PEER[what])

    wait_until_idle(config)
    cost = machine.Cost(processes)
    result = load.run(
        stack.base_url, lambda _n, c: _journeys(wanted), visitors=VISITORS, seconds=2 * SECONDS
    )
    spent = cost.spent()
    per_journey = {part: 1000 * seconds / result.rounds for part, seconds in spent.items()}
    show(
        "whole application",
        f"{result.rate:.1f}/s at {per_journey['web']:.0f} ms web CPU each "
        f"({sum(len(v) for v in result.times.values()) / result.rounds:.0f} requests)",
        "≥ 27/s at ≤ 45 ms",
        PEER["journey"],
    )
    show(
        "CPU of the other parts per application",
        ", ".join(f"{part} {ms:.0f} ms" for part, ms in per_journey.items() if part != "web"),
        "–",
    )
    highest = result.rate
    wait_until_idle(config)
    result = load.run(
        stack.base_url,
        lambda _n, c: _journeys(wanted),
        visitors=VISITORS,
        seconds=2 * SECONDS,
        rate=highest / 2,
    )
    show(
        f"requests at half load ({highest / 2:.1f} applications/s)",
        f"p50 {result.quantile(0.5):.0f} ms, p95 {result.quantile(0.95):.0f} ms",
        "p95 ≤ 80 ms",
    )
    wait_until_idle(config)
    rate = notices_a_second(stack, config, processes)
    show("sealed notices", f"{rate:.1f}/s", "≥ 15/s", PEER["notices"])
    for part in ("web", "worker", "sign-in"):
        sizes = sorted((machine.pss_megabytes(p) for p in processes[part]), reverse=True)
        show(
            f"memory, {part} (PSS of each process)",
            ", ".join(f"{size:.0f} MB" for size in sizes),
            "web worker ≤ 150 MB" if part == "web" else "–",
            PEER["memory"] if part == "web" else "–",
        )
    return _report(rows)


def _journeys(wanted: journey.Plan) -> load.Work:
    def work(client: Client) -> None:
        client.cookies.clear()
        journey.apply(client, wanted)

    return work


def _page_gets(wanted: journey.Plan) -> Callable[[int, Client], load.Work]:
    def prepare(_number: int, client: Client) -> load.Work:
        where = journey.begin(client, wanted)
        return lambda one: _ignore(journey.expect(one.get(where, "page GET"), 200))

    return prepare


def _page_posts(wanted: journey.Plan) -> Callable[[int, Client], load.Work]:
    def prepare(_number: int, client: Client) -> load.Work:
        where = journey.begin(client, wanted)
        page = client.get(where, "page GET")
        fields = {**hidden(page.body), **wanted.pages[0][1]}
        return lambda one: _ignore(journey.expect(one.post(where, fields, "page POST"), 303, 302))

    return prepare


def _submits(wanted: journey.Plan) -> Callable[[int, Client], load.Work]:
    """Filled drafts are prepared before; only what is sent is timed."""

    def prepare(_number: int, client: Client) -> load.Work:
        ready = []
        for _ in range(max(4, int(SECONDS * 4))):
            client.cookies.clear()
            first = journey.begin(client, wanted)
            review = journey.fill(client, wanted, first)
            ready.append((dict(client.cookies), journey.sending(first), hidden(review.body)))

        def work(one: Client) -> None:
            if not ready:
                time.sleep(0.05)
                return
            cookies, where, fields = ready.pop()
            one.cookies = cookies
            journey.expect(one.post(where, fields, "submit"), 303, 302)

        return work

    return prepare


def _ignore(_answer: Any) -> None:
    return None


def _admin(config: Config) -> psycopg.Connection:
    return psycopg.connect(**config.database_parameters("admin"), autocommit=True)  # type: ignore[arg-type]


def wait_until_idle(config: Config) -> None:
    """Wait until the worker has done every job that can be done now."""
    with _admin(config) as admin:
        while _pending(admin):
            time.sleep(0.2)


def _pending(admin: psycopg.Connection) -> int:
    row = admin.execute(
        "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        " AND (scheduled_at IS NULL OR scheduled_at <= now())"
    ).fetchone()
    return int(row[0]) if row else 0


def notices_a_second(stack: Stack, config: Config, processes: dict[str, list[Any]]) -> float:
    """Decide cases while the worker sleeps, then wake it and time until every notice is sealed."""
    staff = Staff(stack.base_url, "clerk.radebeul", stack.demo_password)
    with _admin(config) as admin:
        references = [
            row[0]
            for row in admin.execute(
                "SELECT reference FROM casework_case WHERE state = 'open' LIMIT %s", [NOTICES]
            )
        ]
        for worker in processes["worker"]:
            worker.send_signal(signal.SIGSTOP)
        for reference in references:
            staff.finish_task(reference, {"decision": "complete"})
            staff.finish_task(reference, {"decision": "assess"})
        begin = time.perf_counter()
        for worker in processes["worker"]:
            worker.send_signal(signal.SIGCONT)
        while _unsealed(admin):
            time.sleep(0.05)
        return len(references) / (time.perf_counter() - begin)


def _unsealed(admin: psycopg.Connection) -> int:
    row = admin.execute("SELECT count(*) FROM delivery_notice WHERE sealed_at IS NULL").fetchone()
    return int(row[0]) if row else 0


def _report(rows: list[tuple[str, str, str, str]]) -> str:
    circumstances = (
        f"Measured {_today()} by `make bench` at {_commit()}: {os.cpu_count()} cores "
        f"({platform.machine()}), Python {platform.python_version()}. Two web processes, one worker, "
        "the embedded PostgreSQL by Unix socket with a connection pool, and the driver share the "
        f"machine; {VISITORS} visitors, {SECONDS:.0f} s each. The peer is Open Forms 4 with two "
        "processes on the same kind of machine."
    )
    lines = [
        "# Performance",
        "",
        circumstances,
        "",
        *_table(rows),
        "",
        QUERIES,
    ]
    return "\n".join(lines)


def _table(rows: list[tuple[str, str, str, str]]) -> list[str]:
    return [
        "| what | measured | aim | peer |",
        "|---|---|---|---|",
        *(f"| {name} | {figure} | {aim} | {peer} |" for name, figure, aim, peer in rows),
    ]


def _commit() -> str:
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()


def _today() -> str:
    return datetime.now(tz=UTC).date().isoformat()


if __name__ == "__main__":
    main()
