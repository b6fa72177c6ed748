"""What the stack's processes cost: CPU seconds and memory, by part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil

PARTS = {"postgres": "database", "granian": "web", "worker": "worker"}


def parts(root: int, idp_port: int) -> dict[str, list[psutil.Process]]:
    """The processes below the supervisor, by part; the identity provider apart."""
    found: dict[str, list[psutil.Process]] = {}
    for process in [*psutil.Process(root).children(recursive=True), *_servers()]:
        words = " ".join(process.cmdline())
        if f"--port {idp_port}" in words or "idp" in words:
            part = "sign-in"
        else:
            part = next((name for word, name in PARTS.items() if word in words), "")
        if part and process not in found.setdefault(part, []):
            found[part].append(process)
    return found


def _servers() -> list[psutil.Process]:
    # PostgreSQL leaves the supervisor's tree when another system user runs it.
    return [p for p in psutil.process_iter(["name"]) if p.info["name"] == "postgres"]


@dataclass
class Cost:
    """CPU seconds by part since the start of the measurement."""

    processes: dict[str, list[psutil.Process]]

    def __post_init__(self) -> None:
        self._before = self._now()

    def spent(self) -> dict[str, float]:
        """CPU seconds (user and system) by part."""
        now = self._now()
        return {part: seconds - self._before.get(part, 0.0) for part, seconds in now.items()}

    def _now(self) -> dict[str, float]:
        spent: dict[str, float] = {}
        for part, processes in self.processes.items():
            for process in processes:
                try:
                    times = process.cpu_times()
                except psutil.NoSuchProcess:
                    continue
                spent[part] = spent.get(part, 0.0) + times.user + times.system
        return spent


def pss_megabytes(process: psutil.Process) -> float:
    """Proportional set size of one process: shared pages counted by share."""
    lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
