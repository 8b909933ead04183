"""A page of an entity's records as they are now: filtered, sorted, and gone on with after the last row.

A page is found by its order and the place in it, never by counting rows from the beginning: the last page of
a million records costs what the first does, and records that come meanwhile neither repeat nor hide one.

What is looked through for a text is looked through once: page and number of all come from what was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct, field

from sluice.lake.columns import EVENT_COLUMNS, Kind
from sluice.lake.presence import Database
from sluice.lake.selecting import Clause, Selection, clause_of, require_field, scalars, typed
from sluice.lake.values import json_value

_SORTED_CHARACTERS = 100
"""Of a text that is sorted by: what differs later only is in the order of ids. It bounds a cursor, too."""


_NEVER_EMPTY = frozenset({"id", "source_id", *(column.name for column in EVENT_COLUMNS)})
"""Other fields may lack even where the model requires them: their columns did not take the value."""


class Order(Struct, frozen=True):
    """A field, and which end comes first; records without a value come last, equal ones by their id."""

    field: str = "event_time"
    descending: bool = True


class Place(Struct, frozen=True):
    """Where a page ends: the value that is sorted by, as text (None for no value), and the record's id."""

    value: str | None
    id: str


class Leaf(Struct, frozen=True):
    """Which page: no ``fields`` means every scalar one; ``total`` is whether all are counted, too."""

    selection: Selection = field(default_factory=Selection)
    order: Order = field(default_factory=Order)
    fields: tuple[str, ...] = ()
    after: Place | None = None
    limit: int = 50
    total: bool = False


class Records(Struct, frozen=True):
    """The records of a page, as JSON, and the place where the next one begins; None after the last.

    ``total`` is how many records are meant, on whatever page; None where they were not counted.
    """

    items: Sequence[dict[str, Any]]
    after: Place | None = None
    total: int | None = None


ALWAYS = ("id", "connection", "source_id", "event_version", "event_time")
"""What every record of a page has, whatever fields were asked for."""


def page(database: Database, entity: str, schema: Mapping[str, Any], wanted: Leaf) -> Records:
    """Return a page of the entity's records; raises ConfigurationInvalid for wrong fields, values and places.

    Amounts are decimal strings, times ISO 8601 UTC.
    """
    for name in wanted.fields:
        require_field(schema, name, "fields")
    names = list(dict.fromkeys((*ALWAYS, *(wanted.fields or scalars(schema)))))
    require_field(schema, wanted.order.field, "sort")
    with _meant(database, entity, clause_of(schema, wanted.selection), wanted) as meant:
        found = _found(database, meant, schema, wanted)
        total = _counted(database, meant) if wanted.total else None
    shown = found[: wanted.limit]
    items = _whole(database, entity, names, [id_ for id_, _ in shown])
    more = len(found) > wanted.limit
    return Records(items, Place(_text(shown[-1][1]), shown[-1][0]) if more else None, total)


def count(database: Database, entity: str, schema: Mapping[str, Any], wanted: Selection) -> int:
    """Return how many records are meant; raises ConfigurationInvalid as page does."""
    return _counted(database, _Meant(entity, clause_of(schema, wanted)))


def sort_key(schema: Mapping[str, Any], order: Order) -> str:
    """Return the SQL of what records are sorted by; raises ConfigurationInvalid for an unknown field."""
    kind = require_field(schema, order.field, "sort")
    column = f'"{order.field}"'
    if kind is not Kind.TEXT:
        return column
    # Few texts are longer, and to count bytes is quick.
    short = f"CASE WHEN strlen({column}) > {_SORTED_CHARACTERS} THEN left({column}, {_SORTED_CHARACTERS})"
    return f"lower({short} ELSE {column} END)"


_FOUND = "_found"
"""The table of what a search has found, while its page is made."""


class _Meant(Struct, frozen=True):
    """A table, and what holds for those of its rows that are meant."""

    table: str
    clause: Clause


@contextmanager
def _meant(database: Database, entity: str, clause: Clause, wanted: Leaf) -> Iterator[_Meant]:
    """Give what is meant; of a search only what its records are sorted by and told apart by."""
    if not wanted.selection.is_search:
        yield _Meant(entity, clause)
        return
    columns = ", ".join(f'"{name}"' for name in dict.fromkeys(("id", wanted.order.field)))
    searching = f'CREATE OR REPLACE TEMP TABLE {_FOUND} AS SELECT {columns} FROM "{entity}" {clause.sql}'  # noqa: S608
    database.execute(searching, clause.parameters).fetchall()
    try:
        yield _Meant(_FOUND, Clause())
    finally:
        database.execute(f"DROP TABLE {_FOUND}").fetchall()


def _counted(database: Database, meant: _Meant) -> int:
    [(found,)] = database.execute(
        f'SELECT count(*) FROM "{meant.table}" {meant.clause.sql}',  # noqa: S608 - our own names
        meant.clause.parameters,
    ).fetchall()
    return int(found)


_Found = list[tuple[str, Any]]
"""Ids, and what they are sorted by."""


def _found(database: Database, meant: _Meant, schema: Mapping[str, Any], wanted: Leaf) -> _Found:
    """Return the page's ids in order, and one more if there is one: other columns are not read for these."""
    key, after = sort_key(schema, wanted.order), wanted.after
    column = f'"{wanted.order.field}"'
    direction = "DESC" if wanted.order.descending else "ASC"
    found: _Found = []
    # Those without a value are last. Apart, neither query has to choose: that takes a third of the time.
    if after is None or after.value is not None:
        clause = meant.clause.copy()
        clause.add(f"{column} IS NOT NULL")
        if after and after.value is not None:
            kind = require_field(schema, wanted.order.field, "sort")
            value = typed(kind, after.value, "cursor")
            beyond = "<" if wanted.order.descending else ">"
            clause.add(f"{key} {beyond}= ? AND ({key} {beyond} ? OR id > ?)", value, value, after.id)
        found = _ids(database, meant.table, clause, (f"{key} {direction}, id", key, wanted.limit + 1))
        after = None
    if len(found) <= wanted.limit and wanted.order.field not in _NEVER_EMPTY:
        clause = meant.clause.copy()
        clause.add(f"{column} IS NULL")
        if after:
            clause.add("id > ?", after.id)
        found += _ids(database, meant.table, clause, ("id", "NULL", wanted.limit + 1 - len(found)))
    return found


def _ids(database: Database, table: str, clause: Clause, how: tuple[str, str, int]) -> _Found:
    order, key, limit = how
    return database.execute(
        f'SELECT id, {key} FROM "{table}" {clause.sql} ORDER BY {order} LIMIT {limit:d}',  # noqa: S608 - our names
        clause.parameters,
    ).fetchall()


def _whole(database: Database, entity: str, names: Sequence[str], ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the records of these ids, in their order."""
    if not ids:
        return []
    columns = ", ".join(f'"{name}"' for name in names)
    rows = database.execute(
        f'SELECT {columns} FROM "{entity}" WHERE id IN ({", ".join("?" * len(ids))})',  # noqa: S608 - our names
        list(ids),
    ).fetchall()
    of = {row[0]: row for row in rows}
    return [{name: json_value(value) for name, value in zip(names, of[id_], strict=True)} for id_ in ids]


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    found = json_value(value)
    return None if found is None else str(found)
