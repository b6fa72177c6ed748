"""Sealed content: opens for its owner and context, and for nothing else."""

from __future__ import annotations

import time
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection, transaction

from amtsweg.platform.federation import vault
from amtsweg.platform.federation.models import DataKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return uuid4()


def test_sealed_content_opens_again(owner):
    sealed = vault.seal(owner, "Jürgen Groß".encode(), "draft")
    assert "Jürgen".encode() not in sealed
    assert vault.unseal(owner, sealed, "draft") == "Jürgen Groß".encode()


def test_json_opens_again(owner):
    value = {"name": "Ägidius", "dogs": [1, None, True]}
    assert vault.unseal_json(owner, vault.seal_json(owner, value, "draft"), "draft") == value


def test_the_same_content_never_looks_the_same(owner):
    assert vault.seal(owner, b"x", "draft") != vault.seal(owner, b"x", "draft")


@pytest.mark.parametrize("place", [0, 3, 15, -1])
def test_changed_content_does_not_open(owner, place):
    sealed = bytearray(vault.seal(owner, b"content", "draft"))
    sealed[place] ^= 1
    with pytest.raises(vault.VaultError):
        vault.unseal(owner, bytes(sealed), "draft")


def test_content_of_another_key_version_does_not_open(owner):
    sealed = bytearray(vault.seal(owner, b"content", "draft"))
    sealed[2] = 9
    with pytest.raises(vault.VaultError, match="no data key 9"):
        vault.unseal(owner, bytes(sealed), "draft")


def test_content_does_not_open_as_something_else(owner):
    with pytest.raises(vault.VaultError):
        vault.unseal(owner, vault.seal(owner, b"content", "draft"), "message")


def test_content_does_not_open_for_another_authority(owner):
    other = uuid4()
    vault.seal(other, b"", "draft")
    with pytest.raises(vault.VaultError):
        vault.unseal(other, vault.seal(owner, b"content", "draft"), "draft")


@pytest.mark.parametrize(
    "content", [b"", b"\x01", b"\x01\x00\x01", b"plain text of some length, as from an old table"]
)
def test_what_was_never_sealed_does_not_open(owner, content):
    vault.seal(owner, b"", "draft")
    with pytest.raises(vault.VaultError):
        vault.unseal(owner, content, "draft")


def test_the_stored_key_is_wrapped(owner):
    vault.seal(owner, b"", "draft")
    key = DataKey.objects.get(owner=owner)
    assert len(bytes(key.wrapped)) == 12 + 32 + 16


def test_content_opens_after_a_restart(owner):
    sealed = vault.seal(owner, b"content", "draft")
    vault.forget()
    assert vault.unseal(owner, sealed, "draft") == b"content"


def test_a_key_survives_the_rollback_of_the_transaction_that_first_used_it(owner):
    def fails():
        with transaction.atomic():
            vault.seal(owner, b"", "draft")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    sealed = vault.seal(owner, b"content", "draft")
    vault.forget()
    assert vault.unseal(owner, sealed, "draft") == b"content"


def test_content_sealed_before_a_rotation_still_opens(owner):
    before = vault.seal(owner, b"before", "draft")
    vault.rotate(owner)
    after = vault.seal(owner, b"after", "draft")
    vault.forget()
    assert before[1:3] != after[1:3]
    assert vault.unseal(owner, before, "draft") == b"before"
    assert vault.unseal(owner, after, "draft") == b"after"


def test_another_master_key_opens_nothing(owner, settings):
    sealed = vault.seal(owner, b"content", "draft")
    vault.forget()
    settings.AMTSWEG = replace(settings.AMTSWEG, given_master_key=b"o" * 32)
    with pytest.raises(vault.VaultError, match="master key"):
        vault.unseal(owner, sealed, "draft")
    vault.forget()


def test_a_blind_hash_is_keyed_and_stable():
    assert vault.blind("code") == vault.blind(b"code")
    assert len(vault.blind("code")) == 32
    assert vault.blind("code") != vault.blind("Code")


def test_sealing_again_asks_no_database(owner, django_assert_num_queries):
    vault.seal(owner, b"", "draft")
    with django_assert_num_queries(0):
        vault.unseal(owner, vault.seal(owner, b"x", "draft"), "draft")


def test_sealing_two_kilobytes_takes_microseconds(owner):
    plain = b"a" * 2048
    vault.seal(owner, plain, "draft")
    best = min(_seconds_per_round(owner, plain) for _ in range(5))
    assert best < 40e-6, f"{best * 1e6:.1f} µs"


def _seconds_per_round(owner, plain) -> float:
    rounds = 500
    began = time.perf_counter()
    for _ in range(rounds):
        vault.unseal(owner, vault.seal(owner, plain, "draft"), "draft")
    return (time.perf_counter() - began) / rounds


def test_keys_of_the_platform_are_not_those_of_an_authority(owner):
    sealed = vault.seal(vault.PLATFORM, b"x", "profile")
    assert vault.unseal(vault.PLATFORM, sealed, "profile") == b"x"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT wrapped) = count(*) FROM federation_datakey")
        assert cursor.fetchone() == (True,)
