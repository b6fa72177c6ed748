"""Reads about areas and authorities. Public facts: no scope needed."""

from __future__ import annotations

import re

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from amtsweg.platform.statements import Columns, Statement

from .models import Area, AreaKind, Authority

_POSTCODE_AND_PLACE = re.compile(r"(?P<postcode>\d{5})?\s*(?P<place>.*)", re.DOTALL)
LONGEST_INPUT = 100

_BY_KEY_OF_LENGTH = {
    12: Statement(
        "SELECT {area} FROM federation_area AS area WHERE area.ars = %s", area=Columns(Area)
    ),
    8: Statement(
        "SELECT {area} FROM federation_area AS area WHERE area.ags = %s ORDER BY area.ars",
        area=Columns(Area),
    ),
}


def municipalities_at(text: str, *, limit: int = 20) -> list[Area]:
    """Municipalities for a postcode, a name or both ("01468", "Moritzburg", "01468 Moritzburg").

    A name finds the municipality or a place within it, exact matches first. One query.
    """
    match = _POSTCODE_AND_PLACE.fullmatch(" ".join(text[:LONGEST_INPUT].split()))
    postcode, place = (match["postcode"], match["place"]) if match else (None, "")
    if not postcode and not place:
        return []
    found = Area.objects.filter(kind=AreaKind.MUNICIPALITY, gone=False)
    if postcode:
        found = found.filter(postcodes__postcode=postcode)
    if place:
        found = found.filter(Q(name__istartswith=place) | Q(postcodes__place__istartswith=place))
    ranked = found.annotate(
        rank=Case(
            When(name__iexact=place, then=Value(0)),
            When(name__istartswith=place, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
    )
    return list(ranked.order_by("rank", "name", "ars").distinct()[:limit])


def area(key: str) -> Area | None:
    """The area with this regional key (ARS, 12 digits) or municipality key (AGS, 8 digits)."""
    statement = _BY_KEY_OF_LENGTH.get(len(key))
    row = statement.first(key) if statement else None
    return row[0] if row else None


def authorities_for(area_: Area) -> QuerySet[Authority]:
    """Authorities of an area and of the areas around it."""
    keys = {area_.ars, area_.association, area_.district, area_.state} - {""}
    return Authority.objects.filter(area_id__in=keys).select_related("area")
