"""Killed in the middle of everything, it goes on: nothing that a person was told is lost, nothing is doubled."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.running.visitor import PAGES, START, Visitor
from tests.stack import FOREIGN, free_ports, temporary_home

from amtsweg.config import Config
from amtsweg.embedded import postgres, processes, roles
from amtsweg.rehearsal.people import REFERENCE, Staff

PATIENCE = 90
PEOPLE = 3
DECIDED = 4


class Installation:
    """`amtsweg run` in a home of its own, whose parts can be killed."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home, self.environment = home, environment
        self.config = Config.load(environment)
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        with (self.home / "run.out").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "amtsweg.cli", "run"],
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        wait_for(lambda: self.answers("/health/ready"), "ready again")

    def answers(self, path: str) -> bool:
        try:
            return httpx.get(self.config.base_url + path, timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def pids(self, name: str) -> list[int]:
        """The processes of a part: web (those that serve), worker, database, supervisor."""
        if name == "supervisor":
            return [self.process.pid]
        if name == "database":
            data = (self.home / "database" / "data").resolve()
            first = (postgres.Postgres(self.config).data / "postmaster.pid").read_text().split()[0]
            return [int(first), *processes.working_in(data)]
        known = json.loads(self.config.state_file.read_text())["processes"]
        if name == "worker":
            return [pid for part, pid in known.items() if part.startswith("worker")]
        children = Path(f"/proc/{known['portal']}/task/{known['portal']}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill(self, name: str) -> None:
        """kill -9, as a crash, a full memory or a power cut would."""
        pids = self.pids(name)
        assert pids, name
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def count(self, statement: str) -> Any:
        """The rows of a statement that passes the wall."""
        with roles.connect(self.config, "admin") as admin:
            return admin.execute(statement).fetchall()  # type: ignore[call-overload]


def wait_for(look: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if look():
                return
        except (psycopg.OperationalError, OSError, ValueError):
            pass
        time.sleep(0.2)
    pytest.fail(f"waited {PATIENCE} s in vain: {what}")


@pytest.fixture
def installation() -> Iterator[Installation]:
    with temporary_home() as home:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(FOREIGN) and name != "DATABASE_URL"
        }
        made = Installation(
            home,
            {**inherited, "AMTSWEG_HOME": str(home), "PORT": str(free_ports()), "WEB_WORKERS": "1"},
        )
        made.start()
        yield made
        made.process.terminate()
        made.process.wait(15)
        assert processes.marked(made.config.fingerprint) == []


class Person(threading.Thread):
    """Applies again and again, and presses every button until an answer comes."""

    def __init__(self, base_url: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.base_url, self.enough = base_url, stop
        self.receipts: list[str] = []
        self.problem = ""

    def run(self) -> None:
        try:
            while not self.enough.is_set():
                with Visitor(self.base_url) as visitor:
                    self.receipts.append(self.apply(visitor))
        except BaseException as error:  # noqa: BLE001
            self.problem = "".join(traceback.format_exception(error))[-3000:]

    def apply(self, visitor: Visitor) -> str:
        self.until_answered(visitor, lambda: visitor.get(START))
        self.until_answered(visitor, visitor.post)
        for page, answers in PAGES.items():
            self.until_answered(visitor, lambda answers=answers: visitor.post(answers))  # type: ignore[misc]
            assert f"/{page}/" not in visitor.path, visitor.text
        send = visitor.root + "senden/"
        self.until_answered(visitor, lambda: visitor.post(path=send))
        return find(visitor.text)

    def until_answered(self, visitor: Visitor, act: Callable[[], httpx.Response]) -> None:
        """Act; after an error page or none at all go back and act again."""
        until, form = time.monotonic() + PATIENCE, getattr(visitor, "page", None)
        while time.monotonic() < until:
            try:
                if act().status_code < 500:
                    return
            except httpx.TransportError:
                pass
            if form is not None:
                visitor.page = form
            time.sleep(0.2)
        raise AssertionError("no answer")


def find(text: str) -> str:
    """The reference on a receipt."""
    found = re.search(REFERENCE, text)
    assert found, text[:1000]
    return found[0]


def applied(people: list[Person]) -> int:
    """How many receipts people have; fails if one of them is stuck."""
    for person in people:
        assert not person.problem, person.problem
    return sum(len(person.receipts) for person in people)


def test_nothing_is_lost_or_doubled_whatever_is_killed(installation: Installation) -> None:
    enough = threading.Event()
    people = [Person(installation.config.base_url, enough) for _ in range(PEOPLE)]
    for person in people:
        person.start()
    for victim in ("web", "worker", "database", "supervisor"):
        before = applied(people)
        wait_for(lambda: applied(people) > before, "somebody applies")  # noqa: B023
        installation.kill(victim)
        if victim == "supervisor":
            installation.process.wait(10)
            installation.start()
        else:
            wait_for(lambda: applied(people) > before + 1, f"after {victim}")  # noqa: B023
    enough.set()
    for person in people:
        person.join(PATIENCE)
        assert not person.problem
    receipts = [reference for person in people for reference in person.receipts]
    assert len(set(receipts)) == len(receipts) >= 6

    count = installation.count
    wait_for(
        lambda: count("SELECT count(*) FROM casework_case")[0][0] == len(receipts),
        "every submission becomes a case",
    )
    sent = [row[0] for row in count("SELECT reference FROM transport_submission")]
    assert sorted(sent) == sorted(receipts), (
        "who was told of a receipt has one submission, nobody two"
    )
    assert count("SELECT count(DISTINCT submission_id) FROM casework_case") == [(len(receipts),)]
    assert count(
        "SELECT count(*), count(DISTINCT submission_id) FROM delivery_mailboxmessage"
        " WHERE kind = 'receipt'"
    ) == [(len(receipts), len(receipts))]

    decide_and_kill(installation, receipts[:DECIDED])
    assert count("SELECT count(*), count(DISTINCT case_id) FROM delivery_notice") == [
        (DECIDED, DECIDED)
    ]
    assert count("SELECT count(*) FROM delivery_proof") == [(DECIDED,)]
    assert count(
        "SELECT count(*), count(DISTINCT notice_id) FROM delivery_mailboxmessage"
        " WHERE kind = 'notice'"
    ) == [(DECIDED, DECIDED)]
    verified = subprocess.run(
        [sys.executable, "-m", "amtsweg.cli", "journal", "verify"],
        env=installation.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def decide_and_kill(installation: Installation, references: list[str]) -> None:
    """Decide cases, and kill the worker and the database while the notices are made."""
    installation.wait_until_ready()
    password = installation.config.demo_password
    clerk = Staff(installation.config.base_url, "clerk.dresden", password)
    try:
        for reference in references:
            clerk.finish_task(reference, {"decision": "complete"})
            clerk.finish_task(reference, {"decision": "assess"})
            if reference == references[0]:
                installation.kill("worker")
    finally:
        clerk.close()
    wait_for(lambda: bool(installation.pids("worker")), "a new worker")
    installation.kill("worker")
    installation.kill("database")
    wait_for(
        lambda: (
            installation.count("SELECT count(*) FROM delivery_notice WHERE state = 'delivered'")[0][
                0
            ]
            >= len(references)
        ),
        "every notice is delivered",
    )
