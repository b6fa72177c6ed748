"""What tests of several rooms start from: a town that offers the dog tax, its staff, and a case."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import dog_tax
import pytest
from desk import Staff
from django.db import connection
from django.test import Client

from amtsweg.platform.casework.models import Case
from amtsweg.platform.federation import vault, wall
from amtsweg.platform.federation.models import Member, Role
from amtsweg.platform.identity import actions as identity
from amtsweg.platform.identity import sessions
from amtsweg.platform.identity.models import TrustLevel
from amtsweg.platform.transport import actions as transport


@pytest.fixture
def offer(acting_as, town):
    with acting_as("worker"):
        return dog_tax.offer(town("Dresden"))


@pytest.fixture
def hire(acting_as):
    """`hire(authority, Role.CLERK)`: a new member of an authority, signed in at the desk."""

    def make(authority: Any, role: Role, name: str = "Klara Beispiel") -> Staff:
        with acting_as("worker"):
            account = identity.account_for(
                uuid4().bytes * 2, {"given_name": name}, TrustLevel.SUBSTANTIAL
            )
            with wall.scope(authority=authority.pk):
                sealed = vault.seal(authority.pk, name.encode(), "member.name")
                member = Member.objects.create(
                    account=account, authority=authority, role=role, sealed_name=sealed
                )
        browser = Client()
        session = browser.session
        sessions.begin(session, account, TrustLevel.SUBSTANTIAL)
        sessions.work_under(session, member)
        session.save()
        browser.cookies["amtsweg_session"] = session.session_key
        return Staff(member, browser)

    return make


@pytest.fixture
def clerk(hire, offer) -> Staff:
    return hire(offer.authority, Role.CLERK)


@pytest.fixture
def head(hire, offer) -> Staff:
    return hire(offer.authority, Role.HEAD, "Hanna Leitung")


@pytest.fixture
def apply(acting_as, offer):
    """Send the complete application of Dresden's first golden case and let the worker accept it."""

    def send() -> Case:
        with wall.scope(code=b"c" * 32):
            sent = transport.submit(
                offer.destination,
                data=json.dumps(dog_tax.answers()).encode(),
                metadata={},
                attachments=(),
                edition_hash=offer.edition_hash,
                account=None,
                code_hash=b"c" * 32,
            )
        with acting_as("worker"), wall.scope(authority=offer.authority.pk):
            transport.accept(sent.pk)
            return Case.objects.get(submission=sent)

    return send


@pytest.fixture
def case(apply) -> Case:
    return apply()


@pytest.fixture
def audit_log(db):
    """`audit_log("SELECT …")`: reads the installation's own entries, which no login of ours sees.

    Nor does an administrator who is no superuser. So the owner takes the wall away, for this test.
    """

    def read(statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET ROLE amtsweg_owner")
            cursor.execute("ALTER TABLE federation_auditentry NO FORCE ROW LEVEL SECURITY")
            cursor.execute(statement)
            return cursor.fetchall()

    return read
