"""Guessing codes: one count for all kinds of codes, by the address that really asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client, RequestFactory

from amtsweg.platform.federation import codes, guesses, vault
from amtsweg.platform.federation.addresses import client_address
from amtsweg.platform.federation.jobs import forget_guesses
from amtsweg.platform.federation.models import FailedGuess

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


def from_address(address: str, forwarded: str = ""):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)


def guess(request, times: int) -> None:
    for _ in range(times):
        guesses.record(request, "test.refused")


def refused(request) -> bool:
    try:
        guesses.check(request, "test.refused")
    except guesses.TooManyGuesses:
        return True
    return False


def test_ten_wrong_codes_close_the_door_for_a_quarter_of_an_hour():
    request = from_address("192.0.2.1")
    guess(request, 9)
    assert not refused(request)
    guess(request, 1)
    with pytest.raises(guesses.TooManyGuesses) as told:
        guesses.check(request, "test.refused")
    assert told.value.until == NOW + timedelta(minutes=15)
    assert not refused(from_address("192.0.2.2"))
    with time_machine.travel(NOW + timedelta(minutes=15)):
        assert not refused(request)


def test_a_household_is_one_address():
    guess(from_address("2001:db8:1:2::3"), 10)
    assert refused(from_address("2001:db8:1:2:ffff::1"))
    assert not refused(from_address("2001:db8:1:3::3"))


def test_an_address_written_in_both_ways_is_one():
    guess(from_address("192.0.2.1"), 10)
    assert refused(from_address("::ffff:192.0.2.1"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        # Whoever is no proxy of ours can claim what it likes.
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.7, ::1", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9, rubbish", "127.0.0.1"),
        ("", "198.51.100.7", "None"),
    ],
)
def test_the_address_is_that_of_whoever_asks_and_not_what_is_claimed(peer, forwarded, found):
    assert str(client_address(from_address(peer, forwarded))) == found


def test_other_proxies_are_trusted_when_the_operator_names_them(settings):
    from ipaddress import ip_network

    request = from_address("10.0.0.4", "198.51.100.7")
    assert str(client_address(request)) == "10.0.0.4"
    settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)
    assert str(client_address(request)) == "198.51.100.7"


def test_every_door_counts_for_all(login, django_db_setup):
    """Resume, status and verification share the count, so that none is a way round another."""
    client = Client()
    for _ in range(4):
        assert client.post("/fortsetzen/", {"code": codes.new_code()}).status_code == 422
        assert client.post("/status/", {"code": codes.new_code()}).status_code == 422
    for _ in range(2):
        assert client.get(f"/verify/{codes.new_code()}/").status_code == 404
    for path in ("/fortsetzen/", "/status/", "/verify/"):
        answer = client.post(path, {"code": codes.new_code()})
        assert answer.status_code == 429
        assert "zu viele Versuche" in answer.content.decode()
    assert client.get(f"/verify/{codes.new_code()}/").status_code == 429


def test_refusals_are_audited_and_hold_no_code(audit_log):
    client, tried = Client(), []
    for path in ("/fortsetzen/", "/status/"):
        for _ in range(5):
            tried.append(codes.new_code())
            client.post(path, {"code": tried[-1]})
    client.get(f"/verify/{codes.new_code()}/")
    found = audit_log(
        "SELECT action, detail->>'reason', count(*), string_agg(entry::text, ' ')"
        " FROM federation_auditentry AS entry WHERE subject = 'code' GROUP BY 1, 2 ORDER BY 1"
    )
    assert [row[:3] for row in found] == [
        ("resume.refused", "unknown", 5),
        ("status.refused", "unknown", 5),
        ("verify.refused", "too many", 1),
    ]
    assert not any(code in row[3] for code in tried for row in found)


def test_what_is_kept_of_an_address_is_a_keyed_hash_for_an_hour(acting_as):
    guess(from_address("192.0.2.1"), 1)
    kept = bytes(FailedGuess.objects.get().source)
    assert kept == vault.blind("guess:192.0.2.1")
    assert b"192.0.2" not in kept
    with time_machine.travel(NOW + timedelta(hours=1)), acting_as("worker"):
        forget_guesses(0)
    assert not FailedGuess.objects.exists()
