"""From the accepted submission to the decision: tasks, four eyes, deadline, journal, and the desk."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import dog_tax
import psycopg
import pytest
import time_machine
from desk import Staff
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from amtsweg.kit.process import TaskError
from amtsweg.platform.casework import actions, journal, queries
from amtsweg.platform.casework.errors import FourEyes, NothingRequested, TaskGone, WrongRole
from amtsweg.platform.casework.models import (
    Case,
    CaseState,
    Deadline,
    Entry,
    Message,
    MessageKind,
    Task,
    TaskState,
)
from amtsweg.platform.federation import wall
from amtsweg.platform.federation.models import AuditEntry, Role

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
ASK = {"decision": "request_documents", "documents": "Bitte senden Sie den Nachweis über Rex."}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=True) as clock:
        yield clock


@pytest.fixture
def at_the_office(offer):
    with wall.scope(authority=offer.authority.pk):
        yield


def open_task(case: Case) -> Task:
    return Task.objects.get(case=case, state=TaskState.OPEN)


def finish(case: Case, staff: Staff, **result: Any) -> Case:
    return actions.complete_task(open_task(case).pk, member=staff.member, result=result)


def entries(case: Case) -> list[str]:
    return list(case.journal.order_by("number").values_list("entry", flat=True))


# --- opening ----------------------------------------------------------------------------------


def test_an_accepted_submission_opens_one_case_with_its_first_task(case, at_the_office):
    assert case.state == CaseState.OPEN
    assert case.reference == case.submission.reference
    assert (open_task(case).name, open_task(case).role) == ("check", "clerk")
    assert Deadline.objects.get(case=case).due_on == date(2026, 11, 23) + timedelta(days=30)


def test_opening_again_gives_the_same_case(acting_as, case, offer):
    with acting_as("worker"), wall.scope(authority=offer.authority.pk):
        assert actions.open_case(case.submission_id).pk == case.pk
        assert Case.objects.count() == 1


def test_a_case_keeps_the_parameters_under_which_it_was_opened(acting_as, case, offer):
    with acting_as("worker"), wall.scope(authority=offer.authority.pk):
        before = case.parameters
        offer.adoption.parameters = {}
        offer.adoption.save()
        assert Case.objects.get(pk=case.pk).parameters == before


def test_the_database_holds_no_name_and_no_answer_in_clear_text(case, login):
    names = dog_tax.answers()["person"]
    with login("admin") as admin:
        for table in ("case", "task", "message", "document", "journalentry"):
            rows = admin.execute(f"SELECT t::text FROM casework_{table} t").fetchall()
            text = " ".join(row for (row,) in rows)
            assert names["familienname"] not in text
            assert names["familienname"].encode().hex() not in text


# --- tasks ------------------------------------------------------------------------------------


def test_the_process_leads_from_check_over_decision_to_the_notice(case, clerk, at_the_office):
    finish(case, clerk, decision="complete")
    assert open_task(case).name == "decide"
    done = finish(case, clerk, decision="assess")
    assert done.state == CaseState.CLOSED
    assert not Task.objects.filter(case=case, state=TaskState.OPEN).exists()
    assert Entry.NOTICE_REQUESTED in entries(case)


def test_a_task_is_done_once(case, clerk, at_the_office):
    task = open_task(case)
    actions.complete_task(task.pk, member=clerk.member, result={"decision": "complete"})
    with pytest.raises(TaskGone):
        actions.complete_task(task.pk, member=clerk.member, result={"decision": "complete"})


def test_a_result_that_does_not_fit_changes_nothing(case, clerk, at_the_office):
    before = entries(case)
    with pytest.raises(TaskError):
        finish(case, clerk, decision="give it to me")
    assert open_task(case).name == "check"
    assert entries(case) == before


def test_a_refusal_needs_four_eyes(case, clerk, head, at_the_office):
    finish(case, clerk, decision="complete")
    finish(case, clerk, decision="refuse", reason="Die Angaben sind widersprüchlich.")
    assert open_task(case).role == "head"
    with pytest.raises(WrongRole):
        finish(case, clerk, decision="approve")
    done = finish(case, head, decision="approve")
    assert done.state == CaseState.CLOSED


def test_the_head_who_decided_cannot_confirm_it_too(case, head, at_the_office):
    finish(case, head, decision="complete")
    finish(case, head, decision="refuse", reason="Die Angaben sind widersprüchlich.")
    with pytest.raises(FourEyes):
        finish(case, head, decision="approve")


def test_a_task_of_another_role_is_offered_to_nobody_else(case, clerk, head, at_the_office):
    finish(case, clerk, decision="complete")
    finish(case, clerk, decision="refuse", reason="Die Angaben sind widersprüchlich.")
    where = f"/amt/vorgang/{case.pk}/"
    text = read(clerk.browser, where)
    assert "Für diese Aufgabe ist zuständig: Leitung." in text
    assert "Bearbeiten" not in text
    assert "Bearbeiten" in read(head.browser, where)


def test_a_member_of_another_town_cannot_do_the_task(case, hire, town, offer):
    stranger = hire(town("Coswig"), Role.CLERK)
    with wall.scope(authority=offer.authority.pk), pytest.raises(WrongRole):
        finish(case, stranger, decision="complete")


# --- documents and deadline -------------------------------------------------------------------


def test_deadline_rests_while_documents_are_missing(case, clerk, monday, at_the_office):
    due = Deadline.objects.get(case=case).due_on
    waiting = finish(case, clerk, **ASK)
    assert waiting.state == CaseState.WAITING
    assert Deadline.objects.get(case=case).rests_since == date(2026, 11, 23)
    message = Message.objects.get(case=case, kind=MessageKind.DOCUMENTS_REQUESTED)
    monday.shift(timedelta(days=5))
    file = actions.IncomingFile("nachweis.pdf", "application/pdf", dog_tax.PDF)
    back = actions.documents_received(case.pk, message_id=message.pk, text="Bitte", files=[file])
    deadline = Deadline.objects.get(case=case)
    assert (deadline.due_on, deadline.rests_since) == (due + timedelta(days=5), None)
    assert back.state == CaseState.OPEN
    assert open_task(case).name == "check"
    (document,) = back.documents.all()
    found = queries.document(case, document.pk)
    assert found is not None
    assert (found[0].filename, found[1]) == ("nachweis.pdf", dog_tax.PDF)


def test_documents_are_received_once(case, clerk, at_the_office):
    finish(case, clerk, **ASK)
    message = Message.objects.get(case=case)
    actions.documents_received(case.pk, message_id=message.pk, text="", files=[])
    with pytest.raises(NothingRequested):
        actions.documents_received(case.pk, message_id=message.pk, text="", files=[])


def test_without_an_answer_the_task_comes_back_and_a_late_answer_is_kept(
    acting_as, case, clerk, monday, offer
):
    with wall.scope(authority=offer.authority.pk):
        finish(case, clerk, **ASK)
        message = Message.objects.get(case=case)
        wakes = Case.objects.get(pk=case.pk).wakes_at
    monday.move_to(wakes + timedelta(seconds=1))
    with acting_as("worker"), wall.scope(authority=offer.authority.pk):
        actions.wake(case.pk)
        woken = Case.objects.get(pk=case.pk)
        assert woken.state == CaseState.OPEN
        assert open_task(case).name == "check"
        assert Deadline.objects.get(case=case).rests_since is None
        actions.documents_received(case.pk, message_id=message.pk, text="zu spät", files=[])
        assert entries(case)[-1] == Entry.DOCUMENTS_RECEIVED


def test_waking_too_early_changes_nothing(acting_as, case, clerk, offer):
    with wall.scope(authority=offer.authority.pk):
        finish(case, clerk, **ASK)
    with acting_as("worker"), wall.scope(authority=offer.authority.pk):
        before = entries(case)
        actions.wake(case.pk)
        assert entries(case) == before


# --- journal ----------------------------------------------------------------------------------


def test_every_step_stands_in_the_journal_and_the_chain_holds(case, clerk, at_the_office):
    finish(case, clerk, decision="complete")
    finish(case, clerk, decision="assess")
    case.refresh_from_db()
    assert entries(case)[:3] == [Entry.CASE_OPENED, Entry.TASK_OPENED, Entry.TASK_DONE]
    assert journal.verify(case, case.journal.order_by("number")) == []


@pytest.mark.parametrize("role", ["web", "worker", "owner"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE casework_journalentry SET actor = 'nobody'",
        "DELETE FROM casework_journalentry",
        "TRUNCATE casework_journalentry",
    ],
)
def test_the_database_refuses_to_change_the_journal(login, role, statement):
    with login(role) as connection_, pytest.raises(psycopg.Error):
        connection_.execute(statement)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda lines: lines[0].__setattr__("actor", "somebody"), "the line was changed"),
        (lambda lines: lines[1].__setattr__("detail", b"other"), "the line was changed"),
        (lambda lines: lines.pop(1), "a line is missing"),
        (lambda lines: lines.pop(), "the end of the journal is missing"),
    ],
)
def test_a_changed_or_missing_line_is_found(case, clerk, at_the_office, spoil, reason):
    finish(case, clerk, decision="complete")
    case.refresh_from_db()
    lines = list(case.journal.order_by("number"))
    spoil(lines)
    assert reason in {found.reason for found in journal.verify(case, lines)}


# --- the desk ---------------------------------------------------------------------------------


def read(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_the_inbox_shows_the_case_under_the_applicants_name(case, clerk):
    names = dog_tax.answers()["person"]
    text = read(clerk.browser, "/amt/")
    assert case.reference in text
    assert names["familienname"] in text


def test_the_inbox_finds_by_name_and_reference_and_says_when_nothing_is_found(case, clerk):
    name = dog_tax.answers()["person"]["familienname"]
    for words in (name, name.upper(), case.reference, case.reference[:7]):
        assert case.reference in read(clerk.browser, f"/amt/?ablage=open&q={words}")
    assert "Nichts gefunden" in read(clerk.browser, "/amt/?ablage=open&q=Niemand")


def test_the_inbox_takes_the_same_number_of_queries_however_full(apply, case, clerk):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(clerk.browser, "/amt/?ablage=open")
        return len(captured)

    one = cost()
    for _ in range(4):
        apply()
    assert cost() == one


def test_the_inbox_pages_by_key(apply, clerk, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    references = {apply().reference for _ in range(5)}
    seen: set[str] = set()
    address = "/amt/?ablage=open"
    while address:
        text = read(clerk.browser, address)
        seen |= {reference for reference in references if reference in text}
        further = [part for part in text.split('"') if part[:1] == "?" and "&amp;ab=" in part]
        address = "/amt/" + further[0].replace("&amp;", "&") if further else ""
    assert seen == references


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_case_page_shows_answers_tasks_and_journal(case, clerk, prefix):
    text = read(clerk.browser, f"{prefix}/amt/vorgang/{case.pk}/")
    assert dog_tax.answers()["hunde"][0]["name"] in text
    assert ("Offene Aufgaben" if not prefix else "Open tasks") in text
    assert case.reference in text


def test_the_course_page_says_who_does_what_and_where_the_case_is(case, clerk, offer):
    where = f"/amt/vorgang/{case.pk}/ablauf/"
    text = read(clerk.browser, where)
    assert where in read(clerk.browser, f"/amt/vorgang/{case.pk}/")
    assert text.count('aria-current="step"') == 1
    assert re.search(r'aria-current="step">\s*<p class="kern-title">Angaben und Unterlagen', text)
    assert 'data-here="check"' in text
    for words in ("Sachbearbeitung", "Leitung · Vier-Augen-Prinzip", "Frist bei", "90 Tage",
                  "Es gilt die erste Zeile, die passt.", "&#39;relief_refused&#39;"):  # fmt: skip
        assert words in text
    with wall.scope(authority=offer.authority.pk):
        finish(case, clerk, decision="complete")
    assert 'data-here="decide"' in read(clerk.browser, where)
    english = read(clerk.browser, f"/en{where}")
    assert "The case is here" in english
    assert "90 days" in english


def test_the_course_of_another_towns_case_is_not_found(case, hire, town):
    stranger = hire(town("Coswig"), Role.HEAD)
    assert stranger.browser.get(f"/amt/vorgang/{case.pk}/ablauf/").status_code == 404


def test_a_task_is_worked_through_at_the_desk(case, clerk, offer):
    with wall.scope(authority=offer.authority.pk):
        task = open_task(case)
    where = f"/amt/vorgang/{case.pk}/aufgabe/{task.pk}/"
    assert clerk.browser.post(where + "nehmen/").status_code == 302
    assert 'name="decision"' in read(clerk.browser, where)
    wrong = clerk.browser.post(where, {"decision": "request_documents"})
    assert wrong.status_code == 422
    assert "Bitte füllen Sie dieses Feld aus" in wrong.content.decode()
    done = clerk.browser.post(where, {"decision": "complete"})
    assert (done.status_code, done["Location"]) == (302, f"/amt/vorgang/{case.pk}/")
    again = clerk.browser.post(where, {"decision": "complete"})
    assert again.status_code == 409
    assert "inzwischen erledigt" in again.content.decode()


def test_the_preview_is_a_draft_and_changes_nothing(case, clerk, offer):
    with wall.scope(authority=offer.authority.pk):
        finish(case, clerk, decision="complete")
        task, before = open_task(case), entries(case)
    where = f"/amt/vorgang/{case.pk}/aufgabe/{task.pk}/vorschau/"
    draft = clerk.browser.post(where, {"decision": "assess"})
    assert (draft.status_code, draft["Content-Type"]) == (200, "application/pdf")
    none = clerk.browser.post(where, {"decision": "refuse", "reason": "Doppelt gemeldet."})
    assert "noch zu keinem Bescheid" in none.content.decode()
    with wall.scope(authority=offer.authority.pk):
        assert entries(case) == before
        assert open_task(case).pk == task.pk


def test_another_towns_case_is_not_found_and_the_attempt_is_audited(case, hire, town):
    stranger = hire(town("Coswig"), Role.CLERK)
    answer = stranger.browser.get(f"/amt/vorgang/{case.pk}/")
    assert answer.status_code == 404
    with wall.scope(authority=stranger.member.authority_id):
        entry = AuditEntry.objects.latest("at")
    assert (entry.action, entry.subject) == ("not_found", f"/amt/vorgang/{case.pk}/")


def test_every_read_of_a_case_stands_in_the_access_log(case, clerk, offer):
    read(clerk.browser, f"/amt/vorgang/{case.pk}/")
    with wall.scope(authority=offer.authority.pk):
        entry = AuditEntry.objects.latest("at")
    assert (entry.action, entry.subject) == ("case.read", f"case {case.pk}")
    assert entry.actor == clerk.member.account_id


def test_a_navigator_has_no_desk(hire, offer):
    navigator = hire(offer.authority, Role.NAVIGATOR)
    assert navigator.browser.get("/amt/").status_code == 403


def test_without_sign_in_the_desk_leads_to_the_sign_in(db):
    answer = Client().get("/amt/")
    assert (answer.status_code, "/anmelden/amt/" in answer["Location"]) == (302, True)
