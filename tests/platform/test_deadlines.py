"""Until when the authority must have acted: the three days of § 15 (1) GewO over weekends and holidays."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dog_tax
import pytest
import time_machine
from desk import Staff

from amtsweg.kit.package import read_package
from amtsweg.platform.casework import actions, deadlines
from amtsweg.platform.casework.models import Case, Deadline, Message, Task, TaskState
from amtsweg.platform.catalogue import actions as catalogue
from amtsweg.platform.catalogue import queries
from amtsweg.platform.federation import wall
from amtsweg.platform.federation.models import Role
from amtsweg.platform.transport import actions as transport

FOLDER = Path(__file__).parents[2] / "services" / "gewerbeanmeldung"
THURSDAY = datetime(2026, 11, 26, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
CODE = b"c" * 32


@pytest.fixture
def thursday():
    with time_machine.travel(THURSDAY, tick=True) as clock:
        yield clock


@pytest.fixture
def trade(acting_as, town) -> Case:
    """A sole trader's notification in Döbeln, accepted on the day it is."""
    authority = town("Döbeln")
    edition = read_package(FOLDER).editions[-1]
    doebeln = next(one for one in edition.towns if one.ars == authority.area_id)
    golden = next(one for one in doebeln.cases if one.name == "doebeln-unterlagen-nachgereicht")
    with acting_as("worker"):
        service = catalogue.publish(FOLDER)
        catalogue.adopt(authority, service, doebeln.parameters)
        door = dog_tax.open_door(authority, service)
        in_force = queries.edition_in_force(service)
    assert in_force is not None
    with wall.scope(code=CODE):
        sent = transport.submit(
            door,
            data=json.dumps(golden.complete_answers()[0]).encode(),
            metadata={},
            attachments=(),
            edition_hash=in_force.hash,
            account=None,
            code_hash=CODE,
        )
    with acting_as("worker"), wall.scope(authority=authority.pk):
        transport.accept(sent.pk)
        return Case.objects.select_related("authority").get(submission=sent)


def finish(case: Case, clerk: Staff, **result: str) -> None:
    task = Task.objects.get(case=case, state=TaskState.OPEN)
    actions.complete_task(task.pk, member=clerk.member, result=result)


def due(case: Case) -> date:
    return Deadline.objects.get(case=case).due_on


@pytest.mark.parametrize(
    ("received", "place", "until"),
    [
        (date(2026, 11, 23), "Döbeln", date(2026, 11, 26)),  # Monday to Thursday
        (date(2026, 11, 26), "Döbeln", date(2026, 11, 30)),  # ends on a Sunday
        (date(2026, 11, 15), "Döbeln", date(2026, 11, 19)),  # the Day of Repentance is Saxony's
        (date(2026, 12, 23), "Döbeln", date(2026, 12, 28)),  # Boxing Day, a Saturday
        (date(2025, 4, 16), "Dresden", date(2025, 4, 22)),  # Saturday before Easter
        (date(2026, 10, 28), "Dresden", date(2026, 11, 2)),  # Reformation Day, a Saturday
    ],
)
def test_three_days_end_on_a_working_day_of_the_state(town, received, place, until):
    case = Case(authority=town(place))
    assert deadlines.last_day(case, 3, since=received) == until


def test_the_receipt_is_due_on_the_next_working_day(thursday, trade):
    with wall.scope(authority=trade.authority_id):
        assert due(trade) == date(2026, 11, 30)


def test_three_days_begin_anew_when_the_documents_are_there(thursday, trade, hire):
    clerk = hire(trade.authority, Role.CLERK)
    with wall.scope(authority=trade.authority_id):
        finish(trade, clerk, decision="request_documents", documents="Bitte den Ausweis.")
        message = Message.objects.get(case=trade)
        assert message.answer_until == date(2026, 12, 10)
        thursday.shift(timedelta(days=6))
        actions.documents_received(trade.pk, message_id=message.pk, text="", files=[])
        # Wednesday, 2 December, and three days: a Saturday. The six days of rest do not count again.
        assert due(trade) == date(2026, 12, 7)


def test_a_deadline_that_rested_runs_on_to_a_working_day(thursday, case, clerk, offer):
    with wall.scope(authority=offer.authority.pk):
        assert due(case) == date(2026, 12, 28)  # thirty days: Boxing Day
        finish(case, clerk, decision="request_documents", documents="Bitte den Nachweis.")
        message = Message.objects.get(case=case)
        thursday.shift(timedelta(days=4))
        actions.documents_received(case.pk, message_id=message.pk, text="", files=[])
        assert due(case) == date(2027, 1, 4)  # four days later is New Year's Day
