"""A real Chromium against the real running stack."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.browser.inspection import Inspection
from tests.stack import Stack, running_stack, temporary_home

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    # As on a phone, where they take no width.
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MILLISECONDS = 15_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; skipped loudly where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip(
            "NO CHROMIUM: the browser tests did not run. Install it (apt install chromium)."
        )
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Portal, worker, sign-in and database, started as an operator starts them."""
    with temporary_home() as home, running_stack(home) as running:
        yield running


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, stack: Stack) -> Iterator[Visit]:
    """`visit()`: the page of a new visitor with cookies of their own, with or without JavaScript."""
    contexts: list[BrowserContext] = []

    def make(*, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=stack.base_url,
            viewport={"width": 1280, "height": 900},
            java_script_enabled=scripts,
            locale="de-DE",
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def inspect() -> Iterator[Inspection]:
    """`inspect(page, name)`: what is wrong with the pages that a test visits fails it at its end."""
    inspection = Inspection()
    yield inspection
    assert not inspection.found, "\n".join(inspection.found)
