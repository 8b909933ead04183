"""Store in a file of SQLite, of the standard library alone: one row for each record."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

from sluice.consumer.event import Event
from sluice.consumer.order import Held, Standing, forgotten, standing

_TABLE = """CREATE TABLE IF NOT EXISTS record (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, event TEXT NOT NULL,
    deleted INTEGER NOT NULL, data TEXT NOT NULL
) WITHOUT ROWID"""

_PUT = """INSERT INTO record (id, version, event, deleted, data) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE
    SET version = excluded.version, event = excluded.event, deleted = excluded.deleted, data = excluded.data
    WHERE excluded.version > record.version"""


_LEFT = "SELECT id FROM record WHERE id >= ? AND id < ? AND version < ? AND NOT (deleted AND version = ?)"
_FORGET = "UPDATE record SET version = ?, event = '', deleted = 1, data = ? WHERE id = ? AND version < ?"


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

    def forget(self, connection: str, before: int) -> int:
        """Keep nothing but the ids of records below that version; raises sqlite3.Error."""
        # "0" is the sign behind "/": in between lie the ids of this connection.
        among = (f"{connection}/", f"{connection}0", before, before - 1)
        left = [key for (key,) in self._database.execute(_LEFT, among)]
        rows = [(before - 1, orjson.dumps(forgotten(key)).decode(), key, before) for key in left]
        if self._database.in_transaction:
            self._database.executemany(_FORGET, rows)
        else:
            with self._database:
                self._database.executemany(_FORGET, rows)
        return len(rows)

    def _put(self, row: tuple[Any, ...], event: Event) -> Standing:
        if self._database.execute(_PUT, row).rowcount:
            return Standing.NEWER
        version, found = self._database.execute(
            "SELECT version, event FROM record WHERE id = ?", [event.key]
        ).fetchone()
        return standing(event, Held(version, found))
