"""`amtsweg run` as an operator meets it: one sentence when it cannot, nothing lost when it is killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.stack import free_ports

from amtsweg.config import Config
from amtsweg.embedded import postgres, processes, roles, supervisor
from amtsweg.embedded.services import BackOff, Program, Service

COMMAND = [sys.executable, "-m", "amtsweg.cli"]


class Installation:
    """A home of its own and the command run on it."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AMTSWEG_", "DJANGO_", "LC_")) and name != "DATABASE_URL"
        } | {"AMTSWEG_HOME": str(folder / "home"), "PORT": str(free_ports()), "LANG": "C.UTF-8"}
        self.config = Config.load(self.environment)
        self.process: subprocess.Popen[str] | None = None

    def call(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            env={**self.environment, **settings},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self) -> float:
        """Run it; returns the seconds until its box."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            [*COMMAND, "run"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        shown = []
        for line in self.process.stdout:
            shown.append(line)
            if "Stop:" in line:
                return time.monotonic() - began
        pytest.fail("it ended before it was ready: " + "".join(shown))

    def all_processes(self) -> list[int]:
        data = self.config.home / "database" / "data"
        return processes.marked(self.config.fingerprint) + processes.working_in(data.resolve())

    def kill_everything(self) -> None:
        assert self.process is not None
        for pid in [self.process.pid, *self.all_processes()]:
            with_kill = signal.SIGKILL
            try:
                os.kill(pid, with_kill)
            except ProcessLookupError:
                continue
        self.process.wait(10)


@pytest.fixture
def installation() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="amtsweg-run-") as folder:
        Path(folder).chmod(0o711)
        made = Installation(Path(folder))
        yield made
        if made.process is not None and made.process.poll() is None:
            made.process.terminate()
            made.process.wait(15)


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr


def test_a_taken_port_gets_one_sentence(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.config.port))
        other.listen()
        sentence = one_sentence(installation.call("run"))
    assert str(installation.config.port) in sentence
    assert "make run" in sentence


def test_the_sign_ins_taken_port_gets_one_sentence(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.config.idp_port))
        other.listen()
        assert str(installation.config.idp_port) in one_sentence(installation.call("run"))


def test_a_home_that_cannot_be_written_gets_one_sentence(installation: Installation) -> None:
    # Not even root may make a folder in there.
    assert "/proc/home" in one_sentence(installation.call("run", AMTSWEG_HOME="/proc/home"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a small file system")
def test_a_full_disk_gets_one_sentence(installation: Installation) -> None:
    small = Path(tempfile.mkdtemp(prefix="amtsweg-small-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("may not mount a small file system here")
    try:
        done = installation.call("run", AMTSWEG_HOME=str(small / "home"))
    finally:
        subprocess.run(["umount", str(small)], check=True)
        small.rmdir()
    assert "full" in one_sentence(done)


def test_wrong_use_ends_with_two(installation: Installation) -> None:
    assert installation.call("nonsense").returncode == 2


def test_without_a_database_a_command_says_how_to_start_it(installation: Installation) -> None:
    done = installation.call("doctor", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert not report["passed"]
    assert {"home-missing", "database-silent"} <= {entry["code"] for entry in report["findings"]}


@pytest.mark.stack
def test_killed_without_warning_it_starts_again_and_has_lost_nothing(
    installation: Installation,
) -> None:
    config = installation.config
    installation.start()
    with roles.connect(config, "owner") as owner:
        owner.execute("CREATE TABLE kept (id int)")
        owner.execute("INSERT INTO kept VALUES (7)")

    second = installation.call("run")
    assert "already runs" in one_sentence(second)
    examined = json.loads(installation.call("doctor", "--json").stdout)
    assert examined["passed"], examined
    assert json.loads(installation.call("doctor", "--json", PORT="9").stdout)["passed"]

    installation.kill_everything()
    installation.start()
    with roles.connect(config, "owner") as owner:
        assert owner.execute("SELECT id FROM kept").fetchone() == (7,)

    # A part that dies is started again.
    portal = supervisor.read_state(config)["processes"]["portal"]
    os.kill(portal, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while supervisor.read_state(config)["processes"].get("portal", portal) == portal:
        assert time.monotonic() < deadline
        time.sleep(0.2)

    process = installation.process
    assert process is not None
    began = time.monotonic()
    process.terminate()
    assert process.wait(15) == 0
    assert time.monotonic() - began < 10
    assert installation.all_processes() == []
    assert not config.state_file.exists()
    assert not postgres.answers(config)

    # Killed alone, the supervisor takes everything with it.
    installation.start()
    assert installation.process is not None
    everything = installation.all_processes()
    installation.process.kill()
    installation.process.wait()
    assert processes.end(everything, 0, 15) == []


def test_pauses_grow_and_are_forgotten_after_a_calm_time() -> None:
    back_off = BackOff()
    assert [back_off.failed(1) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert not back_off.due
    assert back_off.failed(3600) == 1


def test_a_program_that_ignores_the_request_to_stop_is_ended_with_its_children(
    tmp_path: Path,
) -> None:
    stubborn = Service(
        Program(
            "Stubborn",
            ("/bin/sh", "-c", "trap '' TERM; sleep 60 & wait; wait"),
            {},
            tmp_path / "log",
        )
    )
    stubborn.start()
    process = stubborn.process
    assert process is not None
    time.sleep(0.3)
    group = [
        int(pid)
        for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    ]
    assert group
    stubborn.ask_to_stop()
    stubborn.wait_stopped(0.5)
    assert processes.end(group, 0, 5) == []


def test_a_program_that_ends_is_announced_once_and_started_again(tmp_path: Path) -> None:
    service = Service(Program("Short", ("/bin/false",), {}, tmp_path / "log"))
    service.start()
    assert service.process is not None
    service.process.wait()
    line = service.tend()
    assert line is not None
    assert "exit code 1" in line
    assert service.tend() is None
    time.sleep(1.1)
    assert service.tend() is None
    assert service.process is not None
    service.wait_stopped(1)
