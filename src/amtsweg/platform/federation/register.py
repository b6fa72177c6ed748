"""Facts about areas, read from the official register (GV100AD) or from the shipped file of Saxony.

GV100AD is a text file of fixed columns, one record per line, published by the Federal Statistical
Office. Record types: 10 state, 20 and 30 (former) regions, 40 district, 50 association,
60 municipality. The regional key (ARS) of a municipality has its association between district and
municipality; a state, district or association has zeros where it does not go further.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import dropwhile
from pathlib import Path

from .models import AreaKind

SAXONY = Path(__file__).parent / "data" / "saxony.csv"
SAXONY_DATE = date(2023, 11, 30)
GERMANY = "000000000000"

_KINDS = {
    "10": AreaKind.STATE,
    "40": AreaKind.DISTRICT,
    "50": AreaKind.ASSOCIATION,
    "60": AreaKind.MUNICIPALITY,
}
_REGIONS = {"20", "30"}
_ASSOCIATION = "50"
_NO_ASSOCIATION = "50"
_UNINCORPORATED = {"65", "66"}


class RegisterError(Exception):
    """The file is not a register: says in which line what is wrong."""


@dataclass(frozen=True)
class AreaFacts:
    """What a register says about one area; postcodes as pairs of postcode and place."""

    ars: str
    name: str
    designation: str
    kind: AreaKind
    population: int | None
    register_date: date
    district: str = ""
    association: str = ""
    seat_postcode: str = ""
    postcodes: frozenset[tuple[str, str]] = field(default=frozenset(), compare=False)

    @property
    def ags(self) -> str:
        """The municipality's short key; empty for other areas."""
        is_local = self.kind in {AreaKind.MUNICIPALITY, AreaKind.UNINCORPORATED}
        return self.ars[:5] + self.ars[9:] if is_local else ""

    @property
    def state(self) -> str:
        """The key of the state; empty for the federation."""
        return "" if self.ars == GERMANY else self.ars[:2].ljust(12, "0")


def read_gv100ad(path: Path) -> list[AreaFacts]:
    """All areas of a register file; a city that is its own district or state appears once, as a city.

    The populations of states, districts and associations are the sums of their municipalities.
    Raises RegisterError, OSError.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            areas = [
                area
                for number, line in enumerate(lines, start=1)
                if (area := _gv100ad_record(line.rstrip("\n"), number)) is not None
            ]
    except UnicodeDecodeError as error:
        raise RegisterError(f"{path} is not UTF-8 text: give the file as published") from error
    if not any(area.kind == AreaKind.MUNICIPALITY for area in areas):
        raise RegisterError(f"{path} holds no municipality: give a GV100AD file as published")
    return _completed(areas)


def read_saxony() -> list[AreaFacts]:
    """The shipped facts about Saxony."""
    with SAXONY.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(dropwhile(lambda line: line.startswith("#"), lines))
        return _completed([_saxon_area(row) for row in rows])


def _gv100ad_record(line: str, number: int) -> AreaFacts | None:
    """The area of one record; None for a record that is no area of ours. Raises RegisterError."""
    record = line[:2]
    code = line[122:124]
    if record in _REGIONS or not line.strip():
        return None
    if record == _ASSOCIATION and code == _NO_ASSOCIATION:
        return None
    if record not in _KINDS:
        raise RegisterError(
            f"line {number} begins with {record!r}, which is no GV100AD record type"
        )
    name, _, designation = line[22:72].strip().partition(", ")
    kind = _KINDS[record]
    is_local = kind == AreaKind.MUNICIPALITY
    try:
        return AreaFacts(
            ars=_key(line[10:15].rstrip() + line[18:22].rstrip() + line[15:18].rstrip()),
            name=name,
            designation=designation,
            kind=AreaKind.UNINCORPORATED if is_local and code in _UNINCORPORATED else kind,
            population=int(line[139:150].ljust(11, "?")) if is_local else None,
            register_date=date(int(line[2:6]), int(line[6:8]), int(line[8:10])),
            seat_postcode=line[165:170].strip() if is_local else "",
        )
    except ValueError as error:
        raise RegisterError(f"line {number} is not a GV100AD record: {error}") from error


def _key(digits: str) -> str:
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"key {digits!r}")
    return digits.ljust(12, "0")


def _saxon_area(row: dict[str, str]) -> AreaFacts:
    pairs = (entry.partition("=") for entry in row["postcodes"].split("|") if entry)
    return AreaFacts(
        ars=row["ars"],
        name=row["name"],
        designation=row["designation"],
        kind=AreaKind(row["kind"]),
        population=int(row["population"]),
        register_date=SAXONY_DATE,
        seat_postcode=row["seat_postcode"],
        postcodes=frozenset((code, place or row["name"]) for code, _, place in pairs),
    )


def _completed(areas: Iterable[AreaFacts]) -> list[AreaFacts]:
    """One area per key, with the keys of the areas around it and summed populations."""
    by_key: dict[str, AreaFacts] = {}
    for area in areas:
        # The later record is the lower level: a city keeps its key, not the district of the same name.
        by_key[area.ars] = area
    people: Counter[str] = Counter()
    for area in by_key.values():
        for key in set(_around(area)):
            people[key] += area.population or 0 if area.ags else 0
    germany = AreaFacts(
        GERMANY,
        "Deutschland",
        "",
        AreaKind.FEDERATION,
        None,
        next(iter(by_key.values())).register_date,
    )
    return [germany, *(_placed(area, by_key, people) for area in by_key.values())]


def _around(area: AreaFacts) -> Iterator[str]:
    yield area.ars[:2].ljust(12, "0")
    yield area.ars[:5].ljust(12, "0")
    yield area.ars[:9].ljust(12, "0")


def _placed(area: AreaFacts, by_key: dict[str, AreaFacts], people: Counter[str]) -> AreaFacts:
    _, district, association = _around(area)
    if area.kind in {AreaKind.STATE, AreaKind.DISTRICT, AreaKind.ASSOCIATION}:
        area = replace(area, population=people[area.ars])
    return replace(
        area,
        district=district if district in by_key and area.kind != AreaKind.STATE else "",
        association=association if association in by_key and association != district else "",
    )
