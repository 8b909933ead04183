"""One round of the lake's housekeeping: python -m benchmarks.lake_compaction [RECORDS] [--memory-mb 2005].

It makes up invoices that are compacted already and fresh files of later versions, then writes the month's
file and what is now, as CompactPartition does between fetching and storing. Making them up is done by
another process, so that the peak of memory is the round's. It never fails for being slow.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import click
import duckdb

from sluice.lake.columns import Column, Kind, stored
from sluice.lake.compacting import ROW_GROUP, Compacting
from sluice.lake.writing import PARQUET

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = stored(json.loads((ROOT / "transformers/canonical/invoice.json").read_text()))
FRESH_FILES = 100
SHARE = 10
"""One of so many records has a new version among the fresh files."""

_LINE = '{"description":"Consulting \'||md5((i + {n})::VARCHAR)||\'","quantity":"7.5","unit_price":"1250.00"}'
_RECORD = (
    '{"id":"acme/invoice/\'||i||\'","number":"\'||i||\'","lines":['
    + ",".join(_LINE.replace("{n}", str(part)) for part in range(2))
    + '],"extensions":{"reference":"\'||md5((i * 3)::VARCHAR)||\'"}}'
)
_MADE = {
    "event_id": "md5(i::VARCHAR || 'v' || version::VARCHAR)",
    "event_version": "version",
    "event_time": "TIMESTAMP '2026-11-01' + to_seconds(i % 2000000)",
    "connection": "'acme'",
    "connector": "'tripletex'",
    "deleted": "i % 50 = 0",
    "source_id": "(i * 7919 % 100000007)::VARCHAR",
    "record": f"'{_RECORD}'",
}
_BY_KIND = {
    Kind.TEXT: "'text ' || (hash(i) % 1000)::VARCHAR",
    Kind.DECIMAL: "hash(i) % 10000000 / 100",
    Kind.DATE: "DATE '2020-01-01' + (i % 2000)::INTEGER",
    Kind.MOMENT: "TIMESTAMP '2026-01-01' + to_seconds(i % 2000000)",
    Kind.BOOLEAN: "i % 2 = 0",
    Kind.INTEGER: "i % 100",
}


def made_up(column: Column) -> str:
    """Return the column's value of invoice ``i`` in its ``version``."""
    value = _MADE.get(column.name) or _BY_KIND[column.kind]
    return f'({value})::{column.kind.duckdb} AS "{column.name}"'


def make(folder: Path, records: int) -> None:
    """Write ``current`` and as many fresh files as there are."""
    selected = ", ".join(made_up(column) for column in COLUMNS)
    each = records // SHARE // FRESH_FILES
    with duckdb.connect() as database:
        database.execute("SET enable_progress_bar = false")
        rows = f"SELECT range AS i, 1 AS version FROM range({records})"  # noqa: S608 - our own words
        database.execute(
            f"COPY (SELECT {selected} FROM ({rows}) ORDER BY source_id) "  # noqa: S608 - our own words
            f"TO '{folder / 'current'}' ({PARQUET}, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        for file in range(FRESH_FILES):
            some = f"range({file * each}, {(file + 1) * each})"
            rows = f"SELECT range * {SHARE} AS i, 2 AS version FROM {some}"  # noqa: S608 - our own words
            database.execute(
                f"COPY (SELECT {selected} FROM ({rows})) TO '{folder / f'fresh-{file}'}' ({PARQUET})"  # noqa: S608
            )


def measure(folder: Path, memory_mb: int) -> None:
    """Compact what was made, and say what it took."""
    fresh, current = sorted(folder.glob("fresh-*")), folder / "current"
    began, before = time.monotonic(), _processor()
    with Compacting(COLUMNS, folder, memory_mb) as compacting:
        events = compacting.write_events(fresh, [current], "2026-11", folder / "events")
        records = compacting.write_current(fresh, [current], None, folder / "newest")
    click.echo(f"{records:,} records, {events:,} new events in {len(fresh)} files, {memory_mb} MB allowed")
    click.echo(f"wall {time.monotonic() - began:.1f} s, CPU {_processor() - before:.1f} s")
    click.echo(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    click.echo(f"the file of what is now {(folder / 'newest').stat().st_size / 1e6:,.0f} MB")


def main() -> None:
    """Measure one round."""
    parser = argparse.ArgumentParser()
    parser.add_argument("records", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--memory-mb", type=int, default=2005)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        making = multiprocessing.get_context("spawn").Process(target=make, args=(Path(name), given.records))
        making.start()
        making.join()
        measure(Path(name), given.memory_mb)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
