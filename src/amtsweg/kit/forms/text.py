"""What may stand in a text: normal form, forbidden signs, IBAN, e-mail, telephone.

The patterns are written so that ECMA 262 (flag u), Rust and Python read them alike: the JSON
Schema of a form says the same as the checks here.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from amtsweg.kit.latin import LATIN

# Control characters but tab and line feed; lone surrogates and non-characters; U+202A–202E and
# U+2066–2069, which turn the direction of what follows and so make a text read as another.
# Lone surrogates are no part of JSON that is UTF-8, so that no pattern can speak of them.
_BROKEN = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\u2028\u2029"
    r"\u202a-\u202e\u2066-\u2069"
)
_FORBIDDEN = re.compile(rf"[{_BROKEN}\ud800-\udfff]")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_BLANK = r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_ATOM = rf'[^{_BLANK}"(),.:;<>@\[\\\]]'
_NO_WORD = r"\x7f-\xbf\xd7\xf7\u1680\u2000-\u206f\u3000-\u303f"
_TOP_LEVEL = rf"[^\x00-@\[-`{{-~{_NO_WORD}][^\x00-,./:-@\[-\^`{{-~{_NO_WORD}]{{1,62}}"
_EMAIL = rf"^{_ATOM}+(?:\.{_ATOM}+)*@(?:{_ATOM}{{1,63}}\.){{1,8}}{_TOP_LEVEL}$"
_EMAIL_LOCAL = r"^[^@]{1,64}@"
_TEL = r"^\+?[0-9()/. \-]{3,40}$"
_TEL_DIGITS = r"^[^0-9]*(?:[0-9][^0-9]*){3}"
_IBAN = r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"
_IBAN_LENGTHS = {"AT": 20, "BE": 16, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FR": 27}
_IBAN_LENGTHS |= {"IT": 27, "LU": 20, "NL": 18, "PL": 28, "SE": 24, "SK": 24}
_MAX_EMAIL = 254

DEFINITIONS: Final[dict[str, dict[str, Any]]] = {
    "text": {"pattern": f"^[^{_BROKEN}]*$"},
    "latin": {"pattern": LATIN},
    "email": {"maxLength": _MAX_EMAIL, "allOf": [{"pattern": _EMAIL}, {"pattern": _EMAIL_LOCAL}]},
    "tel": {"allOf": [{"pattern": _TEL}, {"pattern": _TEL_DIGITS}]},
    "iban": {
        "pattern": _IBAN,
        "allOf": [
            {
                "if": {"pattern": f"^{country}"},
                "then": {"minLength": length, "maxLength": length},
            }
            for country, length in _IBAN_LENGTHS.items()
        ],
    },
}
"""The same in JSON Schema. The check digits of an IBAN are beyond it."""


def normal(raw: str, *, lines: bool = False) -> str:
    """The text in NFC without blanks around it; line breaks become LF, or a blank in one line."""
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip() if lines else text.replace("\n", " ").replace("\t", " ").strip()


def forbidden(text: str) -> bool:
    """Whether control, direction-turning or broken characters stand in the text."""
    return _FORBIDDEN.search(text) is not None


def is_email(text: str) -> bool:
    """Whether this can be an e-mail address (RFC 5321 lengths, international names allowed)."""
    return len(text) <= _MAX_EMAIL and _is(_EMAIL, text) and _is(_EMAIL_LOCAL, text)


def is_tel(text: str) -> bool:
    """Whether this can be a telephone number: signs of one, and at least three digits."""
    return _is(_TEL, text) and _is(_TEL_DIGITS, text)


def compact(text: str) -> str:
    """Upper case without any blanks, as an IBAN is kept."""
    return _SPACES.sub("", text).upper()


def is_iban(text: str) -> bool:
    """Whether the check digits of a compact IBAN are right (ISO 13616, mod 97-10 of ISO 7064)."""
    if not _is(_IBAN, text) or len(text) != _IBAN_LENGTHS.get(text[:2], len(text)):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def _is(pattern: str, text: str) -> bool:
    """Whether a pattern fits, whose ``$`` is the very end: Python's lets a line feed follow."""
    return not text.endswith("\n") and re.search(pattern, text) is not None
