"""Time-ordered ids: new rows land at the end of every index."""

from __future__ import annotations

import os
import time
from uuid import UUID

_VERSION_AND_VARIANT = (7 << 76) | (0b10 << 62)
_RANDOM_BITS = ~((0xF << 76) | (0b11 << 62)) & ((1 << 80) - 1)


def uuid7() -> UUID:
    """A UUID of version 7 (RFC 9562 § 5.7): 48 bits of milliseconds since 1970, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big") & _RANDOM_BITS
    return UUID(int=(milliseconds << 80) | _VERSION_AND_VARIANT | random)
