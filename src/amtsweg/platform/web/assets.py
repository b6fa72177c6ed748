"""Gather what others made for our pages: KERN UX, htmx, bpmn.io, fonts. Run once at set-up."""

from __future__ import annotations

import shutil
from pathlib import Path

from fontTools import subset

VENDOR = Path(__file__).parent / "static" / "vendor"

FONTS = ("FiraSans-Regular", "FiraSans-Italic", "FiraSans-Medium", "FiraSans-SemiBold")

VIEWERS = {
    "bpmn-js": (
        "bpmn-navigated-viewer.production.min.js",
        "assets/diagram-js.css",
        "assets/bpmn-js.css",
    ),
    "dmn-js": (
        "dmn-viewer.production.min.js",
        "assets/dmn-js-shared.css",
        "assets/dmn-js-drd.css",
        "assets/dmn-js-decision-table.css",
        "assets/dmn-js-literal-expression.css",
    ),
}

# Latin script with all letters of DIN SPEC 91379, punctuation, currency, arrows: what a German
# office writes. The full fonts carry Cyrillic and Greek too and weigh three times as much.
CHARACTERS = (
    "U+0020-024F,U+0300-036F,U+1E00-1EFF,U+2000-206F,U+20A0-20BF,U+2100-214F,U+2190-2193,U+2212"
)


def gather(modules: Path, into: Path = VENDOR) -> None:
    """Copy style sheet, script and fonts from ``node_modules`` and cut the fonts to ``CHARACTERS``.

    Raises FileNotFoundError if a package is not installed there.
    """
    kern = modules / "@kern-ux" / "native"
    files = {
        kern / "dist" / "kern.min.css": into / "kern" / "kern.min.css",
        kern / "LICENSE.md": into / "kern" / "LICENSE.md",
        modules / "htmx.org" / "dist" / "htmx.min.js": into / "htmx" / "htmx.min.js",
        modules / "htmx.org" / "LICENSE": into / "htmx" / "LICENSE",
    }
    for package, names in VIEWERS.items():
        files[modules / package / "LICENSE"] = into / package / "LICENSE"
        for name in names:
            plain = name.rpartition("/")[2].replace(".production", "")
            files[modules / package / "dist" / name] = into / package / plain
    for source, target in files.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    for name in FONTS:
        _cut(kern / "dist" / "fonts" / "fira-sans" / f"{name}.woff2", into / "fonts")


def _cut(font: Path, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    failed = subset.main(
        [
            str(font),
            f"--unicodes={CHARACTERS}",
            "--flavor=woff2",
            "--layout-features=kern,liga,mark,mkmk,ccmp,locl,tnum,lnum",
            f"--output-file={into / font.name}",
        ]
    )
    if failed:
        raise ValueError(f"{font} could not be cut")
