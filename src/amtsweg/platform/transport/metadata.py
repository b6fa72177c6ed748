"""A submission's metadata: what is in the envelope, with hashes. FIT-Connect metadata schema 1.0.0.

https://schema.fitko.de/fit-connect/metadata/1.0.0/metadata.schema.json
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from amtsweg.kit.forms import FileInfo
from amtsweg.platform.transport.errors import MetadataError

SCHEMA = "https://schema.fitko.de/fit-connect/metadata/1.0.0/metadata.schema.json"
MEDIA_TYPE = "application/json"
HASH = "sha512"
_HEX_OF_SHA512 = re.compile(r"[a-f0-9]{128}")


@dataclass(frozen=True)
class Structure:
    """What the metadata say about the content. Sizes are not part of them: ``size`` is 0."""

    data_hash: str
    schema_uri: str
    attachments: tuple[FileInfo, ...]


def schema_uri(edition_hash: str) -> str:
    """The URI of the data schema that an edition defines."""
    return f"urn:amtsweg:edition:sha256:{edition_hash}"


def service_urn(leika_key: str) -> str:
    """The URN of a service of the catalogue (LeiKa, 14 digits)."""
    return f"urn:de:fim:leika:leistung:{leika_key}"


def leika_key(urn: str) -> str:
    """The LeiKa key in the URN of a service."""
    return urn.rpartition(":")[2]


def build(
    data: bytes, edition_hash: str, attachments: Iterable[FileInfo], more: Mapping[str, Any]
) -> dict[str, Any]:
    """The metadata of this content. ``more`` holds further members, such as replyChannel."""
    return {
        "$schema": SCHEMA,
        **more,
        "contentStructure": {
            "data": {
                "hash": {"type": HASH, "content": hashlib.sha512(data).hexdigest()},
                "submissionSchema": {
                    "schemaUri": schema_uri(edition_hash),
                    "mimeType": MEDIA_TYPE,
                },
            },
            "attachments": [
                {
                    "attachmentId": info.id,
                    "purpose": "attachment",
                    "filename": info.filename,
                    "mimeType": info.media_type,
                    "hash": {"type": HASH, "content": info.sha512},
                }
                for info in attachments
            ],
        },
    }


def read(metadata: object) -> Structure:
    """What metadata say about the content; raises MetadataError naming the place that is wrong."""
    structure = _member(metadata, "contentStructure", dict)
    data = _member(structure, "data", dict)
    return Structure(
        data_hash=_hash(data),
        schema_uri=_member(_member(data, "submissionSchema", dict), "schemaUri", str),
        attachments=tuple(
            FileInfo(
                id=_member(attachment, "attachmentId", str),
                filename=attachment.get("filename") or "",
                media_type=_member(attachment, "mimeType", str),
                size=0,
                sha512=_hash(attachment),
            )
            for attachment in _member(structure, "attachments", list)
        ),
    )


def _member(parent: object, name: str, kind: type[Any]) -> Any:
    value = parent.get(name) if isinstance(parent, dict) else None
    if not isinstance(value, kind):
        raise MetadataError(f"metadata: {name} is missing or not a {kind.__name__}")
    return value


def _hash(parent: object) -> str:
    found = _member(parent, "hash", dict)
    content = _member(found, "content", str)
    if found.get("type") != HASH or not _HEX_OF_SHA512.fullmatch(content):
        raise MetadataError("metadata: a hash is not the hexadecimal form of a SHA-512 hash")
    return str(content)
