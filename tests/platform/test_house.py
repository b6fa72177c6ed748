"""What surrounds the rooms: events, health, metrics, logs, headers, uploads, the worker."""

from __future__ import annotations

import json
import logging
import tracemalloc
from dataclasses import dataclass
from io import BytesIO, StringIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory
from procrastinate.contrib.django import app

from amtsweg.platform import events, health, jobs
from amtsweg.platform.federation import wall
from amtsweg.platform.federation.audit import audit
from amtsweg.platform.federation.models import AuditEntry

# --- events ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class BellRang:
    times: int


@dataclass(frozen=True)
class LoudBellRang(BellRang):
    pass


@pytest.fixture
def heard():
    found: list[BellRang] = []

    def listen(event: BellRang) -> None:
        found.append(event)

    events.on(BellRang)(listen)
    events.on(BellRang)(listen)
    yield found
    events._handlers[BellRang].remove(listen)


def test_an_event_reaches_each_handler_once(heard):
    events.emit(BellRang(2))
    assert heard == [BellRang(2)]


def test_an_event_of_another_class_is_not_heard(heard):
    events.emit(LoudBellRang(2))
    assert heard == []


def test_an_error_of_a_handler_reaches_the_emitter():
    def fail(event: BellRang) -> None:
        raise ZeroDivisionError

    events.on(BellRang)(fail)
    try:
        with pytest.raises(ZeroDivisionError):
            events.emit(BellRang(1))
    finally:
        events._handlers[BellRang].remove(fail)


# --- health and metrics ---------------------------------------------------------------------


def heartbeat(seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


def test_a_process_is_live_without_a_database(client):
    assert client.get("/health/live").json() == {"status": "live"}


@pytest.mark.django_db
def test_with_database_migrations_and_worker_it_is_ready(client):
    heartbeat(1)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


@pytest.mark.django_db
def test_without_a_living_worker_it_is_not_ready(client):
    heartbeat(health.WORKER_SILENCE_SECONDS + 10)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": True, "migrations": True, "worker": False}


@pytest.mark.django_db
def test_with_an_unapplied_migration_it_is_not_ready(client, monkeypatch):
    heartbeat(1)
    known = health._known_migrations()
    monkeypatch.setattr(health, "_known_migrations", lambda: known | {("federation", "9999_new")})
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, False)


def test_metrics_are_for_this_machine():
    client = Client(REMOTE_ADDR="127.0.0.1")
    client.get("/health/live")
    text = client.get("/metrics").content.decode()
    assert 'amtsweg_requests_total{method="GET",route="health-live",status="200"}' in text


@pytest.mark.parametrize(
    "caller",
    [
        {"REMOTE_ADDR": "192.0.2.1"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.1"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "192.0.2.1", "HTTP_AUTHORIZATION": "Bearer wrong"},
    ],
)
def test_metrics_are_not_for_others(caller, settings):
    settings.METRICS_TOKEN = "right"
    assert Client(**caller).get("/metrics").status_code == 404


def test_metrics_are_for_whoever_has_the_token(settings):
    settings.METRICS_TOKEN = "right"
    caller = Client(REMOTE_ADDR="192.0.2.1", HTTP_AUTHORIZATION="Bearer right")
    assert caller.get("/metrics").status_code == 200


def test_an_empty_token_opens_nothing(settings):
    settings.METRICS_TOKEN = ""
    caller = Client(REMOTE_ADDR="192.0.2.1", HTTP_AUTHORIZATION="Bearer ")
    assert caller.get("/metrics").status_code == 404


# --- logs and headers -----------------------------------------------------------------------


def test_a_request_is_logged_by_route_without_what_was_typed(client):
    handler = logging.getLogger().handlers[0]
    out, handler.stream = handler.stream, StringIO()
    try:
        client.get("/impressum/?name=Muster", HTTP_USER_AGENT="Muster-Browser")
        written = handler.stream.getvalue()
    finally:
        handler.stream = out
    line = json.loads(written.splitlines()[-1])
    assert (line["event"], line["route"], line["status"]) == ("request", "web:imprint", 200)
    assert "Muster" not in written


def test_pages_carry_strict_headers(client):
    answer = client.get("/impressum/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


def test_an_anonymous_page_reads_no_session(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/impressum/").status_code == 200


def test_german_has_no_prefix_and_english_has_one(client):
    assert 'lang="de"' in client.get("/impressum/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert 'lang="en"' in client.get("/en/impressum/").content.decode()
    assert client.get("/de/impressum/").status_code == 404


def test_a_form_without_its_token_is_refused(db):
    answer = Client(enforce_csrf_checks=True).post("/abmelden/")
    assert answer.status_code == 403
    assert "Sitzung ist abgelaufen" in answer.content.decode()


# --- uploads --------------------------------------------------------------------------------


def posted(**data):
    request = RequestFactory().post("/", data)
    return request, request.POST, request.FILES


def test_a_file_within_the_bound_arrives_whole():
    content = bytes(range(256)) * 2000
    request, _, files = posted(proof=SimpleUploadedFile("proof.pdf", content))
    assert files["proof"].read() == content
    assert request.refused_uploads == frozenset()


def test_a_file_beyond_the_bound_is_refused_and_the_form_kept(settings):
    settings.MAX_UPLOAD_FILE_BYTES = 300_000
    large = SimpleUploadedFile("large.pdf", b"x" * 1_000_000)
    small = SimpleUploadedFile("small.pdf", b"y" * 300_000)
    request, post, files = posted(name="Bello", proof=large, photo=small)
    assert post["name"] == "Bello"
    assert "proof" not in files
    assert files["photo"].size == 300_000
    assert request.refused_uploads == {"proof"}


def test_a_refused_upload_takes_no_memory(settings):
    settings.MAX_UPLOAD_FILE_BYTES = 1_000_000
    body = BytesIO()
    body.write(b'--b\r\nContent-Disposition: form-data; name="proof"; filename="f.pdf"\r\n\r\n')
    body.write(b"x" * 30_000_000)
    body.write(b"\r\n--b--\r\n")
    size = body.tell()
    body.seek(0)
    request = RequestFactory().request(
        **{
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "multipart/form-data; boundary=b",
            "CONTENT_LENGTH": size,
            "wsgi.input": body,
        }
    )
    tracemalloc.start()
    try:
        assert "proof" not in request.FILES
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert request.refused_uploads == {"proof"}
    assert peak < 5_000_000


# --- the worker -----------------------------------------------------------------------------


@pytest.fixture
def ringing():
    """A job that notes in the audit log that it ran, taken away afterwards."""

    @app.task(queue="case", name="test.ring")
    def ring(authority_id: str) -> None:
        with wall.scope(authority=authority_id):
            audit("rang", authority=authority_id)

    yield ring
    del app.tasks["test.ring"]


def rang(authority) -> int:
    with wall.scope(authority=authority.id):
        return AuditEntry.objects.filter(action="rang").count()


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_after_its_transaction_and_is_gone(ringing, town):
    authority = town("Dresden")
    ringing.defer(authority_id=str(authority.id))
    jobs.run_waiting_jobs()
    assert rang(authority) == 1
    with connection.cursor() as cursor:
        # The clock adds jobs of its own, such as the hourly one after minute 47.
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'test.ring'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_transaction_that_was_undone_never_runs(ringing, town):
    authority = town("Dresden")

    def fails():
        with wall.scope(authority=authority.id):
            ringing.defer(authority_id=str(authority.id))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    jobs.run_waiting_jobs()
    assert rang(authority) == 0


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_killed_worker_is_taken_over(ringing, town):
    authority = town("Dresden")
    ringing.defer(authority_id=str(authority.id))
    heartbeat(jobs.SILENCE_SECONDS + 10)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing',"
            " worker_id = (SELECT id FROM procrastinate_workers)"
        )
    jobs.run_waiting_jobs()
    assert rang(authority) == 1


def test_no_migration_is_missing(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_no_system_check_complains():
    call_command("check", fail_level="WARNING")
