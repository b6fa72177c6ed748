"""The JSON Schema (2020-12) of the answers under a FIM schema."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from amtsweg.kit.fim import patterns
from amtsweg.kit.fim.model import DataType, Field, Group, Schema, Use

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FORMS: dict[DataType, dict[str, Any]] = {
    DataType.DATE: {"type": "string", "format": "date"},
    DataType.TIME: {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    DataType.DATETIME: {
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]$",
    },
    DataType.BOOL: {"type": "boolean"},
    DataType.NUM: {"type": "number"},
    DataType.NUM_INT: {"type": "integer"},
    DataType.NUM_CURRENCY: {"type": "integer"},
    DataType.FILE: {"type": "string", "minLength": 1},
}


def export(
    schema: Schema, *, optional: Collection[str] = (), required: Collection[str] = ()
) -> dict[str, Any]:
    """Describe the canonical answers: property names are keys, ``x-fim-id`` names the element.

    ``optional`` are the paths of elements that a form may hide: the schema's own minimum does not
    make them required. ``required`` are those that a form always asks although the schema would
    not. Raises PatternError where a pattern cannot be expressed.
    """
    exported = _object(schema.uses, "", frozenset(optional), frozenset(required))
    return {
        "$schema": DIALECT,
        "$id": f"urn:de:fim:{schema.id}:{schema.version}".rstrip(":"),
        "title": schema.title or schema.name,
        "x-fim-id": schema.id,
        "x-fim-version": schema.version,
        **exported,
    }


def _object(
    uses: Iterable[Use], under: str, optional: frozenset[str], required: frozenset[str]
) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    needed = []
    for use in uses:
        if not use.element.holds_answer:
            continue
        path = f"{under}.{use.key}" if under else use.key
        properties[use.key] = _property(use, path, optional, required)
        asked = isinstance(use.element, Group) or use.element.asks
        if path in required or (use.minimum and asked and path not in optional):
            needed.append(use.key)
    result: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return result | ({"required": needed} if needed else {})


def _property(
    use: Use, path: str, optional: frozenset[str], required: frozenset[str]
) -> dict[str, Any]:
    element = use.element
    if isinstance(element, Group):
        described = _object(element.uses, path, optional, required)
        if element.choice:
            described |= {"minProperties": 1, "maxProperties": 1}
    else:
        described = _field(element)
    about = {"title": element.label or element.name, "x-fim-id": element.id}
    if element.help_input:
        about["description"] = element.help_input
    if not use.repeated:
        return about | described
    count: dict[str, Any] = {"minItems": use.minimum} if use.minimum else {}
    if use.maximum is not None:
        count["maxItems"] = use.maximum
    return about | {"type": "array", "items": described} | count


def _field(field: Field) -> dict[str, Any]:
    if field.values or field.code_list is not None:
        choices = [value.code for value in field.values]
        return {"type": "string", "enum": choices} if choices else {"type": "string"}
    constraints = field.constraints
    if field.type not in _FORMS:
        described: dict[str, Any] = {"type": "string", "minLength": constraints.min_length or 1}
        if constraints.max_length is not None:
            described["maxLength"] = constraints.max_length
        if constraints.pattern:
            described["pattern"] = patterns.translate(constraints.pattern)
        return described
    described = dict(_FORMS[field.type])
    if field.type in (DataType.NUM, DataType.NUM_INT, DataType.NUM_CURRENCY):
        unit = 100 if field.type is DataType.NUM_CURRENCY else 1
        for name, bound in (("minimum", constraints.min_value), ("maximum", constraints.max_value)):
            if bound is not None:
                described[name] = _number(Decimal(bound) * unit)
    return described


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
