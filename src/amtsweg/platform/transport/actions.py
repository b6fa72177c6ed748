"""The verbs of the door: make a destination, submit, accept. Each is one transaction."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jsonschema_rs
from django.db import transaction
from django.utils import timezone

from amtsweg.kit.forms import FileInfo
from amtsweg.platform.catalogue import queries as catalogue
from amtsweg.platform.catalogue.models import Service
from amtsweg.platform.events import emit
from amtsweg.platform.federation import codes, vault, wall
from amtsweg.platform.federation.models import Authority
from amtsweg.platform.statements import insert
from amtsweg.platform.transport import envelope, metadata, queries
from amtsweg.platform.transport.errors import EnvelopeError, MetadataError
from amtsweg.platform.transport.events import SubmissionAccepted, SubmissionSent
from amtsweg.platform.transport.models import (
    Destination,
    DestinationKey,
    DestinationStatus,
    EventKind,
    EventLog,
    Submission,
    SubmissionAttachment,
    SubmissionState,
)

_LARGEST_LIST_OF_PROBLEMS = 50
_LONGEST_PREFIX = 2


@dataclass(frozen=True)
class OutgoingAttachment:
    """A file to be sent: what it is (``info.id`` is a UUID) and its bytes."""

    info: FileInfo
    content: bytes


@dataclass(frozen=True)
class Problem:
    """What a receiver found wrong: a FIT-Connect code, the place, a sentence without any value."""

    code: str
    where: str
    detail: str


class _Unacceptable(Exception):
    """The submission is not what its sender sealed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def create_destination(authority: Authority, service: Service) -> Destination:
    """Open the door of an authority for a service; the open one if there is one already.

    Makes an RSA-4096 key: about a second of CPU, before the transaction. Needs the rights of the
    worker or the owner of the tables, because the web may not touch private keys.
    """
    present = Destination.objects.filter(
        authority=authority, service=service, status=DestinationStatus.ACTIVE
    ).first()
    if present is not None:
        return present
    key = envelope.new_key()
    with wall.scope(authority=authority.pk):
        destination = Destination.objects.create(
            authority=authority,
            service=service,
            encryption_kid=key.kid,
            public_key=key.public,
            created_at=timezone.now(),
        )
        DestinationKey.objects.create(
            destination=destination,
            authority=authority,
            sealed=vault.seal(
                authority.pk, key.private, queries.private_key_context(destination.pk)
            ),
        )
    return destination


@transaction.atomic(savepoint=False)
def submit(
    destination: Destination,
    *,
    data: bytes,
    metadata: Mapping[str, Any],
    attachments: Iterable[OutgoingAttachment],
    edition_hash: str,
    account: UUID | None,
    code_hash: bytes | None,
    language: str = "de",
    leika_key: str = "",
) -> Submission:
    """Seal an application for a destination and store it. Three queries and one per attachment.

    ``data`` is canonical JSON by the edition's schema. ``leika_key`` is that of the operation, where the
    service has several. ``metadata`` adds members of the FIT-Connect
    schema, such as replyChannel. ``attachments`` may be a generator: then one file at a time is in
    memory. The caller's scope is the sender's (``account`` or ``code_hash``) or the authority's.
    """
    now = timezone.now()
    sent = Submission(
        destination=destination,
        authority_id=destination.authority_id,
        edition_id=edition_hash,
        service_identifier=_identifier(leika_key or destination.service.leika_keys[0]),
        reference=codes.new_reference(destination.service.slug[:_LONGEST_PREFIX].upper()),
        state=SubmissionState.SUBMITTED,
        account_id=account,
        code_hash=code_hash,
        submitted_at=now,
        language=language,
    )
    infos = [_send_attachment(sent, outgoing) for outgoing in attachments]
    described = _describe(sent, data, infos, metadata)
    key = destination.public_key
    sent.data_jwe = envelope.seal(data, key, content_type="application/json")
    sent.metadata_jwe = envelope.seal(_json(described), key, content_type="application/json")
    insert(sent)
    _log(sent, EventKind.CREATE, EventKind.SUBMIT)
    emit(SubmissionSent(sent.pk, sent.authority_id))
    return sent


@transaction.atomic
def accept(submission_id: UUID) -> Submission:
    """Open a submission for its authority, once, and test its hashes and its edition's schema.

    What is not what was sealed is rejected, and kept. Data that break the schema are accepted with
    the problems in the event log: a person's application is never lost to a rule of form.
    Runs in the worker in the authority's scope; does nothing if it was opened before.
    """
    sent = Submission.objects.select_for_update().get(pk=submission_id)
    if sent.state != SubmissionState.SUBMITTED:
        return sent
    try:
        keys, data = _verified(sent)
    except _Unacceptable as refusal:
        sent.state = SubmissionState.REJECTED
        sent.save(update_fields=["state"])
        _log(sent, EventKind.REJECT, problems=[refusal.problem])
        return sent
    sent.state = SubmissionState.ACCEPTED
    sent.content_keys = vault.seal_json(
        sent.authority_id,
        {name: b64encode(key).decode() for name, key in keys.items()},
        queries.keys_context(sent.pk),
    )
    sent.save(update_fields=["state", "content_keys"])
    _log(sent, EventKind.ACCEPT, problems=_schema_problems(sent.edition_id, data))
    emit(SubmissionAccepted(sent.pk, sent.authority_id))
    return sent


def _send_attachment(sent: Submission, outgoing: OutgoingAttachment) -> FileInfo:
    sealed = envelope.seal(
        outgoing.content, sent.destination.public_key, content_type=outgoing.info.media_type
    )
    SubmissionAttachment.objects.create(
        id=UUID(outgoing.info.id),
        submission=sent,
        authority_id=sent.authority_id,
        account_id=sent.account_id,
        code_hash=sent.code_hash,
        size=len(outgoing.content),
        jwe=sealed.encode("ascii"),
    )
    return outgoing.info


def _describe(
    sent: Submission, data: bytes, infos: list[FileInfo], more: Mapping[str, Any]
) -> dict[str, Any]:
    own = {
        "publicServiceType": {
            "name": sent.destination.service.names["de"],
            "identifier": sent.service_identifier,
        },
        "additionalReferenceInfo": {
            "senderReference": sent.reference,
            "applicationDate": timezone.localdate(sent.submitted_at).isoformat(),
        },
    }
    return metadata.build(data, sent.edition_id, infos, {**own, **more})


def _verified(sent: Submission) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The content keys and the data of a submission whose every part is what the metadata say."""
    try:
        keys = queries.unwrap_keys(sent)
        described = json.loads(envelope.decrypt(sent.metadata_jwe, keys["metadata"]))
        structure = metadata.read(described)
        data = envelope.decrypt(sent.data_jwe, keys["data"])
        _verify_hash("data", data, structure.data_hash)
        answers = json.loads(data)
        if not isinstance(answers, dict):
            raise _Unacceptable(Problem("syntax-violation", "data", "The data are no JSON object."))
        # Python reads NaN and "\ud800", which no other system could read from here again.
        json.dumps(answers, ensure_ascii=False, allow_nan=False).encode()
        expected = {info.id: info.sha512 for info in structure.attachments}
        if expected.keys() != keys.keys() - {"metadata", "data"}:
            raise _Unacceptable(
                Problem("attachments-mismatch", "metadata", "Announced attachments are missing.")
            )
        for row in SubmissionAttachment.objects.filter(submission=sent).iterator(chunk_size=1):
            content = envelope.decrypt(bytes(row.jwe).decode("ascii"), keys[str(row.pk)])
            _verify_hash(f"attachment:{row.pk}", content, expected[str(row.pk)])
    except EnvelopeError as error:
        raise _Unacceptable(Problem("encryption-issue", "envelope", str(error))) from error
    except MetadataError as error:
        raise _Unacceptable(Problem("schema-violation", "metadata", str(error))) from error
    except (ValueError, RecursionError) as error:
        raise _Unacceptable(
            Problem("syntax-violation", "envelope", "A part is not JSON.")
        ) from error
    return keys, answers


def _verify_hash(where: str, content: bytes, expected: str) -> None:
    if hashlib.sha512(content).hexdigest() != expected:
        raise _Unacceptable(
            Problem("hash-mismatch", where, "The content is not what the sender hashed.")
        )


def _schema_problems(edition_hash: str, data: dict[str, Any]) -> list[Problem]:
    problems: list[Problem] = []
    for error in _validator(edition_hash).iter_errors(data):
        where = "/".join(str(step) for step in error.instance_path)
        problems.append(Problem("schema-violation", f"data/{where}", str(error.kind.name)))
        if len(problems) == _LARGEST_LIST_OF_PROBLEMS:
            break
    return problems


@lru_cache(maxsize=64)
def _validator(edition_hash: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        dict(catalogue.compiled(edition_hash).json_schema), validate_formats=True
    )


def _identifier(leika_key: str) -> str:
    return metadata.service_urn(leika_key)


def _log(sent: Submission, *kinds: EventKind, problems: Iterable[Problem] = ()) -> None:
    found = [asdict(problem) for problem in problems]
    now = timezone.now()
    insert(
        *(
            EventLog(
                submission=sent,
                authority_id=sent.authority_id,
                account_id=sent.account_id,
                code_hash=sent.code_hash,
                kind=kind,
                # Events of one moment keep their order.
                at=now + timedelta(microseconds=place),
                problems=found,
            )
            for place, kind in enumerate(kinds)
        )
    )


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
