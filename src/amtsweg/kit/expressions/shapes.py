"""Shapes: what type a value has, so that an expression about it can be checked before it runs.

A shape is a scalar, a list, a map from text, a record with named fields, or `ANY` where nothing
is known. Records come from a FIM schema, from a JSON Schema, or are written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from amtsweg.kit.expressions.errors import ExpressionError
from amtsweg.kit.fim.model import DataType, Field, FieldKind, Group, Schema, Use

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_RESERVED = frozenset({"true", "false", "null", "in"})
# What CEL itself calls by these names, and the words that it reserves, cannot be variables.
_NO_VARIABLE = _RESERVED | {
    "bool", "int", "uint", "double", "bytes", "string", "list", "map", "dyn", "type", "null_type",
    "google", "has", "as", "break", "const", "continue", "else", "for", "function", "if", "import",
    "let", "loop", "namespace", "package", "return", "var", "void", "while",
}  # fmt: skip


def is_variable(name: str) -> bool:
    """Whether a variable of an expression can have this name."""
    return bool(_NAME.match(name)) and name not in _NO_VARIABLE


@dataclass(frozen=True)
class Scalar:
    """One plain value. Dates are text (ISO), money is int (cents)."""

    kind: Literal["bool", "int", "float", "text", "any"]

    def __str__(self) -> str:
        return _SCALAR_WORDS[self.kind]


_SCALAR_WORDS = {
    "bool": "yes or no",
    "int": "a whole number",
    "float": "a decimal number",
    "text": "text",
    "any": "a value of unknown type",
}

BOOL = Scalar("bool")
INT = Scalar("int")
FLOAT = Scalar("float")
TEXT = Scalar("text")
ANY = Scalar("any")


@dataclass(frozen=True)
class ListOf:
    """A list whose elements share one shape."""

    element: Shape

    def __str__(self) -> str:
        return "a list"


@dataclass(frozen=True)
class MapOf:
    """A map from text to values of one shape."""

    value: Shape

    def __str__(self) -> str:
        return "a map"


@dataclass(frozen=True, eq=False)
class Record:
    """Named fields with a shape each; every field may be absent (`has()` tells).

    An absent field reads as the empty value of its type ("", 0, false, no elements), so that a
    condition about an answer not yet given is false and not an error.
    Raises `ExpressionError` for a field name that an expression could not write.
    """

    fields: Mapping[str, Shape] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.fields:
            if not _NAME.match(name) or name in _RESERVED:
                raise ExpressionError(
                    f"'{name}' cannot be used in expressions; "
                    "a name is letters, digits and _, and does not start with a digit."
                )

    def __str__(self) -> str:
        return "a record"


Shape: TypeAlias = Scalar | ListOf | MapOf | Record


def at_path(shape: Shape, path: str) -> Shape:
    """The shape at a dotted path of keys; lists are passed through to their elements.

    `at_path(answers, "hunde.rasse")` is TEXT, `at_path(answers, "hunde")` the record of one dog.
    Raises `KeyError` if the path leads nowhere.
    """
    for key in path.split("."):
        shape = _element(shape)
        if not isinstance(shape, Record):
            raise KeyError(path)
        shape = shape.fields[key]
    return _element(shape)


def _element(shape: Shape) -> Shape:
    while isinstance(shape, ListOf):
        shape = shape.element
    return shape


_OF_DATA_TYPE: Mapping[DataType, Scalar] = {
    DataType.BOOL: BOOL,
    DataType.NUM: FLOAT,
    DataType.NUM_INT: INT,
    DataType.NUM_CURRENCY: INT,
}


def shape_of_schema(schema: Schema) -> Record:
    """The record of an application's answers under a FIM schema.

    Keys and types are those of the answers' canonical JSON: money in cents, dates and codes as
    text, a use that may repeat as a list. Labels give no answer.
    """
    return _record_of_uses(schema.uses)


def _record_of_uses(uses: Iterable[Use]) -> Record:
    fields: dict[str, Shape] = {}
    for use in uses:
        element = use.element
        if not element.holds_answer:
            continue
        shape = (
            _record_of_uses(element.uses)
            if isinstance(element, Group)
            else _shape_of_field(element)
        )
        fields[use.key] = shape if use.maximum == 1 else ListOf(shape)
    return Record(fields)


def _shape_of_field(element: Field) -> Scalar:
    if element.kind == FieldKind.SELECT or element.values:
        return TEXT
    return _OF_DATA_TYPE.get(element.type, TEXT)


_OF_JSON_TYPE = {"boolean": BOOL, "integer": INT, "number": FLOAT, "string": TEXT}


def shape_of_json_schema(schema: Mapping[str, Any]) -> Shape:
    """The shape that a JSON Schema (2020-12) describes: type, properties, items, local `$ref`.

    What the schema leaves open (no type, or several) becomes `ANY`.
    """
    return _of_json(schema, schema, 0)


def _of_json(schema: Any, root: Mapping[str, Any], depth: int) -> Shape:
    if not isinstance(schema, Mapping) or depth > 32:
        return ANY
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        target: Any = root
        for part in reference[2:].split("/"):
            target = target.get(part, {}) if isinstance(target, Mapping) else {}
        return _of_json(target, root, depth + 1)
    kind = schema.get("type")
    if kind == "array":
        return ListOf(_of_json(schema.get("items"), root, depth + 1))
    if kind == "object" or "properties" in schema:
        properties = schema.get("properties")
        more = schema.get("additionalProperties")
        if not properties and isinstance(more, Mapping):
            return MapOf(_of_json(more, root, depth + 1))
        return Record(
            {key: _of_json(part, root, depth + 1) for key, part in (properties or {}).items()}
        )
    if isinstance(kind, str) and kind in _OF_JSON_TYPE:
        return _OF_JSON_TYPE[kind]
    constants = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    return TEXT if constants and all(isinstance(one, str) for one in constants) else ANY
