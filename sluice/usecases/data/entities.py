"""What the lake has of each entity: how many records of which connections, and what fields they have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sluice.lake.columns import Column, Kind
from sluice.lake.presence import Database
from sluice.lake.selecting import SEARCHED
from sluice.lake.values import json_value
from sluice.lake.views import View

_TITLES = {"event_id": "Event id", "event_version": "Version", "event_time": "Last change"}
"""What people call columns that no canonical field has."""


class Field(Struct, frozen=True):
    """A column of an entity's table. ``values`` are all that it may have, empty where that is open.

    ``selectable`` is whether filters and orders may name it; ``reference`` is the entity that it points to.
    """

    name: str
    title: str
    type: str
    description: str
    personal: bool
    selectable: bool
    searched: bool
    reference: str | None
    values: tuple[str, ...]


class Table(Struct, frozen=True):
    """An entity in the lake; ``last_change`` is the time of the newest event, ISO 8601 UTC."""

    entity: str
    title: str
    description: str
    records: int
    connections: Mapping[str, int]
    last_change: str | None
    fields: tuple[Field, ...]


def table_of(database: Database, entity: str, schema: Mapping[str, Any]) -> Table:
    """Return what the lake has of the entity; the database has its view."""
    view = View(entity)
    rows = database.execute(
        "SELECT connection, count(*) FILTER (NOT deleted), max(event_time) "  # noqa: S608 - our names
        f'FROM "{view.source}" GROUP BY connection ORDER BY connection'
    ).fetchall()
    moments = [newest for _, _, newest in rows if newest]
    return Table(
        entity=entity,
        title=str(schema["title"]),
        description=str(schema["description"]),
        records=sum(count for _, count, _ in rows),
        connections={name: count for name, count, _ in rows},
        last_change=json_value(max(moments)) if moments else None,
        fields=tuple(_field(column, schema) for column in view.columns(schema) if column.name != "record"),
    )


def _field(column: Column, schema: Mapping[str, Any]) -> Field:
    declared = schema["properties"].get(column.name, {})
    return Field(
        name=column.name,
        title=str(declared.get("title") or _TITLES.get(column.name) or column.name.capitalize()),
        type=column.kind.name.lower(),
        description=column.description,
        personal=is_personal(declared),
        selectable=column.kind is not Kind.JSON,
        searched=column.name in SEARCHED,
        reference=declared.get("x-reference"),
        values=tuple(value for value in declared.get("enum", ()) if value is not None),
    )


def is_personal(field: Any) -> bool:
    """Whether a field, or anything within it, is of a person; what the ERP adds under extensions may be."""
    if isinstance(field, Mapping):
        open_ended = field.get("additionalProperties") is True
        return bool(field.get("x-personal")) or open_ended or any(map(is_personal, field.values()))
    return isinstance(field, list) and any(map(is_personal, field))
