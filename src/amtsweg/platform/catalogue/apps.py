"""The room's registration."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Services, editions, adoptions."""

    name = "amtsweg.platform.catalogue"
    label = "catalogue"
