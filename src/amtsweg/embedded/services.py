"""The processes that an installation consists of beside its database, and how each is kept alive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from amtsweg.config import Config
from amtsweg.console import say
from amtsweg.embedded import processes

LONGEST_PAUSE = 30.0
CALM_SECONDS = 60.0
"""A process that has run that long starts over without a pause when it ends."""
LARGEST_LOG_BYTES = 20 * 1024 * 1024


class BackOff:
    """How long to wait before the next try: 1, 2, 4 … 30 seconds, and over again after a calm time."""

    def __init__(self) -> None:
        self.tries = 0
        self._not_before = 0.0

    def failed(self, ran_seconds: float) -> float:
        """Note a failure after a run of some seconds; returns the pause before the next try."""
        self.tries = 1 if ran_seconds > CALM_SECONDS else self.tries + 1
        pause = min(2.0 ** (self.tries - 1), LONGEST_PAUSE)
        self._not_before = time.monotonic() + pause
        return pause

    @property
    def due(self) -> bool:
        """True if the next try may be made."""
        return time.monotonic() >= self._not_before


@dataclass(frozen=True)
class Program:
    """What to start: a name for people and logs, the command, what its environment adds."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    sets_itself_up: bool = False
    """True if it needs neither the database nor its preparation."""


class Service:
    """One program as a child process in its own group; it ends when this process ends."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.back_off = BackOff()
        self.process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    @property
    def running(self) -> bool:
        """True while the process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the program; its output goes to its log."""
        with self.program.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.program.environment},
                # Ctrl-C reaches only this process, which then ends its children in order.
                start_new_session=True,
                preexec_fn=processes.dying_with(os.getpid(), signal.SIGTERM),  # noqa: PLW1509
            )
        self._started = time.monotonic()

    def tend(self) -> str | None:
        """Start again what has ended, with growing pauses; returns the line that says so."""
        if self.process is not None and self.process.poll() is not None:
            code = self.process.returncode
            processes.kill_group(self.process.pid)
            self.process = None
            pause = self.back_off.failed(time.monotonic() - self._started)
            return say(
                f"{self.program.name} ended unexpectedly ({_ending(code)}); "
                f"next start in {pause:.0f} s. Log: {self.program.log}",
                f"{self.program.name} hat sich unerwartet beendet ({_ending(code)}); "
                f"Neustart in {pause:.0f} s. Protokoll: {self.program.log}",
            )
        if self.process is None and self.back_off.due:
            self.start()
        return None

    def ask_to_stop(self) -> None:
        """Let the process finish what it does and end."""
        if self.process is not None and self.process.poll() is None:
            with suppress(ProcessLookupError):
                self.process.terminate()

    def wait_stopped(self, seconds: float) -> None:
        """Wait for its end; what is left of it after `seconds` is killed."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        processes.kill_group(self.process.pid)
        self.process.wait()
        self.process = None


def programs(config: Config) -> Iterator[Program]:
    """All programs of an installation but the database, in the order of their start."""
    common = _environment(config)
    if config.embedded_provider:
        yield Program(
            say("The demo sign-in", "Die Demo-Anmeldung"),
            (sys.executable, "-m", "amtsweg.embedded.idp"),
            common,
            config.logs / "sign-in.log",
            sets_itself_up=True,
        )
    if config.embedded_payment:
        yield Program(
            say("The demo payment page", "Die Demo-Bezahlseite"),
            (sys.executable, "-m", "amtsweg.embedded.paying"),
            common,
            config.logs / "paying.log",
            sets_itself_up=True,
        )
    for number in range(1, config.job_workers + 1):
        yield Program(
            say("The worker", "Die Auftragsbearbeitung"),
            (sys.executable, "-m", "amtsweg.cli", "worker"),
            common | {"AMTSWEG_DB_ROLE": "worker"},
            config.logs / f"worker-{number}.log",
        )
    yield Program(
        say("The portal", "Das Portal"),
        (
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
            *("--host", config.host, "--port", str(config.port)),
            *("--workers", str(config.web_workers), "--blocking-threads", "4"),
            *("--backlog", "1024", "--respawn-failed-workers", "--workers-kill-timeout", "2"),
            "amtsweg.platform.wsgi:application",
        ),
        common | {"AMTSWEG_DB_ROLE": "web"},
        config.logs / "portal.log",
    )


def preparation(config: Config) -> Program:
    """What brings database and static files to this version; it ends by itself."""
    return Program(
        say("The set-up", "Die Einrichtung"),
        (sys.executable, "-m", "amtsweg.cli", "prepare"),
        _environment(config) | {"AMTSWEG_DB_ROLE": "owner"},
        config.logs / "set-up.log",
    )


def _environment(config: Config) -> dict[str, str]:
    return {
        "AMTSWEG_HOME": str(config.home),
        "PORT": str(config.port),
        processes.HOME_MARK: config.fingerprint,
        "PYTHONUNBUFFERED": "1",
        # Some images forbid compiled modules; without them every start compiles 1,600 files again
        # in each process, which doubles its time. They go into our own environment's folder.
        "PYTHONDONTWRITEBYTECODE": "",
        # glibc keeps an arena per thread and core; two are enough and save tens of megabytes.
        "MALLOC_ARENA_MAX": "2",
    }


def keep_logs_small(folder: Path) -> None:
    """Move a log that has grown large aside; the program that writes it needs no restart.

    Programs append, so that after the cut they go on at the new end.
    """
    for log in folder.glob("*.log"):
        if log.stat().st_size > LARGEST_LOG_BYTES:
            former = log.with_suffix(".log.1")
            former.unlink(missing_ok=True)
            with log.open("rb") as source, former.open("wb") as target:
                while block := source.read(1024 * 1024):
                    target.write(block)
            os.truncate(log, 0)


def _ending(code: int) -> str:
    if code < 0:
        return f"signal {signal.Signals(-code).name}"
    return say(f"exit code {code}", f"Rückgabewert {code}")
