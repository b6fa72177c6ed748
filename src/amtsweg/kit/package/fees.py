"""What a service costs at an authority: the amounts among the parameters of its adoption.

An amount is a parameter with ``"x-unit": "cents"``. German titles come from the parameters' schema,
other languages say them in the texts: ``parameter.rates.title``, ``parameter.rates.first_cents.title``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from amtsweg.kit.package.edition import Edition

CENTS = "cents"
Key = tuple[str, ...]


class Fee(NamedTuple):
    """One amount in cents."""

    title: str
    amount: int


class FeeTable(NamedTuple):
    """Amounts that belong together."""

    title: str
    fees: tuple[Fee, ...]


def fee_tables(
    edition: Edition, parameters: Mapping[str, Any], language: str
) -> tuple[FeeTable, ...]:
    """All amounts of the parameters, in the schema's order and groups."""
    return tuple(_tables(edition, language, edition.parameters_schema, parameters, ("parameter",)))


def _tables(
    edition: Edition,
    language: str,
    schema: Mapping[str, Any],
    parameters: Mapping[str, Any],
    at: Key,
) -> Iterator[FeeTable]:
    def title(described: Mapping[str, Any], key: Key) -> str:
        return edition.text(
            language, ".".join((*key, "title")), default=described.get("title", key[-1])
        )

    own: list[Fee] = []
    for name, described in schema.get("properties", {}).items():
        if name not in parameters:
            continue
        if described.get("x-unit") == CENTS:
            own.append(Fee(title(described, (*at, name)), parameters[name]))
        elif described.get("type") == "object":
            yield from _tables(edition, language, described, parameters[name], (*at, name))
    if own:
        yield FeeTable(title(schema, at), tuple(own))


def titles(schema: Mapping[str, Any], at: Key = ("parameter",)) -> Iterator[Key]:
    """The keys of the texts that name amounts and the groups that hold them."""
    own = False
    for name, described in schema.get("properties", {}).items():
        if described.get("x-unit") == CENTS:
            own = True
            yield (*at, name, "title")
        elif described.get("type") == "object":
            yield from titles(described, (*at, name))
    if own:
        yield (*at, "title")
