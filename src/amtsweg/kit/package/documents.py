"""TOML and JSON documents of a package, held against their schema."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

import jsonschema_rs

from amtsweg.kit.package.findings import Findings

_SCHEMAS: Final = Path(__file__).parent / "schemas"
_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)")


def read_toml(
    files: Mapping[str, bytes], name: str, findings: Findings, *, schema: str = ""
) -> dict[str, Any] | None:
    """A TOML file as plain JSON values (dates as ISO strings); None if it cannot be used.

    ``schema`` names the schema (``schemas/NAME.schema.json``) that it must keep.
    """
    text = read_text(files, name, findings)
    if text is None:
        return None
    try:
        document: dict[str, Any] = plain(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        findings.error(
            "toml.syntax",
            f"The file is not TOML: {_LINE.sub('', str(error)).strip()}.",
            "Mend the line; see toml.io for the notation.",
            name,
            int(line[1]) if line else None,
        )
        return None
    except RecursionError:
        _too_deep(name, findings)
        return None
    if schema and not conforms(document, _validator(schema), "toml.schema", name, findings):
        return None
    return document


def read_json(files: Mapping[str, bytes], name: str, findings: Findings) -> dict[str, Any] | None:
    """A JSON file that holds an object; None if it cannot be used."""
    text = read_text(files, name, findings)
    if text is None:
        return None
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        findings.error(
            "json.syntax", f"The file is not JSON: {error.msg}.", "Mend it.", name, error.lineno
        )
        return None
    except RecursionError:
        _too_deep(name, findings)
        return None
    if not isinstance(document, dict):
        findings.error("json.object", "The file must hold an object.", "Put { } around.", name)
        return None
    return document


def read_text(files: Mapping[str, bytes], name: str, findings: Findings) -> str | None:
    """A text file in UTF-8; None if it is missing or is none."""
    if name not in files:
        findings.error("file.missing", "The file is missing.", "Write it.", name)
        return None
    try:
        return files[name].decode("utf-8")
    except UnicodeDecodeError:
        findings.error("file.encoding", "The file is not UTF-8.", "Save it as UTF-8.", name)
        return None


def conforms(
    document: Any,
    validator: jsonschema_rs.Draft202012Validator,
    code: str,
    file: str,
    findings: Findings,
    *,
    under: str = "",
) -> bool:
    """Whether a document keeps a schema; each breach becomes a finding that names the place."""
    good = True
    try:
        errors = list(validator.iter_errors(document))
    except ValueError:
        # Lone surrogates, of which JSON's "\ud800" makes Python text, and nesting beyond all sense.
        findings.error(
            code,
            f"{under or 'The document'} holds broken characters or is nested too deeply.",
            "Write it again as UTF-8, as the schema of this file asks for.",
            file,
        )
        return False
    for error in errors:
        good = False
        place = ".".join([under] * bool(under) + [str(part) for part in error.instance_path])
        findings.error(
            code,
            f"{place or 'The document'}: {error.message}.",
            "Write what the schema of this file asks for.",
            file,
        )
    return good


def validator_for(schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """A compiled validator; raises ValueError if it is no JSON Schema 2020-12.

    A schema may come from anybody: it refers to nothing outside of itself, and its patterns run in
    linear time.
    """
    return jsonschema_rs.Draft202012Validator(
        dict(schema),
        validate_formats=True,
        retriever=_fetch_nothing,
        pattern_options=jsonschema_rs.RegexOptions(),
    )


def _fetch_nothing(uri: str) -> NoReturn:
    message = f"'{uri}' lies outside of the file"
    raise ValueError(message)


def _too_deep(name: str, findings: Findings) -> None:
    findings.error(
        "file.depth", "The file is nested too deeply.", "Flatten what is nested in it.", name
    )


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return validator_for(json.loads((_SCHEMAS / f"{name}.schema.json").read_text("utf-8")))


def plain(value: Any) -> Any:
    """TOML values as JSON values: dates and times become ISO strings."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value
