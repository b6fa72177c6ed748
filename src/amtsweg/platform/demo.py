"""The demo: Saxony's municipalities as authorities, and invented people who work in some of them.

Safe to repeat. Runs as the worker's login. Rooms add their part by a `demo.py` with a function `seed`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from amtsweg.embedded.idp.people import DemoPerson, people
from amtsweg.platform.federation import actions as federation
from amtsweg.platform.federation.models import Area, AreaKind, Authority, Role
from amtsweg.platform.identity import actions as identity
from amtsweg.platform.identity.models import TrustLevel
from amtsweg.platform.identity.provider import subject_of

SAXONY = "140000000000"
TOWNS = {
    "dresden": "146120000000",
    "radebeul": "146270210210",
    "moritzburg": "146270150150",
    "weinboehla": "146270310310",
    "coswig": "146270010010",
    "doebeln": "145220080080",
    "neschwitz": "146255223360",
    "zittau": "146260610610",
}
# Numbers and addresses that nobody has: for films (Federal Network Agency) and by RFC 2606.
_NO_PHONE = "030 23125 000"
_NO_DOMAIN = "example"
_UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}


def seed() -> None:
    """Bring the demo's areas, authorities and people in, then what the rooms add."""
    federation.load_saxony()
    seed_authorities()
    seed_people()
    for room_seed in _rooms():
        room_seed()


def _rooms() -> list[Callable[[], None]]:
    rooms = ("catalogue", "transport")
    modules = (f"amtsweg.platform.{room}.demo" for room in rooms)
    return [import_module(module).seed for module in modules if find_spec(module)]


def seed_authorities() -> None:
    """One authority for the state and one for each municipality, with contacts that nobody has."""
    areas = Area.objects.filter(state=SAXONY, gone=False)
    areas = areas.filter(kind=AreaKind.MUNICIPALITY) | areas.filter(ars=SAXONY)
    known = set(Authority.objects.values_list("area_id", flat=True))
    Authority.objects.bulk_create(_authority(area) for area in areas if area.ars not in known)


def seed_people() -> None:
    """The accounts and memberships of the demo's staff; private persons get theirs by signing in."""
    for person in people().values():
        if person.role:
            _seed_member(person)


def _authority(area: Area) -> Authority:
    domain = f"{_slug(area.name)}.{_NO_DOMAIN}"
    return Authority(
        area=area,
        name=authority_name(area),
        kind=area.kind,
        street="Musterplatz 1",
        postcode=area.seat_postcode,
        place=area.name,
        email=f"rathaus@{domain}",
        phone=_NO_PHONE,
        url=f"https://www.{domain}/",
        demo=True,
    )


def authority_name(area: Area) -> str:
    """How the body calls itself: Landeshauptstadt Dresden, Stadt Coswig, Gemeinde Moritzburg."""
    if area.kind == AreaKind.STATE:
        return f"Freistaat {area.name}"
    if area.ars == TOWNS["dresden"]:
        return f"Landeshauptstadt {area.name}"
    return f"{'Stadt' if 'stadt' in area.designation.lower() else 'Gemeinde'} {area.name}"


def _seed_member(person: DemoPerson) -> None:
    area = TOWNS[person.town] if person.town else SAXONY
    profile = {name: value for name, value in person.claims.items() if name != "sub"}
    account = identity.account_for(subject_of(person.sub), profile, TrustLevel.BASIC)
    federation.add_member(
        account.id,
        Authority.objects.get(area_id=area),
        Role(person.role),
        name=account.display_name,
    )


def _slug(name: str) -> str:
    lower = name.lower().translate(_UMLAUTS)
    plain = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())
