"""What a service costs at a town: the amounts among the parameters of its adoption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

CENTS = "cents"


class Fee(NamedTuple):
    """One amount in cents; ``title`` as the edition's parameter schema names it."""

    title: str
    amount: int


class FeeTable(NamedTuple):
    """Amounts that belong together."""

    title: str
    fees: tuple[Fee, ...]


def fee_tables(schema: Mapping[str, Any], parameters: Mapping[str, Any]) -> tuple[FeeTable, ...]:
    """All amounts (``"x-unit": "cents"``) of the parameters, in the schema's order and groups."""
    return tuple(_tables(schema, parameters))


def _tables(schema: Mapping[str, Any], parameters: Mapping[str, Any]) -> Iterator[FeeTable]:
    own: list[Fee] = []
    for name, described in schema.get("properties", {}).items():
        if name not in parameters:
            continue
        if described.get("x-unit") == CENTS:
            own.append(Fee(described.get("title", name), parameters[name]))
        elif described.get("type") == "object":
            yield from _tables(described, parameters[name])
    if own:
        yield FeeTable(schema.get("title", ""), tuple(own))
