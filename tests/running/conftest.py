"""What only the running stack can show: the wire, memory, dumps, kills. One web process, easily watched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.running.visitor import Visitor
from tests.stack import Stack, running_stack, temporary_home


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Portal, worker, sign-in and database, started as an operator starts them."""
    with temporary_home() as home, running_stack(home, WEB_WORKERS="1") as running:
        yield running


@pytest.fixture
def visitor(stack: Stack) -> Iterator[Visitor]:
    """A person's browser."""
    with Visitor(stack.base_url) as made:
        yield made
