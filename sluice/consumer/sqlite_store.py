"""Store in a file of SQLite, of the standard library alone: one row for each record."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

from sluice.consumer.event import Event
from sluice.consumer.order import Held, Standing, standing

_TABLE = """CREATE TABLE IF NOT EXISTS record (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, event TEXT NOT NULL,
    deleted INTEGER NOT NULL, data TEXT NOT NULL
) WITHOUT ROWID"""

_PUT = """INSERT INTO record (id, version, event, deleted, data) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE
    SET version = excluded.version, event = excluded.event, deleted = excluded.deleted, data = excluded.data
    WHERE excluded.version > record.version"""


class SqliteStore:
    """The table ``record`` of a database: id, version, event, deleted, data (JSON).

    The connection is the caller's. Outside a transaction each event is a transaction of its own; inside
    one, the caller's commit keeps them.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute(_TABLE)

    def put(self, event: Event) -> Standing:
        """Keep the event if it is newer; raises Refused, and sqlite3.Error."""
        row = (event.key, event.version, event.id, event.deleted, orjson.dumps(event.data).decode())
        if self._database.in_transaction:
            return self._put(row, event)
        with self._database:
            return self._put(row, event)

    def _put(self, row: tuple[Any, ...], event: Event) -> Standing:
        if self._database.execute(_PUT, row).rowcount:
            return Standing.NEWER
        version, found = self._database.execute(
            "SELECT version, event FROM record WHERE id = ?", [event.key]
        ).fetchone()
        return standing(event, Held(version, found))
