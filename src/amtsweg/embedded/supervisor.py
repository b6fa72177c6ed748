"""`amtsweg run`: one small installation as one command, from an empty folder to the printed box.

Set up what is missing, start database, sign-in, worker and portal, tend them, and stop them in
order: the portal first, so that nothing new comes in, the database last.
"""

from __future__ import annotations

import json
import os
import signal
import time
from types import FrameType
from typing import Any, NoReturn

from amtsweg.config import Config
from amtsweg.console import PlainError, say
from amtsweg.embedded import home, ports, preparation, processes, roles, services
from amtsweg.embedded.display import Display
from amtsweg.embedded.postgres import Postgres

READY_SECONDS = 90
# Together with the database's shutdown they make the ten seconds within which all has stopped.
STOP_SECONDS = 3.0
DATABASE_STOP_SECONDS = 3.0


class StopAsked(BaseException):
    """Ctrl-C or SIGTERM came. No `except Exception` may swallow it."""


def run(config: Config) -> None:
    """Run the installation until it is asked to stop; raises `PlainError` if it cannot start."""
    if "MAKELEVEL" in os.environ:
        # Whoever kills `make run` the hard way means all of it.
        processes.die_with_parent(signal.SIGTERM)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _StopOnce())
    supervisor = Supervisor(config, Display())
    try:
        supervisor.start()
        supervisor.tend()
    except StopAsked:
        pass
    finally:
        supervisor.stop()


class Supervisor:
    """The running parts of one home."""

    def __init__(self, config: Config, display: Display) -> None:
        self.config = config
        self.display = display
        self.postgres = Postgres(config) if config.embedded_database else None
        self.services = [services.Service(program) for program in services.programs(config)]
        self._lock = processes.Lock(config.home / "run.lock")
        self._locked = False
        self._state: dict[str, Any] = {}
        self._database_back_off = services.BackOff()
        self._database_started = 0.0

    def start(self) -> None:
        """Everything from the empty home to the box."""
        began = time.monotonic()
        home.prepare(self.config)
        self._take_lock()
        self._write_state("starting")
        self._end_orphans()
        ports.check(self.config)
        services.keep_logs_small(self.config.logs)
        if self.postgres is not None:
            with self.display.step(say("Database", "Datenbank")):
                self._start_database(self.postgres)
        roles.ensure(self.config)
        # The sign-in sets itself up and needs no database of ours: it may do so meanwhile.
        for service in self.services:
            if service.program.sets_itself_up:
                service.start()
        if not preparation.is_current(self.config):
            with self.display.step(
                say("Tables, static files, demo", "Tabellen, Dateien, Beispieldaten")
            ):
                self._prepare()
        with self.display.step(say("Portal, worker, sign-in", "Portal, Aufträge, Anmeldung")):
            for service in self.services:
                if not service.running:
                    service.start()
            self._wait_until_ready()
        self._write_state("ready")
        self.display.box(self.config, time.monotonic() - began)

    def tend(self) -> NoReturn:
        """Keep everything alive until `StopAsked`."""
        rounds = 0
        while True:
            time.sleep(0.3)
            rounds += 1
            lines = [service.tend() for service in self.services]
            if self.postgres is not None:
                lines.append(self._tend_database(self.postgres))
            for line in filter(None, lines):
                self.display.note(line)
            self._write_state("ready")
            if rounds % 200 == 0:
                services.keep_logs_small(self.config.logs)

    def stop(self) -> None:
        """Stop in order; every part gets its time to finish, then is ended."""
        if not self._locked:
            return
        began = time.monotonic()
        self._write_state("stopping")
        self.display.note(say("Stopping …", "Wird beendet …"))
        # Started last, stopped first: portal, then worker, then sign-in.
        for service in reversed(self.services):
            service.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for service in reversed(self.services):
            service.wait_stopped(max(0.1, deadline - time.monotonic()))
        if self.postgres is not None:
            self.postgres.stop(DATABASE_STOP_SECONDS)
        self.config.state_file.unlink(missing_ok=True)
        self._lock.release()
        seconds = time.monotonic() - began
        self.display.note(
            say(
                f"Stopped after {seconds:.1f} s. Everything is saved.",
                f"Nach {seconds:.1f} s beendet. Alles ist gespeichert.",
            )
        )

    # --- start ------------------------------------------------------------------------------

    def _take_lock(self) -> None:
        """One run per home. One that is still stopping is waited for."""
        deadline = time.monotonic() + 12
        while not self._lock.acquire(seconds=1):
            state = read_state(self.config)
            if state.get("state") != "stopping" or time.monotonic() > deadline:
                address = state.get("base_url", "?")
                raise PlainError(
                    f"Amtsweg already runs for {self.config.home} at {address} "
                    f"(process {state.get('pid', '?')}): stop it, or choose another AMTSWEG_HOME.",
                    f"Amtsweg läuft für {self.config.home} schon unter {address} "
                    f"(Prozess {state.get('pid', '?')}): Beenden Sie es oder wählen Sie ein "
                    "anderes AMTSWEG_HOME.",
                )
        self._locked = True

    def _end_orphans(self) -> None:
        orphans = processes.marked(self.config.fingerprint)
        left = processes.end(orphans, signal.SIGTERM, 4) if orphans else []
        processes.end(left, signal.SIGKILL, 2)

    def _start_database(self, postgres: Postgres) -> None:
        postgres.start()
        self._database_started = time.monotonic()

    def _prepare(self) -> None:
        """In a process of its own: Django and the owner's login shall not stay in this one."""
        task = services.Service(services.preparation(self.config))
        log = task.program.log
        log.unlink(missing_ok=True)
        task.start()
        try:
            code = task.process.wait() if task.process is not None else 1
        finally:
            task.ask_to_stop()
            task.wait_stopped(3)
        if code != 0:
            if "No space left on device" in log.read_text(encoding="utf-8", errors="replace"):
                raise home.full_disk(self.config.home)
            raise PlainError(
                f"The set-up did not succeed; the reason is in {log}.",
                f"Die Einrichtung ist nicht gelungen; der Grund steht in {log}.",
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting = ports.health_addresses(self.config)
        while waiting := [address for address in waiting if not ports.answers(address)]:
            for service in self.services:
                if service.tend() and service.back_off.tries >= 3:
                    raise PlainError(
                        f"{service.program.name} does not start; "
                        f"the reason is in {service.program.log}.",
                        f"{service.program.name} startet nicht; "
                        f"der Grund steht in {service.program.log}.",
                    )
            if time.monotonic() > deadline:
                raise PlainError(
                    f"{waiting[0]} does not answer; the reason is in {self.config.logs}.",
                    f"{waiting[0]} antwortet nicht; der Grund steht in {self.config.logs}.",
                )
            time.sleep(0.1)

    # --- running ----------------------------------------------------------------------------

    def _tend_database(self, postgres: Postgres) -> str | None:
        if postgres.process is not None and postgres.process.poll() is None:
            return None
        if postgres.process is not None:
            postgres.stop()
            pause = self._database_back_off.failed(time.monotonic() - self._database_started)
            return say(
                f"The database ended unexpectedly; next start in {pause:.0f} s.",
                f"Die Datenbank hat sich unerwartet beendet; Neustart in {pause:.0f} s.",
            )
        if not self._database_back_off.due:
            return None
        try:
            self._start_database(postgres)
        except PlainError as error:
            self._database_back_off.failed(0)
            return str(error)
        return say("The database runs again.", "Die Datenbank läuft wieder.")

    def _write_state(self, state: str) -> None:
        """HOME/run.json for `rehearse` and `doctor`; replaced in one go, so never half read."""
        database = self.postgres.process if self.postgres is not None else None
        content: dict[str, Any] = {
            "state": state,
            "pid": os.getpid(),
            "base_url": self.config.base_url,
            "idp_issuer": self.config.idp_issuer,
            "health": ports.health_addresses(self.config),
            "processes": {
                service.program.log.stem: service.process.pid
                for service in self.services
                if service.process is not None
            }
            | ({"database": database.pid} if database is not None else {}),
        }
        if content == self._state:
            return
        self._state = content
        draft = self.config.state_file.with_suffix(".new")
        draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        draft.replace(self.config.state_file)


def read_state(config: Config) -> dict[str, Any]:
    """What HOME/run.json says; empty if nothing runs or its process is gone."""
    try:
        state = json.loads(config.state_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) and processes.alive(int(state.get("pid", 0))) else {}


class _StopOnce:
    """Raises `StopAsked` at the first signal; a second one must not disturb the orderly stop."""

    asked = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if not _StopOnce.asked:
            _StopOnce.asked = True
            raise StopAsked
