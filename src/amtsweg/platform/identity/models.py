"""Accounts: whoever signed in once. No password, no name in clear text."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from amtsweg.platform.federation import vault
from amtsweg.platform.federation.ids import uuid7

PROFILE_CONTEXT = "account.profile"


class TrustLevel(models.IntegerChoices):
    """How surely a sign-in proves who somebody is (the numbers are those of STORK-QAA)."""

    NONE = 0, _("ohne Anmeldung")
    BASIC = 1, _("Basis (Benutzername und Passwort)")
    SUBSTANTIAL = 3, _("substanziell (Softwarezertifikat)")
    HIGH = 4, _("hoch (Online-Ausweis)")


class Account(models.Model):
    """A person or a member of staff, known by the keyed hash of issuer and subject.

    `sealed_profile` is JSON under the platform's key, with the words of OpenID Connect: name,
    given_name, family_name, birthdate, email, address {street_address, postal_code, locality}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.BinaryField(unique=True)
    sealed_profile = models.BinaryField(default=b"")
    trust_level = models.PositiveSmallIntegerField(choices=TrustLevel, default=TrustLevel.BASIC)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    signed_in_at = models.DateTimeField(null=True)

    # Django asks a user model for these names; there is no other way in than the identity provider.
    USERNAME_FIELD = "subject"
    REQUIRED_FIELDS: tuple[str, ...] = ()
    is_authenticated = True
    is_anonymous = False

    @property
    def profile(self) -> dict[str, Any]:
        """What the identity provider told about the person; empty if nothing."""
        if not self.sealed_profile:
            return {}
        opened: dict[str, Any] = vault.unseal_json(
            vault.PLATFORM, self.sealed_profile, PROFILE_CONTEXT
        )
        return opened

    @property
    def display_name(self) -> str:
        """How to address the person; empty if the provider gave no name."""
        profile = self.profile
        parts = (profile.get("given_name"), profile.get("family_name"))
        return " ".join(part for part in parts if part) or str(profile.get("name") or "")

    def __str__(self) -> str:
        return str(self.id)
