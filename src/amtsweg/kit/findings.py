"""What a check found: the one shape in which every check of the kit reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is: only errors keep a thing from being used."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found wanting.

    ``code`` is stable and machine-readable, ``message`` says what is wrong, ``remedy`` how to
    mend it. ``file`` is relative to what was checked, ``line`` counts from 1.
    """

    code: str
    severity: Severity
    message: str
    remedy: str
    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        return f"{place}{self.message} {self.remedy}".strip()
