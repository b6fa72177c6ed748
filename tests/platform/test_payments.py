"""Payment before issue: asked for, paid at a provider that really runs, late, twice or never."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dog_tax
import httpx
import pytest
import time_machine
from desk import Staff
from django.conf import settings
from django.db import connection
from django.test import Client
from tests.stack import running_payment_provider

from amtsweg.platform.casework import actions as casework
from amtsweg.platform.casework.models import (
    Case,
    CaseState,
    Deadline,
    JournalEntry,
    Task,
    TaskState,
)
from amtsweg.platform.delivery.models import MailboxMessage
from amtsweg.platform.federation import vault, wall
from amtsweg.platform.federation.codes import new_code
from amtsweg.platform.federation.models import Role
from amtsweg.platform.payments import actions, jobs, provider
from amtsweg.platform.payments.errors import AmountDiffers, NotPayable
from amtsweg.platform.payments.models import Payment, PaymentState
from amtsweg.platform.transport import actions as transport

FOLDER = dog_tax.FOLDER.parent / "geburtsurkunde"
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
COMPLETE = {"decision": "complete", "interest": "not_needed", "exemption": "not_claimed"}


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(TUESDAY, tick=True) as clock:
        yield clock


@pytest.fixture
def pay_site():
    """The payment provider, running."""
    with running_payment_provider(settings.AMTSWEG):
        yield


@pytest.fixture
def offer(acting_as, town):
    with acting_as("worker"):
        return dog_tax.offer(town("Dresden"), FOLDER)


@pytest.fixture
def clerk(hire, offer) -> Staff:
    return hire(offer.authority, Role.CLERK)


@dataclass
class Applicant:
    """Somebody who ordered certificates, and their case."""

    code: str
    case: Case
    browser: Client
    office: Any

    def payment(self) -> Payment:
        with wall.scope(code=vault.blind(self.code)):
            return Payment.objects.get()

    def page(self, *, status: int = 200) -> str:
        answer = self.browser.get(f"/zahlung/{self.payment().pk}/")
        assert answer.status_code == status
        return answer.content.decode()

    def press_at_provider(self, what: str = "pay") -> str:
        """Pay or cancel at the provider's page; the address to which it leads back."""
        answer = httpx.post(self.payment().pay_url, data={"do": what})
        assert answer.status_code == 303
        return answer.headers["location"]

    def come_back(self, address: str) -> str:
        answer = self.browser.get(address.removeprefix(settings.BASE_URL), follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    def kinds(self) -> list[str]:
        with wall.scope(code=vault.blind(self.code)):
            return list(MailboxMessage.objects.order_by("id").values_list("kind", flat=True))

    def journal(self) -> list[str]:
        with wall.scope(authority=self.case.authority_id):
            lines = JournalEntry.objects.filter(case=self.case).order_by("number")
            return list(lines.values_list("entry", flat=True))

    def open_tasks(self) -> list[str]:
        with wall.scope(authority=self.case.authority_id):
            tasks = Task.objects.filter(case=self.case, state=TaskState.OPEN)
            return list(tasks.values_list("name", flat=True))

    def state(self) -> str:
        with wall.scope(authority=self.case.authority_id):
            self.case.refresh_from_db()
        return self.case.state

    def look_after(self) -> None:
        """What the worker does for the payment now."""
        with self.office():
            jobs.look_after(str(self.case.authority_id), str(self.payment().pk))

    def wake(self) -> None:
        with self.office():
            casework.wake(self.case.pk)


@pytest.fixture
def order(acting_as, offer, clerk):
    """`order("dresden-eine-urkunde")`: a golden case's application, accepted and checked."""

    @contextmanager
    def office():
        with acting_as("worker"), wall.scope(authority=offer.authority.pk):
            yield

    def make(name: str = "dresden-eine-urkunde", **check: str) -> Applicant:
        golden = next(c for t in dog_tax.read(FOLDER).towns for c in t.cases if c.name == name)
        answers, files = golden.complete_answers()
        digest = hashlib.sha512(dog_tax.PDF).hexdigest()
        infos = [replace(one, size=len(dog_tax.PDF), sha512=digest) for one in files.values()]
        code = new_code()
        with wall.scope(code=vault.blind(code)):
            sent = transport.submit(
                offer.destination,
                data=json.dumps(answers).encode(),
                metadata={},
                attachments=[transport.OutgoingAttachment(one, dog_tax.PDF) for one in infos],
                edition_hash=offer.edition_hash,
                account=None,
                code_hash=vault.blind(code),
                language=golden.language,
            )
        with office():
            transport.accept(sent.pk)
            case = Case.objects.get(submission=sent)
            task = Task.objects.get(case=case, state=TaskState.OPEN)
        with wall.scope(authority=offer.authority.pk):
            casework.complete_task(task.pk, member=clerk.member, result={**COMPLETE, **check})
        browser = Client()
        assert browser.post("/status/", {"code": code}).status_code == 302
        return Applicant(code, case, browser, office)

    return make


def provider_rows(statement: str) -> list[Any]:
    """What the provider keeps."""
    with closing(
        sqlite3.connect(settings.AMTSWEG.home / "paying" / "transactions.sqlite3")
    ) as file:
        found = file.execute(statement).fetchall()
        file.commit()
        return found


def waiting_jobs(case: Case) -> list[datetime]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduled_at FROM procrastinate_jobs WHERE status = 'todo'"
            " AND task_name LIKE '%%look_after' AND args->>'authority_id' = %s",
            [str(case.authority_id)],
        )
        return [row[0] for row in cursor.fetchall()]


# --- the good way -----------------------------------------------------------------------------


def test_what_is_paid_goes_on_to_be_issued(order, pay_site, clerk):
    person = order()
    assert person.state() == CaseState.PAYMENT
    assert person.open_tasks() == []
    at_the_desk = clerk.browser.get(f"/amt/vorgang/{person.case.pk}/").content.decode()
    assert "Die Zahlung ist angefordert" in at_the_desk
    assert "Frist ruht seit" in at_the_desk
    waiting = clerk.browser.get("/amt/", {"ablage": "waiting"}).content.decode()
    assert person.case.reference in waiting
    assert "Wartet auf Zahlung" in waiting
    assert "Jetzt bezahlen" in person.come_back(f"/status/{person.case.reference}/")
    shown = person.page()
    assert "15,00\u00a0€" in shown
    assert person.payment().pay_url in shown
    assert "Die Gebühr ist bezahlt" in person.come_back(person.press_at_provider())
    assert person.payment().state == PaymentState.PAID
    assert (person.state(), person.open_tasks()) == (CaseState.OPEN, ["issue"])
    assert person.kinds()[-2:] == ["payment_requested", "payment_received"]
    assert "payment_received" in person.journal()
    beside = clerk.browser.get(f"/amt/vorgang/{person.case.pk}/").content.decode()
    assert "Gezahlt" in beside
    assert person.payment().provider_reference in beside


def test_the_deadline_rests_while_the_payment_is_open(order, pay_site, tuesday):
    person = order()
    with person.office():
        before = Deadline.objects.get(case=person.case).due_on
    person.look_after()
    back = person.press_at_provider()
    tuesday.shift(timedelta(days=5))
    person.look_after()
    with person.office():
        deadline = Deadline.objects.get(case=person.case)
    assert (deadline.rested_days, deadline.due_on) == (5, before + timedelta(days=5))
    assert person.browser.get(back).status_code == 302


def test_the_provider_learns_amount_purpose_and_reference_and_nothing_personal(order, pay_site):
    person = order()
    person.look_after()
    ((kept,),) = provider_rows(
        f"SELECT request FROM payment WHERE request_id = '{person.payment().request_id}'"
    )
    request = json.loads(kept)
    assert request["purpose"] == f"{person.case.reference} Geburtsurkunde"
    assert len(request["purpose"]) <= 27
    assert (request["grosAmount"], request["currency"]) == (15.0, "EUR")
    assert "requestor" not in request
    for personal in ("Muster", "Anna", "1990", "Königsbrücker", "anna.muster"):
        assert personal not in kept


def test_what_is_free_is_not_paid(order):
    person = order("dresden-rente", exemption="proven")
    assert person.open_tasks() == ["issue"]
    with person.office():
        assert not Payment.objects.exists()


def test_whoever_applied_in_english_comes_back_in_english(order, pay_site):
    person = order("dresden-auf-englisch")
    person.look_after()
    back = person.press_at_provider()
    assert back.startswith(f"{settings.BASE_URL}/en/")
    shown = person.come_back(back)
    assert "The fee is paid" in shown
    assert "Gebühr" not in re.sub(r"<nav.*?</nav>", "", shown, flags=re.DOTALL)


# --- what goes wrong --------------------------------------------------------------------------


def test_a_provider_that_is_down_loses_nothing(order):
    person = order()
    person.look_after()
    assert person.payment().state == PaymentState.REQUESTED
    assert waiting_jobs(person.case)
    assert "Die Zahlung wird vorbereitet" in person.page()
    with running_payment_provider(settings.AMTSWEG):
        person.look_after()
        assert person.payment().state == PaymentState.OPEN
        assert "Die Gebühr ist bezahlt" in person.come_back(person.press_at_provider())


def test_whoever_pays_and_never_comes_back_has_paid(order, pay_site):
    person = order()
    person.look_after()
    person.press_at_provider()
    assert person.payment().state == PaymentState.OPEN
    person.look_after()
    assert person.payment().state == PaymentState.PAID
    assert person.open_tasks() == ["issue"]


def test_a_double_click_pays_once_and_is_told_once(order, pay_site):
    person = order()
    person.look_after()
    url = person.payment().pay_url
    for _ in range(2):
        back = httpx.post(url, data={"do": "pay"}).headers["location"]
    httpx.post(url, data={"do": "cancel"})
    for _ in range(2):
        assert "Die Gebühr ist bezahlt" in person.come_back(back)
    person.look_after()
    with person.office():
        actions.settle(person.payment().pk, reference="again")
    assert person.kinds().count("payment_received") == 1
    assert person.journal().count("payment_received") == 1
    assert person.payment().provider_reference.startswith("DEMO-")


def test_an_answer_of_the_provider_that_was_lost_makes_no_second_debt(order, pay_site):
    person = order()
    payment = person.payment()
    with person.office():
        first = provider.create(actions._request(payment))
    person.look_after()
    assert person.payment().transaction_id not in {"", first.id}
    assert person.payment().request_id != payment.request_id
    assert first.pay_url not in person.page()


def test_whoever_breaks_off_can_try_again(order, pay_site):
    person = order()
    person.look_after()
    shown = person.come_back(person.press_at_provider("cancel"))
    assert "Die Zahlung wurde abgebrochen" in shown
    assert person.state() == CaseState.PAYMENT
    assert person.journal()[-1] == "payment_failed"
    payment = person.payment()
    answer = person.browser.post(f"/zahlung/{payment.pk}/", follow=True)
    assert "Jetzt bezahlen" in answer.content.decode()
    assert person.payment().request_id != payment.request_id
    assert "Die Gebühr ist bezahlt" in person.come_back(person.press_at_provider())


def test_whoever_does_not_pay_is_reminded_and_then_told_that_it_is_over(order, pay_site, tuesday):
    person = order()
    person.look_after()
    left_open = person.payment().pay_url
    tuesday.shift(timedelta(days=16, minutes=1))
    person.wake()
    assert person.kinds()[-1] == "payment_reminded"
    assert person.state() == CaseState.PAYMENT
    tuesday.shift(timedelta(days=15))
    person.wake()
    assert person.state() == CaseState.PAYMENT
    tuesday.shift(timedelta(days=1))
    person.wake()
    assert person.state() == CaseState.CLOSED
    assert person.case.outcome == "unpaid"
    assert person.payment().state == PaymentState.WITHDRAWN
    assert "payment_withdrawn" in person.journal()
    browser = Client()
    browser.post("/status/", {"code": person.code})
    person.browser = browser
    shown = person.page()
    assert "Die Zahlungsfrist ist abgelaufen" in shown
    assert "Jetzt bezahlen" not in shown
    assert left_open not in shown
    assert "Jetzt bezahlen" not in person.come_back(f"/status/{person.case.reference}/")

    back = httpx.post(left_open, data={"do": "pay"}).headers["location"]
    assert "kam nach Ablauf der Frist" in person.come_back(back)
    assert person.payment().state == PaymentState.LATE
    assert person.kinds()[-1] == "payment_late"
    assert person.journal()[-1] == "payment_late"
    assert person.state() == CaseState.CLOSED


def test_the_last_day_counts_to_its_end(order, pay_site, tuesday):
    person = order()
    person.look_after()
    last = person.payment().pay_until
    tuesday.move_to(datetime(last.year, last.month, last.day, 23, 59, tzinfo=TUESDAY.tzinfo))
    person.wake()
    person.press_at_provider()
    tuesday.shift(timedelta(hours=2))
    person.wake()
    person.look_after()
    assert person.payment().state == PaymentState.PAID


def test_money_that_comes_after_the_deadline_is_noticed_without_the_person(
    order, pay_site, tuesday
):
    person = order()
    person.look_after()
    person.press_at_provider()
    tuesday.shift(timedelta(days=32, minutes=1))
    person.wake()
    person.look_after()
    assert person.payment().state == PaymentState.LATE


def test_another_amount_than_asked_for_is_not_taken_for_paid(order, pay_site):
    person = order()
    person.look_after()
    payment = person.payment()
    person.press_at_provider()
    provider_rows(
        "UPDATE payment SET request = json_set(request, '$.grosAmount', 1)"
        f" WHERE id = '{payment.transaction_id}'"
    )
    with pytest.raises(AmountDiffers):
        person.look_after()
    assert "Jetzt bezahlen" in person.come_back(f"/zahlung/{payment.pk}/zurueck/")
    assert person.payment().state == PaymentState.OPEN


@pytest.mark.parametrize("amount", [0, -1, provider.MOST_CENTS + 1])
def test_nothing_and_too_much_cannot_be_asked_for(order, amount):
    person = order()
    with pytest.raises(NotPayable), person.office():
        actions.request_payment(
            person.case.pk, amount_cents=amount, purpose="x", until=TUESDAY.date()
        )


def test_the_provider_is_asked_often_at_first_and_seldom_later(order, tuesday):
    payment = order().payment()
    assert jobs.pause(payment) == jobs.SHORTEST_PAUSE
    tuesday.shift(timedelta(minutes=40))
    assert timedelta(minutes=9) < jobs.pause(payment) < timedelta(minutes=11)
    tuesday.shift(timedelta(days=3))
    assert jobs.pause(payment) == jobs.LONGEST_PAUSE
    payment.state = PaymentState.PAID
    assert jobs.finished(payment)


# --- the wall ---------------------------------------------------------------------------------


def test_nobody_else_sees_or_pays_it(order, town):
    person, other = order(), order("dresden-drei-gleiche")
    payment = person.payment()
    for scope in ({}, {"authority": town("Radebeul").pk}, {"code": vault.blind(new_code())}):
        with wall.scope(**scope):
            assert not Payment.objects.exists()
    assert other.browser.get(f"/zahlung/{payment.pk}/").status_code == 404
    assert other.browser.get(f"/zahlung/{payment.pk}/zurueck/").status_code == 404
    assert other.browser.post(f"/zahlung/{payment.pk}/").status_code == 404
    assert Client().get(f"/zahlung/{payment.pk}/")["Location"] == "/status/"


def test_a_token_never_stands_in_a_page(order, pay_site):
    person = order()
    token = settings.AMTSWEG.payment.token
    assert token not in person.page()
    assert token not in httpx.get(person.payment().pay_url).text


def test_the_log_of_the_provider_holds_no_ids(order, pay_site, capfd):
    person = order()
    person.page()
    assert person.payment().transaction_id
    assert person.payment().transaction_id not in "".join(capfd.readouterr())


def test_the_file_of_the_provider_is_closed_to_others(order, pay_site):
    folder = Path(settings.AMTSWEG.home / "paying")
    assert folder.stat().st_mode & 0o077 == 0
