"""The embedded database: starts for any user, after any crash, and loses nothing."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.stack import free_ports

from amtsweg.config import Config
from amtsweg.console import PlainError
from amtsweg.embedded import backups, postgres, processes, roles
from amtsweg.embedded.postgres import Postgres

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")


@pytest.fixture
def config() -> Iterator[Config]:
    """A home of its own that the database's user can enter (pytest's folders are closed)."""
    with tempfile.TemporaryDirectory(prefix="amtsweg-db-") as folder:
        Path(folder).chmod(0o711)
        yield Config.load({"AMTSWEG_HOME": f"{folder}/home"})


@pytest.fixture
def database(config: Config) -> Iterator[Postgres]:
    database = Postgres(config)
    database.start()
    roles.ensure(config)
    yield database
    database.stop()


def write(config: Config, *statements: str) -> None:
    with roles.connect(config, "owner") as owner:
        for statement in statements:
            owner.execute(statement)  # type: ignore[call-overload]


def count(config: Config) -> int:
    with roles.connect(config, "owner") as owner:
        row = owner.execute("SELECT count(*) FROM town").fetchone()
    assert row is not None
    return int(row[0])


def crash(database: Postgres) -> None:
    """The supervisor and its postmaster are killed; orphan backends may live on for a moment."""
    assert database.process is not None
    database.process.kill()
    database.process.wait()
    assert database._lock is not None
    database._lock.release()


def test_what_was_committed_survives_a_kill_of_the_server(
    config: Config, database: Postgres
) -> None:
    write(config, "CREATE TABLE town (id int)", "INSERT INTO town SELECT generate_series(1, 500)")
    crash(database)
    database.start()
    assert count(config) == 500


def test_a_stale_lock_with_the_number_of_another_living_process_does_not_hinder(
    config: Config, database: Postgres
) -> None:
    database.stop()
    lines = [str(os.getpid()), str(database.data), "1", "5432", str(config.socket_folder), "", ""]
    stale = database.data / "postmaster.pid"
    stale.write_text("\n".join(lines))
    if database.user is not None:
        os.chown(stale, database.user.uid, database.user.gid)
    database.start()
    roles.connect(config, "web").close()


def test_an_orphaned_server_is_ended_before_the_next_start(
    config: Config, database: Postgres
) -> None:
    write(config, "CREATE TABLE town (id int)", "INSERT INTO town VALUES (1)")
    orphan = database.process
    assert orphan is not None
    assert database._lock is not None
    database._lock.release()
    busy = roles.connect(config, "owner")
    busy.execute("BEGIN")
    second = Postgres(config)
    second.start()
    try:
        assert not processes.alive(orphan.pid)
        assert count(config) == 1
    finally:
        busy.close()
        second.stop()
        orphan.wait()


def test_a_second_start_for_the_same_data_is_refused(config: Config, database: Postgres) -> None:
    with pytest.raises(PlainError, match="already in use"):
        Postgres(config).start()
    roles.connect(config, "web").close()


def test_a_stop_leaves_neither_process_nor_socket(config: Config, database: Postgres) -> None:
    database.stop()
    assert processes.working_in(database.data) == []
    assert not (config.socket_folder / ".s.PGSQL.5432").exists()


def test_another_master_key_is_explained(config: Config, database: Postgres) -> None:
    database.stop()
    (config.home / "master.key").unlink()
    other = Config.load({"AMTSWEG_HOME": str(config.home)})
    with pytest.raises(PlainError, match="master key does not belong"), postgres.running(other):
        pass


def test_logins_cannot_pass_the_wall(config: Config, database: Postgres) -> None:
    with roles.connect(config, "admin") as admin:
        rows = admin.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb, rolcanlogin"
            " FROM pg_roles WHERE rolname LIKE 'amtsweg\\_%' AND rolname <> 'amtsweg_admin'"
        ).fetchall()
    assert rows == [(False, True)] * 3
    for role in ("web", "worker"):
        with (
            roles.connect(config, role) as login,  # type: ignore[arg-type]
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            login.execute("CREATE TABLE mine (id int)")


def test_a_role_that_was_given_too_much_is_put_right(config: Config, database: Postgres) -> None:
    with roles.connect(config, "admin") as admin:
        admin.execute("ALTER ROLE amtsweg_web BYPASSRLS PASSWORD 'other' NOLOGIN")
    roles.ensure(config)
    with roles.connect(config, "web") as web:
        row = web.execute(
            "SELECT rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False,)


def test_passwords_do_not_reach_the_servers_log(config: Config, database: Postgres) -> None:
    with roles.connect(config, "admin") as admin:
        admin.execute("ALTER SYSTEM SET log_statement = 'all'")
        admin.execute("SELECT pg_reload_conf()")
        admin.execute("SELECT pg_sleep(0.2)")
    with roles.connect(config, "admin") as admin:
        admin.execute("ALTER ROLE amtsweg_web PASSWORD 'other'")
    roles.ensure(config)
    log = (config.logs / "database.log").read_text()
    assert "SCRAM-SHA-256$" in log
    assert config.database_parameters("web")["password"] not in log


@root_only
def test_a_home_that_only_root_may_enter_keeps_its_mode(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    config = Config.load({"AMTSWEG_HOME": str(closed / "home")})
    database = Postgres(config)
    database.start()
    try:
        roles.ensure(config)
        assert (config.home / "database").is_symlink()
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert database.data.stat().st_uid != 0
    finally:
        database.stop()
        subprocess.run(["rm", "-rf", str(database.place)], check=True)


@root_only
def test_programs_that_the_user_cannot_reach_are_copied(
    config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shared = Path(tempfile.mkdtemp())
    shared.chmod(0o755)
    monkeypatch.setattr(postgres, "SHARED_PLACE", shared / "amtsweg")
    database = Postgres(config)
    reach = database._can_run
    monkeypatch.setattr(
        database,
        "_can_run",
        lambda command: "site-packages" not in command[0] and reach(command),
    )
    try:
        database.start()
        roles.ensure(config)
        executable = Path(f"/proc/{database.process.pid}/exe").readlink()  # type: ignore[union-attr]
        assert executable.is_relative_to(shared)
    finally:
        database.stop()
        subprocess.run(["rm", "-rf", str(shared)], check=True)


def test_the_database_ends_with_the_process_that_started_it(config: Config) -> None:
    code = (
        "import sys, time\n"
        "from amtsweg.config import Config\n"
        "from amtsweg.embedded.postgres import Postgres\n"
        "database = Postgres(Config.load()); database.start()\n"
        "print(database.process.pid, flush=True); time.sleep(60)\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "AMTSWEG_HOME": str(config.home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    postmaster = int(starter.stdout.readline())
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    assert processes.end([postmaster], 0, 10) == []


def test_a_backup_comes_back_with_rows_rights_and_files(
    config: Config, database: Postgres, tmp_path: Path
) -> None:
    write(
        config,
        "CREATE TABLE town (id int)",
        "INSERT INTO town VALUES (1), (2)",
        "GRANT SELECT ON town TO amtsweg_web",
    )
    (config.home / "papers").mkdir()
    (config.home / "papers" / "one.txt").write_text("before")
    file = tmp_path / "backup.tar"
    backups.backup(config, file, with_keys=False)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert config.master_key not in file.read_bytes()

    write(config, "DROP TABLE town")
    (config.home / "papers" / "one.txt").write_text("after")
    done = backups.restore(config, file)
    assert count(config) == 2
    with roles.connect(config, "web") as web:
        assert web.execute("SELECT count(*) FROM town").fetchone() == (2,)
    assert (config.home / "papers" / "one.txt").read_text() == "before"
    kept = sorted(path.read_text() for path in (config.home / "papers").iterdir())
    assert kept == ["after", "before"]
    roles.connect(config, "admin", dbname=done["former_database"]).close()


def test_a_backup_of_another_master_key_is_refused(
    config: Config, database: Postgres, tmp_path: Path
) -> None:
    write(config, "CREATE TABLE town (id int)")
    file = tmp_path / "backup.tar"
    backups.backup(config, file, with_keys=False)
    other = Config.load({"AMTSWEG_HOME": str(config.home.parent / "other")})
    with pytest.raises(PlainError, match="holds no master key"):
        backups.restore(other, file)
    assert other.master_key
    with pytest.raises(PlainError, match="another master key"):
        backups.restore(Config.load({"AMTSWEG_HOME": str(other.home)}), file)


def test_a_file_that_is_no_backup_is_refused(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "letter.tar"
    file.write_text("Sehr geehrte Damen und Herren")
    with pytest.raises(PlainError, match="no backup"):
        backups.restore(config, file)


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "home/../../outside", "home/link"])
def test_a_backup_that_reaches_out_of_its_folder_is_refused(
    config: Config, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "backup.tar"
    with tarfile.open(file, "w") as archive:
        member = tarfile.TarInfo(name)
        if name.endswith("link"):
            member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(member)
    with pytest.raises(PlainError, match="no backup"):
        backups.restore(config, file)


def test_an_empty_database_is_not_worth_a_backup(
    config: Config, database: Postgres, tmp_path: Path
) -> None:
    with pytest.raises(PlainError, match="nothing in the database"):
        backups.backup(config, tmp_path / "backup.tar", with_keys=False)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_into_a_missing_folder_is_refused(config: Config, tmp_path: Path) -> None:
    with pytest.raises(PlainError, match="cannot be written"):
        backups.backup(config, tmp_path / "nowhere" / "backup.tar", with_keys=False)


def test_a_database_in_use_stays_as_it_was_when_a_restore_is_tried(
    config: Config, database: Postgres, tmp_path: Path
) -> None:
    write(config, "CREATE TABLE town (id int)")
    backups.backup(config, tmp_path / "backup.tar", with_keys=False)
    with (
        roles.connect(config, "owner"),
        pytest.raises(PlainError, match="is connected to the database amtsweg"),
    ):
        backups.restore(config, tmp_path / "backup.tar")
    assert databases(config) == {"amtsweg", "postgres"}


def test_only_a_setting_that_an_older_server_does_not_know_is_overlooked() -> None:
    setting = 'pg_restore: error: … ERROR:  unrecognized parameter "transaction_timeout"\n'
    loss = "pg_restore: error: … ERROR:  permission denied\nCommand was: CREATE TABLE town\n"
    assert backups._errors(setting) == []
    assert backups._errors(setting + loss) == ["… ERROR:  permission denied"]
    assert backups._errors("Killed") == ["?"]


# --- a server that another runs -----------------------------------------------------------------


@pytest.fixture
def hosted(config: Config) -> Iterator[Config]:
    """An installation on a hoster's server, whose login is no superuser's."""
    server = Postgres(config)
    server.start()
    with roles.connect(config, "admin", dbname="postgres") as admin:
        admin.execute("CREATE ROLE customer LOGIN CREATEDB CREATEROLE PASSWORD 'geheim'")
    yield Config.load(
        {
            "AMTSWEG_HOME": str(config.home.parent / "hosted"),
            "DATABASE_URL": f"postgresql://customer:geheim@/postgres?host={config.socket_folder}",
        }
    )
    server.stop()


def databases(config: Config) -> set[str]:
    with roles.connect(config, "admin", dbname="postgres") as admin:
        rows = admin.execute("SELECT datname FROM pg_database WHERE NOT datistemplate").fetchall()
    return {name for (name,) in rows}


def test_a_hosters_login_suffices(config: Config, hosted: Config) -> None:
    for _start in range(2):
        roles.ensure(hosted)
    write(hosted, "CREATE TABLE town (id int)")
    roles.connect(hosted, "web").close()
    assert databases(config) == {"amtsweg", "postgres"}


def test_a_hosters_login_restores_but_does_not_back_up(
    config: Config, hosted: Config, tmp_path: Path
) -> None:
    roles.ensure(hosted)
    write(
        hosted,
        "CREATE TABLE town (id int)",
        "ALTER TABLE town ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    )
    file = tmp_path / "backup.tar"
    with pytest.raises(PlainError, match="does not see behind the walls"):
        backups.backup(hosted, file, with_keys=False)
    with roles.connect(config, "admin", dbname="postgres") as admin:
        admin.execute("ALTER ROLE customer BYPASSRLS")
    backups.backup(hosted, file, with_keys=False)
    with roles.connect(config, "admin", dbname="postgres") as admin:
        admin.execute("ALTER ROLE customer NOBYPASSRLS")
    done = backups.restore(hosted, file)
    assert count(hosted) == 0
    assert databases(config) == {"amtsweg", "postgres", done["former_database"]}


def test_a_server_that_cannot_be_reached_is_told_in_one_sentence(config: Config) -> None:
    url = f"postgresql://customer:geheim@localhost:{free_ports()}/postgres"
    with pytest.raises(PlainError) as refusal:
        roles.ensure(Config.load({"AMTSWEG_HOME": str(config.home), "DATABASE_URL": url}))
    assert "cannot be reached (Connection refused)" in str(refusal.value)
