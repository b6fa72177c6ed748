"""What changes in the federation: areas from registers, authorities, members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from . import register, vault, wall
from .audit import audit
from .models import NAME_CONTEXT, Area, AreaKind, AreaPostcode, Authority, Member, Role

_FACTS = (
    "ags",
    "name",
    "designation",
    "kind",
    "population",
    "state",
    "district",
    "association",
    "seat_postcode",
)
_STORED = (*_FACTS, "register_date", "gone")
_BATCH = 2000


@dataclass(frozen=True)
class AreaChange:
    """An area that differs from what was known: fact → (before, after)."""

    ars: str
    name: str
    facts: dict[str, tuple[Any, Any]]


@dataclass
class LoadReport:
    """What reading a register changed. `gone` areas stay for the authorities that refer to them."""

    rows: int = 0
    municipalities: int = 0
    new: list[str] = field(default_factory=list)
    changed: list[AreaChange] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: int = 0
    newer_known: int = 0


def load_saxony() -> LoadReport:
    """Bring the shipped facts about Saxony in; facts from a newer register stay."""
    return _load(register.read_saxony())


def load_register(path: Path) -> LoadReport:
    """Bring an official register file (GV100AD) in. Idempotent.

    Areas that the file no longer has are marked as gone, in the states that it covers. Facts from a
    newer register stay. Raises register.RegisterError, OSError.
    """
    return _load(register.read_gv100ad(path))


@transaction.atomic
def _load(areas: Sequence[register.AreaFacts]) -> LoadReport:
    known = {area.ars: area for area in Area.objects.select_for_update()}
    report = LoadReport(
        rows=sum(1 for area in areas if area.ags),
        municipalities=sum(1 for area in areas if area.kind == AreaKind.MUNICIPALITY),
    )
    stored: list[Area] = []
    confirmed: list[str] = []
    for facts in areas:
        before = known.get(facts.ars)
        if before is None:
            report.new.append(facts.ars)
            stored.append(_area(facts))
        elif before.register_date and before.register_date > facts.register_date:
            report.newer_known += 1
        elif differing := _differences(before, facts):
            report.changed.append(AreaChange(facts.ars, facts.name, differing))
            stored.append(_area(facts))
        else:
            report.unchanged += 1
            if before.register_date != facts.register_date:
                confirmed.append(facts.ars)
    Area.objects.bulk_create(
        stored,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["ars"],
        update_fields=_STORED,
    )
    register_date = areas[0].register_date
    Area.objects.filter(ars__in=confirmed).update(register_date=register_date)
    report.gone = _mark_gone(areas, known, register_date)
    _store_postcodes(areas)
    return report


def _area(facts: register.AreaFacts) -> Area:
    values = {name: getattr(facts, name) for name in _FACTS}
    return Area(ars=facts.ars, register_date=facts.register_date, gone=False, **values)


def _differences(before: Area, facts: register.AreaFacts) -> dict[str, tuple[Any, Any]]:
    pairs = {name: (getattr(before, name), getattr(facts, name)) for name in _FACTS}
    # The federation's own population is not in a register of one state.
    differing = {
        name: pair for name, pair in pairs.items() if pair[0] != pair[1] and pair[1] is not None
    }
    if before.gone:
        differing["gone"] = (True, False)
    return differing


def _mark_gone(
    areas: Sequence[register.AreaFacts], known: dict[str, Area], register_date: date
) -> list[str]:
    present = {area.ars for area in areas}
    covered = {area.state for area in areas if area.state}
    gone = [
        ars
        for ars, area in known.items()
        if area.state in covered
        and ars not in present
        and not area.gone
        and (area.register_date is None or area.register_date <= register_date)
    ]
    Area.objects.filter(ars__in=gone).update(gone=True)
    return sorted(gone)


def _store_postcodes(areas: Sequence[register.AreaFacts]) -> None:
    """Add what is not known yet. A register knows only the seat's postcode: it completes, never replaces."""
    with_postcodes = set(AreaPostcode.objects.values_list("area_id", flat=True).distinct())
    rows = [
        AreaPostcode(area_id=area.ars, postcode=code, place=place)
        for area in areas
        for code, place in (
            area.postcodes or ({(area.seat_postcode, area.name)} if area.seat_postcode else set())
        )
        if area.postcodes or area.ars not in with_postcodes
    ]
    AreaPostcode.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)


def create_authority(
    area: Area, name: str, *, kind: AreaKind | None = None, **contact: Any
) -> Authority:
    """Set an authority up for an area, with its own data key. Idempotent by area and name.

    `contact`: street, postcode, place, email, phone, url, demo.
    """
    authority, created = Authority.objects.get_or_create(
        area=area, name=name, defaults={"kind": kind or AreaKind(area.kind), **contact}
    )
    if created:
        vault.seal(authority.id, b"", "first use")
    return authority


def add_member(account_id: UUID, authority: Authority, role: Role, *, name: str = "") -> Member:
    """Give an account a role in an authority; the name is what colleagues see. Idempotent."""
    with wall.within(wall.Scope(authority=authority.id)):
        member, created = Member.objects.get_or_create(
            account_id=account_id,
            authority=authority,
            role=role,
            defaults={"sealed_name": _sealed_name(authority.id, name)},
        )
        if created:
            audit(
                "member_added",
                authority=authority.id,
                subject=f"member {member.id}",
                detail={"role": role},
            )
        elif not member.active:
            member.active = True
            member.save(update_fields=["active"])
            audit("member_reactivated", authority=authority.id, subject=f"member {member.id}")
    return member


def deactivate_member(member: Member, *, by: Member) -> None:
    """End a membership; the row stays, because journals name it. Heads of the same authority only."""
    with wall.within(wall.Scope(authority=by.authority_id)):
        if by.role != Role.HEAD or by.authority_id != member.authority_id:
            raise PermissionError("Only the head of an authority ends its memberships.")
        Member.objects.filter(id=member.id).update(active=False)
        audit(
            "member_deactivated",
            authority=by.authority_id,
            actor=by.account_id,
            subject=f"member {member.id}",
        )


def remember_name(member: Member, name: str) -> None:
    """Keep the name that the identity provider gives, for colleagues; runs in the authority's scope."""
    if name and name != member.name:
        Member.objects.filter(id=member.id).update(
            sealed_name=_sealed_name(member.authority_id, name)
        )


def _sealed_name(authority: UUID, name: str) -> bytes:
    return vault.seal(authority, name.encode(), NAME_CONTEXT) if name else b""
