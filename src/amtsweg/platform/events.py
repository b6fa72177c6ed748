"""Named events: how a lower room causes something in a higher one without knowing it.

An event is a frozen dataclass in the emitting room's `events.py`. A listening room registers its handlers in
`apps.py: ready()` by importing its `handlers.py`. Handlers run at once, in the emitter's transaction: either
all of it happens or nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

EventT = TypeVar("EventT")
Handler = Callable[[Any], None]

_handlers: defaultdict[type, list[Handler]] = defaultdict(list)


def on(event_class: type[EventT]) -> Callable[[Callable[[EventT], None]], Callable[[EventT], None]]:
    """Register the decorated function for events of exactly this class; the same function only once."""

    def register(handler: Callable[[EventT], None]) -> Callable[[EventT], None]:
        if handler not in _handlers[event_class]:
            _handlers[event_class].append(handler)
        return handler

    return register


def emit(event: object) -> None:
    """Call every handler in the order of registration; an exception ends the emitter's transaction."""
    for handler in _handlers[type(event)]:
        handler(event)
