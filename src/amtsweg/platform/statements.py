"""Statements that are written once, for what stands in every visitor's way.

Building a query anew for each request costs several times what the database takes to answer it. The
rows become the same model instances; columns left out are read when somebody looks at them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, Model


class Columns:
    """Columns of a model: all of them, or those named by attribute. The primary key is among them."""

    def __init__(self, model: type[Model], *named: str) -> None:
        fields = [f for f in model._meta.concrete_fields if not named or f.attname in named]
        self._model = model
        self._columns = [field.column for field in fields]
        self._names = [field.attname for field in fields]
        self._key = self._names.index(model._meta.pk.attname)
        # JSON and the like come as text.
        self._readers = [
            (place, field.from_db_value)
            for place, field in enumerate(fields)
            if hasattr(field, "from_db_value")
        ]

    def __len__(self) -> int:
        return len(self._names)

    def under(self, alias: str) -> str:
        """The columns as a SELECT lists them, of the table with this alias."""
        return ", ".join(f'{alias}."{column}"' for column in self._columns)

    def instance(self, values: Sequence[Any]) -> Model | None:
        """The instance of a row's part; None where an outer join found none."""
        if values[self._key] is None:
            return None
        row = list(values)
        for place, read in self._readers:
            row[place] = read(row[place], None, connection)
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, row)


class Statement:
    """A SELECT in whose text ``{alias}`` stands for the columns of a table with this alias.

    ``parts`` are in the order of the SELECT; further columns follow them.
    """

    def __init__(self, sql: str, **parts: Columns) -> None:
        self._sql = sql.format(**{alias: part.under(alias) for alias, part in parts.items()})
        self._parts = tuple(parts.values())

    def rows(self, *parameters: Any) -> list[tuple[Any, ...]]:
        """Each row: the parts' instances, then the values of the further columns. One query."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            return [self._row(values) for values in cursor.fetchall()]

    def first(self, *parameters: Any) -> tuple[Any, ...] | None:
        """The first row, None if there is none. One query."""
        return next(iter(self.rows(*parameters)), None)

    def _row(self, values: Sequence[Any]) -> tuple[Any, ...]:
        found: list[Any] = []
        begin = 0
        for part in self._parts:
            end = begin + len(part)
            found.append(part.instance(values[begin:end]))
            begin = end
        return (*found, *values[begin:])


def insert(*instances: Model) -> None:
    """Store new instances of one model, as they are: no signals. One query."""
    into, fields = _insertion(type(instances[0]))
    row = f"({', '.join(['%s'] * len(fields))})"
    values = [
        field.get_db_prep_save(field.pre_save(instance, add=True), connection)
        for instance in instances
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(into + ", ".join([row] * len(instances)), values)
    for instance in instances:
        instance._state.adding = False
        instance._state.db = DEFAULT_DB_ALIAS


@cache
def _insertion(model: type[Model]) -> tuple[str, Sequence[Field[Any, Any]]]:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    into = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES '  # noqa: S608 - the model's own
    return into, fields
