"""A real Chromium against the real running stack."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.stack import Stack

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"phone": (360, 780), "desk": (1280, 900)}


def chromium() -> str | None:
    """The browser on this machine, if there is one."""
    named = os.environ.get("AMTSWEG_CHROMIUM", "")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; skipped loudly where there is none."""
    path = chromium()
    if path is None:
        pytest.skip("NO CHROMIUM: browser tests did not run. Install it (apt install chromium).")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(params=sorted(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    """On a phone of 360 px and on a desk of 1280 px."""
    return str(request.param)


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser, stack: Stack) -> Iterator[NewPage]:
    """Opens pages of separate visitors; a failing test keeps no visitor open."""
    contexts: list[BrowserContext] = []

    def make(width: str = "desk", *, scripts: bool = True, language: str = "de-DE") -> Page:
        across, down = WIDTHS[width]
        context = browser.new_context(
            base_url=stack.base_url,
            viewport={"width": across, "height": down},
            java_script_enabled=scripts,
            locale=language,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def screens() -> Path:
    """Where every page that a test visits is kept as a picture, to be looked at."""
    folder = Path(__file__).parent / "screens"
    folder.mkdir(exist_ok=True)
    return folder
