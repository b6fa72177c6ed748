"""Codes that people read aloud and type: no look-alikes, and a check digit that finds the slip.

The alphabet has 31 symbols, a prime: a weighted sum modulo 31 finds every single wrong symbol and every
swap of two symbols. I, L, O, S and Z are left out and read as the digits that they resemble.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRTUVWXY"
CODE_LENGTH = 16
REFERENCE_LENGTH = 8

_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOK_ALIKES = str.maketrans("ILOSZ", "11052")
_LONGEST_INPUT = 64


def _check_digit(body: str) -> str:
    weighted = sum(weight * _VALUE[symbol] for weight, symbol in enumerate(body, start=1))
    return ALPHABET[
        -weighted % len(ALPHABET) * pow(len(body) + 1, -1, len(ALPHABET)) % len(ALPHABET)
    ]


def _with_check_digit(length: int) -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
    return body + _check_digit(body)


def _grouped(symbols: str) -> str:
    return "-".join(symbols[start : start + 4] for start in range(0, len(symbols), 4))


def _normalised(text: str, length: int) -> str | None:
    if len(text) > _LONGEST_INPUT:
        return None
    compact = "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())
    symbols = compact.translate(_LOOK_ALIKES)
    if len(symbols) != length or not all(symbol in _VALUE for symbol in symbols):
        return None
    return symbols if symbols[-1] == _check_digit(symbols[:-1]) else None


def new_code() -> str:
    """A secret code of four groups of four symbols: 74 random bits and a check digit."""
    return _grouped(_with_check_digit(CODE_LENGTH))


def parse_code(text: str) -> str | None:
    """The code that a person typed in the form of `new_code`, or None if it cannot be one.

    Case, blanks, dashes and look-alike letters do not matter.
    """
    symbols = _normalised(text, CODE_LENGTH)
    return None if symbols is None else _grouped(symbols)


def new_reference(prefix: str) -> str:
    """A case number such as `HS-7F3K-9MQ2`: 35 random bits and a check digit; the caller keeps it unique."""
    return f"{prefix}-{_grouped(_with_check_digit(REFERENCE_LENGTH))}"


def parse_reference(text: str) -> str | None:
    """The case number that a person typed, in the form of `new_reference`, or None if it has a slip."""
    words = "-".join(text[:_LONGEST_INPUT].upper().split()).split("-")
    prefix, symbols = "-".join(words[:-2]), _normalised("".join(words[-2:]), REFERENCE_LENGTH)
    return f"{prefix}-{_grouped(symbols)}" if prefix and symbols is not None else None
