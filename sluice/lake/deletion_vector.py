"""Which rows of a view's files count: one bit a row, made once, so that no query has to compare rows.

A join or a window in a view would keep DuckDB from reading only what a page shows; a bit is a filter like any
other. Formats of tables call it a deletion vector.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence

import duckdb
from msgspec import Struct

from sluice.lake.compacting import NEWEST_FIRST
from sluice.lake.views import View

_EARLIEST_FIRST = "event_time, connector"
"""Which publication of one event the history shows; the same that compaction keeps."""

_BATCH = 100_000


class Source(Struct, frozen=True):
    """What a view's rows come from: a `FROM` clause, and the number of rows of each file in its order."""

    clause: str
    rows: Sequence[int]

    @property
    def place(self) -> str:
        """The SQL of a row's number over all files, from 0."""
        starts = [0]
        for count in self.rows[:-1]:
            starts.append(starts[-1] + count)
        # A list is from 1; what DuckDB calls file_index is from 0.
        return f"(({starts}::BIGINT[])[file_index::INTEGER + 1] + file_row_number)::INTEGER"


def live(database: duckdb.DuckDBPyConnection, source: Source, view: View) -> str | None:
    """Return the SQL condition that holds for the rows that count, None where all do."""
    found = database.execute(_superseded(source, view))
    places: list[int] = []
    while batch := found.fetchmany(_BATCH):
        places.extend(place for (place,) in batch)
    if not places:
        return None
    bits = base64.b64encode(_bits(places, sum(source.rows))).decode()
    return f"get_bit(from_base64('{bits}')::BIT, {source.place}) = 1"


def _superseded(source: Source, view: View) -> str:
    """Return the query of the places of rows that another row replaces: an event's copy, an older version."""
    group, order = (
        ("event_id", _EARLIEST_FIRST) if view.is_history else ("connection, source_id", NEWEST_FIRST)
    )
    # Hashes find the few keys that occur twice in a third of the memory; two keys of one hash do no harm.
    return (
        f"WITH twice AS (SELECT hash({group}) AS key FROM {source.clause} GROUP BY ALL HAVING count(*) > 1) "  # noqa: S608
        f"SELECT place FROM (SELECT {source.place} AS place, "
        f"row_number() OVER (PARTITION BY {group} ORDER BY {order}, file_index, file_row_number) AS nth "
        f"FROM {source.clause} WHERE hash({group}) IN (FROM twice)) WHERE nth > 1"
    )


def _bits(dead: Iterable[int], rows: int) -> bytes:
    """Return a bit for each row, the first row's the highest of the first byte: 1, and 0 for the dead."""
    bits = bytearray(b"\xff" * ((rows + 7) // 8))
    for place in dead:
        bits[place >> 3] &= ~(0x80 >> (place & 7))
    return bytes(bits)
