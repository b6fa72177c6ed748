"""The wall between authorities: row-level security in PostgreSQL, and the scope that opens one door.

Nothing is visible until a transaction names who asks: an authority (staff and jobs), an account (a
signed-in person) or a code (the keyed hash of a secret that an anonymous person holds). The database
compares these with the columns of each row; the code above filters by tenant for speed, not safety.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

from django.db import connection, migrations, transaction

APP_ROLES = "amtsweg_web, amtsweg_worker"

_SET = (
    "SELECT set_config('amtsweg.authority', %s, true),"
    " set_config('amtsweg.account', %s, true),"
    " set_config('amtsweg.code', %s, true)"
)


class Scope(NamedTuple):
    """For whom the current transaction asks."""

    authority: UUID | None = None
    account: UUID | None = None
    code: bytes | None = None


NOBODY = Scope()


def current() -> Scope:
    """The scope of the running transaction; `NOBODY` outside of one."""
    found: Scope = getattr(connection, "amtsweg_scope", NOBODY)
    return found if connection.in_atomic_block else NOBODY


def _set(scope: Scope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _SET,
            [
                str(scope.authority) if scope.authority else "",
                str(scope.account) if scope.account else "",
                scope.code.hex() if scope.code else "",
            ],
        )


@contextmanager
def scope(
    authority: UUID | None = None, account: UUID | None = None, code: bytes | None = None
) -> Iterator[None]:
    """One transaction (a savepoint when nested) in which these rows are visible. One query.

    A nested scope replaces the outer one and gives it back at its end; the same scope again costs no query.
    """
    outer = current()
    inner = Scope(authority, account, code)
    with transaction.atomic():
        if inner != outer:
            _set(inner)
        connection.amtsweg_scope = inner  # type: ignore[attr-defined]
        try:
            yield
            # After an exception PostgreSQL gives the outer values back with the savepoint.
            if inner != outer and connection.savepoint_ids:
                _set(outer)
        finally:
            connection.amtsweg_scope = outer  # type: ignore[attr-defined]


@contextmanager
def within(wanted: Scope) -> Iterator[None]:
    """Stay in the running transaction if it already has this scope; open the scope else."""
    if current() == wanted:
        yield
    else:
        with scope(*wanted):
            yield


def protect(
    table: str,
    authority: str | None = "authority_id",
    account: str | None = None,
    code: str | None = None,
    *,
    public_read: bool = False,
) -> migrations.RunSQL:
    """Wall a table: a row belongs to the authority, the account or the code in the named columns.

    `public_read` opens all rows for reading (facts such as adoptions), never for writing.
    """
    conditions = [
        f"{column} = {function}()"
        for column, function in (
            (authority, "amtsweg_authority"),
            (account, "amtsweg_account"),
            (code, "amtsweg_code"),
        )
        if column
    ]
    condition = " OR ".join(conditions)
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY wall ON {table} USING ({condition}) WITH CHECK ({condition})",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP_ROLES}",
    ]
    if public_read:
        statements.append(f"CREATE POLICY public_read ON {table} FOR SELECT USING (true)")
    return _sql(statements, [f"DROP POLICY IF EXISTS wall ON {table}"])


def append_only(table: str) -> migrations.RunSQL:
    """Make a table append-only: UPDATE, DELETE and TRUNCATE fail for everybody, the owner included."""
    return _sql(
        [
            (
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}\n"
                "FOR EACH STATEMENT EXECUTE FUNCTION amtsweg_refuse_change()"
            ),
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLES}",
        ],
        [f"DROP TRIGGER append_only ON {table}"],
    )


def grant(table: str, *, web: str = "SELECT", worker: str = "SELECT") -> migrations.RunSQL:
    """Rights on a table without tenant content, such as areas; an empty string grants nothing."""
    rights = [("amtsweg_web", web), ("amtsweg_worker", worker)]
    return _sql(
        [f"GRANT {right} ON {table} TO {role}" for role, right in rights if right],
        [f"REVOKE ALL ON {table} FROM {APP_ROLES}"],
    )


def _sql(forwards: list[str], backwards: list[str]) -> migrations.RunSQL:
    return migrations.RunSQL(";\n".join(forwards), ";\n".join(backwards))
