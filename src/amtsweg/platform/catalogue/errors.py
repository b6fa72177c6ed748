"""What the catalogue refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ParameterError:
    """One parameter that an edition does not accept: where, and why."""

    path: str
    message: str


class ParametersRefused(Exception):
    """The parameters of an adoption do not fit the edition."""

    def __init__(self, errors: Sequence[ParameterError]) -> None:
        super().__init__("; ".join(f"{error.path}: {error.message}" for error in errors))
        self.errors = tuple(errors)


class RehearsalFailed(Exception):
    """Golden cases do not pass under an authority's parameters; nothing goes live."""

    def __init__(self, failures: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {why}" for name, why in failures))
        self.failures = tuple(failures)


class NotInForce(Exception):
    """A service has no edition in force on the day."""
