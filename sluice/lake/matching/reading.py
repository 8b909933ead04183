"""The parties of some connections, read from the lake's view of an entity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from sluice.lake.matching.parties import ADDRESSES, FIELDS, Party, party_of
from sluice.lake.presence import Database

ENTITIES = ("customer", "supplier")
"""Entities that are companies; others have no number, address or mailbox to tell them by."""

_BATCH = 10_000


def parties(database: Database, entity: str, connections: Sequence[str]) -> Iterator[Party]:
    """Yield the parties in a fixed order: by connection, then by source id."""
    fields = ", ".join(f"CAST({name} AS VARCHAR)" if name in ADDRESSES else name for name in FIELDS)
    found = database.execute(
        f'SELECT connection, source_id, {fields} FROM "{entity}" '  # noqa: S608 - our own names
        "WHERE connection IN (SELECT unnest(?)) ORDER BY connection, source_id",
        [list(connections)],
    )
    while rows := found.fetchmany(_BATCH):
        for connection, source_id, *values in rows:
            record = dict(zip(FIELDS, values, strict=True))
            for name in ADDRESSES:
                record[name] = orjson.loads(record[name]) if record[name] else None
            yield party_of(connection, source_id, record)
