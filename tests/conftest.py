"""The tests' own installation: a home, a PostgreSQL with our logins, one database per test process.

The database server is the embedded one, or that of DATABASE_URL (use a server for tests only: the
logins' passwords are set anew). Tests of the kit or browser tests alone start
neither Django nor a database here.

Within a test, Django works with the rights of the web's login inside one transaction that is undone.
`acting_as("worker")` changes whose rights. The raw `login` fixture logs in for real.
"""

# Django can be imported only after its settings are known.
from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.stack import free_ports

_ROOT = Path(__file__).parent
TEST_PROCESSES = 8
"""As many may run side by side: `pytest -n 8`."""
_MARK = "AMTSWEG_TEST_PLATFORM"
# Inherited by a test process of pytest-xdist, this variable would make pytest-django read the
# settings before the process knows its own ports: it is set for a moment only.
SETTINGS_MODULE = {"DJANGO_SETTINGS_MODULE": "amtsweg.platform.settings"}
_running = ExitStack()


def _without_platform() -> bool:
    """Only tests of the kit, or tests that start a whole stack of their own."""
    paths = [Path(arg.partition("::")[0]) for arg in sys.argv[1:] if not arg.startswith("-")]
    paths = [path.resolve() for path in paths if path.exists()]
    own = {_ROOT / "kit", _ROOT / "browser", _ROOT / "running"}
    return bool(paths) and all(own & {path, *path.parents} for path in paths)


_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
_PLATFORM = os.environ[_MARK] == "1" if _WORKER else not _without_platform()


def _environment() -> None:
    """Settings of the tests' installation; test processes of pytest-xdist inherit them."""
    os.environ[_MARK] = "1" if _PLATFORM else "0"
    if not _PLATFORM:
        return
    if _WORKER:
        # Each test process has ports of its own for portal, identity and payment provider.
        os.environ["PORT"] = str(int(os.environ["PORT"]) + 3 * int(_WORKER.removeprefix("gw")))
        return
    home = tempfile.mkdtemp(prefix="amtsweg-tests-")
    # PostgreSQL runs as another user when root tests.
    Path(home).chmod(0o711)
    _running.callback(shutil.rmtree, home, ignore_errors=True)
    os.environ.update(
        AMTSWEG_HOME=home,
        AMTSWEG_DEMO="1",
        AMTSWEG_DB_ROLE="web",
        AMTSWEG_PLAIN_STATIC="1",
        PORT=str(free_ports(3 * TEST_PROCESSES)),
    )
    if url := os.environ.get("DATABASE_URL"):
        server, _, query = url.partition("?")
        server = "/".join(server.split("/")[:3])
        name = f"amtsweg_test_{secrets.token_hex(4)}"
        os.environ["DATABASE_URL"] = f"{server}/{name}" + (f"?{query}" if query else "")


def _prepare_template() -> None:
    """The database that each test process copies: migrated by the owner, Saxony's facts, demo towns."""
    from amtsweg.config import Config
    from amtsweg.embedded.postgres import running

    config = Config.load()
    _running.callback(_drop_databases)
    _running.enter_context(running(config))
    subprocess.run(
        [sys.executable, str(_ROOT / "prepare.py")],
        env={**os.environ, **SETTINGS_MODULE, "AMTSWEG_DB_ROLE": "owner"},
        check=True,
        cwd=_ROOT.parent,
    )


def _drop_databases() -> None:
    """On a server that goes on running, leave nothing behind."""
    from amtsweg.config import Config
    from amtsweg.embedded import roles

    config = Config.load()
    if config.embedded_database:
        return
    template = config.database_parameters("admin")["dbname"]
    with roles.connect(config, "admin", dbname="postgres") as admin:
        for (name,) in admin.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [template]
        ).fetchall():
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


_environment()
if _PLATFORM:
    if not _WORKER:
        try:
            _prepare_template()
        except BaseException:
            _running.close()
            raise
    import django

    with pytest.MonkeyPatch.context() as environment:
        for name, value in SETTINGS_MODULE.items():
            environment.setenv(name, value)
        django.setup()
        from django.conf import settings as read

        assert read.AMTSWEG.port == int(os.environ["PORT"])


def pytest_unconfigure() -> None:
    _running.close()


class Database:
    """This test process's copy of the template."""

    def __init__(self) -> None:
        from amtsweg.config import Config

        self.config = Config.load()
        self.template = self.config.database_parameters("admin")["dbname"]
        self.name = f"{self.template}_{_WORKER or 'main'}"

    def make(self) -> None:
        """Copy the template afresh; connections to the old copy are cut."""
        from django.db import connections

        from amtsweg.embedded import roles
        from amtsweg.platform.federation import vault

        connections.close_all()
        connections["default"].close_pool()
        vault.forget()
        with roles.connect(self.config, "admin", dbname="postgres") as admin:
            if not admin.execute("SELECT usesuper FROM pg_user WHERE usename = user").fetchone()[0]:  # type: ignore[index]
                admin.execute("GRANT amtsweg_owner, amtsweg_web, amtsweg_worker TO CURRENT_USER")
            admin.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')  # type: ignore[call-overload]
            admin.execute(
                f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}" OWNER amtsweg_owner'  # type: ignore[call-overload]
            )
            admin.execute(f'REVOKE ALL ON DATABASE "{self.name}" FROM PUBLIC')  # type: ignore[call-overload]
            admin.execute(
                f'GRANT CONNECT ON DATABASE "{self.name}" TO amtsweg_web, amtsweg_worker'  # type: ignore[call-overload]
            )

    def use(self) -> None:
        """Point Django here. The administrator's login takes the web's role, so that tests can change it."""
        from django.conf import settings
        from django.db import connections

        login = self.config.database_parameters("admin")
        values = {
            "NAME": self.name,
            "USER": login.get("user", ""),
            "PASSWORD": login.get("password", ""),
        }
        for target in (connections["default"].settings_dict, settings.DATABASES["default"]):
            target.update(values)
            target["OPTIONS"] = {**target["OPTIONS"], "options": "-c role=amtsweg_web"}


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[Database]:
    """Replaces pytest-django's: our logins may not create databases."""
    if not _PLATFORM:
        pytest.skip("tests of the kit have no database")
    database = Database()
    with django_db_blocker.unblock():
        database.use()
        database.make()
        _fresh_copy_after_transactional_tests(database)
        yield database


def _fresh_copy_after_transactional_tests(database: Database) -> None:
    """Django would empty the tables; append-only ones refuse that, and the web's login must."""
    from django.test import TransactionTestCase

    def fixture_teardown(_self: Any) -> None:
        database.make()

    TransactionTestCase._fixture_teardown = fixture_teardown  # type: ignore[method-assign]


@pytest.fixture
def login(django_db_setup: Database) -> Iterator[Any]:
    """`login("web")`: a real connection of that login (owner, web, worker, admin), not in autocommit."""
    import psycopg

    opened: list[psycopg.Connection] = []

    def connect(role: Any) -> psycopg.Connection:
        parameters = django_db_setup.config.database_parameters(role)
        parameters["dbname"] = django_db_setup.name
        connection = psycopg.connect(**parameters)  # type: ignore[arg-type]
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


@contextmanager
def _acting_as(role: str) -> Iterator[None]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute(f"SET ROLE amtsweg_{role}")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f'SET ROLE "{before}"')


@pytest.fixture
def acting_as(db: None) -> Any:
    """`with acting_as("worker"):` Django works with that login's rights (web, worker, owner)."""

    def act(role: str) -> AbstractContextManager[None]:
        return _acting_as(role)

    return act


@pytest.fixture
def town(db: None) -> Any:
    """`town("Dresden")`: the demo authority of a Saxon municipality."""
    from amtsweg.platform.federation.models import Authority

    def find(name: str) -> Authority:
        return Authority.objects.select_related("area").get(area__name=name, kind="municipality")

    return find
