"""The running stack for tests that speak HTTP: started once, in a home of its own."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from amtsweg.config import Config
from amtsweg.embedded import ports

READY_SECONDS = 240
# What tests in the same process set for themselves is not for the stack.
FOREIGN = ("AMTSWEG_", "DJANGO_")


@dataclass(frozen=True)
class Stack:
    """Where the stack is reached, its home, and the environment in which commands speak to it."""

    base_url: str
    home: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]

    @property
    def demo_password(self) -> str:
        """The password of all demo people."""
        return (self.home / "demo-password").read_text(encoding="ascii").strip()


@contextmanager
def temporary_home() -> Iterator[Path]:
    """An empty home; passable, because PostgreSQL runs as another user when root tests."""
    with tempfile.TemporaryDirectory(prefix="amtsweg-stack-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@contextmanager
def running_stack(home: Path, **environment: str) -> Iterator[Stack]:
    """`amtsweg run` in ``home`` on free ports with its own database, until the block ends.

    ``environment`` adds settings, such as WEB_WORKERS or DATABASE_URL.
    """
    port = free_ports()
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(FOREIGN) and name != "DATABASE_URL"
    }
    env = {**inherited, **environment, "AMTSWEG_HOME": str(home), "PORT": str(port)}
    home.mkdir(parents=True, exist_ok=True)
    with (home / "run.out").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "amtsweg.cli", "run"],
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    stack = Stack(f"http://localhost:{port}", home, env, process)
    try:
        wait_until_ready(stack)
        yield stack
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def wait_until_ready(stack: Stack) -> None:
    """Wait for /health/ready; fails with what the stack printed if it ends or takes too long."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and stack.process.poll() is None:
        try:
            if httpx.get(f"{stack.base_url}/health/ready", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError((stack.home / "run.out").read_text(errors="replace"))


@contextmanager
def running_provider(home: Path, port: int) -> Iterator[Config]:
    """The demo identity provider of a portal on ``port``, until the block ends."""
    env = {**os.environ, "AMTSWEG_HOME": str(home), "PORT": str(port)}
    config = Config.load(env)
    printed = home / "provider.out"
    with printed.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "amtsweg.embedded.idp"],
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    until = time.monotonic() + READY_SECONDS
    try:
        while not ports.answers(f"http://127.0.0.1:{config.idp_port}/health/ready"):
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(printed.read_text(errors="replace"))
            time.sleep(0.1)
        yield config
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def running_payment_provider(config: Config) -> Iterator[None]:
    """The demo payment provider of an installation, until the block ends."""
    env = {**os.environ, "AMTSWEG_HOME": str(config.home), "PORT": str(config.port)}
    process = subprocess.Popen([sys.executable, "-m", "amtsweg.embedded.paying"], env=env)
    until = time.monotonic() + READY_SECONDS
    try:
        while not ports.answers(f"http://127.0.0.1:{config.payment_port}/health/ready"):
            assert process.poll() is None, "the payment provider ended"
            assert time.monotonic() < until, "the payment provider does not answer"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


def free_ports(count: int = 3) -> int:
    """The first of ``count`` free ports in a row: a portal's, its identity and payment provider's.

    They lie below those that the kernel gives to outgoing connections, so that none can be lost
    to one between this question and the server's start.
    """
    while True:
        first = random.randrange(20_000, 32_000)
        try:
            with ExitStack() as probes:
                for port in range(first, first + count):
                    probe = probes.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
