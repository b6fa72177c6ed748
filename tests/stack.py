"""The running stack for tests that speak HTTP: started once, in a home of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

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


def free_ports() -> int:
    """A port that is free together with its successor (the identity provider's)."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
