"""Accounts: whoever signed in once. No password, no name in clear text."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amtsweg.platform.federation.ids import uuid7


class TrustLevel(models.IntegerChoices):
    """How surely a sign-in proves who somebody is (the numbers are those of STORK-QAA)."""

    NONE = 0, _("ohne Anmeldung")
    BASIC = 1, _("Basis (Benutzername und Passwort)")
    SUBSTANTIAL = 3, _("substanziell (Softwarezertifikat)")
    HIGH = 4, _("hoch (Online-Ausweis)")


class Account(models.Model):
    """A person or a member of staff, known by the keyed hash of issuer and subject.

    `sealed_profile` is JSON under the platform's key: given_name, family_name, birthdate, email, address.
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

    def __str__(self) -> str:
        return str(self.id)
