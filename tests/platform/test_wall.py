"""The wall between authorities, tried with raw SQL and real logins."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.db import DataError, connection, transaction

from amtsweg.platform.federation import wall
from amtsweg.platform.federation.audit import audit
from amtsweg.platform.federation.ids import uuid7
from amtsweg.platform.federation.models import AuditEntry

# Tables that hold nothing of a tenant, and why.
OPEN_TABLES = {
    "federation_area": "public facts of the official register",
    "federation_areapostcode": "public facts",
    "federation_authority": "public facts: name and contact of a body",
    "federation_datakey": "wrapped keys, useless without the master key; needed before a tenant is known",
    "django_migrations": "names of migrations",
    "django_session": "sealed by the platform's key, found by a keyed hash",
    "procrastinate_jobs": "ids only, by the contract of jobs",
    "procrastinate_events": "states of jobs",
    "procrastinate_periodic_defers": "times of periodic jobs",
    "procrastinate_workers": "heartbeats",
    "catalogue_service": "public descriptions of services",
    "catalogue_edition": "published packages, the same for everybody",
    "federation_failedguess": "keyed hashes of network addresses, deleted within the hour",
}
APPEND_ONLY = ["federation_auditentry", "federation_datakey"]
APP_LOGINS = ["web", "worker"]

SET = "SELECT set_config('amtsweg.authority', %s, true)"
INSERT = (
    "INSERT INTO federation_auditentry (id, at, authority_id, actor, action, subject, detail)"
    " VALUES (%s, now(), %s, NULL, 'tried', '', '{}')"
)


@pytest.fixture
def two_towns(town):
    return town("Dresden").id, town("Radebeul").id


@pytest.fixture
def entry_of_a(login, two_towns):
    """One committed audit entry of A, written by the worker's own login."""
    entry, (a, _) = uuid7(), two_towns
    with login("worker") as worker:
        worker.execute(SET, [str(a)])
        worker.execute(INSERT, [entry, a])
    return entry


def count(cursor) -> int:
    return cursor.execute("SELECT count(*) FROM federation_auditentry").fetchone()[0]


@pytest.mark.parametrize("role", [*APP_LOGINS, "owner"])
def test_without_a_tenant_nothing_is_visible(login, entry_of_a, role):
    assert count(login(role)) == 0


@pytest.mark.parametrize("role", [*APP_LOGINS, "owner"])
def test_an_authority_sees_its_own_rows_and_no_others(login, entry_of_a, two_towns, role):
    a, b = two_towns
    with login(role) as session:
        session.execute(SET, [str(a)])
        assert count(session) >= 1
        session.execute(SET, [str(b)])
        assert count(session) == 0
        found = session.execute(
            "SELECT id FROM federation_auditentry WHERE id = %s", [entry_of_a]
        ).fetchall()
        assert found == []


@pytest.mark.parametrize("role", APP_LOGINS)
def test_an_authority_cannot_write_a_row_of_another(login, two_towns, role):
    a, b = two_towns
    with login(role) as session:
        session.execute(SET, [str(b)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            session.execute(INSERT, [uuid7(), a])


@pytest.mark.parametrize("role", APP_LOGINS)
def test_an_authority_cannot_move_a_member_to_another(login, two_towns, role, members):
    a, b = two_towns
    with login(role) as session:
        session.execute(SET, [str(a)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            session.execute("UPDATE federation_member SET authority_id = %s", [b])


@pytest.mark.parametrize("role", APP_LOGINS)
def test_an_authority_changes_no_row_of_another(login, two_towns, role, members):
    _, b = two_towns
    with login(role) as session:
        session.execute(SET, [str(b)])
        assert session.execute("UPDATE federation_member SET active = false").rowcount == 0
        assert session.execute("DELETE FROM federation_member").rowcount == 0


@pytest.mark.parametrize("role", APP_LOGINS)
def test_an_account_sees_its_memberships_but_gives_itself_none(login, two_towns, role, members):
    with login(role) as session:
        session.execute("SELECT set_config('amtsweg.account', %s, true)", [str(members)])
        rows = session.execute("SELECT authority_id FROM federation_member").fetchall()
        assert rows == [(two_towns[0],)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            session.execute(
                "INSERT INTO federation_member"
                " (id, account_id, authority_id, role, sealed_name, active, created_at)"
                " VALUES (%s, %s, %s, 'head', '', true, now())",
                [uuid7(), members, two_towns[1]],
            )


@pytest.fixture
def members(login, two_towns) -> UUID:
    """The account of a committed clerk of A."""
    account = uuid7()
    with login("worker") as worker:
        worker.execute(
            "SELECT set_config('amtsweg.account', %s, true), set_config('amtsweg.authority', %s, true)",
            [str(account), str(two_towns[0])],
        )
        worker.execute(
            "INSERT INTO identity_account (id, subject, sealed_profile, trust_level, active, created_at)"
            " VALUES (%s, %s, '', 1, true, now())",
            [account, account.bytes],
        )
        worker.execute(
            "INSERT INTO federation_member"
            " (id, account_id, authority_id, role, sealed_name, active, created_at)"
            " VALUES (%s, %s, %s, 'clerk', '', true, now())",
            [uuid7(), account, two_towns[0]],
        )
    return account


def test_an_account_is_found_by_itself_or_its_hash_only(login, members):
    with login("web") as web:
        assert web.execute("SELECT count(*) FROM identity_account").fetchone() == (0,)
        web.execute("SELECT set_config('amtsweg.code', %s, true)", [members.bytes.hex()])
        assert web.execute("SELECT id FROM identity_account").fetchall() == [(members,)]


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("role", ["owner", "web", "worker"])
def test_append_only_tables_refuse_every_change(login, table, statement, role):
    with login(role) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute(statement.format(table))


@pytest.mark.parametrize("role", APP_LOGINS)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE own (id int)",
        "CREATE TEMPORARY TABLE own (id int)",
        "DROP POLICY wall ON federation_member",
        "ALTER TABLE federation_member DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE federation_auditentry DISABLE TRIGGER ALL",
        "TRUNCATE federation_member",
        "SET ROLE amtsweg_owner",
        "SET SESSION AUTHORIZATION amtsweg_owner",
        "DELETE FROM django_migrations",
        "COPY federation_area TO PROGRAM 'true'",
    ],
)
def test_the_application_cannot_change_the_house(login, role, statement):
    with login(role) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute(statement)


def test_the_web_cannot_change_public_facts(login):
    with login("web") as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("UPDATE federation_authority SET name = 'Amt'")


def test_no_login_is_superuser_or_passes_the_wall(login):
    rows = (
        login("web")
        .execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'amtsweg\\_%'"
            " AND rolname <> 'amtsweg_admin' AND (rolsuper OR rolbypassrls OR rolcreaterole)"
        )
        .fetchall()
    )
    assert rows == []


def test_every_table_is_walled_or_open_for_a_reason(login):
    rows = (
        login("admin")
        .execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity"
            " AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        )
        .fetchall()
    )
    walled = {table for table, is_walled in rows if is_walled}
    unwalled = {table for table, is_walled in rows if not is_walled}
    assert unwalled - set(OPEN_TABLES) == set()
    assert walled & set(OPEN_TABLES) == set()
    assert {model._meta.db_table for model in apps.get_models() if model._meta.managed} <= {
        table for table, _ in rows
    }


def test_every_table_belongs_to_the_owner(login):
    rows = (
        login("admin")
        .execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND pg_get_userbyid(relowner) <> 'amtsweg_owner'"
        )
        .fetchall()
    )
    assert rows == []


# --- the scope in Python --------------------------------------------------------------------


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('amtsweg.authority', true), '')")
        return cursor.fetchone()[0]


def test_a_scope_ends_with_its_block(db, two_towns):
    a, _ = two_towns
    with wall.scope(authority=a):
        assert setting() == str(a)
        assert wall.current().authority == a
    assert setting() == ""
    assert wall.current() == wall.NOBODY


def test_a_nested_scope_gives_the_outer_one_back(db, two_towns):
    a, b = two_towns
    with wall.scope(authority=a):
        with wall.scope(authority=b):
            assert setting() == str(b)
        assert setting() == str(a)


def test_a_failed_nested_scope_gives_the_outer_one_back(db, two_towns):
    a, b = two_towns
    with wall.scope(authority=a):
        with pytest.raises(ZeroDivisionError), wall.scope(authority=b):
            _ = 1 / 0
        assert setting() == str(a)
        assert wall.current().authority == a


def test_a_failed_statement_gives_the_outer_scope_back(db, two_towns):
    a, b = two_towns
    with wall.scope(authority=a):
        with (
            pytest.raises(DataError, match="division"),
            wall.scope(authority=b),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT 1 / 0")
        assert setting() == str(a)


def test_a_scope_costs_one_query(transactional_db, two_towns, django_assert_num_queries):
    with django_assert_num_queries(3) as queries, wall.scope(authority=two_towns[0]):
        pass
    statements = [query["sql"].split()[0] for query in queries.captured_queries]
    assert statements == ["BEGIN", "SELECT", "COMMIT"]


def test_within_the_same_scope_nothing_is_asked_again(db, two_towns, django_assert_num_queries):
    here = wall.Scope(authority=two_towns[0])
    with wall.scope(*here), django_assert_num_queries(0), wall.within(here):
        assert wall.current() == here


def test_a_scope_does_not_leak_to_the_next_user_of_the_connection(transactional_db, two_towns):
    with pytest.raises(ZeroDivisionError), wall.scope(authority=two_towns[0]):
        _ = 1 / 0
    with transaction.atomic():
        assert setting() == ""


def test_an_entry_of_the_installation_is_written_and_not_read_back(db, two_towns):
    with wall.scope():
        audit("started")
        assert not AuditEntry.objects.exists()
