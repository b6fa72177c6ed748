"""Patterns of XML Schema (XSD 1.0 part 2, appendix F), matched in linear time.

A pattern comes from a file that anybody may have written. So it runs in an engine that cannot
be made to search for ages (Rust's regex, by way of jsonschema-rs), and its size is bounded.
"""

from __future__ import annotations

from collections.abc import Callable

import jsonschema_rs

MAX_PATTERN = 1_000
_MAX_COMPILED_BYTES = 2_000_000

_NAME_START = r":_A-Za-z\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{1FFF}"
_NAME = _NAME_START + r"\-.0-9\u{B7}\u{300}-\u{36F}"
_BLOCKS = {
    "IsBasicLatin": r"\u{0}-\u{7F}",
    "IsLatin-1Supplement": r"\u{80}-\u{FF}",
    "IsLatinExtended-A": r"\u{100}-\u{17F}",
    "IsLatinExtended-B": r"\u{180}-\u{24F}",
    "IsLatinExtendedAdditional": r"\u{1E00}-\u{1EFF}",
    "IsCombiningDiacriticalMarks": r"\u{300}-\u{36F}",
    "IsGreek": r"\u{370}-\u{3FF}",
    "IsCyrillic": r"\u{400}-\u{4FF}",
    "IsCurrencySymbols": r"\u{20A0}-\u{20CF}",
}


class PatternError(ValueError):
    """A pattern is not a regular expression of XML Schema; the text says why."""


def translate(pattern: str) -> str:
    """The pattern, anchored, in the syntax that ECMA 262 (flag u) and Rust share.

    XML Schema patterns have no anchors, but many real ones write ``^`` and ``$``: outside of
    classes these two mean beginning and end here. Raises PatternError on what XML Schema does
    not know (look-around, back references) and on what the shared syntax cannot say (a class
    within a class, ``[a-z-[aeiou]]``).
    """
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"The pattern has more than {MAX_PATTERN} characters.")
    out = []
    depth = 0
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            piece, at = _escape(pattern, at, inside=depth > 0)
            out.append(piece)
            continue
        if sign == "[":
            if depth:
                raise PatternError(
                    "A class within a class is not supported; write the characters out."
                )
            depth = 1
        elif sign == "]" and depth:
            depth = 0
        elif sign == "(" and not depth and pattern.startswith("(?", at):
            raise PatternError('XML Schema has no patterns with "(?".')
        elif depth and sign in "&~":
            sign = "\\" + sign
        out.append(sign)
        at += 1
    if depth:
        raise PatternError("The pattern lacks a closing square bracket.")
    return f"^(?:{''.join(out)})$"


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


def _escape(pattern: str, at: int, *, inside: bool) -> tuple[str, int]:
    """One escape that begins at ``at``, translated, and where the next sign stands."""
    sign = pattern[at + 1 : at + 2]
    if not sign:
        raise PatternError("The pattern ends with a single backslash.")
    if sign in "pP":
        end = pattern.find("}", at)
        name = pattern[at + 3 : end]
        if pattern[at + 2 : at + 3] != "{" or end < 0:
            raise PatternError("After \\p the name of a class in braces is missing.")
        if not name.startswith("Is"):
            return f"\\{sign}{{{name}}}", end + 1
        if name not in _BLOCKS:
            raise PatternError(f"The block of characters '{name}' is not supported.")
        return _set(_BLOCKS[name], negated=sign == "P", inside=inside), end + 1
    if sign in "iIcC":
        body = _NAME_START if sign in "iI" else _NAME
        return _set(body, negated=sign.isupper(), inside=inside), at + 2
    if sign.isdigit() or sign in "bBAzZkx":
        raise PatternError(f"XML Schema has no '\\{sign}' in patterns.")
    plain_dash = sign == "-" and not inside
    return ("-" if plain_dash else f"\\{sign}"), at + 2


def _set(body: str, *, negated: bool, inside: bool) -> str:
    """A class of its own, or a part of the class that we stand in."""
    if inside and negated:
        raise PatternError("A negation within a class is not supported; write the characters out.")
    return body if inside else f"[{'^' if negated else ''}{body}]"
