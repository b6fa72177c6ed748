"""What higher rooms show beside a case: each registers a source, and the case page shows its panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from amtsweg.platform.casework.models import Case


@dataclass(frozen=True)
class Panel:
    """A template of the higher room, and what it shows as ``panel.values``."""

    template: str
    values: Mapping[str, Any]


Source = Callable[[Case], Panel | None]
_sources: list[Source] = []


def beside_case(source: Source) -> Source:
    """Register a source of panels; it runs in the authority's scope and gives None to show nothing."""
    _sources.append(source)
    return source


def panels(case: Case) -> tuple[Panel, ...]:
    """The panels of a case, in the order in which their rooms were loaded."""
    return tuple(panel for source in _sources if (panel := source(case)) is not None)
