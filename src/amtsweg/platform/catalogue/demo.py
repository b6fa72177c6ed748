"""The demo's services: the shipped packages, adopted by the towns of their golden cases.

Their parameters are examples from public statutes, marked as not confirmed by the town.
"""

from __future__ import annotations

from pathlib import Path

from amtsweg.platform.catalogue import actions, queries
from amtsweg.platform.federation.models import Authority

SHIPPED = Path(__file__).resolve().parents[4] / "services"


def seed() -> None:
    """Publish every shipped package and adopt it for the towns of its golden cases. Safe to repeat."""
    for folder in sorted(path.parent for path in SHIPPED.glob("*/package.toml")):
        service = actions.publish(folder)
        in_force = queries.edition_in_force(service)
        if in_force is None:
            continue
        towns = queries.compiled(in_force.hash).towns
        authorities = {
            authority.area_id: authority
            for authority in Authority.objects.filter(area_id__in=[town.ars for town in towns])
        }
        for town in towns:
            if town.ars in authorities:
                actions.adopt(authorities[town.ars], service, town.parameters)
