"""Reads: destinations, submissions, and what is in them once they are opened."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from amtsweg.kit.forms import FileInfo
from amtsweg.platform.catalogue.models import Service
from amtsweg.platform.federation import vault
from amtsweg.platform.statements import Columns, Statement
from amtsweg.platform.transport import envelope, metadata
from amtsweg.platform.transport.errors import NoAttachment, NoDestination
from amtsweg.platform.transport.models import (
    Destination,
    DestinationKey,
    DestinationStatus,
    EventLog,
    Submission,
    SubmissionAttachment,
)

_DESTINATION = Statement(
    """
    SELECT {destination}, {service} FROM transport_destination AS destination
    JOIN catalogue_service AS service ON service.id = destination.service_id
    WHERE destination.authority_id = %s AND destination.service_id = %s AND destination.status = %s
    """,
    destination=Columns(Destination),
    service=Columns(Service, "id", "slug", "names", "leika_keys"),
)


@dataclass(frozen=True)
class Attachment:
    """An attachment of an opened submission; its content comes from ``attachment()``."""

    id: UUID
    info: FileInfo


@dataclass(frozen=True)
class Opened:
    """A submission in clear: answers by the edition's schema, FIT-Connect metadata, attachments.

    ``leika_key`` (14 digits) says what was applied for.
    """

    leika_key: str
    data: dict[str, Any]
    metadata: dict[str, Any]
    attachments: tuple[Attachment, ...]


def destination(authority_id: UUID, service_id: UUID) -> Destination:
    """Where an authority takes submissions of a service; raises NoDestination. One query."""
    row = _DESTINATION.first(authority_id, service_id, DestinationStatus.ACTIVE)
    if row is None:
        raise NoDestination
    found: Destination
    found, found.service = row
    return found


def submission(submission_id: UUID) -> Submission:
    """One submission that the scope may see; raises Submission.DoesNotExist."""
    return Submission.objects.select_related("authority", "destination__service").get(
        pk=submission_id
    )


def open_submission(sent: Submission) -> Opened:
    """What was sent. At most two queries.

    An accepted submission opens for whoever may see it. One that waits for acceptance opens only
    for the worker in the authority's scope. Raises EnvelopeError.
    """
    keys = content_keys(sent)
    described = json.loads(envelope.decrypt(sent.metadata_jwe, keys["metadata"]))
    infos = metadata.read(described).attachments
    sizes = dict(_attachments(sent).values_list("id", "size")) if infos else {}
    return Opened(
        leika_key=metadata.leika_key(sent.service_identifier),
        data=json.loads(envelope.decrypt(sent.data_jwe, keys["data"])),
        metadata=described,
        attachments=tuple(
            Attachment(UUID(info.id), replace(info, size=sizes.get(UUID(info.id), 0)))
            for info in infos
        ),
    )


def attachment(sent: Submission, attachment_id: UUID) -> bytes:
    """An attachment's content, whose hash is tested against the metadata. Raises NoAttachment."""
    keys = content_keys(sent)
    described = json.loads(envelope.decrypt(sent.metadata_jwe, keys["metadata"]))
    info = next(
        (a for a in metadata.read(described).attachments if UUID(a.id) == attachment_id), None
    )
    row = _attachments(sent).filter(pk=attachment_id).first()
    if info is None or row is None:
        raise NoAttachment(str(attachment_id))
    content = envelope.decrypt(bytes(row.jwe).decode("ascii"), keys[str(attachment_id)])
    if hashlib.sha512(content).hexdigest() != info.sha512:
        raise NoAttachment(f"{attachment_id} is not what was sent")
    return content


def events(sent: Submission) -> list[EventLog]:
    """What befell a submission, oldest first."""
    return list(sent.events.order_by("at"))


def content_keys(sent: Submission) -> dict[str, bytes]:
    """The content keys of an accepted submission: "metadata", "data", and one per attachment id."""
    if sent.content_keys is not None:
        sealed: dict[str, str] = vault.unseal_json(
            sent.authority_id, sent.content_keys, keys_context(sent.pk)
        )
        return {name: b64decode(key) for name, key in sealed.items()}
    return unwrap_keys(sent)


def unwrap_keys(sent: Submission) -> dict[str, bytes]:
    """The content keys by the destination's private key, which only the worker may read.

    About 6 ms of CPU for each of the envelopes. Raises EnvelopeError.
    """
    key = DestinationKey.objects.select_related("destination").get(pk=sent.destination_id)
    private = _private_key(key.destination_id, key.authority_id, bytes(key.sealed))
    kid = key.destination.encryption_kid
    envelopes = {"metadata": sent.metadata_jwe, "data": sent.data_jwe}
    keys = {name: envelope.unwrap(jwe, private, kid) for name, jwe in envelopes.items()}
    for row in _attachments(sent).iterator(chunk_size=1):
        keys[str(row.pk)] = envelope.unwrap(bytes(row.jwe).decode("ascii"), private, kid)
    return keys


def keys_context(submission_id: UUID) -> str:
    """The vault context of a submission's content keys."""
    return f"submission-keys:{submission_id}"


def private_key_context(destination_id: UUID) -> str:
    """The vault context of a destination's private key."""
    return f"destination-key:{destination_id}"


def _attachments(sent: Submission) -> Any:
    return SubmissionAttachment.objects.filter(submission=sent.pk)


@lru_cache(maxsize=32)
def _private_key(destination_id: UUID, authority_id: UUID, sealed: bytes) -> RSAPrivateKey:
    # The sealed bytes are part of the key: only who read them through the wall reaches the cache.
    return envelope.load_private_key(
        vault.unseal(authority_id, sealed, private_key_context(destination_id))
    )
