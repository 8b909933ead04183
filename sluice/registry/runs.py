"""Runs and what each stream of them came to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

from msgspec import Struct, field

from sluice.model.chunk import Counts
from sluice.model.structs import as_dict
from sluice.ports.table import ABSENT, Conflict, Item, Table
from sluice.registry.paging import Page, is_place, page_of

KEEP_DAYS = 90

CONTINUED = "continued"
"""What a stream, and a run, has come to that goes on in another run; and the trigger of that other."""

# No connection has a name with this sign, so that no partition is taken for another.
_ALL = "#runs"
_LAST = "#last"
_DAY = len("2026-11-21")

_AHEAD = 200
"""Runs that are read at a time where a filter may let few of them through: some 100 KB."""

_LATER = "~"
"""Sorts after every sign of a run's id: with it behind a time, all runs of that time are before."""


class Run(Struct, frozen=True):
    """One run. ``status``: running, succeeded, continued, held, failed, stopped (by a person) or lost.

    Times are ISO 8601 UTC.
    ``package`` is the digest of the connector's files that it works with to its end (Catalog.digest); None is
    of a time when runs did not say so.
    ``planned`` is how many streams it set out to read. ``continues`` is the run whose reads it goes on with,
    ``sweeps`` the ids of those reads by stream; ``continued_as`` the run that goes on with its own.
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
    planned: int | None = None
    continues: str | None = None
    continued_as: str | None = None
    sweeps: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the run as a JSON object."""
        return as_dict(self)


class StreamResult(Struct, frozen=True):
    """What a stream of a run came to.

    ``outcome``: reading, waiting, synced, continued (in another run), held, failed,
    left_out (a backfill reads it); or replayed.
    """

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
        return as_dict(self)


class RunFilter(Struct, frozen=True):
    """Which runs; empty lets all through. ``since`` and ``until`` (ISO 8601 UTC) are of ``started_at``.

    ``text`` is looked for in error and cause, whatever the case of its letters.
    """

    connection: str = ""
    status: str = ""
    trigger: str = ""
    since: str = ""
    until: str = ""
    text: str = ""

    @property
    def is_sparse(self) -> bool:
        """Whether runs have to be looked at to know whether they are wanted."""
        return bool(self.status or self.trigger or self.text)

    def lets_through(self, run: Run) -> bool:
        """Return whether status, trigger and text fit the run."""
        told = f"{run.error or ''}\n{run.cause or ''}".casefold()
        return (
            self.status in {"", run.status}
            and self.trigger in {"", run.trigger}
            and self.text.casefold() in told
        )


class LastRun(Struct, frozen=True):
    """A connection's newest run, and when the newest one that its schedule started began ("" for none)."""

    run: Run
    scheduled_at: str


class Moment(Struct, frozen=True):
    """What a stream of a run began to be at ``at`` (ISO 8601 UTC): ``outcome`` is a StreamResult's."""

    stream: str
    at: str
    outcome: str


class Runs:
    """Runs newest first, of one connection and of all, and their streams."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, run: Run, expires_at: int) -> None:
        """Store the run as it stands."""
        # First where it is looked up by its id: whoever ends the run knows from there when it started.
        self._table.put(f"run#{run.id}", "run", run.to_json(), expires_at=expires_at)
        moment = f"{run.started_at}#{run.id}"
        self._table.put(run.connection, f"run#{moment}", run.to_json(), expires_at=expires_at)
        day = run.started_at[:_DAY]
        self._table.put(_of_day(day), moment, run.to_json(), expires_at=expires_at)
        self._put_last(run, expires_at)
        # Last: which days there are says only where to look.
        self._table.put(_ALL, day, {}, expires_at=expires_at)

    def get(self, run: str) -> Run | None:
        """Return the run of this id, or None."""
        item = self._table.get(f"run#{run}", "run")
        return Run(**item.value) if item else None

    def of(self, connection: str) -> Iterator[Run]:
        """Yield the connection's runs, newest first."""
        for item in self._table.query(connection, "run#", newest_first=True):
            yield Run(**item.value)

    def page(self, wanted: RunFilter, *, after: str | None = None, limit: int = 50) -> Page[Run]:
        """Return the newest runs that ``wanted`` lets through; ``after`` is of the page before.

        It reads about as many items as the page has, in one query, or of all connections in one for each day
        of the page; with a filter by status, trigger or text at most MOST_READ. Raises ValueError for an
        ``after`` that no page gave.
        """
        prefix = "run#" if wanted.connection else ""
        before = prefix + wanted.until + _LATER if wanted.until else None
        if after is not None:
            if not after.startswith(prefix) or not is_place(after.removeprefix(prefix)):
                raise ValueError(f"{after!r} is no place in this listing")
            before = after if before is None else min(after, before)
        ahead = max(limit + 1, _AHEAD) if wanted.is_sparse else limit + 1
        if wanted.connection:
            items = self._table.query(
                wanted.connection, prefix, newest_first=True, after=before, at_a_time=ahead
            )
        else:
            items = self._of_all(before, ahead)

        def read(item: Item) -> Run | None:
            run = Run(**item.value)
            return run if wanted.lets_through(run) else None

        recent = takewhile(lambda item: item.value["started_at"] >= wanted.since, items)
        return page_of(recent, read, limit)

    def last(self) -> dict[str, LastRun]:
        """Return the newest run of each connection; not where it ran last before that was kept."""
        items = self._table.query(_LAST)
        return {item.sort: LastRun(Run(**item.value["run"]), item.value["scheduled_at"]) for item in items}

    def ask_to_stop(self, run: str, cause: str, expires_at: int) -> None:
        """Note that a person stops the run: whoever closes it tells ``cause``."""
        self._table.put(f"run#{run}", "stop", {"cause": cause}, expires_at=expires_at)

    def stop_asked(self, run: str) -> str | None:
        """Return the cause of the stop that a person asked for, None where nobody did."""
        item = self._table.get(f"run#{run}", "stop")
        return str(item.value["cause"]) if item else None

    def forget_stop(self, run: str) -> None:
        """Forget that a stop was asked for: the run goes on."""
        self._table.delete(f"run#{run}", "stop")

    def _put_last(self, run: Run, expires_at: int) -> None:
        item = self._table.get(_LAST, run.connection)
        known, scheduled_at = (item.value["run"], item.value["scheduled_at"]) if item else ({}, "")
        newest = run.to_json() if run.started_at >= known.get("started_at", "") else known
        if run.trigger == "schedule":
            scheduled_at = max(scheduled_at, run.started_at)
        value = {"run": newest, "scheduled_at": scheduled_at}
        try:
            self._table.put(
                _LAST, run.connection, value, expected=item.version if item else ABSENT, expires_at=expires_at
            )
        except Conflict:
            self._put_last(run, expires_at)

    def _of_all(self, before: str | None, ahead: int) -> Iterator[Item]:
        """Yield the runs of all connections, the newest first, from one day after the other."""
        last = before[:_DAY] if before else None
        for item in self._table.query(_ALL, newest_first=True):
            if last is None or item.sort <= last:
                after = before if item.sort == last else None
                yield from self._table.query(
                    _of_day(item.sort), newest_first=True, after=after, at_a_time=ahead
                )

    def put_stream(self, run: str, result: StreamResult, expires_at: int) -> None:
        """Store what a stream of the run has come to so far; ``expires_at`` is KEEP_DAYS from now.

        When it came to that is kept too: see :meth:`moments`.
        """
        noted = datetime.fromtimestamp(expires_at, UTC) - timedelta(days=KEEP_DAYS)
        at = noted.strftime("%Y-%m-%dT%H:%M:%SZ")
        moment = {"stream": result.stream, "at": at, "outcome": result.outcome}
        self._table.put(f"run#{run}", f"moment#{at}#{result.stream}", moment, expires_at=expires_at)
        # Last: who finds what the stream came to finds when, too.
        self._table.put(f"run#{run}", f"stream#{result.stream}", result.to_json(), expires_at=expires_at)

    def moments(self, run: str) -> Iterator[Moment]:
        """Yield when each stream of the run came to what, in the order of time."""
        for item in self._table.query(f"run#{run}", "moment#"):
            yield Moment(**item.value)

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


def _of_day(day: str) -> str:
    """Return the partition of a day's runs: of a size that any store is quick with."""
    return f"{_ALL}#{day}"
