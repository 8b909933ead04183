"""One connection's records of an entity as a table of keys and digests, small enough for a million of them.

A digest is 64 bits of a value, null for no value: two sides are compared by digests alone, and only what is
shown is fetched whole. Two different values with one digest are one in 18 quintillion pairs.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from sluice.lake.comparing.fields import Compared
from sluice.lake.comparing.keys import SEPARATOR, Key
from sluice.lake.presence import Database


class Joined(Struct, frozen=True):
    """What is compared: the SQL of a connection's rows, the key that joins them, the fields."""

    rows: str
    key: Key
    fields: Sequence[Compared]


class Side(Struct, frozen=True):
    """A connection's table (source_id, key, d0, d1, ...), and ``_keys``: how often each key occurs."""

    database: Database
    what: Joined
    connection: str
    table: str

    def counts(self) -> dict[str, int]:
        """Return how many records there are, with a key and without, and how many share theirs."""
        row = self.database.execute(
            f"SELECT count(*), count(*) - count(key) FROM {self.table}"  # noqa: S608 - our own name
        ).fetchone() or (0, 0)
        shared = self.database.execute(
            f"SELECT count(*), coalesce(sum(times), 0) FROM {self.table}_keys WHERE times > 1"  # noqa: S608
        ).fetchone() or (0, 0)
        return {
            "records": int(row[0]),
            "without_key": int(row[1]),
            "doubled_keys": int(shared[0]),
            "records_of_doubled_keys": int(shared[1]),
        }

    def without_key(self, limit: int, after: str = "") -> list[str]:
        """Return source ids of records without a key, those behind ``after``."""
        rows = self.database.execute(
            f"SELECT source_id FROM {self.table} WHERE key IS NULL AND source_id > ? "  # noqa: S608
            f"ORDER BY 1 LIMIT {limit}",
            [after],
        )
        return [row[0] for row in rows.fetchall()]

    def doubles(self, limit: int, after: str = "") -> list[dict[str, Any]]:
        """Return keys that occur more than once, those behind ``after``, with the records that have them."""
        twice = f"SELECT key FROM {self.table}_keys WHERE times > 1 AND key > ? ORDER BY key LIMIT {limit}"  # noqa: S608
        rows = self.database.execute(
            f"SELECT key, list(source_id ORDER BY source_id) FROM {self.table} "  # noqa: S608
            f"WHERE key IN ({twice}) GROUP BY key ORDER BY key",
            [after],
        ).fetchall()
        return [{"key": parts(key), "source_ids": list(ids)} for key, ids in rows]


def parts(key: str) -> list[str]:
    """Return a key's values."""
    return key.split(SEPARATOR)


@contextmanager
def side_of(database: Database, what: Joined, connection: str) -> Iterator[Side]:
    """Make the table of a connection, and drop it in the end."""
    table = f"side_{secrets.token_hex(8)}"
    values = "".join(f", {field.sql} AS v{at}" for at, field in enumerate(what.fields))
    digests = "".join(
        f", CASE WHEN v{at} IS NOT NULL THEN hash(v{at}) END AS d{at}" for at in range(len(what.fields))
    )
    try:
        database.execute(
            f"CREATE TEMP TABLE {table} AS SELECT source_id, key{digests} FROM "  # noqa: S608 - our own names
            f"(SELECT source_id, {what.key.sql} AS key{values} FROM {what.rows})",
            [connection],
        )
        database.execute(
            f"CREATE TEMP TABLE {table}_keys AS SELECT key, count(*) AS times FROM {table} "  # noqa: S608
            "WHERE key IS NOT NULL GROUP BY key"
        )
        yield Side(database, what, connection, table)
    finally:
        database.execute(f"DROP TABLE IF EXISTS {table}_keys")
        database.execute(f"DROP TABLE IF EXISTS {table}")
