"""What is asked of every page, on a phone and on a desk.

No violation of WCAG 2.2 A or AA that axe-core finds, nothing wider than the screen, and, where
asked, every control reached by Tab with a focus that can be seen. A picture of each page is kept,
because the eye finds what no rule does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCREENS = Path(__file__).parent / "screens"
PHONE: ViewportSize = {"width": 360, "height": 780}
DESK: ViewportSize = {"width": 1280, "height": 900}

# Controls that can be seen. Of radio buttons with one name, Tab reaches one.
CONTROLS = """() => {
  const look = (e, pseudo) => {
    const s = getComputedStyle(e, pseudo);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor].join();
  };
  const looks = e => [look(e), look(e, '::after'), ...[...(e.labels ?? [])].map(l => look(l))].join();
  const groups = new Set();
  window.controls = new Map();
  for (const e of document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')) {
    if (e.type === 'hidden' || e.disabled || e.tabIndex < 0 || !e.checkVisibility()) continue;
    if (e.type === 'radio') { if (groups.has(e.name)) continue; groups.add(e.name); }
    window.controls.set(e, looks(e));
  }
  window.focusLooks = looks;
  return window.controls.size;
}"""

FOCUSED = """() => {
  let e = document.activeElement;
  const before = window.controls.get(e);
  const same = o => o === e || (e.type === 'radio' && o.type === 'radio' && o.name === e.name);
  const key = [...window.controls.keys()].find(same);
  if (!key) return null;
  const seen = before === undefined || window.focusLooks(e) !== before;
  const name = (key.outerHTML.slice(0, 120));
  window.controls.delete(key);
  return seen ? '' : name;
}"""


class Inspection:
    """Looks at pages and gathers what is wrong, so that one run tells all of it."""

    def __init__(self) -> None:
        self.found: list[str] = []
        SCREENS.mkdir(exist_ok=True)

    def __call__(self, page: Page, name: str, *, keyboard: bool = False) -> None:
        """Check the page at both widths; with ``keyboard``, tab through everything on it."""
        page.evaluate(AXE)
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            page.screenshot(path=SCREENS / f"{name}-{size['width']}.png", full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                self.found.append(f"{name}: {wide} px wide on {size['width']} px")
            self.found += [f"{name} at {size['width']} px: {one}" for one in axe(page)]
        if keyboard:
            self.found += [f"{name}: {one}" for one in tab_through(page)]


def axe(page: Page) -> list[str]:
    """Violations that axe-core, already in the page, finds; each with its first place."""
    found: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"
        ".then(result => result.violations)",
        RULES,
    )
    return [f"{one['id']}: {one['help']} at {one['nodes'][0]['html'][:200]}" for one in found]


def tab_through(page: Page) -> list[str]:
    """Controls that Tab does not reach, and those whose focus cannot be seen."""
    wanted = page.evaluate(CONTROLS)
    page.evaluate("document.activeElement.blur()")
    found = []
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
        if control := page.evaluate(FOCUSED):
            found.append(f"the focus cannot be seen on {control}")
        if page.evaluate("window.controls.size === 0"):
            break
    missed = page.evaluate("[...window.controls.keys()].map(e => e.outerHTML.slice(0, 120))")
    return found + [f"Tab does not reach {control}" for control in missed]
