"""From the sent application to the retrieved notice: what a person gets, and when it counts."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from smtplib import SMTPServerDisconnected
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import dog_tax
import pypdf
import pytest
import time_machine
from django.conf import settings
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from amtsweg.platform.casework import actions as casework
from amtsweg.platform.casework.models import Case, CaseState, Entry, JournalEntry, Task, TaskState
from amtsweg.platform.delivery import access, actions, issuing, mail, queries, seal
from amtsweg.platform.delivery.errors import AlreadyAnswered, MailNotSent, RetrievalEnded
from amtsweg.platform.delivery.models import (
    MailboxMessage,
    MailState,
    MessageKind,
    Notice,
    NoticeState,
    Outbox,
    Proof,
)
from amtsweg.platform.federation import vault, wall
from amtsweg.platform.federation.codes import new_code
from amtsweg.platform.federation.models import AuditEntry, Member, Role
from amtsweg.platform.identity import actions as identity
from amtsweg.platform.identity import sessions
from amtsweg.platform.identity.models import Account, TrustLevel
from amtsweg.platform.payments.models import Mandate
from amtsweg.platform.payments.queries import mandate_of
from amtsweg.platform.transport import actions as transport
from amtsweg.platform.transport.models import Submission

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
ADDRESS = "anna.muster@example.org"


@dataclass
class Person:
    """Somebody with an application, and a browser that knows the code."""

    code: str
    sent: Submission
    browser: Client

    @property
    def scope(self) -> Any:
        return wall.scope(code=vault.blind(self.code))


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(TUESDAY, tick=True) as clock:
        yield clock


@pytest.fixture(scope="module")
def seal_of_tuesday(tmp_path_factory) -> Path:
    """The installation's may be of today, which is later: it would not be valid yet."""
    folder = tmp_path_factory.mktemp("tuesday") / "seal"
    with time_machine.travel(TUESDAY):
        seal._make_demo_seal(folder)
    return folder


@pytest.fixture(autouse=True)
def own_seal(monkeypatch, seal_of_tuesday):
    monkeypatch.setenv("AMTSWEG_SEAL_CERT", str(seal_of_tuesday / "seal.pem"))
    monkeypatch.setenv("AMTSWEG_SEAL_KEY", str(seal_of_tuesday / "seal.key"))
    seal.current.cache_clear()
    yield
    seal.current.cache_clear()


@pytest.fixture
def offer(acting_as, town):
    with acting_as("worker"):
        return dog_tax.offer(town("Dresden"))


def answers(case: str) -> dict[str, Any]:
    """The answers of one of Dresden's golden cases."""
    town = next(town for town in dog_tax.read().towns if town.ars == dog_tax.DRESDEN)
    return next(dict(found.answers) for found in town.cases if found.name == case)


def apply(
    offer,
    *,
    account=None,
    reply_to: str | None = ADDRESS,
    case: str = "dresden-erster-hund",
    language: str = "de",
) -> Person:
    code = new_code()
    channel = {"replyChannel": {"eMail": {"address": reply_to}}} if reply_to else {}
    with wall.scope(code=vault.blind(code), account=account):
        sent = transport.submit(
            offer.destination,
            data=json.dumps(answers(case)).encode(),
            metadata=channel,
            attachments=(),
            edition_hash=offer.edition_hash,
            account=account,
            code_hash=vault.blind(code),
            language=language,
        )
    return Person(code, sent, Client())


@pytest.fixture
def person(offer) -> Person:
    return apply(offer)


@pytest.fixture
def clerk(acting_as, offer) -> Member:
    with acting_as("worker"):
        account = identity.account_for(b"k" * 32, {"given_name": "Klara"}, TrustLevel.SUBSTANTIAL)
        with wall.scope(authority=offer.authority.pk):
            name = vault.seal(offer.authority.pk, b"Klara Beispiel", "member.name")
            return Member.objects.create(
                account=account, authority=offer.authority, role=Role.CLERK, sealed_name=name
            )


class Office:
    """What the worker and the clerk do."""

    def __init__(self, acting_as, offer, clerk):
        self.acting_as, self.authority, self.clerk = acting_as, offer.authority, clerk

    @contextmanager
    def at_work(self):
        """The worker's rights in the authority's scope."""
        with self.acting_as("worker"), wall.scope(authority=self.authority.pk):
            yield

    def accept(self, person: Person) -> Case:
        with self.at_work():
            transport.accept(person.sent.pk)
            return Case.objects.get(submission=person.sent)

    def step(self, case: Case, result: dict[str, Any]) -> None:
        with wall.scope(authority=self.authority.pk):
            task = Task.objects.get(case=case, state=TaskState.OPEN)
            casework.complete_task(task.pk, member=self.clerk, result=result)

    def ask(self, case: Case) -> None:
        ask = {"decision": "request_documents", "documents": "Nachweis über Rex"}
        self.step(case, ask)

    def decide(self, case: Case) -> Notice:
        self.step(case, {"decision": "complete"})
        self.step(case, {"decision": "assess"})
        with wall.scope(authority=self.authority.pk):
            return Notice.objects.get(case=case)

    def deliver(self, notice: Notice) -> Notice:
        with self.at_work():
            return issuing.deliver_notice(notice.pk)

    def send_mails(self, *, last_attempt: bool = False) -> None:
        with self.at_work():
            waiting = list(
                Outbox.objects.filter(state=MailState.QUEUED).values_list("pk", flat=True)
            )
        for message_id in waiting:
            with self.acting_as("worker"):
                mail.deliver(self.authority.pk, message_id, last_attempt=last_attempt)

    def end_retrievals(self, today: date) -> int:
        with self.at_work():
            return actions.end_retrievals(today)

    def journal(self, case_id: Any) -> list[str]:
        with wall.scope(authority=self.authority.pk):
            lines = JournalEntry.objects.filter(case=case_id).order_by("number")
            return list(lines.values_list("entry", flat=True))

    def notice_for(self, person: Person) -> Notice:
        return self.deliver(self.decide(self.accept(person)))


@pytest.fixture
def office(acting_as, offer, clerk) -> Office:
    return Office(acting_as, offer, clerk)


def enter_code(person: Person) -> str:
    answer = person.browser.post("/status/", {"code": person.code})
    assert answer.status_code == 302
    return answer["Location"]


def page(person: Person, url: str, **more: Any) -> str:
    answer = person.browser.get(url, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def kinds(person: Person) -> list[str]:
    with person.scope:
        return list(MailboxMessage.objects.order_by("id").values_list("kind", flat=True))


# --- receipt ----------------------------------------------------------------------------------


def test_sending_lays_a_receipt_into_the_mailbox_at_once(person):
    assert kinds(person) == [MessageKind.RECEIPT]
    with person.scope:
        assert not Outbox.objects.exists()


def test_the_mail_about_the_receipt_goes_out_when_the_authority_has_it(person, office):
    office.accept(person)
    office.send_mails()
    (sent,) = django_mail.outbox
    assert sent.to == [ADDRESS]
    assert person.sent.reference in sent.subject
    assert f"{settings.BASE_URL}/status/" in sent.body
    assert "Muster" not in sent.body
    with person.scope:
        mail_row = Outbox.objects.get()
    assert mail_row.state == MailState.SENT
    assert mail_row.sent_at is not None


def test_receipt_costs_the_sender_two_queries(offer):
    with CaptureQueriesContext(connection) as caught:
        apply(offer)
    ours = [q["sql"] for q in caught if "delivery_" in q["sql"]]
    assert len(ours) == 1
    assert len([q for q in caught if "FROM transport_submission" in q["sql"]]) == 1


# --- documents --------------------------------------------------------------------------------


def test_whoever_applied_in_english_gets_english_mails(offer, office):
    office.accept(apply(offer, language="en"))
    office.send_mails()
    (sent,) = django_mail.outbox
    assert sent.subject.startswith("Your application has arrived – ")
    assert "/en/" in sent.body
    assert "Guten Tag" not in sent.body


def test_a_request_for_documents_is_answered_from_the_mailbox(person, office):
    case = office.accept(person)
    office.ask(case)
    office.send_mails()
    assert kinds(person) == [MessageKind.RECEIPT, MessageKind.DOCUMENTS_REQUESTED]
    assert "fehlen noch Unterlagen" in django_mail.outbox[-1].subject
    assert "Rex" not in django_mail.outbox[-1].body
    status = page(person, enter_code(person))
    assert "Es fehlen noch Unterlagen" in status
    with person.scope:
        request = MailboxMessage.objects.get(kind=MessageKind.DOCUMENTS_REQUESTED)
    url = f"/postfach/{request.pk}/"
    assert "Nachweis über Rex" in page(person, url)
    files = [dog_tax.upload(dog_tax.PDF, "nachweis.pdf"), dog_tax.upload(dog_tax.PNG, "bild.png")]
    answer = person.browser.post(url, {"text": "Bitte sehr", "files": files}, follow=True)
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "nachweis.pdf" in shown
    assert "Bitte sehr" in shown
    with wall.scope(authority=case.authority_id):
        case.refresh_from_db()
        assert case.state == CaseState.OPEN
        assert case.documents.count() == 2
    assert Entry.DOCUMENTS_RECEIVED in office.journal(case.pk)
    again = person.browser.post(url, {"text": "noch einmal"})
    assert again.status_code == 422
    assert "bereits beantwortet" in again.content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Bitte wählen Sie eine Datei aus oder schreiben Sie"),
        ({"text": "x" * 4001}, "höchstens 4000 Zeichen"),
        ({"text": "Hallo", "files": ("MZ\x90".encode("latin-1") * 9, "rechnung.pdf")}, "Format"),
        ({"text": "Hallo", "files": (b"", "leer.pdf")}, "leer"),
        ({"text": "Hallo", "files": (dog_tax.PDF + b"0" * 10_500_000, "gross.pdf")}, "zu groß"),
    ],
)
def test_a_wrong_answer_is_told_and_the_text_kept(person, office, fields, sentence):
    office.ask(office.accept(person))
    enter_code(person)
    with person.scope:
        request = MailboxMessage.objects.get(kind=MessageKind.DOCUMENTS_REQUESTED)
    if "files" in fields:
        fields = {**fields, "files": [dog_tax.upload(*fields["files"])]}
    answer = person.browser.post(f"/postfach/{request.pk}/", fields)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in shown
    assert fields.get("text", "") in shown
    with person.scope:
        request.refresh_from_db()
    assert request.answered_at is None


def test_two_answers_at_once_are_one(person, office):
    office.ask(office.accept(person))
    with person.scope:
        request = MailboxMessage.objects.get(kind=MessageKind.DOCUMENTS_REQUESTED)
        actions.answer_documents(request.pk, text="eins", files=())
        with pytest.raises(AlreadyAnswered):
            actions.answer_documents(request.pk, text="zwei", files=())


# --- notice -----------------------------------------------------------------------------------


def test_a_decision_becomes_a_sealed_notice_in_the_mailbox(person, office):
    notice = office.notice_for(person)
    assert notice.state == NoticeState.DELIVERED
    assert notice.title == "Bescheid über Hundesteuer"
    with person.scope:
        pdf = queries.pdf_of(Notice.objects.get())
    found = seal.examine(pdf)
    assert found.finding is seal.Finding.SOUND
    assert found.authority == notice.authority.name
    reader = pypdf.PdfReader(BytesIO(pdf))
    facts = json.loads(reader.attachments["facts.json"][0])
    assert facts["reference"] == person.sent.reference
    assert facts["decision"] == "assessed"
    text = "\n".join(p.extract_text() for p in reader.pages)
    assert "Klara Beispiel" in text
    assert "Anna Muster" in text
    assert settings.BASE_URL + f"/verify/{code_of(pdf)}/" in text.replace("\n", "")
    assert "Entwurf" not in text
    assert kinds(person)[-1] == MessageKind.NOTICE
    assert Entry.NOTICE_SEALED in office.journal(notice.case_id)


def test_making_a_notice_twice_makes_one(person, office):
    requested = office.decide(office.accept(person))
    first = office.deliver(requested)
    again = office.deliver(requested)
    assert bytes(again.sha512) == bytes(first.sha512)
    assert kinds(person).count(MessageKind.NOTICE) == 1
    assert office.journal(first.case_id).count(Entry.NOTICE_SEALED) == 1


def test_the_database_holds_notice_and_messages_in_no_clear_text(person, office):
    office.notice_for(person)
    with connection.cursor() as cursor, wall.scope(authority=person.sent.authority_id):
        for table in ("delivery_notice", "delivery_mailboxmessage", "delivery_proof"):
            cursor.execute(f"SELECT {table}::text FROM {table}")
            rows = " ".join(row[0] for row in cursor.fetchall())
            for secret in ("Muster", b"%PDF".hex(), b"Muster".hex(), person.code):
                assert secret not in rows


def test_retrieval_makes_the_notification_date(person, office, tuesday):
    notice = office.notice_for(person)
    enter_code(person)
    url = f"/postfach/bescheid/{notice.pk}/"
    before = page(person, url)
    assert "Bescheid abrufen" in before
    assert person.browser.get(url + "datei/").status_code == 302
    tuesday.shift(timedelta(days=1))
    enter_code(person)
    assert person.browser.post(url).status_code == 302
    after = page(person, url)
    assert "26.\u00a0November 2026" in after  # Thursday: the day after retrieval on Wednesday
    assert "28.\u00a0Dezember 2026" in after  # 26 December is a holiday and a Saturday
    file = person.browser.get(url + "datei/")
    assert file["Content-Type"] == "application/pdf"
    assert file.content.startswith(b"%PDF-1.7")
    assert Entry.NOTICE_RETRIEVED in office.journal(notice.case_id)
    tuesday.shift(timedelta(days=5))
    enter_code(person)
    person.browser.post(url)
    with person.scope:
        notice.refresh_from_db()
    assert notice.notified_on == date(2026, 11, 26)
    assert office.journal(notice.case_id).count(Entry.NOTICE_RETRIEVED) == 1


def test_the_ten_days_run_from_the_mail(person, office, tuesday):
    notice = office.notice_for(person)
    assert notice.retrieve_until == date(2026, 12, 4)
    tuesday.shift(timedelta(days=2))
    office.send_mails()
    with person.scope:
        notice.refresh_from_db()
    assert notice.retrieve_until == date(2026, 12, 7)  # 6 December is a Sunday
    assert "bis zum 7.\u00a0Dezember 2026" in django_mail.outbox[-1].body


def test_a_notice_that_is_not_retrieved_is_not_notified(person, office, tuesday):
    notice = office.notice_for(person)
    assert office.end_retrievals(date(2026, 12, 4)) == 0
    assert office.end_retrievals(date(2026, 12, 5)) == 1
    assert office.end_retrievals(date(2026, 12, 5)) == 0
    assert Entry.NOTICE_NOT_EFFECTED in office.journal(notice.case_id)
    assert kinds(person)[-1] == MessageKind.NOTICE_WITHDRAWN
    enter_code(person)
    url = f"/postfach/bescheid/{notice.pk}/"
    assert "nicht mehr abgerufen" in page(person, url)
    answer = person.browser.post(url)
    assert answer.status_code == 409
    assert person.browser.get(url + "datei/").status_code == 302


def test_the_day_after_the_last_is_too_late_even_before_the_nightly_job(person, office, tuesday):
    notice = office.notice_for(person)
    tuesday.move_to(datetime(2026, 12, 5, 0, 30, tzinfo=ZoneInfo("Europe/Berlin")))
    with person.scope, pytest.raises(RetrievalEnded):
        actions.retrieve_notice(notice.pk)


def test_a_mandate_is_recorded_with_the_decision_and_shown_at_the_desk(offer, office, clerk):
    person = apply(offer, case="dresden-zweiter-hund")
    notice = office.decide(office.accept(person))
    with wall.scope(authority=notice.authority_id):
        mandate = mandate_of(notice.case_id)
        row = Mandate.objects.get()
    assert mandate is not None
    assert mandate.iban == "DE89370400440532013000"
    assert mandate.grouped_iban.startswith("DE89 3704 ")
    assert mandate.holder == "Jürgen Großmann"
    assert len(mandate.reference) <= 35
    assert b"DE89" not in bytes(row.account)
    with person.scope:
        assert not Mandate.objects.exists()
    case = signed_in(clerk.account, clerk).get(f"/amt/vorgang/{notice.case_id}/").content.decode()
    assert mandate.reference in case
    assert "DE89 3704 0044 0532 0130 00" in case


# --- mail -------------------------------------------------------------------------------------


def test_a_mail_that_failed_is_not_shown_as_sent(person, office, monkeypatch):
    office.accept(person)

    def fail(*_args: Any) -> None:
        raise SMTPServerDisconnected

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", fail)
        with pytest.raises(MailNotSent):
            office.send_mails()
        with person.scope:
            row = Outbox.objects.get()
        assert (row.state, row.attempts, row.sent_at) == (MailState.QUEUED, 1, None)
        office.send_mails(last_attempt=True)
    with person.scope:
        row.refresh_from_db()
        message = MailboxMessage.objects.get()
    assert (row.state, row.reason) == (MailState.FAILED, "SMTPServerDisconnected")
    enter_code(person)
    shown = page(person, f"/postfach/{message.pk}/")
    assert "konnte nicht gesendet werden" in shown
    assert "E-Mail gesendet" not in shown


def test_without_a_mail_server_no_mail_is_shown_as_sent(person, office, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "", False
    office.accept(person)
    office.send_mails(last_attempt=True)
    with person.scope:
        assert Outbox.objects.get().state == MailState.FAILED


def test_without_an_address_there_is_no_mail(offer, office):
    person = apply(offer, reply_to=None)
    office.accept(person)
    office.send_mails()
    with person.scope:
        assert Outbox.objects.get().state == MailState.NO_ADDRESS
    assert django_mail.outbox == []


# --- who sees what ----------------------------------------------------------------------------


@pytest.fixture
def account(acting_as) -> Account:
    with acting_as("worker"):
        return identity.account_for(
            b"a" * 32, {"given_name": "Anna", "email": "anna@konto.example"}, TrustLevel.BASIC
        )


def test_an_account_gets_mail_at_its_own_address(offer, office, account):
    person = apply(offer, account=account.pk)
    office.accept(person)
    office.send_mails()
    (sent,) = django_mail.outbox
    assert sent.to == ["anna@konto.example"]
    assert "/postfach/" in sent.body


def test_an_account_sees_its_own_messages_only(offer, office, account):
    mine, other = apply(offer, account=account.pk), apply(offer)
    with wall.scope(account=account.pk):
        found = queries.inbox(account.pk, None)
        assert [m.submission_id for m in found.messages] == [mine.sent.pk]
        assert queries.status_page(other.sent.reference) is None


def test_a_code_opens_one_application_and_no_other(offer, office):
    mine, other = apply(offer), apply(offer)
    notice = office.notice_for(other)
    enter_code(mine)
    with other.scope:
        foreign = MailboxMessage.objects.first()
    for url in (
        f"/status/{other.sent.reference}/",
        f"/postfach/{foreign.pk}/",
        f"/postfach/bescheid/{notice.pk}/",
        f"/postfach/bescheid/{notice.pk}/datei/",
        f"/postfach/{uuid4()}/",
    ):
        assert mine.browser.get(url).status_code == 404
        assert mine.browser.post(url).status_code in {404, 405}
    with other.scope:
        notice.refresh_from_db()
        assert notice.state == NoticeState.DELIVERED


def test_without_code_or_account_the_code_is_asked_for(person, office):
    notice = office.notice_for(person)
    for url in (f"/status/{person.sent.reference}/", f"/postfach/bescheid/{notice.pk}/datei/"):
        assert Client().get(url)["Location"] == "/status/"
    assert Client().get("/postfach/")["Location"].startswith("/anmelden/")


def test_a_cookie_of_ones_own_making_opens_nothing(person):
    browser = Client()
    browser.cookies[access.COOKIE] = vault.blind(person.code).hex() + ":x:y"
    assert browser.get(f"/status/{person.sent.reference}/")["Location"] == "/status/"


def test_the_code_is_forgotten_after_two_hours(person, tuesday):
    url = enter_code(person)
    page(person, url)
    tuesday.shift(timedelta(hours=2, seconds=1))
    assert person.browser.get(url)["Location"] == "/status/"


def signed_in(account: Account, member: Member | None = None) -> Client:
    """A browser in which this account, or this member of staff, is signed in."""
    browser = Client()
    session = browser.session
    sessions.begin(session, account, TrustLevel.SUBSTANTIAL)
    if member is not None:
        sessions.work_under(session, member)
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return browser


def test_the_mailbox_lists_messages_of_all_applications(offer, office, account):
    mine = [apply(offer, account=account.pk) for _ in range(2)]
    browser = signed_in(account)
    shown = browser.get("/postfach/").content.decode()
    for person in mine:
        assert person.sent.reference in shown
        assert browser.get(f"/status/{person.sent.reference}/").status_code == 200
    assert "Noch keine Nachrichten" not in shown


def test_an_empty_mailbox_says_what_will_be_there(account):
    assert "Noch keine Nachrichten" in signed_in(account).get("/postfach/").content.decode()


def test_a_long_mailbox_is_paged_by_key(offer, account):
    for _ in range(queries.PAGE + 1):
        apply(offer, account=account.pk)
    with wall.scope(account=account.pk):
        first = queries.inbox(account.pk, None)
        second = queries.inbox(account.pk, first.before)
    assert (len(first.messages), len(second.messages), second.before) == (queries.PAGE, 1, None)
    assert not {m.pk for m in first.messages} & {m.pk for m in second.messages}


# --- desk -------------------------------------------------------------------------------------


def test_the_desk_sees_how_far_a_notice_got(person, office, clerk):
    case = office.accept(person)
    desk = signed_in(clerk.account, clerk)
    url = f"/amt/vorgang/{case.pk}/bescheid/"
    assert "noch keinen Bescheid" in desk.get(url).content.decode()
    requested = office.decide(case)
    assert "wird gerade erstellt" in desk.get(url).content.decode()
    notice = office.deliver(requested)
    office.send_mails()
    shown = desk.get(url).content.decode()
    assert "Liegt zum Abruf bereit" in shown
    assert "E-Mail gesendet" in shown
    file = desk.get(f"{url}{notice.pk}/")
    assert file.content.startswith(b"%PDF")
    with person.scope:
        notice.refresh_from_db()
    assert notice.state == NoticeState.DELIVERED, "the desk's reading is no retrieval"
    with wall.scope(authority=notice.authority_id):
        assert AuditEntry.objects.filter(action="notice.read").count() == 1
    office.end_retrievals(date(2027, 1, 1))
    assert "auf anderem Weg bekannt" in desk.get(url).content.decode()


def test_another_authority_finds_no_notice(person, office, acting_as, town):
    notice = office.notice_for(person)
    with acting_as("worker"):
        account = identity.account_for(b"z" * 32, {}, TrustLevel.SUBSTANTIAL)
        with wall.scope(authority=town("Coswig").pk):
            stranger = Member.objects.create(
                account=account, authority=town("Coswig"), role=Role.CLERK
            )
    desk = signed_in(account, stranger)
    url = f"/amt/vorgang/{notice.case_id}/bescheid/"
    assert desk.get(url).status_code == 404
    assert desk.get(f"{url}{notice.pk}/").status_code == 404
    assert Client().get(url).status_code == 302


# --- status -----------------------------------------------------------------------------------


def test_status_shows_where_the_application_stands(person, office):
    url = enter_code(person)
    sent = page(person, url)
    assert person.sent.reference in sent
    assert sent.index("Gesendet") < sent.index("Eingegangen") < sent.index("Entschieden")
    assert re.search(r'aria-current="step">\s*<p[^>]*>Eingegangen', sent)
    case = office.accept(person)
    assert re.search(r'aria-current="step">\s*<p[^>]*>In Bea', page(person, url))
    office.deliver(office.decide(case))
    decided = page(person, url)
    assert 'aria-current="step"' not in decided
    assert "Ihr Bescheid liegt bereit" in decided


def test_status_page_takes_four_queries(person, office):
    office.notice_for(person)
    url = enter_code(person)
    page(person, url)
    with CaptureQueriesContext(connection) as caught:
        page(person, url)
    asked = [q["sql"] for q in caught if "delivery_" in q["sql"] or "transport_" in q["sql"]]
    others = [q["sql"] for q in caught if q["sql"] not in asked]
    assert len(asked) == 3
    # The scope; within a test's own transaction also its savepoint, and the end of the scope.
    assert all(sql.startswith(("SELECT set_config", "SAVEPOINT", "RELEASE")) for sql in others)
    assert len(others) == 4


@pytest.mark.parametrize("form", [str.lower, lambda c: c.replace("-", " "), lambda c: f"  {c} "])
def test_a_code_may_be_typed_in_any_form(person, form):
    answer = person.browser.post("/status/", {"code": form(person.code)})
    assert answer["Location"] == f"/status/{person.sent.reference}/"


def test_a_typing_error_is_told_and_not_counted(person):
    wrong = ("A" if person.code[0] != "A" else "B") + person.code[1:]
    for _ in range(12):
        answer = person.browser.post("/status/", {"code": wrong})
        assert answer.status_code == 422
        assert "Tippfehler" in answer.content.decode()
        assert wrong in answer.content.decode()
    enter_code(person)


def test_guessing_codes_ends_after_ten(person, tuesday):
    for _ in range(10):
        assert person.browser.post("/status/", {"code": new_code()}).status_code == 422
    assert person.browser.post("/status/", {"code": person.code}).status_code == 429
    assert Client().get(f"/verify/{new_code()}/").status_code == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.post("/status/", {"code": person.code}).status_code == 302
    tuesday.shift(timedelta(minutes=16))
    enter_code(person)


def test_messages_are_marked_as_read_once(person, tuesday):
    url = enter_code(person)
    assert "Neu" in page(person, url)
    with person.scope:
        message = MailboxMessage.objects.get()
    page(person, f"/postfach/{message.pk}/")
    tuesday.shift(timedelta(hours=1))
    page(person, f"/postfach/{message.pk}/")
    with person.scope:
        message.refresh_from_db()
    assert message.read_at < TUESDAY + timedelta(minutes=10)


def test_pages_speak_english(person, office):
    office.notice_for(person)
    person.browser.post("/en/status/", {"code": person.code})
    answer = person.browser.get(f"/en/status/{person.sent.reference}/")
    assert answer.status_code == 200
    assert '<html lang="en">' in answer.content.decode()


# --- verification -----------------------------------------------------------------------------


@pytest.fixture
def notice_pdf(person, office) -> bytes:
    office.notice_for(person)
    with person.scope:
        return queries.pdf_of(Notice.objects.get())


def code_of(pdf: bytes) -> str:
    text = "".join(p.extract_text() for p in pypdf.PdfReader(BytesIO(pdf)).pages)
    found = re.search(r"/verify/([0-9A-Y-]{19})/", text.replace("\n", ""))
    assert found
    return found[1]


def verify(content: bytes) -> str:
    answer = Client().post("/verify/", {"file": dog_tax.upload(content, "bescheid.pdf")})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_code_on_the_notice_shows_who_issued_what_and_nothing_personal(notice_pdf, offer):
    answer = Client().get(f"/verify/{code_of(notice_pdf)}/")
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert offer.authority.name in shown
    assert "Bescheid über Hundesteuer" in shown
    assert "24.\u00a0November 2026" in shown
    assert "Muster" not in shown
    assert "Anna" not in shown
    by_form = Client().post("/verify/", {"code": code_of(notice_pdf).lower()})
    assert by_form["Location"] == f"/verify/{code_of(notice_pdf)}/"


def test_the_file_itself_is_recognised(notice_pdf, offer):
    shown = verify(notice_pdf)
    assert "echt und unverändert" in shown
    assert offer.authority.name in shown
    assert "Muster" not in shown


def test_a_changed_file_is_told(notice_pdf):
    changed = bytearray(notice_pdf)
    changed[3000] ^= 1
    assert "Diese Datei wurde verändert" in verify(bytes(changed))


def test_another_file_bears_no_seal_of_ours(db):
    assert "kein Siegel dieser Plattform" in verify(dog_tax.PDF)


def test_an_unknown_verification_code_is_not_found(db):
    answer = Client().get(f"/verify/{new_code()}/")
    assert answer.status_code == 404
    assert "keinen Bescheid" in answer.content.decode()


@pytest.mark.parametrize("fields", [{}, {"code": "  "}, {"code": "1234"}])
def test_verification_asks_for_code_or_file(db, fields):
    answer = Client().post("/verify/", fields)
    assert answer.status_code == 422


def test_a_proof_is_seen_only_by_who_holds_code_or_file(notice_pdf, person):
    assert not Proof.objects.exists()
    with person.scope:
        assert not Proof.objects.exists()
    with wall.scope(code=vault.blind("something")):
        assert not Proof.objects.exists()
    assert queries.proof_by_code(code_of(notice_pdf)) is not None
    assert queries.proof_by_file(notice_pdf) is not None
    assert queries.proof_by_file(notice_pdf + b" ") is None


def test_refusals_are_in_the_audit_log(audit_log, person):
    person.browser.post("/status/", {"code": new_code()})
    Client().get(f"/verify/{new_code()}/")
    enter_code(person)
    person.browser.get(f"/postfach/{uuid4()}/")
    found = {action for (action,) in audit_log("SELECT action FROM federation_auditentry")}
    assert found >= {"status.refused", "verify.refused", "not_found"}
