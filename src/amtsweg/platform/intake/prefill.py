"""What a sign-in tells about a person, in the words that a package's ``prefill`` uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# "Hauptstraße 12 a", "Am Markt 3-5": the last part that begins with a digit is the number.
_STREET = re.compile(r"(?P<street>.*?\S)\s+(?P<number>\d+\s?\w?(?:\s?[-/]\s?\d+\s?\w?)?)")


def facts(profile: Mapping[str, Any]) -> dict[str, str]:
    """Facts by name ("person.family_name") from OpenID Connect's claims; what is not told is absent."""
    address = profile.get("address") or {}
    street, number = _split(str(address.get("street_address") or ""))
    found = {
        "given_name": profile.get("given_name"),
        "family_name": profile.get("family_name"),
        "birthdate": profile.get("birthdate"),
        "email": profile.get("email"),
        "street": street,
        "house_number": number,
        "postcode": address.get("postal_code"),
        "place": address.get("locality"),
    }
    return {f"person.{name}": str(value) for name, value in found.items() if value}


def _split(text: str) -> tuple[str, str]:
    first = text.strip().partition("\n")[0].strip()
    match = _STREET.fullmatch(first)
    return (match["street"], match["number"]) if match else (first, "")
