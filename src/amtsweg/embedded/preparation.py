"""Bring a database and the static files to this version of the program; remember that it was done.

What was done is remembered in the database itself (as its comment), not in the home: a restored or
exchanged database is prepared again, whatever the home says.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from psycopg import sql

import amtsweg
from amtsweg.config import Config
from amtsweg.embedded import roles

_PACKAGE = Path(amtsweg.__file__).parent
_SERVICES = _PACKAGE.parents[1] / "services"


def is_current(config: Config) -> bool:
    """True if the database was prepared by this version and the static files are in the home."""
    with roles.connect(config, "owner") as owner:
        row = owner.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()
    static = config.home / "static" / "staticfiles.json"
    return row == (_mark(config),) and static.exists()


def prepare(config: Config) -> None:
    """Apply the migrations, collect the static files, fill in the demo; safe to repeat.

    Sets Django up as the tables' owner, so it runs in a process of its own; the demo, which only
    adds rows, gets another one with the worker's login.
    """
    migrate(config)
    collect_static()
    if config.demo:
        subprocess.run(
            [sys.executable, "-m", "amtsweg.cli", "seed-demo"], check=True, env=_as_worker()
        )
    with roles.connect(config, "owner") as owner:
        owner.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(config.database_parameters("owner")["dbname"]),
                sql.Literal(_mark(config)),
            )
        )


def migrate(config: Config) -> None:
    """Make logins and database if missing, then apply the migrations as the tables' owner."""
    roles.ensure(config)
    set_up_django("owner")
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def collect_static() -> None:
    """Put all static files, hashed and compressed, into the home."""
    os.environ["AMTSWEG_COLLECT"] = "1"
    set_up_django("owner")
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, clear=True)


def seed_demo() -> None:
    """Fill in the demo's authorities, members and adoptions."""
    set_up_django("worker")
    from amtsweg.platform.demo import seed

    seed()


def set_up_django(role: str) -> None:
    """Set the platform up in this process, logged in to the database as `role`."""
    os.environ.setdefault("AMTSWEG_DB_ROLE", role)
    os.environ["DJANGO_SETTINGS_MODULE"] = "amtsweg.platform.settings"
    import django

    django.setup()


def _as_worker() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "AMTSWEG_COLLECT"}
    return kept | {"AMTSWEG_DB_ROLE": "worker"}


def _mark(config: Config) -> str:
    """What the comment says after a preparation: a hash over all that a preparation reads."""
    digest = hashlib.sha256(f"demo={config.demo}".encode())
    for package in ("amtsweg", "django", "procrastinate"):
        digest.update(f"{package} {version(package)}\n".encode())
    for path in _sources():
        digest.update(str(path.relative_to(_PACKAGE.parents[1])).encode())
        digest.update(path.read_bytes())
    return f"Amtsweg, prepared {digest.hexdigest()[:32]}"


def _sources() -> Iterator[Path]:
    """Migrations, static files, the demo's code and data, the shipped packages."""
    platform = _PACKAGE / "platform"
    patterns = ("*/migrations/*.py", "*/static/**/*", "*/data/**/*", "demo*", "demo/**/*")
    found = {path for pattern in patterns for path in platform.glob(pattern)}
    found |= set(_SERVICES.rglob("*"))
    return (path for path in sorted(found) if path.is_file() and path.suffix != ".pyc")
