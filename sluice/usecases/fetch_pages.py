"""FetchPages: calls the ERP page by page within a budget, and stores what it answered as raw chunks.

Nothing is mapped or judged here beyond what paging needs. Pages that were fetched are always handed on: an
error after the first page ends the step early, and the next step meets the error again, or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sluice.connector.outcomes import Page, ReadPlan, Throttled
from sluice.connector.reader import StreamReader
from sluice.connector.session import Session
from sluice.connector.settings import complete_settings
from sluice.connector.spec import Connector, Stream
from sluice.errors import ErpUnavailable, SluiceError
from sluice.model.checksums import with_records
from sluice.model.chunk import ChunkRef
from sluice.model.connection import Connection
from sluice.ports.sender import Sender
from sluice.registry.contracts import Contracts
from sluice.registry.cursors import Cursor, Cursors
from sluice.registry.runs import StreamResult
from sluice.usecases.access.credentials import credentials_of
from sluice.usecases.access.limits import within_limits
from sluice.usecases.access.logging_in import SharedLogin
from sluice.usecases.chunk_writer import ChunkWriter
from sluice.usecases.contracts.noted_changes import note_refused
from sluice.usecases.contracts.selecting import selection_of
from sluice.usecases.keep import begin_sweep
from sluice.usecases.reading import read_pages
from sluice.usecases.world import World, iso

MAX_CHUNKS = 40
"""Chunks a step returns at most: their references stay far below 256 KiB, and are handed over next."""

MAX_WAITS = 50
"""An ERP that asks for patience more often in a row is taken as unavailable: no run goes on for ever."""

LONG_AGO = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class FetchPages:
    """``position`` is None on a stream's first step, else what the step before returned.

    ``seconds`` is how long the step may go on asking for pages, ``chunks`` how many it returns at most.
    """

    run: str
    connection: str
    stream: str
    position: dict[str, Any] | None
    seconds: float
    chunks: int = MAX_CHUNKS


@dataclass(frozen=True, slots=True)
class Sweep:
    """One complete read of a stream, as it stands: travels through the state machine as ``position``.

    ``since`` is the watermark or row version that an incremental read asks from, None for a whole read;
    ``watermark`` is what the cursor becomes when the sweep is committed; ``waits`` counts how often in a row
    the ERP asked for patience without giving a page, waits for our own budget left aside; ``shape`` is of
    what reads and maps it (Catalog.shape_of); ``committed``: the cursor stands behind the sweep already.
    ``checksums`` are of the records of an incremental read without tombstones, None where they are too many
    (sluice.model.checksums); ``again`` counts those that the sweep before has handed over as they are.
    """

    sweep: str
    since: str | None
    watermark: str
    chunks: int = 0
    records: int = 0
    waits: int = 0
    reader: dict[str, Any] | None = None
    shape: str = ""
    committed: bool = False
    checksums: list[str] | None = None
    again: int = 0

    @property
    def started(self) -> datetime:
        """When the sweep began."""
        return datetime.fromisoformat(self.watermark)

    @property
    def whole(self) -> bool:
        """Whether every record of the stream is read, so that one not seen is gone."""
        return self.since is None

    @property
    def shifted(self) -> bool:
        """Whether a list shifted while it was read: a record not seen may have been passed over."""
        return self.reader is not None and bool(self.reader.get("shifted"))

    @property
    def highest(self) -> str | None:
        """The highest row version seen, None where the stream does not go by them."""
        return self.reader.get("highest") if self.reader else None

    @property
    def cut(self) -> bool:
        """Whether so many tombstones came at once that some may be missing."""
        return self.reader is not None and bool(self.reader.get("cut"))

    @property
    def facts(self) -> dict[str, Any]:
        """What the replies showed beside their records, for the contract."""
        facts = self.reader.get("facts", {}) if self.reader else {}
        return {**facts, "records": self.records, "whole": self.whole}

    def to_json(self) -> dict[str, Any]:
        """Return the sweep as a JSON object of at most a few KB."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Sweep:
        """Read what :meth:`to_json` wrote."""
        return cls(**found)


def fetch_pages(world: World, wanted: FetchPages, login: SharedLogin | None = None) -> dict[str, Any]:
    """Return ``outcome`` (done, more, throttled), ``chunks``, ``position``, ``resume_at`` and ``sweep``.

    ``login`` is that of a step before, where it is known.
    Raises a wire error only if not a single page could be fetched in this step, or the lease is lost.
    """
    now, until = world.clock.now(), world.clock.monotonic() + wanted.seconds
    world.leases.renew(wanted.connection, wanted.run, now)
    world = world.of_run(wanted.run)
    connection = world.connections.get(wanted.connection)
    connector = world.connector_of(connection)
    stream = connector.streams[wanted.stream]
    sweep = _sweep(world, wanted, connection, stream)
    if sweep.committed:
        return _fetched(world, sweep, ("done", LONG_AGO), [])
    login = login or SharedLogin(world, connection, connector)
    reader = _reader(world, connection, connector, (stream, sweep), login.session)
    prefix = f"raw/{connection.name}/{stream.name}/{sweep.sweep}/"
    writer = ChunkWriter(world.objects, prefix, sweep.chunks, iso(now))
    step = _Step(world, reader, writer, login, wanted.chunks)
    step.checksums = sweep.checksums
    with within_limits(world, connection, connector) as sender:
        outcome, resume_at = step.read(until, sender)
    # Before the chunks are handed over: what the ERP refuses is a change, also where records do not show it.
    note_refused(world, wanted.run, stream.name, reader.refused)
    waits = 0 if step.pages or outcome != "throttled" else sweep.waits + (not step.ours)
    if waits > MAX_WAITS:
        raise ErpUnavailable(f"{stream.name}: asked {waits} times for patience, and gave no page in between")
    chunks = step.writer.chunks
    sweep = replace(
        sweep,
        chunks=sweep.chunks + len(chunks),
        records=sweep.records + step.records,
        reader=reader.position(),
        waits=waits,
        checksums=step.checksums,
    )
    if outcome == "throttled":
        world.leases.renew(wanted.connection, wanted.run, datetime.fromisoformat(resume_at))
    # Of a stream without a record the next that is heard is that it was committed.
    if outcome != "done" or sweep.chunks:
        _note_progress(world, wanted, sweep, f"waiting until {resume_at}" if outcome == "throttled" else "")
    return _fetched(world, sweep, (outcome, resume_at), chunks)


def since_of(world: World, connection: Connection, stream: Stream, cursor: Cursor) -> str | None:
    """Return the moment or row version from which the stream is read next; None: it is read whole."""
    if cursor.shape != world.shape_of(connection, stream.name):
        return None
    return _asks_from(stream, cursor) if _may_be_incremental(stream, cursor, world.clock.now()) else None


def _fetched(
    world: World, sweep: Sweep, outcome: tuple[str, str], chunks: Sequence[ChunkRef]
) -> dict[str, Any]:
    return {
        "outcome": outcome[0],
        "resume_at": outcome[1],
        "position": sweep.to_json(),
        "sweep": sweep.sweep,
        "chunks": [{"bucket": world.bucket, **chunk.to_json()} for chunk in chunks],
    }


class _Step:
    """Reads within the budget; ends early, and says so, when the ERP throttles or fails after a page."""

    def __init__(
        self, world: World, reader: StreamReader, writer: ChunkWriter, login: SharedLogin, most: int
    ) -> None:
        self.world, self.reader, self.writer, self.login = world, reader, writer, login
        self.most = most
        self.checksums: list[str] | None = None
        self.records = 0
        self.pages = 0
        self.ours = False

    def read(self, until: float, sender: Sender) -> tuple[str, str]:
        """Return the outcome and when to go on; ``until`` is monotonic, the time to ask for no more pages."""
        try:
            return self._read(until, sender)
        except SluiceError:
            if not self.pages:
                raise
            return "more", LONG_AGO
        finally:
            self.writer.close()

    def _read(self, until: float, sender: Sender) -> tuple[str, str]:
        for event in read_pages(self.reader, sender, self.world.clock, login=self.login):
            if isinstance(event, Throttled):
                self.ours = event.ours
                return "throttled", _not_before(event.resume_at)
            if isinstance(event, Page):
                self.writer.add(event.records, tombstones=event.tombstones)
                self.records += 0 if event.tombstones else len(event.records)
                if event.records:
                    self.checksums = None if event.tombstones else with_records(self.checksums, event.records)
                self.pages += 1
                if self.reader.resume_at is not None:
                    return "throttled", _not_before(self.reader.resume_at)
                if self.world.clock.monotonic() > until or len(self.writer.chunks) >= self.most - 1:
                    return "more", LONG_AGO
        return "done", LONG_AGO


def _not_before(moment: datetime) -> str:
    """Return the moment, rounded up: a Wait knows whole seconds, and must not end before it."""
    return iso(moment + timedelta(microseconds=999_999))


def _sweep(world: World, wanted: FetchPages, connection: Connection, stream: Stream) -> Sweep:
    if wanted.position is not None:
        return Sweep.from_json(wanted.position)
    known = Cursors(world.state, wanted.connection).get(wanted.stream)
    if known.sweep == wanted.run:
        # By a worker whose answer was lost. To read again would be a second sweep of the same name.
        at = str(known.watermark)
        return Sweep(sweep=wanted.run, since=at, watermark=at, shape=known.shape, committed=True)
    cursor = begin_sweep(world, (wanted.connection, wanted.stream), wanted.run)
    now = world.clock.now()
    since = since_of(world, connection, stream, cursor)
    shape = world.shape_of(connection, stream.name)
    checksums: list[str] | None = None if since is None else []
    return Sweep(sweep=wanted.run, since=since, watermark=iso(now), shape=shape, checksums=checksums)


def _asks_from(stream: Stream, cursor: Cursor) -> str | None:
    """Return the moment or row version from which the stream is to be read; None: it is read whole."""
    if stream.incremental is None:
        return None
    return cursor.watermark if stream.incremental.highest is None else cursor.highest


def _may_be_incremental(stream: Stream, cursor: Cursor, now: datetime) -> bool:
    if stream.incremental is None or cursor.watermark is None or _asks_from(stream, cursor) is None:
        return False
    kept = stream.deletions.kept_days if stream.deletions else None
    if kept is not None and datetime.fromisoformat(cursor.watermark) + timedelta(days=kept) <= now:
        return False
    every = stream.incremental.whole_read_every_hours
    if every is None or cursor.whole_read_at is None:
        return True
    return datetime.fromisoformat(cursor.whole_read_at) + timedelta(hours=every) > now


def _reader(
    world: World,
    connection: Connection,
    connector: Connector,
    what: tuple[Stream, Sweep],
    session: Session | None,
) -> StreamReader:
    stream, sweep = what
    contract = Contracts(world.state, world.objects, connection.name).get(stream.name)
    return StreamReader(
        ReadPlan(
            connector=connector,
            stream=stream,
            settings=complete_settings(connector, connection.settings),
            secrets=credentials_of(world, connection, connector),
            selection=selection_of(world.mapper_of(connection, stream.name)),
            since=sweep.since,
            started_at=sweep.started,
            position=sweep.reader,
            session=session,
            now=world.clock.now,
            known=contract.wire if contract else {},
            goes_round_fields=True,
        )
    )


def _note_progress(world: World, wanted: FetchPages, sweep: Sweep, note: str) -> None:
    outcome = "waiting" if note else "reading"
    result = StreamResult(wanted.stream, outcome, note=note, records_fetched=sweep.records, sweep=sweep.sweep)
    world.runs.put_stream(wanted.run, result, world.expiry())
