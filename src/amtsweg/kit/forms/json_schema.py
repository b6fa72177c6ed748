"""The JSON Schema (2020-12) of the answers to a form: for other systems, and for what they send.

It accepts what ``Form.validate`` accepts, for any JSON. What it cannot say, and the form still
checks:

- rules between answers, and that what a condition shows is answered (a condition makes an answer
  optional; answers that conditions hide must be taken out before, see ``Form.clean``);
- the check digits of an IBAN;
- whether a file is there, its type and its size.

``$`` is the very end of a text, as in ECMA 262; engines that let a line feed follow (Python's
``re``) accept that much more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from amtsweg.kit.fim.model import Schema
from amtsweg.kit.forms import numbers, text
from amtsweg.kit.forms.tree import FieldNode, GroupNode, Node

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_BLANK: Final = {
    "blank": {"type": "object", "additionalProperties": {"$ref": "#/$defs/blank"}},
}
_DEFINITIONS: Final = text.DEFINITIONS | numbers.DEFINITIONS | _BLANK
_REFERENCE: Final = "#/$defs/"


def export(schema: Schema, root: Iterable[Node], optional: Collection[str]) -> dict[str, Any]:
    """Describe the answers: property names are keys, ``x-fim-id`` names the element.

    ``optional`` are the paths of what the tree requires but the pages may hide or do not ask.
    Money is in cents, a date is ISO text, a file is its id, a choice is its code; ``x-fim-names``
    gives the names of the choices.
    """
    described = _object(root, optional)
    used = {name: _DEFINITIONS[name] for name in sorted(_used(described))}
    about = {"title": schema.title or schema.name}
    if schema.help:
        about["description"] = schema.help
    return {
        "$schema": DIALECT,
        "$id": f"urn:de:fim:{schema.id}:{schema.version}".rstrip(":"),
        **about,
        "x-fim-id": schema.id,
        "x-fim-version": schema.version,
        **described,
        **({"$defs": used} if used else {}),
    }


def _object(nodes: Iterable[Node], optional: Collection[str]) -> dict[str, Any]:
    asked = [node for node in nodes if node.holds_answer]
    needed = [node.key for node in asked if _needed(node, optional)]
    described: dict[str, Any] = {
        "type": "object",
        "properties": {node.key: _property(node, optional) for node in asked},
        "additionalProperties": False,
    }
    return described | ({"required": needed} if needed else {})


def _needed(node: Node, optional: Collection[str]) -> bool:
    """Whether the answer is missed where it is absent."""
    if not (node.required and node.holds_answer) or node.path in optional:
        return False
    if isinstance(node, FieldNode):
        return node.field.asks
    if node.repeated or node.group.choice:
        return True
    return any(_needed(child, optional) for child in node.children)


def _property(node: Node, optional: Collection[str]) -> dict[str, Any]:
    element = node.field if isinstance(node, FieldNode) else node.group
    words = node.words["de"]
    about = {"title": words.label, "x-fim-id": element.id}
    if words.help:
        about["description"] = words.help
    if isinstance(node, FieldNode):
        described = {} if node.kind is None else node.kind.json_schema()
    else:
        described = _object(node.children, optional)
        if node.group.choice:
            described |= {"minProperties": 1, "maxProperties": 1}
    if not node.repeated:
        return about | described
    least = node.shown_minimum
    count: dict[str, Any] = {"minItems": least} if least else {}
    if least and isinstance(node, GroupNode) and _may_be_blank(described):
        # An instance in which nothing is said does not count.
        count |= {"contains": {"not": {"$ref": _REFERENCE + "blank"}}, "minContains": least}
    return about | {"type": "array", "items": described} | count | {"maxItems": node.maximum}


def _may_be_blank(described: dict[str, Any]) -> bool:
    """Whether objects with nothing but objects in them fit."""
    if described.get("type") != "object":
        return False
    properties = described["properties"]
    if "minProperties" in described:
        return any(_may_be_blank(part) for part in properties.values())
    return all(_may_be_blank(properties[key]) for key in described.get("required", ()))


def _used(described: Any) -> set[str]:
    """The definitions that a schema refers to."""
    if isinstance(described, list):
        return set().union(*(_used(part) for part in described))
    if not isinstance(described, dict):
        return set()
    found = set().union(*(_used(part) for part in described.values()))
    reference = described.get("$ref")
    if isinstance(reference, str) and reference.startswith(_REFERENCE):
        found.add(reference.removeprefix(_REFERENCE))
    return found & _DEFINITIONS.keys()
