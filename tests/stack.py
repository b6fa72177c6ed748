"""The running stack for tests that speak HTTP: started once, in a home of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

READY_SECONDS = 120


@dataclass(frozen=True)
class Stack:
    """Where the stack is reached, and the home that it lives in."""

    base_url: str
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def demo_password(self) -> str:
        """The password of all demo people."""
        return (self.home / "demo-password").read_text(encoding="ascii").strip()

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which commands speak to this stack."""
        port = self.base_url.rpartition(":")[2]
        return {**os.environ, "AMTSWEG_HOME": str(self.home), "PORT": port}


@contextmanager
def running_stack(home: Path, **environment: str) -> Iterator[Stack]:
    """`amtsweg run` in ``home`` on free ports, until the block ends."""
    port = free_ports()
    env = {**os.environ, **environment, "AMTSWEG_HOME": str(home), "PORT": str(port)}
    home.mkdir(parents=True, exist_ok=True)
    with (home / "run.out").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "amtsweg.cli", "run"],
            env=env,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    stack = Stack(f"http://localhost:{port}", home, process)
    try:
        wait_until_ready(stack)
        yield stack
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def wait_until_ready(stack: Stack) -> None:
    """Wait for /health/ready; fails with what the stack printed if it ends or takes too long."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if stack.process.poll() is not None:
            break
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
