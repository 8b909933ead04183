"""Runs and what each stream of them came to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from sluice.model.chunk import Counts
from sluice.ports.table import Table

KEEP_DAYS = 90


@dataclass(frozen=True, slots=True)
class Run:
    """One run. ``status``: running, succeeded, held, failed or lost. Times are ISO 8601 UTC.

    ``package`` is the digest of the connector's files that it works with to its end (Catalog.digest); None is
    of a time when runs did not say so.
    """

    id: str
    connection: str
    connector: str
    trigger: str
    started_at: str
    status: str = "running"
    ended_at: str | None = None
    error: str | None = None
    cause: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    package: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the run as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class StreamResult:
    """What a stream of a run came to. ``outcome``: reading, waiting, synced, held, failed; or replayed."""

    stream: str
    outcome: str = "reading"
    counts: dict[str, int] = field(default_factory=dict)
    error: str | None = None
    cause: str | None = None
    note: str = ""
    records_fetched: int = 0
    sweep: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the result as a JSON object."""
        return asdict(self)


class Runs:
    """Runs by connection, newest first, and their streams."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, run: Run, expires_at: int) -> None:
        """Store the run as it stands."""
        # First where it is looked up by its id: whoever ends the run knows from there when it started.
        self._table.put(f"run#{run.id}", "run", run.to_json(), expires_at=expires_at)
        self._table.put(
            run.connection, f"run#{run.started_at}#{run.id}", run.to_json(), expires_at=expires_at
        )

    def get(self, run: str) -> Run | None:
        """Return the run of this id, or None."""
        item = self._table.get(f"run#{run}", "run")
        return Run(**item.value) if item else None

    def of(self, connection: str) -> Iterator[Run]:
        """Yield the connection's runs, newest first."""
        for item in self._table.query(connection, "run#", newest_first=True):
            yield Run(**item.value)

    def put_stream(self, run: str, result: StreamResult, expires_at: int) -> None:
        """Store what a stream of the run has come to so far."""
        self._table.put(f"run#{run}", f"stream#{result.stream}", result.to_json(), expires_at=expires_at)

    def streams(self, run: str) -> dict[str, StreamResult]:
        """Return the run's streams by name; of one still under way, the counts are its chunks' so far."""
        found = (StreamResult(**item.value) for item in self._table.query(f"run#{run}", "stream#"))
        return {result.stream: result for result in found}

    def put_chunk(self, run: str, stream: str, number: int, counts: Counts, expires_at: int) -> None:
        """Store what became of one chunk; a chunk handed over twice counts once."""
        self._table.put(f"run#{run}", f"chunk#{stream}#{number:06d}", counts.to_json(), expires_at=expires_at)

    def chunk_counts(self, run: str, stream: str) -> Counts:
        """Return the sum over the stream's chunks."""
        items = self._table.query(f"run#{run}", f"chunk#{stream}#")
        return sum((Counts.from_json(item.value) for item in items), Counts())
