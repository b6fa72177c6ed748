"""Who runs this installation: the public facts of imprint, privacy and security pages.

Read from ``AMTSWEG_OPERATOR_NAME``, ``_STREET``, ``_POSTCODE``, ``_PLACE``, ``_PHONE``, ``_EMAIL``,
``_REPRESENTED_BY``, ``_PRIVACY_EMAIL``, ``_ACCESSIBILITY_EMAIL`` and ``_SECURITY_EMAIL``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Operator:
    """A public body or its provider; what is not set is empty, and the pages say so."""

    name: str
    street: str
    postcode: str
    place: str
    phone: str
    email: str
    represented_by: str
    privacy_email: str
    accessibility_email: str
    security_email: str

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Operator:
        """Read the settings; special addresses fall back to the general one."""
        given = {
            name: environ.get(f"AMTSWEG_OPERATOR_{name.upper()}", "").strip()
            for name in cls.__dataclass_fields__
        }
        for name in ("privacy_email", "accessibility_email", "security_email"):
            given[name] = given[name] or given["email"]
        return cls(**given)


@cache
def operator() -> Operator:
    """The operator of this installation."""
    return Operator.load(os.environ)
