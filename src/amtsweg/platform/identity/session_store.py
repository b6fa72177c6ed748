"""Where sessions are kept: Django's table, but neither key nor content in clear.

A session holds the provider's ID token, which quotes name, birthday and address. So its content is
sealed, and its row is found by the keyed hash of the cookie: whoever has a dump can neither read a
session nor take it over.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from amtsweg.platform.federation import vault

_KEY_SYMBOLS = 40
"""As many as Django's column holds: 160 bits of the hash."""


class SessionStore(db.SessionStore):
    """One session, by the key in the browser's cookie."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing if there is none, or it has expired or does not open."""
        row = self.model.objects.filter(
            session_key=_hidden(self.session_key), expire_date__gt=timezone.now()
        ).first()
        if row is not None:
            try:
                sealed = bytes.fromhex(row.session_data)
                found: dict[str, Any] = vault.unseal_json(
                    vault.PLATFORM, sealed, _context(row.session_key)
                )
            except (vault.VaultError, ValueError):
                row = None
            else:
                return found
        # A key that nobody was given is not taken over (fixation).
        self._session_key = None
        return {}

    def exists(self, session_key: str) -> bool:
        """Whether there is a session of this key."""
        return super().exists(_hidden(session_key))

    def delete(self, session_key: str | None = None) -> None:
        """End the session of this key, or this one."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(_hidden(key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row as it is stored."""
        key = _hidden(self.session_key)
        sealed = vault.seal_json(vault.PLATFORM, data, _context(key))
        return self.model(
            session_key=key, session_data=sealed.hex(), expire_date=self.get_expiry_date()
        )


def _hidden(session_key: str | None) -> str:
    return vault.blind(f"session:{session_key}").hex()[:_KEY_SYMBOLS]


def _context(hidden_key: str) -> str:
    return f"session:{hidden_key}"
