"""One file that holds an installation: its database and what its home keeps beside it.

The dump is taken in one snapshot, so the installation may run meanwhile. The keys (master key and
seal) are left out unless asked for: without them the file shows no personal data and nobody can
seal with it; with them it does everything that the installation can.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from amtsweg.config import Config, home_mode, write_secret_once
from amtsweg.console import PlainError
from amtsweg.embedded import postgres, processes, roles

MANIFEST = "backup.json"
DUMP = "database.dump"
KEY = "master.key"
# Made anew at every start, or by tools; the rest of the home belongs to the installation.
_LEFT_OUT = {
    *("database", "log", "mail", "run", "run.json", "run.lock", "static", "rehearsals"),
    *("idp", "paying"),
    KEY,
}
_SEAL = "seal"


def backup(config: Config, file: Path, *, with_keys: bool) -> dict[str, Any]:
    """Write the backup; returns its counts.

    Raises `PlainError` if the file exists already or cannot be written, or if the database is empty
    or not all to be seen.
    """
    files = list(_files_of(config.home, with_keys=with_keys))
    draft = file.with_name(f".{file.name}.part")
    descriptor = _open_new(file, draft)
    try:
        with (
            postgres.running(config),
            tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".dump-") as folder,
            os.fdopen(descriptor, "wb") as target,
            tarfile.open(fileobj=target, mode="w", dereference=True) as archive,
        ):
            _check_database(config)
            dump = Path(folder) / DUMP
            _client(config, "pg_dump", "--format=custom", f"--file={dump}")
            _add(archive, MANIFEST, json.dumps(_manifest(config)).encode())
            archive.add(dump, DUMP)
            for path in files:
                archive.add(path, f"home/{path.relative_to(config.home)}")
            if with_keys and (config.home / KEY).exists():
                _add(archive, KEY, (config.home / KEY).read_bytes())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    return {"file": str(file), "bytes": file.stat().st_size, "files": len(files), "keys": with_keys}


def restore(config: Config, file: Path) -> dict[str, Any]:
    """Bring a backup back; returns what was done and the name under which the former database is kept.

    Raises `PlainError` if the installation runs, the key is another, or the file is no backup.
    """
    lock = processes.Lock(config.home / "run.lock")
    config.home.mkdir(parents=True, exist_ok=True, mode=home_mode())
    if not lock.acquire(seconds=1):
        raise PlainError(
            "Amtsweg runs for this home: stop it before you restore.",
            "Amtsweg läuft für diesen Ordner: Beenden Sie es, bevor Sie wiederherstellen.",
        )
    try:
        with tarfile.open(file) as archive, tempfile.TemporaryDirectory() as folder:
            _unpack(archive, Path(folder))
            return _restore(config, Path(folder))
    except (tarfile.TarError, FileNotFoundError, FileExistsError, KeyError, ValueError) as error:
        raise PlainError(
            f"{file} is no backup of Amtsweg, or is incomplete.",
            f"{file} ist keine Sicherung von Amtsweg oder unvollständig.",
        ) from error
    finally:
        lock.release()


def _restore(config: Config, folder: Path) -> dict[str, Any]:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    _check_key(config, manifest, folder / KEY)
    stamp = datetime.now(UTC).strftime("%Y%m%d_%H%M%S")
    name = config.database_parameters("admin")["dbname"]
    former, fresh = f"{name}_before_{stamp}", f"{name}_restored_{stamp}"
    with postgres.running(config), roles.connect(config, "admin", dbname="postgres") as admin:
        roles.create_database(admin, config, fresh)
        try:
            _client(config, "pg_restore", str(folder / DUMP), dbname=fresh, into=True)
            _rename(admin, name, former)
        except BaseException:
            admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(fresh)))
            raise
        _rename(admin, fresh, name)
    files = 0
    for source in _all_files(folder / "home"):
        target = config.home / source.relative_to(folder / "home")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if target.exists() and target.read_bytes() != source.read_bytes():
            target.rename(target.with_name(f"{target.name}.before-{stamp}"))
        if not target.exists():
            write_secret_once(target, "")
            target.write_bytes(source.read_bytes())
        files += 1
    return {"created": manifest["created"], "files": files, "former_database": former}


def _open_new(file: Path, draft: Path) -> int:
    try:
        if file.exists():
            raise PlainError(
                f"{file} exists already: choose another name.",
                f"{file} gibt es schon: Wählen Sie einen anderen Namen.",
            )
        return os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        if processes.disk_is_full(error):
            raise
        raise PlainError(
            f"{file} cannot be written ({error.strerror}): choose another folder.",
            f"{file} kann nicht geschrieben werden ({error.strerror}): "
            "Wählen Sie einen anderen Ordner.",
        ) from error


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Plain files inside the folder and nothing else: the file may come from anybody.

    Debian 12's Python is older than tarfile's own filter for that.
    """
    for member in archive:
        target = folder / member.name
        source = archive.extractfile(member) if member.isreg() else None
        if source is None or ".." in target.parts or not target.is_relative_to(folder):
            raise tarfile.TarError(member.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with source, target.open("xb") as file:
            shutil.copyfileobj(source, file)


def _check_database(config: Config) -> None:
    """A backup that lacks something must not look like one."""
    with roles.connect(config, "admin") as admin:
        empty, sees_all = admin.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public'),"
            " rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone() or (True, False)
    if empty:
        raise PlainError(
            "There is nothing in the database yet: set DATABASE_URL as for `make run`, "
            "or start with that.",
            "In der Datenbank ist noch nichts: Setzen Sie DATABASE_URL wie für `make run`, "
            "oder starten Sie damit.",
        )
    if not sees_all:
        raise PlainError(
            "The login in DATABASE_URL does not see behind the walls between authorities: "
            "for a backup give a superuser's, or one with BYPASSRLS.",
            "Die Anmeldung in DATABASE_URL sieht nicht hinter die Mauern zwischen den Behörden: "
            "Geben Sie für eine Sicherung die eines Superusers oder eine mit BYPASSRLS.",
        )


def _check_key(config: Config, manifest: dict[str, Any], key: Path) -> None:
    own = config.home / KEY
    if config.given_master_key is None and not own.exists():
        if not key.exists():
            raise PlainError(
                f"The backup holds no master key: put it into {own} or AMTSWEG_MASTER_KEY first.",
                f"Die Sicherung enthält keinen Hauptschlüssel: Legen Sie ihn zuerst in {own} ab "
                "oder setzen Sie AMTSWEG_MASTER_KEY.",
            )
        write_secret_once(own, key.read_text(encoding="ascii"))
    if manifest["key"] != config.secret("backup"):
        raise PlainError(
            "The backup was made with another master key: restore with that key, "
            "or into another AMTSWEG_HOME.",
            "Die Sicherung wurde mit einem anderen Hauptschlüssel gemacht: Stellen Sie sie mit "
            "diesem wieder her oder in einem anderen AMTSWEG_HOME.",
        )


def _manifest(config: Config) -> dict[str, Any]:
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "amtsweg": version("amtsweg"),
        # Tells whether a key fits without telling anything of the key.
        "key": config.secret("backup"),
    }


def _client(
    config: Config, name: str, *options: str, dbname: str | None = None, into: bool = False
) -> None:
    """Run pg_dump or pg_restore as the administrator; the password goes by the environment."""
    login = config.database_parameters("admin")
    words = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    environment = {words.get(key, f"PG{key.upper()}"): value for key, value in login.items()}
    target = dbname or login["dbname"]
    environment["PGDATABASE"] = target
    command = [postgres.program(name), *options, *([f"--dbname={target}"] if into else [])]
    done = subprocess.run(
        command,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"} | environment,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode != 0 and (reasons := _errors(done.stderr)):
        raise PlainError(
            f"{name} did not succeed: {reasons[0]}", f"{name} ist nicht gelungen: {reasons[0]}"
        )


def _errors(printed: str) -> list[str]:
    """What kept pg_dump or pg_restore from doing all; "?" if they do not say."""
    found = [line.partition("error: ")[2] for line in printed.splitlines() if "error: " in line]
    # pg_restore also sets this on a server before version 17, which does not know it. Nothing of
    # the backup is lost with that.
    return [line for line in found if "transaction_timeout" not in line] if found else ["?"]


def _rename(admin: psycopg.Connection, old: str, new: str) -> None:
    try:
        admin.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(old), sql.Identifier(new)
            )
        )
    except psycopg.errors.ObjectInUse as error:
        raise PlainError(
            f"Somebody is connected to the database {old}: stop everything that uses it before "
            "you restore.",
            f"Mit der Datenbank {old} ist jemand verbunden: Beenden Sie alles, was sie benutzt, "
            "bevor Sie wiederherstellen.",
        ) from error


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o600
    archive.addfile(entry, BytesIO(content))


def _files_of(home: Path, *, with_keys: bool) -> Iterator[Path]:
    left_out = _LEFT_OUT if with_keys else _LEFT_OUT | {_SEAL}
    if home.is_dir():
        for child in sorted(home.iterdir()):
            if child.name not in left_out and not child.is_symlink():
                yield from _all_files(child)


def _all_files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from (child for child in sorted(path.rglob("*")) if child.is_file())
