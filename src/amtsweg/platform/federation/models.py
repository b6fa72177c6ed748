"""Tables that all rooms stand on: areas, authorities, members, data keys, audit log, wrong codes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from . import vault
from .ids import uuid7

NAME_CONTEXT = "member.name"


class AreaKind(models.TextChoices):
    """Levels of the federation; a city that is its own district or state counts as a municipality."""

    FEDERATION = "federation", _("Bund")
    STATE = "state", _("Land")
    DISTRICT = "district", _("Landkreis")
    ASSOCIATION = "association", _("Gemeindeverband")
    MUNICIPALITY = "municipality", _("Gemeinde")
    UNINCORPORATED = "unincorporated", _("Gemeindefreies Gebiet")


class Area(models.Model):
    """A region with its key (ARS); `state`, `district`, `association` are keys of the areas around it."""

    ars = models.CharField(primary_key=True, max_length=12)
    ags = models.CharField(max_length=8, blank=True, db_index=True)
    name = models.CharField(max_length=100)
    designation = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=16, choices=AreaKind)
    population = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=12, blank=True)
    district = models.CharField(max_length=12, blank=True)
    association = models.CharField(max_length=12, blank=True)
    seat_postcode = models.CharField(max_length=5, blank=True)
    register_date = models.DateField(null=True)
    gone = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["name"]
        indexes: ClassVar = [
            models.Index(Lower("name"), name="area_name"),
            models.Index(fields=["state", "kind"], name="area_state_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.designation}" if self.designation else self.name


class AreaPostcode(models.Model):
    """A postcode of a municipality: many to many, with the place's name under that postcode."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="postcodes")
    postcode = models.CharField(max_length=5, db_index=True)
    place = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "postcode", "place"], name="area_postcode_once")
        ]

    def __str__(self) -> str:
        return f"{self.postcode} {self.place}"


class Authority(models.Model):
    """A body that holds tasks for an area: the tenant. All its columns are public facts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="authorities")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=AreaKind)
    street = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    place = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    url = models.URLField(blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "authorities"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "name"], name="authority_name_once_in_area")
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do for its authority."""

    CLERK = "clerk", _("Sachbearbeitung")
    HEAD = "head", _("Leitung")
    NAVIGATOR = "navigator", _("Digital-Navigator")
    SERVICE_AUTHOR = "service_author", _("Leistungsredaktion")
    PROGRAMME_OFFICE = "programme_office", _("Programmbüro")


class Member(models.Model):
    """An account's place in an authority. The name is sealed with the authority's key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="members"
    )
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="members")
    role = models.CharField(max_length=20, choices=Role)
    sealed_name = models.BinaryField(blank=True, default=b"")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "authority", "role"], name="member_role_once"
            )
        ]

    @property
    def name(self) -> str:
        """What colleagues call the member; empty before the first sign-in."""
        if not self.sealed_name:
            return ""
        return vault.unseal(self.authority_id, self.sealed_name, NAME_CONTEXT).decode()

    def __str__(self) -> str:
        return f"{self.role} {self.id}"


class DataKey(models.Model):
    """A key that seals one owner's content, wrapped by the installation's master key."""

    owner = models.UUIDField()
    version = models.PositiveSmallIntegerField()
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "version"], name="data_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.owner} v{self.version}"


class AuditEntry(models.Model):
    """Who looked at or was refused what, and when. Append-only in the database; never personal data."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    authority = models.ForeignKey(
        Authority, null=True, on_delete=models.PROTECT, related_name="audit_entries"
    )
    actor = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes: ClassVar = [
            models.Index(fields=["authority", "-at"], name="audit_authority_at"),
            models.Index(fields=["subject"], name="audit_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class FailedGuess(models.Model):
    """One wrong code from one blinded network address: what slows guessing down.

    Rows older than the window that counts are deleted by a job.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "failed guesses"
        indexes: ClassVar = [models.Index(fields=["source", "at"], name="failed_guess_source")]

    def __str__(self) -> str:
        return str(self.id)
