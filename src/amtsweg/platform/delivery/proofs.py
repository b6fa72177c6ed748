"""Under which keys a sealed notice is found and opened."""

from __future__ import annotations

from amtsweg.platform.delivery.models import Notice
from amtsweg.platform.federation import vault


def pdf_context(notice: Notice) -> str:
    """The vault context of a notice's PDF."""
    return f"notice:{notice.pk}"


def by_code(code: str) -> bytes:
    """By what a proof is found with the verification code."""
    return vault.blind(f"verification:{code}")


def by_file(sha512: bytes) -> bytes:
    """By what a proof is found with the file."""
    return vault.blind(b"file:" + sha512)
