"""What may stand in a text: normal form, forbidden signs, IBAN, e-mail, telephone."""

from __future__ import annotations

import re
import unicodedata

# Control characters but tab and line feed; lone surrogates and non-characters; U+202A–202E and
# U+2066–2069, which turn the direction of what follows and so make a text read as another.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u2028\u2029"
    "\u202a-\u202e\u2066-\u2069]"
)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_EMAIL = re.compile(
    r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[^\s@.<>()\[\],;:\\\"]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}"
)
_TEL = re.compile(r"\+?[0-9()/. \-]{3,40}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_IBAN_LENGTHS = {"AT": 20, "BE": 16, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FR": 27}
_IBAN_LENGTHS |= {"IT": 27, "LU": 20, "NL": 18, "PL": 28, "SE": 24, "SK": 24}
_MAX_EMAIL = 254


def normal(raw: str, *, lines: bool = False) -> str:
    """The text in NFC without blanks around it; line breaks become LF, or a blank in one line."""
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip() if lines else text.replace("\n", " ").replace("\t", " ").strip()


def forbidden(text: str) -> bool:
    """Whether control, direction-turning or broken characters stand in the text."""
    return _FORBIDDEN.search(text) is not None


def is_email(text: str) -> bool:
    """Whether this can be an e-mail address (RFC 5321 lengths, international names allowed)."""
    local = text.partition("@")[0]
    dots_right = not (local.startswith(".") or local.endswith(".") or ".." in text)
    return len(text) <= _MAX_EMAIL and dots_right and _EMAIL.fullmatch(text) is not None


def is_tel(text: str) -> bool:
    """Whether this can be a telephone number: signs of one, and at least three digits."""
    return _TEL.fullmatch(text) is not None and sum(map(str.isdigit, text)) >= 3


def compact(text: str) -> str:
    """Upper case without any blanks, as an IBAN is kept."""
    return _SPACES.sub("", text).upper()


def is_iban(text: str) -> bool:
    """Whether the check digits of a compact IBAN are right (ISO 13616, mod 97-10 of ISO 7064)."""
    if not _IBAN.fullmatch(text) or len(text) != _IBAN_LENGTHS.get(text[:2], len(text)):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1
