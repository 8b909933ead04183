"""Turns in a file of SQLite, of the standard library alone: for workers on one machine."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

from sluice.consumer.event import Event
from sluice.consumer.order import Held, Standing
from sluice.consumer.turns import Begun, TurnLost, may_begin

_TABLE = """CREATE TABLE IF NOT EXISTS turn (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, event TEXT NOT NULL, done INTEGER NOT NULL,
    holder TEXT NOT NULL, until REAL NOT NULL
) WITHOUT ROWID"""


class SqliteTurns:
    """The table ``turn`` of a database, whose connection is the caller's and in no transaction.

    ``now`` gives seconds since 1970.
    """

    def __init__(self, database: sqlite3.Connection, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now
        database.execute(_TABLE)

    def begin(self, event: Event, turn: str, seconds: float) -> Standing:
        """Take the record's turn; raises Busy, Refused and sqlite3.Error."""
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            found = may_begin(event, self._begun(event), self._now())
            if found is Standing.NEWER:
                row = (event.key, event.version, event.id, 0, turn, self._now() + seconds)
                self._database.execute("INSERT OR REPLACE INTO turn VALUES (?, ?, ?, ?, ?, ?)", row)
            return found

    def finish(self, event: Event, turn: str) -> None:
        """Say that the version was written; raises TurnLost."""
        if not self._give_back("done = 1, until = 0", event, turn):
            raise TurnLost(f"{event.place}: its turn was over before the write was")

    def abandon(self, event: Event, turn: str) -> None:
        """Give the turn back with nothing said."""
        self._give_back("until = 0", event, turn)

    def _begun(self, event: Event) -> Begun | None:
        sql = "SELECT version, event, done, until FROM turn WHERE id = ?"
        row = self._database.execute(sql, [event.key]).fetchone()
        return Begun(Held(row[0], row[1]), bool(row[2]), row[3]) if row else None

    def _give_back(self, changes: str, event: Event, turn: str) -> bool:
        with self._database:
            sql = f"UPDATE turn SET {changes} WHERE id = ? AND holder = ?"  # noqa: S608 - two constants
            return bool(self._database.execute(sql, [event.key, turn]).rowcount)
