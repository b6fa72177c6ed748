"""Bytes that are nearly right: how a document is damaged, the same way for the same chance."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

Way: TypeAlias = Callable[[bytes, Sequence[bytes], random.Random], bytes]

_TAG = re.compile(rb"<[^<>]{1,300}>")
_TEXT = re.compile(rb">[^<>]{1,200}<|\"[^\"\n]{0,80}\"")
_WORD = re.compile(rb"[A-Za-z0-9_.-]+")
ODD = [
    b"", b" ", b"0", b"-1", b"1e999999999", b"99999999999999999999999", b"NaN", b"\xc2\xb2", b"true",
    b"\xed\xa0\x80", b"\xff\xfe", b"\x00", b"\xe2\x80\xae", b"&#0;", b"&#xD800;", b"&x;", b"<a/>",
    b"]]>", b"<![CDATA[x]]>", b"<!-- -->", b"<?x y?>", b"\n", b"\\", b"\\u0000", b"\\ud800", b"'", b'"',
    b"[" * 600, b"(" * 600, b"{" * 600, b"a" * 70_000, b"(a+)+", b"[z-a]", b"{999999999}", b"1:*", b"0:0",
    b"5:2", b"2025-02-30", b"0000-00-00", b"answers", b"answers.x", b"today", b"not(", b"..", b"null",
    b"[].map(x, x)", b"urn:x", b"-", b"../../x", b"#", b"__class__", b"{{7*7}}", "ä😀".encode(),
]  # fmt: skip


def damaged(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """One of the seeds with one to six things changed."""
    document = chance.choice(seeds)
    if chance.random() < 0.02:
        return chance.randbytes(chance.randint(0, 200))
    for _ in range(chance.choice([1, 1, 1, 2, 3, 6])):
        document = chance.choice(_WAYS)(document, seeds, chance)
    return document


def _flip(document: bytes, _seeds: Sequence[bytes], chance: random.Random) -> bytes:
    if not document:
        return b"\x00"
    at = chance.randrange(len(document))
    return document[:at] + bytes([chance.randrange(256)]) + document[at + 1 :]


def _cut(document: bytes, _seeds: Sequence[bytes], chance: random.Random) -> bytes:
    at = chance.randint(0, len(document))
    return document[:at] + document[at + chance.randint(1, 400) :]


def _end(document: bytes, _seeds: Sequence[bytes], chance: random.Random) -> bytes:
    return document[: chance.randint(0, len(document))]


def _put(document: bytes, _seeds: Sequence[bytes], chance: random.Random) -> bytes:
    at = chance.randint(0, len(document))
    return document[:at] + chance.choice(ODD) + document[at:]


def _again(document: bytes, _seeds: Sequence[bytes], chance: random.Random) -> bytes:
    at = chance.randint(0, len(document))
    return (
        document[:at]
        + document[at : at + chance.randint(1, 400)] * chance.choice([2, 3, 50])
        + (document[at:])
    )


def _mixed(document: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(seeds)
    begin = chance.randint(0, len(other))
    at = chance.randint(0, len(document))
    return document[:at] + other[begin : begin + chance.randint(1, 600)] + document[at:]


def _swapped(pattern: re.Pattern[bytes]) -> Way:
    """Put something odd, or what stands elsewhere, in the place of one match."""

    def change(document: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
        begin = chance.randint(0, len(document))
        found = pattern.search(document, begin) or pattern.search(document)
        if found is None:
            return document
        place = chance.randint(0, len(document))
        other = pattern.search(document, place) or found
        new = other[0]
        if chance.random() < 0.6:
            inner = chance.choice(ODD)
            new = found[0][:1] + inner + found[0][-1:] if pattern is not _WORD else inner
        elif chance.random() < 0.2:
            new = b""
        return document[: found.start()] + new + document[found.end() :]

    return change


_WAYS = [
    _flip, _cut, _end, _put, _again, _mixed,
    *[_swapped(_TEXT)] * 5, *[_swapped(_TAG)] * 3, *[_swapped(_WORD)] * 4,
]  # fmt: skip
