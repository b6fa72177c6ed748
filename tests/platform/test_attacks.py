"""Who tries other people's addresses, forged forms and planted cookies gets nothing, and it is on record."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any
from uuid import uuid4

import dog_tax
import pytest
from django.conf import settings as django_settings
from django.test import Client

from amtsweg.platform.casework.models import JournalEntry, Task, TaskState
from amtsweg.platform.federation import wall
from amtsweg.platform.federation.models import AuditEntry, Role
from amtsweg.platform.intake.models import Draft

NOWHERE = "0198f0c2-0000-7000-8000-000000000000"
"""A case that nobody has; the same at each run, so that parallel test processes agree."""


def open_task(case: Any) -> Task:
    return Task.objects.get(case=case, state=TaskState.OPEN)


START = f"/antrag/hundesteuer/{dog_tax.DRESDEN}/"
EVIL = "https://evil.example"


@pytest.fixture
def stranger(hire, town):
    """A clerk of another town."""
    return hire(town("Radebeul"), Role.CLERK, "Rita Fremd")


def refusals(authority: Any) -> list[tuple[str, str]]:
    with wall.scope(authority=authority.pk):
        return list(AuditEntry.objects.values_list("action", "subject"))


# --- another town's case ----------------------------------------------------------------------


def addresses(case_id: Any, task_id: Any) -> list[tuple[str, str]]:
    root = f"/amt/vorgang/{case_id}/"
    return [
        ("GET", root),
        ("GET", f"{root}anlage/{uuid4()}/"),
        ("GET", f"{root}bescheid/"),
        ("GET", f"{root}bescheid/{uuid4()}/"),
        ("GET", f"{root}aufgabe/{task_id}/"),
        ("POST", f"{root}aufgabe/{task_id}/"),
        ("POST", f"{root}aufgabe/{task_id}/nehmen/"),
        ("POST", f"{root}aufgabe/{task_id}/vorschau/"),
    ]


def test_another_towns_case_is_not_found_by_any_address_and_each_try_is_recorded(
    case, stranger, offer
):
    with wall.scope(authority=offer.authority.pk):
        task = open_task(case)
        before = JournalEntry.objects.count()
    for method, path in addresses(case.pk, task.pk):
        answer = stranger.browser.generic(
            method, path, "decision=complete", content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 404, (method, path)
        assert "gibt es nicht" in answer.content.decode()
        assert case.reference not in answer.content.decode()
        assert ("not_found", path) in refusals(stranger.member.authority), path
    with wall.scope(authority=offer.authority.pk):
        assert JournalEntry.objects.count() == before
        task.refresh_from_db()
        assert task.state == "open"
        assert task.assignee_id is None


def test_a_case_that_is_not_there_looks_like_another_towns(case, stranger):
    there = stranger.browser.get(f"/amt/vorgang/{case.pk}/").content
    nowhere = stranger.browser.get(f"/amt/vorgang/{uuid4()}/").content
    # What differs is the token of the form for signing out.
    assert len(there) == len(nowhere)


def test_a_task_is_worked_only_at_its_own_case(case, apply, clerk, acting_as, offer):
    """A right task id below a wrong case id opens nothing: who is logged as reading reads that case."""
    with wall.scope(authority=offer.authority.pk):
        task = open_task(case)
    path = f"/amt/vorgang/{uuid4()}/aufgabe/{task.pk}/"
    assert clerk.browser.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/amt/", f"/amt/vorgang/{NOWHERE}/", f"/amt/vorgang/{NOWHERE}/bescheid/"]
)
def test_the_desk_is_closed_without_sign_in(path, db):
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/anmelden/amt/?next=")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("role", [Role.NAVIGATOR, Role.SERVICE_AUTHOR, Role.PROGRAMME_OFFICE])
def test_other_roles_of_the_same_town_see_no_case(hire, offer, case, role):
    other = hire(offer.authority, role)
    for path in ("/amt/", f"/amt/vorgang/{case.pk}/", f"/amt/vorgang/{case.pk}/bescheid/"):
        assert other.browser.get(path).status_code == 403
    assert [action for action, _ in refusals(offer.authority)].count("refused") == 3


# --- forged forms -----------------------------------------------------------------------------


def forms(case: Any, task: Task) -> list[str]:
    root = f"/amt/vorgang/{case.pk}/aufgabe/{task.pk}/"
    return [
        root,
        f"{root}nehmen/",
        f"{root}vorschau/",
        START,
        "/fortsetzen/",
        "/status/",
        "/verify/",
        "/abmelden/",
    ]


def test_no_form_is_taken_without_its_token_or_from_another_site(case, clerk, offer):
    with wall.scope(authority=offer.authority.pk):
        task = open_task(case)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = clerk.browser.cookies
    strict.get("/status/")
    token = strict.cookies[django_settings.CSRF_COOKIE_NAME].value
    for path in forms(case, task):
        fields = {"decision": "complete", "code": "x"}
        bare = strict.post(path, fields)
        foreign = strict.post(
            path, {**fields, "csrfmiddlewaretoken": token}, headers={"Origin": EVIL}
        )
        hidden = strict.post(
            path, {**fields, "csrfmiddlewaretoken": token}, headers={"Origin": "null"}
        )
        for answer in (bare, foreign, hidden):
            assert answer.status_code == 403, path
            assert "Zu Ihrer Sicherheit" in answer.content.decode()
    with wall.scope(authority=offer.authority.pk):
        task.refresh_from_db()
        assert (task.state, task.assignee_id) == ("open", None)
        assert not Draft.objects.exists()


def test_a_form_for_files_is_as_strict(offer):
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(START)
    token = page.content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    where = strict.post(START, {"csrfmiddlewaretoken": token})["Location"]
    upload = {"hunde.0.nachweis": dog_tax.upload(dog_tax.PDF, "x.pdf")}
    answer = strict.post(where, {**upload, "csrfmiddlewaretoken": token}, headers={"Origin": EVIL})
    assert answer.status_code == 403


def test_reading_changes_nothing(case, clerk, offer):
    """What GET reaches leaves task, draft and notice alone: a picture's address cannot act."""
    with wall.scope(authority=offer.authority.pk):
        task = open_task(case)
    for path in forms(case, task):
        clerk.browser.get(path, {"decision": "complete"})
    with wall.scope(authority=offer.authority.pk):
        task.refresh_from_db()
        assert (task.state, task.assignee_id) == ("open", None)
        assert not Draft.objects.exists()
    assert clerk.browser.get("/amt/").status_code == 200, "nobody was signed out"


# --- cookies ----------------------------------------------------------------------------------


def test_cookies_are_closed_to_scripts_and_other_sites_and_to_plain_http(offer, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    browser = Client()
    browser.get(START)
    browser.post(START)
    browser.get("/anmelden/")
    names = set(browser.cookies)
    assert {"amtsweg_csrf", "amtsweg_draft_de", "amtsweg_draft_en"} <= names
    for name, cookie in browser.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["secure"], name
        if "draft" in name:
            assert cookie["path"].count("/") >= 4, "sent to its own draft alone"
            assert not cookie["max-age"], "gone with the browser"


def test_https_installations_mark_their_cookies_and_demand_https():

    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from amtsweg.platform import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.DEBUG)",
        ],
        env={**os.environ, "AMTSWEG_BASE_URL": "https://amt.example.org"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["True", "True", "31536000", "False"]


def test_a_planted_session_is_nobodys(db):
    """A key of the attacker's choice is never taken over, whatever it looks like."""
    for planted in ("a" * 32, "\0" * 32, "x", "ä" * 40, "a" * 5_000):
        browser = Client()
        browser.cookies[django_settings.SESSION_COOKIE_NAME] = planted
        assert browser.get("/amt/").status_code == 302
        assert browser.get("/").status_code == 200
        session = browser.session
        session["kept"] = True
        session.save()
        assert session.session_key != planted


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example/", "https:evil.example", "/\\evil.example", "javascript:alert(1)", "\thttps://evil.example", "/%0d%0aX: y"],
)  # fmt: skip
def test_next_leads_to_no_other_site(wanted, rf):
    from amtsweg.platform.identity.views import _safe

    kept = _safe(wanted)
    assert kept == "" or (kept.startswith("/") and not kept.startswith(("//", "/\\")))
