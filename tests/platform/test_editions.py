"""Two editions of the dog tax, because the law changed between them: which one applies to whom."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dog_tax
import pytest
import time_machine

from amtsweg.kit.package import read_package
from amtsweg.platform.casework.models import Case
from amtsweg.platform.catalogue import actions as catalogue
from amtsweg.platform.catalogue import queries
from amtsweg.platform.catalogue.models import Adoption
from amtsweg.platform.federation import wall
from amtsweg.platform.intake import actions as intake
from amtsweg.platform.transport import actions as transport

FOLDER = Path(__file__).parents[2] / "services" / "hundesteuer"
BERLIN = ZoneInfo("Europe/Berlin")
LAST_MINUTE = datetime(2024, 12, 31, 23, 59, tzinfo=BERLIN)
NEW_YEAR = datetime(2025, 1, 1, 0, 1, tzinfo=BERLIN)
CODE = b"c" * 32


@pytest.fixture
def clock():
    with time_machine.travel(LAST_MINUTE, tick=True) as clock:
        yield clock


@pytest.fixture
def adoption(acting_as: Any, town: Any, clock: Any) -> Adoption:
    """Dresden's adoption, made when the older edition was in force."""
    edition = read_package(FOLDER).editions[0]
    dresden = next(one for one in edition.towns if one.ars == dog_tax.DRESDEN)
    with acting_as("worker"):
        service = catalogue.publish(FOLDER)
        return catalogue.adopt(town("Dresden"), service, dresden.parameters)


def begun_under(adoption: Adoption) -> date:
    """In force since when the edition is under which somebody begins to apply now."""
    draft, _page = intake.start(adoption, account=None, profile={})
    return queries.compiled(draft.edition_id).in_force_from


def test_who_begins_in_the_old_year_is_asked_by_its_edition(adoption, clock):
    assert begun_under(adoption) == date(2024, 1, 1)
    clock.move_to(NEW_YEAR)
    assert begun_under(adoption) == date(2025, 1, 1)


def test_what_was_sent_in_the_old_year_stays_with_its_edition(acting_as, adoption, clock):
    old = queries.edition_in_force(adoption.service)
    assert old is not None
    with acting_as("worker"):
        door = dog_tax.open_door(adoption.authority, adoption.service)
    dresden = next(t for t in queries.compiled(old.hash).towns if t.ars == dog_tax.DRESDEN)
    with wall.scope(code=CODE):
        sent = transport.submit(
            door,
            data=json.dumps(dresden.cases[0].complete_answers()[0]).encode(),
            metadata={},
            attachments=(),
            edition_hash=old.hash,
            account=None,
            code_hash=CODE,
        )
    clock.move_to(NEW_YEAR)
    with acting_as("worker"), wall.scope(authority=adoption.authority_id):
        transport.accept(sent.pk)
        case = Case.objects.get(submission=sent)
    assert case.edition_id == old.hash
    assert case.applied_on == date(2024, 12, 31)
    now = queries.edition_in_force(adoption.service)
    assert now is not None
    assert now.in_force_from == date(2025, 1, 1)
