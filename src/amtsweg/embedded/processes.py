"""Processes that must not outlive each other: children of a parent, leftovers of a crash.

Linux only, as the embedded parts are: parent death signals and `/proc`.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

HOME_MARK = "AMTSWEG_CHILD_OF"
"""Environment variable that marks every process of an installation with its fingerprint."""


def die_with_parent(signal_number: int) -> None:
    """Ask the kernel to send this process a signal when its parent ends, however that ends."""
    if _libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def dying_with(parent: int, signal_number: int) -> Callable[[], None]:
    """What a child runs before its program so that it ends with `parent` (a process id)."""

    def prepare() -> None:
        die_with_parent(signal_number)
        # The parent may have ended between fork and the line above; nobody would tell us then.
        if os.getppid() != parent:
            os.kill(os.getpid(), signal_number)

    return prepare


class Lock:
    """A file lock that the kernel frees with its process, so that it can never be stale."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, seconds: float = 0) -> bool:
        """Take the lock, waiting up to `seconds`; False if another process keeps it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return False
                time.sleep(0.1)
            else:
                self._descriptor = descriptor
                return True

    def release(self) -> None:
        """Give the lock back; nothing happens if it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def alive(pid: int) -> bool:
    """True if the process runs; a zombie that nobody has waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def marked(fingerprint: str) -> list[int]:
    """Process ids that carry an installation's mark, this process and its parents excluded."""
    mark = f"{HOME_MARK}={fingerprint}".encode()
    family = {os.getpid(), *_ancestors()}
    return [
        pid for pid in _all() if pid not in family and mark in _read(pid, "environ").split(b"\0")
    ]


def working_in(folder: Path) -> list[int]:
    """Process ids whose working folder is `folder`, as a database cluster's is its data folder."""
    found = []
    for pid in _all():
        with suppress(OSError):
            if Path(f"/proc/{pid}/cwd").readlink() == folder and alive(pid):
                found.append(pid)
    return found


def end(pids: Iterable[int], signal_number: int, seconds: float) -> list[int]:
    """Send a signal and wait; returns the processes that still run after `seconds`."""
    left = list(pids)
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal_number)
    deadline = time.monotonic() + seconds
    while (left := [pid for pid in left if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def kill_group(pid: int) -> None:
    """End what is left of a child's process group after the child itself has ended."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def disk_is_full(error: BaseException) -> bool:
    """True if an operation failed for want of space or quota."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}


def _all() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def _ancestors() -> list[int]:
    found = []
    pid = os.getppid()
    while pid > 1:
        found.append(pid)
        fields = _read(pid, "stat").rpartition(b")")[2].split()
        pid = int(fields[1]) if len(fields) > 1 else 0
    return found
