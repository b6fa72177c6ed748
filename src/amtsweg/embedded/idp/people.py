"""The invented people of the demo, read from people.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who can sign in at the demo.

    `role` is empty for a private person, otherwise the role's word in the federation (clerk, head,
    navigator, service_author, programme_office); `town` is the town's slug, empty for the state.
    """

    username: str
    sub: str
    given_name: str
    family_name: str
    email: str
    birthdate: str = ""
    trust_level: str = ""
    role: str = ""
    town: str = ""
    address: Mapping[str, str] = field(default_factory=dict)

    @property
    def claims(self) -> dict[str, object]:
        """What the identity provider tells the portal; absent facts are left out."""
        claims: dict[str, object] = {
            "sub": self.sub,
            "name": f"{self.given_name} {self.family_name}",
            "given_name": self.given_name,
            "family_name": self.family_name,
            "preferred_username": self.username,
            "email": self.email,
            "email_verified": True,
            "birthdate": self.birthdate,
            "trust_level": self.trust_level,
            "address": dict(self.address),
        }
        return {name: value for name, value in claims.items() if value}


@cache
def people() -> Mapping[str, DemoPerson]:
    """All demo people by user name."""
    text = (Path(__file__).parent / "people.toml").read_text(encoding="utf-8")
    found = (DemoPerson(**entry) for entry in tomllib.loads(text)["people"])
    return {person.username: person for person in found}
