"""The logins of the database: who owns the tables, who serves requests, who works through jobs.

None of them is a superuser or may bypass row-level security; the web and the worker own nothing,
so a table's owner-only rights (dropping a policy, for one) are out of their reach.
"""

from __future__ import annotations

from typing import LiteralString

import psycopg
from psycopg import sql

from amtsweg.config import Config, Role
from amtsweg.console import PlainError

ROLES: tuple[Role, ...] = ("owner", "web", "worker")

# Milliseconds. A request or job that hangs must not hold rows that others wait for.
_LIMITS: dict[Role, dict[LiteralString, int]] = {
    "owner": {},
    "web": {"statement_timeout": 30_000, "idle_in_transaction_session_timeout": 60_000},
    "worker": {"statement_timeout": 300_000, "idle_in_transaction_session_timeout": 300_000},
}


def connect(config: Config, role: Role, *, dbname: str | None = None) -> psycopg.Connection:
    """Open a connection in autocommit; raises `psycopg.OperationalError`."""
    login = config.database_parameters(role)
    if dbname is not None:
        login["dbname"] = dbname
    return psycopg.connect(**login, autocommit=True, connect_timeout=10)  # type: ignore[arg-type]


def ensure(config: Config) -> None:
    """Make the three logins and the database if missing; mend passwords and dangerous attributes.

    Cheap when all is well (one query and three logins), so it runs at every start.
    Raises `PlainError` if the administrator's login does not suffice.
    """
    try:
        with _administrator(config) as admin:
            for role in ROLES:
                _ensure_role(admin, config, role)
            _ensure_database(admin, config)
    except psycopg.errors.InsufficientPrivilege as error:
        raise PlainError(
            f"The login in DATABASE_URL may not create roles or databases ({_reason(error)}): "
            "give an administrator's login.",
            f"Die Anmeldung in DATABASE_URL darf keine Rollen oder Datenbanken anlegen "
            f"({_reason(error)}): Geben Sie die Anmeldung einer Verwalterin an.",
        ) from error


def _administrator(config: Config) -> psycopg.Connection:
    # The database itself may not exist yet; every server has `postgres`.
    try:
        return connect(config, "admin", dbname="postgres")
    except psycopg.OperationalError as error:
        if config.embedded_database and "password authentication failed" in str(error):
            raise PlainError(
                f"The master key does not belong to the database in {config.home}: "
                "bring back the key with which it was made.",
                f"Der Hauptschlüssel gehört nicht zur Datenbank in {config.home}: "
                "Bringen Sie den Schlüssel zurück, mit dem sie angelegt wurde.",
            ) from error
        raise PlainError(
            f"The database server cannot be reached ({_reason(error)}): check DATABASE_URL.",
            f"Der Datenbankserver ist nicht erreichbar ({_reason(error)}): "
            "Prüfen Sie DATABASE_URL.",
        ) from error


def _ensure_role(admin: psycopg.Connection, config: Config, role: Role) -> None:
    login = config.database_parameters(role)
    name = sql.Identifier(login["user"])
    row = admin.execute(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole, rolcanlogin"
        " FROM pg_roles WHERE rolname = %s",
        [login["user"]],
    ).fetchone()
    if row is None:
        admin.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, _verifier(admin, login))
        )
        for setting, milliseconds in _LIMITS[role].items():
            admin.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(
                    name, sql.SQL(setting), sql.Literal(milliseconds)
                )
            )
        return
    too_mighty, may_login = row
    if too_mighty:
        admin.execute(sql.SQL("ALTER ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEROLE").format(name))
    if not may_login or not _password_fits(config, role):
        admin.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, _verifier(admin, login))
        )


def _verifier(admin: psycopg.Connection, login: dict[str, str]) -> sql.Literal:
    """The password as SCRAM verifier, so that it appears in no server log."""
    verifier = admin.pgconn.encrypt_password(
        login["password"].encode(), login["user"].encode(), b"scram-sha-256"
    )
    return sql.Literal(verifier.decode())


def _password_fits(config: Config, role: Role) -> bool:
    try:
        connect(config, role, dbname="postgres").close()
    except psycopg.OperationalError:
        # Whether for the password is said in the server's language. Setting it again does no harm.
        return False
    return True


def _ensure_database(admin: psycopg.Connection, config: Config) -> None:
    dbname = config.database_parameters("admin")["dbname"]
    owner = sql.Identifier(config.database_parameters("owner")["user"])
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [dbname]).fetchone() is None:
        create_database(admin, config, dbname)
        return
    owned = admin.execute(
        "SELECT pg_get_userbyid(datdba) = %s FROM pg_database WHERE datname = %s",
        [config.database_parameters("owner")["user"], dbname],
    ).fetchone()
    if owned != (True,):
        _lend(admin, owner)
        admin.execute(
            sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(dbname), owner)
        )
        _close_to_others(admin, config, dbname)


def create_database(admin: psycopg.Connection, config: Config, dbname: str) -> None:
    """Make an empty database that the owner role owns and only our roles may enter."""
    owner = sql.Identifier(config.database_parameters("owner")["user"])
    _lend(admin, owner)
    admin.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
            sql.Identifier(dbname), owner
        )
    )
    _close_to_others(admin, config, dbname)


def _close_to_others(admin: psycopg.Connection, config: Config, dbname: str) -> None:
    database = sql.Identifier(dbname)
    ours = sql.SQL(", ").join(
        sql.Identifier(config.database_parameters(role)["user"]) for role in ROLES
    )
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, ours))


def _lend(admin: psycopg.Connection, owner: sql.Identifier) -> None:
    """An administrator who is no superuser must be a member of the role it gives a database to."""
    superuser = admin.execute(
        "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if superuser != (True,):
        admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))


def _reason(error: psycopg.Error) -> str:
    """What the server said, or the end of the driver's message: no address, no hint of several lines."""
    if error.diag.message_primary:
        return error.diag.message_primary
    lines = str(error).splitlines() or [type(error).__name__]
    # One for each address of the host; the first line tells only that there were several.
    attempts = [line for line in lines if "failed: " in line] or lines
    return attempts[-1].rpartition("failed: ")[2].removeprefix("FATAL:").strip()
