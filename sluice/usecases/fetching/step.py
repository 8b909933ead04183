"""One step of reading a stream: pages within a budget, stored as chunks, and where the sweep then stands.

Pages that were fetched are always handed on: an error after the first page ends the step early, and the next
step meets the error again, or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sluice.connector.expanding.window import window_of
from sluice.connector.outcomes import Page, ReadPlan, Throttled
from sluice.connector.reader import StreamReader
from sluice.connector.session import Session
from sluice.connector.settings import complete_settings
from sluice.connector.spec import Connector, Stream
from sluice.errors import SluiceError
from sluice.model.checksums import with_records
from sluice.model.chunk import ChunkRef
from sluice.model.connection import Connection
from sluice.ports.sender import Sender
from sluice.registry.budgets.sending import LONGEST_PAUSE
from sluice.registry.contracts import Contracts
from sluice.usecases.access.credentials import credentials_of
from sluice.usecases.access.limits import within_limits
from sluice.usecases.access.logging_in import SharedLogin
from sluice.usecases.contracts.noted_changes import note_refused
from sluice.usecases.contracts.selecting import selection_of
from sluice.usecases.fetching.chunk_writer import ChunkWriter
from sluice.usecases.fetching.patience import Patience
from sluice.usecases.fetching.reading import read_pages, tell_others
from sluice.usecases.fetching.sweep import LONG_AGO, Sweep
from sluice.usecases.world import World, iso

MAX_CHUNKS = 40
"""Chunks a step returns at most: their references stay far below 256 KiB, and are handed over next."""


class Of(NamedTuple):
    """What is read: a stream of a connector, for a connection."""

    connection: Connection
    connector: Connector
    stream: Stream


class Step(Struct, frozen=True):
    """``sweep`` is what notes go under; pages are asked for up to ``seconds``, and ``chunks`` at most."""

    sweep: str
    seconds: float
    chunks: int = MAX_CHUNKS
    login: SharedLogin | None = None


class Fetched(Struct, frozen=True):
    """``outcome`` is done, more or throttled (until ``resume_at``, ISO 8601 UTC); ``sweep`` is behind it."""

    outcome: str
    sweep: Sweep
    resume_at: str = LONG_AGO
    chunks: Sequence[ChunkRef] = ()

    def to_json(self, bucket: str) -> dict[str, Any]:
        """Return it as the state machines carry it, at most 16 KB."""
        return {
            "outcome": self.outcome,
            "resume_at": self.resume_at,
            "position": self.sweep.to_json(),
            "sweep": self.sweep.sweep,
            "chunks": [{"bucket": bucket, **chunk.to_json()} for chunk in self.chunks],
        }


def read_on(world: World, of: Of, sweep: Sweep, step: Step) -> Fetched:
    """Read pages from where the sweep stands, and store them.

    Raises a wire error only if not a single page could be fetched in this step; ErpUnavailable also where
    the ERP has asked for patience for too long.
    """
    now, until = world.clock.now(), world.clock.monotonic() + step.seconds
    login = step.login or SharedLogin(world, of.connection, of.connector)
    reader = reader_of(world, of, sweep, login.session)
    prefix = f"raw/{of.connection.name}/{of.stream.name}/{sweep.sweep}/"
    writer = ChunkWriter(world.objects, prefix, sweep.first + sweep.chunks, iso(now))
    pages = _Pages(world, reader, writer, login, step.chunks)
    pages.checksums = sweep.checksums
    with within_limits(world, of.connection, of.connector) as sender:
        outcome, resume_at = pages.read(until, sender)
    # Before the chunks are handed over: what the ERP refuses is a change, also where records do not show it.
    note_refused(world, step.sweep, of.stream.name, reader.refused)
    patience = Patience() if pages.pages else Patience(sweep.waits, sweep.waited)
    if pages.throttled is not None and not pages.pages:
        patience = patience.asked(of.stream.name, world.clock.now(), pages.throttled)
    after = replace(
        sweep,
        chunks=sweep.chunks + len(writer.chunks),
        records=sweep.records + pages.records,
        reader=reader.position(),
        waits=patience.waits,
        waited=patience.waited,
        checksums=pages.checksums,
    )
    return Fetched(outcome, after, resume_at, writer.chunks)


class _Pages:
    """Reads within the budget; ends early, and says so, when the ERP throttles or fails after a page."""

    def __init__(
        self, world: World, reader: StreamReader, writer: ChunkWriter, login: SharedLogin, most: int
    ) -> None:
        self.world, self.reader, self.writer, self.login = world, reader, writer, login
        self.most = most
        self.checksums: list[str] | None = None
        self.records = 0
        self.pages = 0
        self.throttled: Throttled | None = None

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
                self.throttled = event
                return self._later(event.resume_at, sender)
            if isinstance(event, Page):
                self.writer.add(event.records, tombstones=event.tombstones)
                self.records += 0 if event.tombstones else len(event.records)
                if event.records:
                    self.checksums = None if event.tombstones else with_records(self.checksums, event.records)
                self.pages += 1
                if self.reader.resume_at is not None and not self.reader.position()["done"]:
                    return self._later(self.reader.resume_at, sender)
                if self.world.clock.monotonic() > until or len(self.writer.chunks) >= self.most - 1:
                    return "more", LONG_AGO
        return "done", LONG_AGO

    def _later(self, until: datetime, sender: Sender) -> tuple[str, str]:
        if not self.pages or until - self.world.clock.now() <= LONGEST_PAUSE:
            return "throttled", _not_before(until)
        # No run waits that long. The pages are handed over, and the next step ends it without a request.
        tell_others(sender, Throttled(until))
        return "more", LONG_AGO


def _not_before(moment: datetime) -> str:
    """Return the moment, rounded up: a Wait knows whole seconds, and must not end before it."""
    return iso(moment + timedelta(microseconds=999_999))


def reader_of(world: World, of: Of, sweep: Sweep, session: Session | None) -> StreamReader:
    """Return what reads on from where the sweep stands; raises ConfigurationInvalid."""
    connection, connector, stream = of
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
            windows=None if sweep.window is None else [window_of(sweep.window)],
        )
    )
