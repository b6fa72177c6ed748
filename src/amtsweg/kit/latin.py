"""The Latin letters of DIN SPEC 91379, in which names are written in German registers."""

from __future__ import annotations

import re

# The blocks in which the Latin letters of DIN SPEC 91379 and its punctuation lie. The norm names
# each letter and sequence; a block also lets pass some Latin letters that it does not name.
_LETTERS = (
    r"\t\n\x20-\x7e\u00a0-\u024f\u0259\u0268\u0292\u02b0-\u02ff\u0300-\u0338\u1e00-\u1eff"
    r"\u2010-\u2027\u2030-\u203a\u2044\u2070-\u209c\u20ac\u2122\u212a\u212b\u2190-\u2193"
    r"\u2212\u221e\u2248\u2260\u2264\u2265\ua788\ua78b\ua78c"
)
_NOT_LATIN = re.compile(f"[^{_LETTERS}]")
LATIN = f"^[{_LETTERS}]*$"
"""A text of these letters alone, as a pattern that ECMA 262, Rust and Python read alike."""


def first_not_latin(text: str) -> str:
    """The first sign that is not of the Latin character set, or ""."""
    found = _NOT_LATIN.search(text)
    return found[0] if found else ""
