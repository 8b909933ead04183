"""The live view of a run: a table that keeps moving on a terminal, plain lines anywhere else. On stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.live import Live

from sluice.cli.output import console, table_of
from sluice.cli.words import say

Snapshot = Sequence[Mapping[str, Any]]
"""One row a stream: stream, state, fetched, published, unchanged, quarantined, note."""

COLUMNS = ("stream", "state", "fetched", "published", "unchanged", "quarantined", "note")


def watch(snapshots: Iterable[Snapshot]) -> Snapshot:
    """Show each snapshot as it comes, until there are no more; return the last one."""
    return _live(snapshots) if sys.stderr.isatty() else _lines(snapshots)


def _live(snapshots: Iterable[Snapshot]) -> Snapshot:
    last: Snapshot = []
    with Live(console=console(sys.stderr), refresh_per_second=8) as live:
        for last in snapshots:
            live.update(table_of(last, COLUMNS))
    return last


def _lines(snapshots: Iterable[Snapshot]) -> Snapshot:
    said: dict[str, str] = {}
    last: Snapshot = []
    for last in snapshots:
        for row in last:
            line = in_one_line(row)
            if said.get(row["stream"]) != line:
                said[row["stream"]] = line
                say(line)
    return last


def in_one_line(row: Mapping[str, Any]) -> str:
    """Return a stream's row as a line: ``customer: synced, 1000 fetched, 1000 published``."""
    counts = [f"{row[name]} {name}" for name in COLUMNS[2:6] if row.get(name)]
    note = [str(row["note"])] if row.get("note") else []
    return f"{row['stream']}: " + ", ".join([str(row["state"]), *counts, *note])
