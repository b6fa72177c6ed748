"""Services, their immutable editions, and each authority's adoption of them.

Services and editions belong to everybody. Adoptions stand behind the tenant wall for writing and
are public for reading: whether a town offers a service, and at what fee, is no secret.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from amtsweg.platform.federation.ids import uuid7

TEXTS = ("summary", "who", "when", "documents", "cost", "time", "legal_basis", "remedy")
"""What a package can say about its service: sentences, and for the documents a list of them."""


class Level(models.TextChoices):
    """Which level of the federation carries a service out."""

    FEDERAL = "federal", _("Bund")
    STATE = "state", _("Land")
    DISTRICT = "district", _("Landkreis")
    MUNICIPALITY = "municipality", _("Gemeinde")


class Service(models.Model):
    """What people can ask for. Its words come from the newest published package.

    ``names`` is ``{"de": str, "en": str}``; ``texts`` is ``{"de": {key: str | list}, …}``.
    ``operations`` are ``{"id", "leika_key", "name": {"de": str, …}}``, none where there is only one thing
    to do. ``search_*`` are derived from both when a package is published.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=64, unique=True)
    names = models.JSONField()
    texts = models.JSONField(default=dict)
    leika_keys = ArrayField(models.CharField(max_length=14))
    operations = models.JSONField(default=list)
    ozg_bundle = models.CharField(max_length=16, blank=True, default="")
    level = models.CharField(max_length=16, choices=Level.choices, default=Level.MUNICIPALITY)
    trust_level = models.PositiveSmallIntegerField(default=0)
    search_de = SearchVectorField(null=True)
    search_en = SearchVectorField(null=True)
    search_words = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            GinIndex(fields=["leika_keys"], name="service_leika"),
            GinIndex(fields=["search_de"], name="service_search_de"),
            GinIndex(fields=["search_en"], name="service_search_en"),
            GinIndex(fields=["search_words"], name="service_words", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        """The name in the language of the request; German where there is no other."""
        return _spoken(self.names)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Id and name of each operation, in the request's language."""
        return [(one["id"], _spoken(one["name"])) for one in self.operations]

    def name_for(self, operation: str) -> str:
        """The name with that of an operation, by its id, LeiKa key or URN; without one if it has none."""
        wanted = operation.rpartition(":")[2]
        names = [one["name"] for one in self.operations if wanted in (one["id"], one["leika_key"])]
        return f"{self.name}: {_spoken(names[0])}" if names else self.name

    @property
    def text(self) -> dict[str, Any]:
        """What is said about the service, in the request's language, else in German.

        Has all of ``TEXTS``: those that the package does not say are empty.
        """
        texts: dict[str, dict[str, Any]] = self.texts
        said = texts.get((get_language() or "de")[:2], {})
        return {**dict.fromkeys(TEXTS, ""), **texts.get("de", {}), **said}


def _spoken(names: dict[str, str]) -> str:
    return names.get((get_language() or "de")[:2]) or names["de"]


class Edition(models.Model):
    """A service's content for one state of the law, named by its archive's hash; never changes.

    A correction of an edition is another edition in force from the same day.
    """

    hash = models.CharField(max_length=64, primary_key=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="editions")
    in_force_from = models.DateField()
    archive = models.BinaryField()
    published_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["service", "-in_force_from", "-published_at"], name="edition_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hash[:12]} ({self.in_force_from})"


class AdoptionState(models.TextChoices):
    """How far an authority is with a service. Only ``LIVE`` takes applications."""

    PLANNED = "planned", _("Geplant")
    AGREED = "agreed", _("Vereinbart")
    CONFIGURED = "configured", _("Eingerichtet")
    REHEARSED = "rehearsed", _("Erprobt")
    LIVE = "live", _("Online")
    SUSPENDED = "suspended", _("Ausgesetzt")


class Adoption(models.Model):
    """One authority's use of a service, with its own statute and fees as parameters.

    ``confirmed_at`` is empty as long as the parameters are examples that the town did not confirm.
    ``rehearsed_edition`` is the edition whose golden cases passed under these parameters.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authority = models.ForeignKey("federation.Authority", on_delete=models.PROTECT)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="adoptions")
    state = models.CharField(
        max_length=16, choices=AdoptionState.choices, default=AdoptionState.PLANNED
    )
    parameters = models.JSONField(default=dict)
    confirmed_at = models.DateTimeField(null=True)
    rehearsed_edition = models.ForeignKey(
        Edition, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "service"], name="adoption_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.state}"

    @property
    def is_live(self) -> bool:
        """Whether people can apply."""
        return self.state == AdoptionState.LIVE
