"""The door: what is submitted is sealed, walled, logged, and opened once for its authority."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from uuid import UUID, uuid4

import dog_tax
import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from amtsweg.kit.forms import FileInfo
from amtsweg.platform import events
from amtsweg.platform.federation import vault, wall
from amtsweg.platform.transport import actions, envelope, metadata, queries
from amtsweg.platform.transport.errors import EnvelopeError, NoAttachment, NoDestination
from amtsweg.platform.transport.events import SubmissionAccepted
from amtsweg.platform.transport.models import (
    DestinationKey,
    EventKind,
    EventLog,
    Submission,
    SubmissionAttachment,
    SubmissionState,
)

CODE = b"c" * 32


@pytest.fixture
def offer(acting_as, town):
    with acting_as("worker"):
        return dog_tax.offer(town("Dresden"))


@pytest.fixture
def accepted(monkeypatch):
    """The rooms above are not part of these tests: collect what they would hear."""
    heard: list[SubmissionAccepted] = []
    monkeypatch.setitem(events._handlers, SubmissionAccepted, [heard.append])
    return heard


def a_file(content: bytes = dog_tax.PDF, name: str = "nachweis.pdf"):
    info = FileInfo(
        id=str(uuid4()),
        filename=name,
        media_type="application/pdf",
        size=len(content),
        sha512=hashlib.sha512(content).hexdigest(),
    )
    return actions.OutgoingAttachment(info, content)


def submit(offer, *attachments, answers=None, scope=None, **more) -> Submission:
    data = json.dumps(answers or dog_tax.answers(), ensure_ascii=False).encode()
    with wall.scope(**(scope or {"code": CODE})):
        return actions.submit(
            offer.destination,
            data=data,
            metadata=more.pop("metadata", {}),
            attachments=attachments,
            edition_hash=offer.edition_hash,
            account=None,
            code_hash=CODE,
        )


def accept(acting_as, sent: Submission) -> Submission:
    with acting_as("worker"), wall.scope(authority=sent.authority_id):
        return actions.accept(sent.pk)


def test_a_submission_is_sealed_and_waits_with_its_two_events_and_a_job(offer):
    sent = submit(offer, a_file())
    with wall.scope(code=CODE):
        kept = Submission.objects.get(pk=sent.pk)
        assert kept.state == SubmissionState.SUBMITTED
        assert kept.service_identifier == "urn:de:fim:leika:leistung:99102013002000"
        assert re.fullmatch(r"HU-\w{4}-\w{4}", kept.reference)
        assert [e.kind for e in queries.events(kept)] == [EventKind.CREATE, EventKind.SUBMIT]
        stored = kept.data_jwe + kept.metadata_jwe + bytes(kept.attachments.get().jwe).decode()
    assert "Muster" not in stored
    assert "nachweis" not in stored
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs WHERE queue_name = 'case'")
        ((arguments,),) = cursor.fetchall()
    assert json.loads(arguments) == {
        "authority_id": str(offer.authority.pk),
        "submission_id": str(sent.pk),
    }


def test_submitting_takes_four_queries_and_one_per_file(offer):
    with wall.scope(code=CODE), CaptureQueriesContext(connection) as captured:
        actions.submit(
            offer.destination,
            data=b"{}",
            metadata={},
            attachments=[a_file(), a_file()],
            edition_hash=offer.edition_hash,
            account=None,
            code_hash=CODE,
        )
    sql = [query["sql"] for query in captured]
    # What the rooms above add is counted where an application is sent (test_assistant).
    assert sum(text.startswith('INSERT INTO "transport_') for text in sql) == 4
    assert sum("accept_submission" in text for text in sql) == 1
    assert not any(
        text.startswith(("SAVEPOINT", 'SELECT "transport_destination')) for text in sql[:5]
    )


def test_acceptance_opens_the_submission_for_its_authority(offer, acting_as, accepted):
    file = a_file(name="Nachweis Blindenhund.pdf")
    sent = submit(offer, file)
    sent = accept(acting_as, sent)
    assert sent.state == SubmissionState.ACCEPTED
    assert accepted == [SubmissionAccepted(sent.pk, offer.authority.pk)]
    # From here on the web reads it, though it can never read a private key.
    with wall.scope(authority=offer.authority.pk):
        opened = queries.open_submission(queries.submission(sent.pk))
        assert opened.data == dog_tax.answers()
        (found,) = opened.attachments
        assert found.info == file.info
        assert queries.attachment(sent, found.id) == dog_tax.PDF
        assert EventLog.objects.get(kind=EventKind.ACCEPT).problems == []


def test_whoever_sent_it_can_read_it_again(offer, acting_as, accepted):
    sent = accept(acting_as, submit(offer))
    with wall.scope(code=CODE):
        assert queries.open_submission(queries.submission(sent.pk)).data == dog_tax.answers()


def test_accepting_twice_changes_and_tells_nothing(offer, acting_as, accepted):
    sent = submit(offer)
    accept(acting_as, sent)
    accept(acting_as, sent)
    assert len(accepted) == 1
    with wall.scope(authority=offer.authority.pk):
        assert EventLog.objects.filter(kind=EventKind.ACCEPT).count() == 1


def test_a_failing_room_above_undoes_the_acceptance(offer, acting_as, monkeypatch):
    def fail(_event):
        raise RuntimeError("no case")

    monkeypatch.setitem(events._handlers, SubmissionAccepted, [fail])
    sent = submit(offer)
    with acting_as("worker"), pytest.raises(RuntimeError), wall.scope(authority=sent.authority_id):
        actions.accept(sent.pk)
    with wall.scope(code=CODE):
        assert queries.submission(sent.pk).state == SubmissionState.SUBMITTED


def test_the_web_cannot_open_what_is_not_accepted(offer):
    sent = submit(offer)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        wall.scope(authority=offer.authority.pk),
    ):
        queries.open_submission(sent)


def test_metadata_are_fit_connects(offer, acting_as, accepted):
    file = a_file()
    sent = accept(
        acting_as,
        submit(offer, file, metadata={"replyChannel": {"eMail": {"address": "a@example.org"}}}),
    )
    with wall.scope(authority=offer.authority.pk):
        opened = queries.open_submission(sent)
    data = json.dumps(dog_tax.answers(), ensure_ascii=False).encode()
    assert opened.metadata == {
        "$schema": "https://schema.fitko.de/fit-connect/metadata/1.0.0/metadata.schema.json",
        "publicServiceType": {
            "name": "Hund zur Hundesteuer anmelden",
            "identifier": "urn:de:fim:leika:leistung:99102013002000",
        },
        "additionalReferenceInfo": {
            "senderReference": sent.reference,
            "applicationDate": opened.metadata["additionalReferenceInfo"]["applicationDate"],
        },
        "replyChannel": {"eMail": {"address": "a@example.org"}},
        "contentStructure": {
            "data": {
                "hash": {"type": "sha512", "content": hashlib.sha512(data).hexdigest()},
                "submissionSchema": {
                    "schemaUri": f"urn:amtsweg:edition:sha256:{offer.edition_hash}",
                    "mimeType": "application/json",
                },
            },
            "attachments": [
                {
                    "attachmentId": file.info.id,
                    "purpose": "attachment",
                    "filename": "nachweis.pdf",
                    "mimeType": "application/pdf",
                    "hash": {"type": "sha512", "content": file.info.sha512},
                }
            ],
        },
    }


def reseal(sent: Submission, *, data: bytes | None = None, described: object = None) -> None:
    key = dog_tax.key().public
    if data is not None:
        sent.data_jwe = envelope.seal(data, key, content_type="application/json")
    if described is not None:
        content = described if isinstance(described, bytes) else json.dumps(described).encode()
        sent.metadata_jwe = envelope.seal(content, key, content_type="application/json")
    with wall.scope(code=CODE):
        sent.save()


def tampered_data(sent):
    reseal(sent, data=b'{"bereits_gehaltene_hunde": 99}')


def other_data(data):
    def spoil(sent):
        reseal(sent, data=data, described=metadata.build(data, sent.edition_id, [], {}))

    return spoil


def no_metadata(sent):
    reseal(sent, described={"contentStructure": {"data": {}}})


def no_json(sent):
    reseal(sent, described=b"\xff\x00 no JSON")


def lost_attachment(sent):
    with wall.scope(code=CODE):
        SubmissionAttachment.objects.all().delete()


def other_attachment(sent):
    sealed = envelope.seal(b"%PDF-1.7 other", dog_tax.key().public, content_type="application/pdf")
    with wall.scope(code=CODE):
        SubmissionAttachment.objects.update(jwe=sealed.encode())


def broken_envelope(sent):
    sent.data_jwe = sent.data_jwe[:-6] + "AAAAAA"
    with wall.scope(code=CODE):
        sent.save()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (tampered_data, "hash-mismatch"),
        (other_data(b"[]"), "syntax-violation"),
        (no_metadata, "schema-violation"),
        (no_json, "syntax-violation"),
        (other_data(b'{"a": "\\ud800"}'), "syntax-violation"),
        (other_data(b'{"a": NaN}'), "syntax-violation"),
        (other_data(b'{"a":' + b"[" * 100_000), "syntax-violation"),
        (lost_attachment, "attachments-mismatch"),
        (other_attachment, "hash-mismatch"),
        (broken_envelope, "encryption-issue"),
    ],
)
def test_what_is_not_what_was_sealed_is_rejected_and_kept(offer, acting_as, accepted, spoil, code):
    sent = submit(offer, a_file())
    spoil(sent)
    sent = accept(acting_as, sent)
    assert sent.state == SubmissionState.REJECTED
    assert accepted == []
    with wall.scope(authority=offer.authority.pk):
        assert Submission.objects.get(pk=sent.pk).data_jwe == sent.data_jwe
        (problem,) = EventLog.objects.get(kind=EventKind.REJECT).problems
    assert problem["code"] == code


def test_data_against_the_schema_are_accepted_with_findings_that_name_no_value(
    offer, acting_as, accepted
):
    broken = {**dog_tax.answers(), "bereits_gehaltene_hunde": "Geheimnis", "fremd": 1}
    sent = accept(acting_as, submit(offer, answers=broken))
    assert sent.state == SubmissionState.ACCEPTED
    assert len(accepted) == 1
    with wall.scope(authority=offer.authority.pk):
        problems = EventLog.objects.get(kind=EventKind.ACCEPT).problems
        assert queries.open_submission(sent).data == broken
    assert {
        "code": "schema-violation",
        "where": "data/bereits_gehaltene_hunde",
        "detail": "type",
    } in problems
    assert any(problem["detail"] == "additionalProperties" for problem in problems)
    assert "Geheimnis" not in json.dumps(problems)


def test_an_attachment_that_is_not_announced_is_not_given_out(offer, acting_as, accepted):
    sent = accept(acting_as, submit(offer, a_file()))
    with wall.scope(authority=offer.authority.pk), pytest.raises(NoAttachment):
        queries.attachment(sent, uuid4())


def test_a_private_key_sealed_for_another_destination_does_not_open(offer, acting_as):
    sealed = vault.seal(offer.authority.pk, b"x", queries.private_key_context(uuid4()))
    with acting_as("worker"), wall.scope(authority=offer.authority.pk):
        DestinationKey.objects.update(sealed=sealed)
        with pytest.raises(vault.VaultError):
            queries.unwrap_keys(submit(offer, scope={"authority": offer.authority.pk}))


def test_no_destination_no_submission(offer, town):
    with pytest.raises(NoDestination):
        queries.destination(town("Radebeul").pk, offer.service.pk)


def test_a_destination_is_made_once_with_a_key_of_its_own(offer, acting_as, town):
    with acting_as("worker"):
        made = actions.create_destination(town("Radebeul"), offer.service)
        again = actions.create_destination(town("Radebeul"), offer.service)
    assert again.pk == made.pk
    assert made.encryption_kid != offer.destination.encryption_kid
    with acting_as("worker"), wall.scope(authority=made.authority_id):
        sealed = bytes(DestinationKey.objects.get(pk=made.pk).sealed)
        private = envelope.load_private_key(
            vault.unseal(made.authority_id, sealed, queries.private_key_context(made.pk))
        )
    content = envelope.seal(b"{}", made.public_key, content_type="application/json")
    assert (
        envelope.decrypt(content, envelope.unwrap(content, private, made.encryption_kid)) == b"{}"
    )


class TestWall:
    """Two towns, tried with the web's and the worker's rights."""

    TABLES = ("transport_submission", "transport_submissionattachment", "transport_eventlog")

    @pytest.fixture
    def sent(self, offer):
        return submit(offer, a_file())

    def rows(self, table: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            return cursor.fetchone()[0]

    @pytest.mark.parametrize("role", ["web", "worker"])
    @pytest.mark.parametrize("table", TABLES)
    def test_nobody_and_the_other_town_see_nothing(self, sent, town, acting_as, table, role):
        with acting_as(role):
            assert self.rows(table) == 0
            with wall.scope(authority=town("Radebeul").pk):
                assert self.rows(table) == 0
            with wall.scope(code=b"x" * 32):
                assert self.rows(table) == 0
            with wall.scope(authority=sent.authority_id):
                assert self.rows(table) > 0

    def test_the_public_part_of_a_destination_is_public_and_not_writable(self, offer, town):
        assert self.rows("transport_destination") == 1
        with wall.scope(authority=town("Radebeul").pk), connection.cursor() as cursor:
            cursor.execute("UPDATE transport_destination SET status = 'inactive'")
            assert cursor.rowcount == 0

    @pytest.mark.parametrize("statement", ["SELECT 1 FROM", "DELETE FROM"])
    def test_the_web_never_touches_private_keys(self, login, statement):
        with login("web") as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(f"{statement} transport_destinationkey")

    def test_a_person_never_reaches_a_private_key(self, sent, acting_as):
        with acting_as("worker"), wall.scope(code=CODE):
            assert self.rows("transport_destinationkey") == 0

    @pytest.mark.parametrize("statement", ["UPDATE {} SET kind = 'accept'", "DELETE FROM {}"])
    def test_the_event_log_cannot_be_changed(self, sent, statement):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            wall.scope(authority=sent.authority_id),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement.format("transport_eventlog"))


@pytest.mark.parametrize(
    "change",
    [
        {"contentStructure": None},
        {"contentStructure": {"attachments": []}},
        {"contentStructure": {"data": {"hash": {"type": "sha1", "content": "00"}}}},
    ],
)
def test_metadata_that_break_the_schema_are_refused(change):
    with pytest.raises(metadata.MetadataError):
        metadata.read(change)


def test_metadata_read_back_what_was_built():
    info = replace(a_file().info, size=0)
    built = metadata.build(b"{}", "ab" * 32, [info], {})
    read = metadata.read(built)
    assert read.attachments == (info,)
    assert read.data_hash == hashlib.sha512(b"{}").hexdigest()
    assert UUID(read.attachments[0].id)


def test_an_error_of_the_envelope_is_one_of_the_door():
    with pytest.raises(EnvelopeError):
        envelope.seal(b"x" * (envelope.LARGEST_CONTENT + 1), dog_tax.key().public, content_type="x")
