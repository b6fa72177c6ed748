"""What is asked of every page: no WCAG 2.2 A/AA violation, nothing wider than the screen, all by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

REACHABLE = """() => {
  const wanted = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(e => !e.disabled && e.tabIndex >= 0 && e.getClientRects().length
      && getComputedStyle(e).visibility !== 'hidden' && !e.closest('details:not([open]) > :not(summary)'));
  const groups = new Set();
  return wanted.filter(e => {
    if (e.type !== 'radio') return true;
    if (groups.has(e.name)) return false;
    groups.add(e.name);
    return true;
  }).length;
}"""

FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  if (!e.dataset.seen) { window.seenCount = (window.seenCount || 0) + 1; e.dataset.seen = window.seenCount; }
  const box = e.getBoundingClientRect();
  return {seen: e.type === 'radio' ? 'radio:' + e.name : e.dataset.seen, width: box.width, tag: e.tagName,
    counted: e.matches('a[href], button, input, select, textarea, summary')};
}"""


def inspect(page: Page, name: str, screens: Path, *, keyboard: bool = False) -> None:
    """Take a picture and check the page; with ``keyboard``, tab through everything on it."""
    across = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=screens / f"{name}-{across}.png", full_page=True)
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= across, f"{name} is {wide} px wide on a screen of {across} px"
    violations = axe(page)
    assert not violations, f"{name} at {across} px: {violations}"
    if keyboard:
        missing = unreachable(page)
        assert missing <= 0, f"{name}: {missing} controls cannot be reached by Tab"


def axe(page: Page) -> list[str]:
    """Violations of WCAG 2.2 A and AA that axe-core finds, each with its first place."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [
        f"{found['id']}: {found['help']} at {found['nodes'][0]['html'][:200]}"
        for found in result["violations"]
    ]


def unreachable(page: Page) -> int:
    """How many visible controls the Tab key does not reach."""
    wanted = page.evaluate(REACHABLE)
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    reached: set[str] = set()
    for _ in range(wanted * 2 + 20):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused and focused["counted"]:
            reached.add(focused["seen"])
    return int(wanted) - len(reached)
