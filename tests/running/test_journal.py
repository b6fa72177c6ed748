"""`amtsweg journal verify` on a running installation: it walks every journal, and a forged line is found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from tests.running.test_rehearsal import SERVICE, rehearse
from tests.stack import Stack

from amtsweg.config import Config


@pytest.fixture(scope="module")
def database(stack: Stack) -> Iterator[psycopg.Connection]:
    """The database as its superuser sees it, with a decided case at least."""
    code, _report = rehearse(stack, SERVICE, "--town", "Weinböhla", "--case", "vier-augen")
    assert code == 0
    login: Any = Config.load(stack.environment).database_parameters("admin")
    with psycopg.connect(**login, autocommit=True) as connection:
        yield connection


def verify(stack: Stack) -> tuple[int, dict[str, Any]]:
    """Exit code and report."""
    done = subprocess.run(
        [sys.executable, "-m", "amtsweg.cli", "journal", "verify", "--json"],
        env=stack.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


@contextmanager
def unguarded(database: psycopg.Connection) -> Iterator[None]:
    """Whoever owns the server can switch the trigger off; that is what the chain is for."""
    database.execute("ALTER TABLE casework_journalentry DISABLE TRIGGER append_only")
    try:
        yield
    finally:
        database.execute("ALTER TABLE casework_journalentry ENABLE TRIGGER append_only")


def test_every_journal_of_every_authority_is_walked(
    stack: Stack, database: psycopg.Connection
) -> None:
    (cases,) = database.execute("SELECT count(*) FROM casework_case").fetchone() or (0,)
    (lines,) = database.execute("SELECT count(*) FROM casework_journalentry").fetchone() or (0,)
    assert cases > 0
    assert verify(stack) == (0, {"cases": cases, "lines": lines, "breaks": []})


def test_a_forged_line_is_found(stack: Stack, database: psycopg.Connection) -> None:
    case, number, actor = database.execute(
        "SELECT case_id, number, actor FROM casework_journalentry ORDER BY at DESC LIMIT 1"
    ).fetchone() or ("", 0, "")
    change = "UPDATE casework_journalentry SET actor = %s WHERE case_id = %s AND number = %s"
    with unguarded(database):
        database.execute(change, ["somebody else", case, number])
    try:
        code, report = verify(stack)
    finally:
        with unguarded(database):
            database.execute(change, [actor, case, number])
    assert code == 1
    assert [(found["case"], found["line"]) for found in report["breaks"]] == [(str(case), number)]
