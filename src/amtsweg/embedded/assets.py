"""Put what others made where pages and letters look for it: `python -m amtsweg.embedded.assets DIR`.

DIR is npm's `node_modules`. Run once at set-up; the results are never in the repository.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.ttLib import TTFont

import amtsweg
from amtsweg.platform.web import assets

LETTER_FONTS = Path(amtsweg.__file__).parent / "kit" / "fonts"
LETTER_STYLES = ("Regular", "Italic", "Medium", "SemiBold", "Bold", "BoldItalic")


def main() -> None:
    """Gather the pages' files, then unpack the letters' fonts: Typst cannot read woff2."""
    modules = Path(sys.argv[1])
    assets.gather(modules)
    LETTER_FONTS.mkdir(exist_ok=True)
    for style in LETTER_STYLES:
        packed = modules / "@kern-ux/native/dist/fonts/fira-sans" / f"FiraSans-{style}.woff2"
        font = TTFont(packed)
        font.flavor = None
        font.save(LETTER_FONTS / f"FiraSans-{style}.ttf")


if __name__ == "__main__":
    main()
