"""Patterns of XML Schema (XSD 1.0 part 2, appendix F), matched in linear time.

A pattern comes from a file that anybody may have written. So it runs in an engine that cannot
be made to search for ages (Rust's regex, by way of jsonschema-rs), and its size is bounded.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final, TypeAlias

import jsonschema_rs

MAX_PATTERN = 1_000
_MAX_COMPILED_BYTES = 2_000_000

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""A set of signs: first and last code point of each run."""

_QUANTIFIER = re.compile(r"[?*+]|\{[0-9]{1,4}(?:,[0-9]{0,4})?\}")
_PLAIN = frozenset(" !\"#%',/:;<=>@_")
_SYNTAX = frozenset("^$\\.*+?()[]{}|")
_BREAKS: Final[Ranges] = ((0x0A, 0x0A), (0x0D, 0x0D))
_NAME_START: Final[Ranges] = (
    (0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6),
    (0xF8, 0x2FF), (0x370, 0x1FFF),
)  # fmt: skip
_NAME: Final[Ranges] = (
    *_NAME_START, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F)
)  # fmt: skip
_BLOCKS: Final[Mapping[str, Ranges]] = {
    "BasicLatin": ((0, 0x7F),),
    "Latin-1Supplement": ((0x80, 0xFF),),
    "LatinExtended-A": ((0x100, 0x17F),),
    "LatinExtended-B": ((0x180, 0x24F),),
    "LatinExtendedAdditional": ((0x1E00, 0x1EFF),),
    "CombiningDiacriticalMarks": ((0x300, 0x36F),),
    "Greek": ((0x370, 0x3FF),),
    "Cyrillic": ((0x400, 0x4FF),),
    "CurrencySymbols": ((0x20A0, 0x20CF),),
}
_SINGLE: Final = {"n": 0x0A, "r": 0x0D, "t": 0x09}
_SURROGATES: Final[Ranges] = ((0xD800, 0xDFFF),)


class PatternError(ValueError):
    """A pattern is not a regular expression of XML Schema; the text says why."""


def translate(pattern: str) -> str:
    r"""The pattern, anchored, in the syntax that ECMA 262 (flag u), Rust and Python share.

    Sets of signs are written out, since engines differ in ``\d``, ``\w`` and ``\p{L}``; ``\d`` are
    the digits 0 to 9, as authors of forms mean it. XML Schema patterns have no anchors, but many
    real ones write ``^`` and ``$``: outside of classes these two mean beginning and end here.
    Raises PatternError on what XML Schema does not know (look-around, back references).
    """
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"The pattern has more than {MAX_PATTERN} characters.")
    return _Reader(pattern).whole()


def matcher(pattern: str) -> Callable[[str], bool]:
    """A function that says whether a whole value fits; raises PatternError."""
    translated = translate(pattern)
    options = jsonschema_rs.RegexOptions(size_limit=_MAX_COMPILED_BYTES)
    try:
        validator = jsonschema_rs.Draft202012Validator(
            {"type": "string", "pattern": translated}, pattern_options=options
        )
    except ValueError as error:
        raise PatternError(f"The pattern '{pattern}' cannot be read.") from error
    return validator.is_valid


class _Reader:
    """Reads a pattern once from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._open = 0

    def whole(self) -> str:
        """The whole pattern, translated."""
        out: list[str] = []
        repeatable = False
        while sign := self._peek():
            if found := _QUANTIFIER.match(self._pattern, self._at):
                if not repeatable:
                    raise PatternError(f"The sign '{found[0]}' has nothing to repeat.")
                self._at = found.end()
                out.append(found[0])
                repeatable = False
            else:
                self._at += 1
                out.append(self._class_or_sign(sign) or self._bracket(sign))
                repeatable = sign not in "(|^$"
        if self._open:
            raise PatternError("The pattern lacks a closing bracket.")
        return f"^(?:{''.join(out)})$"

    def _class_or_sign(self, sign: str) -> str:
        if sign == "[":
            return _written(self._class())
        if sign == "\\":
            return _atom(self._escape())
        if sign == ".":
            return f"[^{_body(_BREAKS)}]"
        if sign == "{":
            raise PatternError("After '{' a number of repetitions is missing.")
        return "" if sign in "()" else sign if sign in "|^$" else _sign(ord(sign))

    def _bracket(self, sign: str) -> str:
        self._open += 1 if sign == "(" else -1
        if self._open < 0:
            raise PatternError("The pattern has a closing bracket too many.")
        if sign == "(" and self._peek() == "?":
            raise PatternError('XML Schema has no patterns with "(?".')
        return "(?:" if sign == "(" else ")"

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _class(self) -> Ranges:
        """A class in square brackets, of which the first is read already."""
        negated = self._peek() == "^"
        self._at += negated
        found: list[tuple[int, int]] = []
        without: Ranges = ()
        low: int | None = None
        while (sign := self._peek()) != "]":
            self._at += 1
            if not sign:
                raise PatternError("The pattern lacks a closing square bracket.")
            if sign == "-" and self._peek() == "[":
                self._at += 1
                without = self._class()
                if self._peek() != "]":
                    raise PatternError("After a class that is taken away, ']' must follow.")
                break
            if sign == "[":
                raise PatternError("In a class, '[' is written '\\['.")
            if sign == "-" and low is not None and self._peek() not in ("]", ""):
                found[-1] = (low, self._last_of_range(low))
                low = None
                continue
            one = self._escape() if sign == "\\" else ((ord(sign), ord(sign)),)
            single = len(one) == 1 and one[0][0] == one[0][1]
            low = one[0][0] if single else None
            found += one
        self._at += 1
        if not found:
            raise PatternError("A class is empty.")
        chosen = _complement(found) if negated else tuple(found)
        return _complement([*_complement(chosen), *without]) if without else chosen

    def _last_of_range(self, low: int) -> int:
        sign = self._peek()
        self._at += 1
        one = self._escape() if sign == "\\" else ((ord(sign), ord(sign)),)
        if len(one) != 1 or one[0][0] != one[0][1] or one[0][0] < low:
            raise PatternError(f"The range from '{chr(low)}' has no end.")
        return one[0][0]

    def _escape(self) -> Ranges:
        """The signs that an escape stands for, of which the backslash is read already."""
        sign = self._peek()
        self._at += 1
        if not sign:
            raise PatternError("The pattern ends with a single backslash.")
        if sign in "pP":
            chosen = self._property()
        elif sign in _SINGLE:
            return ((_SINGLE[sign],) * 2,)
        elif sign.lower() in "dswic":
            chosen = _multi(sign.lower())
        elif sign.isalnum():
            raise PatternError(f"XML Schema has no '\\{sign}' in patterns.")
        else:
            return ((ord(sign),) * 2,)
        return _complement(chosen) if sign.isupper() else chosen

    def _property(self) -> Ranges:
        end = self._pattern.find("}", self._at)
        if self._peek() != "{" or end < 0:
            raise PatternError("After \\p the name of a class in braces is missing.")
        name = self._pattern[self._at + 1 : end]
        self._at = end + 1
        if name.startswith("Is"):
            if name[2:] not in _BLOCKS:
                raise PatternError(f"The block of characters '{name}' is not supported.")
            return _BLOCKS[name[2:]]
        if not (chosen := _category(name)):
            raise PatternError(f"Unicode has no category of characters '{name}'.")
        return chosen


def _multi(letter: str) -> Ranges:
    """The sets with a letter of their own."""
    if letter == "w":
        # All but punctuation, separators and others.
        return tuple(run for category in "LMNS" for run in _category(category))
    sets = {"d": ((0x30, 0x39),), "s": ((0x09, 0x0A), (0x0D, 0x0D), (0x20, 0x20))}
    return {**sets, "i": _NAME_START, "c": _NAME}[letter]


def _category(name: str) -> Ranges:
    """The signs of a general category of Unicode ("Lu") or of all that begin so ("L")."""
    if not name:
        return ()
    return tuple(run for key, runs in _categories().items() if key.startswith(name) for run in runs)


@lru_cache(maxsize=1)
def _categories() -> dict[str, list[tuple[int, int]]]:
    runs: dict[str, list[tuple[int, int]]] = {}
    first, known = 0, unicodedata.category("\0")
    for point in range(1, sys.maxunicode + 2):
        category = unicodedata.category(chr(point)) if point <= sys.maxunicode else ""
        if category != known:
            runs.setdefault(known, []).append((first, point - 1))
            first, known = point, category
    return runs


def _complement(runs: Iterable[tuple[int, int]]) -> Ranges:
    result = []
    free = 0
    for first, last in sorted(runs):
        if first > free:
            result.append((free, first - 1))
        free = max(free, last + 1)
    if free <= sys.maxunicode:
        result.append((free, sys.maxunicode))
    return tuple(result)


def _atom(runs: Ranges) -> str:
    if len(runs) == 1 and runs[0][0] == runs[0][1]:
        return _sign(runs[0][0])
    return _written(runs)


def _written(runs: Ranges) -> str:
    """A class, by what it holds or by what it leaves out, whichever is shorter."""
    # No text holds a lone surrogate, and Rust's engine knows none.
    outside = _complement([*runs, *_SURROGATES])
    inside = _complement([*outside, *_SURROGATES])
    if not inside:
        raise PatternError("A class is empty.")
    if outside and len(outside) < len(inside):
        return f"[^{_body(outside)}]"
    return f"[{_body(inside)}]"


def _body(runs: Ranges) -> str:
    out = []
    for first, last in runs:
        out.append(_sign(first))
        if last > first:
            out.append(("-" if last > first + 1 else "") + _sign(last))
    return "".join(out)


def _sign(point: int) -> str:
    """One sign as all three engines read it, in a class or outside."""
    sign = chr(point)
    if point > 0xFFFF or (sign.isalnum() and point < 0x180) or sign in _PLAIN:
        return sign
    if sign in _SYNTAX:
        return "\\" + sign
    return f"\\u{point:04x}"
