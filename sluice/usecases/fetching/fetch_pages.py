"""FetchPages: calls the ERP page by page within a budget, and stores what it answered as raw chunks.

Nothing is mapped or judged here beyond what paging needs.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.connector.spec import Stream
from sluice.model.connection import Connection
from sluice.registry.cursors import Cursor, Cursors
from sluice.registry.runs import StreamResult
from sluice.usecases.access.logging_in import SharedLogin
from sluice.usecases.fetching.standing import HISTORY_EVENTS, events_of, leave, room_for, taken_up
from sluice.usecases.fetching.step import MAX_CHUNKS, Fetched, Of, Step, read_on
from sluice.usecases.fetching.sweep import Sweep
from sluice.usecases.keep import begin_sweep
from sluice.usecases.world import World, iso


class FetchPages(Struct, frozen=True):
    """``position`` is None on a stream's first step, else what the step before returned.

    ``seconds`` is how long the step may go on asking for pages, ``chunks`` how many it returns at most;
    ``events`` is what all streams of the execution may write into its history.
    """

    run: str
    connection: str
    stream: str
    position: dict[str, Any] | None
    seconds: float
    chunks: int = MAX_CHUNKS
    events: int = HISTORY_EVENTS


def fetch_pages(world: World, wanted: FetchPages, login: SharedLogin | None = None) -> dict[str, Any]:
    """Return ``outcome``, ``chunks``, ``position``, ``resume_at`` and ``sweep``.

    ``outcome``: done, more, throttled, or continued (by another execution: see standing). ``login`` is that
    of a step before, where it is known.
    Raises a wire error only if not a single page could be fetched in this step, or the lease is lost.
    """
    world.leases.renew(wanted.connection, wanted.run, world.clock.now())
    world = world.of_run(wanted.run)
    connection = world.connections.get(wanted.connection)
    connector = world.connector_of(connection)
    of = Of(connection, connector, connector.streams[wanted.stream])
    sweep = _sweep(world, wanted, connection, of.stream)
    if sweep.committed:
        return Fetched("done", sweep).to_json(world.bucket)
    room = room_for(world, wanted.run, of, sweep, wanted.events)
    if not room:
        return leave(world, (wanted.connection, wanted.stream), wanted.run, sweep).to_json(world.bucket)
    # What is noted of a sweep is noted under its own name: it may be judged in another run.
    step = Step(sweep.sweep, wanted.seconds, min(wanted.chunks, room), login)
    fetched = read_on(world, of, sweep, step)
    fetched = replace(fetched, sweep=replace(fetched.sweep, events=sweep.events + events_of(fetched)))
    if fetched.outcome == "throttled":
        world.leases.renew(wanted.connection, wanted.run, datetime.fromisoformat(fetched.resume_at))
    # Of a stream without a record the next that is heard is that it was committed.
    if fetched.outcome != "done" or fetched.sweep.chunks:
        _note_progress(world, wanted, fetched)
    return fetched.to_json(world.bucket)


def since_of(world: World, connection: Connection, stream: Stream, cursor: Cursor) -> str | None:
    """Return the moment or row version from which the stream is read next; None: it is read whole."""
    if cursor.shape != world.shape_of(connection, stream.name):
        return None
    return _asks_from(stream, cursor) if _may_be_incremental(stream, cursor, world.clock.now()) else None


def _sweep(world: World, wanted: FetchPages, connection: Connection, stream: Stream) -> Sweep:
    if wanted.position is not None:
        return Sweep.from_json(wanted.position)
    known = Cursors(world.state, wanted.connection).get(wanted.stream)
    if known.sweep == wanted.run:
        # By a worker whose answer was lost. To read again would be a second sweep of the same name.
        at = str(known.watermark)
        return Sweep(sweep=wanted.run, since=at, watermark=at, shape=known.shape, committed=True)
    where = (wanted.connection, wanted.stream)
    standing = taken_up(world, where, wanted.run, known)
    if standing is not None:
        return standing
    cursor = begin_sweep(world, where, wanted.run)
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


def _note_progress(world: World, wanted: FetchPages, fetched: Fetched) -> None:
    waiting, sweep = fetched.outcome == "throttled", fetched.sweep
    note = f"waiting until {fetched.resume_at}" if waiting else ""
    outcome = "waiting" if waiting else "reading"
    fetched_here = sweep.records_here
    result = StreamResult(wanted.stream, outcome, note=note, records_fetched=fetched_here, sweep=sweep.sweep)
    world.runs.put_stream(wanted.run, result, world.expiry())
