"""PlanBackfill: takes the stream from the connection's runs, and writes which windows are to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from sluice.connector.expanding.window import Window
from sluice.model.connection import Connection
from sluice.registry.backfills import TRIGGER, Backfill, Backfills
from sluice.registry.cursors import Cursors
from sluice.registry.leases import LeaseTaken
from sluice.registry.runs import Run, StreamResult
from sluice.usecases.backfill.windows import Cut, refused, windows_of_backfill, windows_to_read
from sluice.usecases.fetching.step import Of, reader_of
from sluice.usecases.fetching.sweep import Sweep
from sluice.usecases.keep import begin_sweep, keep_what_arrived
from sluice.usecases.world import World, iso

_NUMBERS = 900_000
"""Numbers for chunks that the windows share: receipts are sorted by six digits."""


class PlanBackfill(Struct, frozen=True):
    """``cut`` says which windows are to be read; ``resumes`` is the id of a backfill whose windows are left.

    ``run`` is the execution's name, ``started_at`` its start.
    """

    run: str
    started_at: str
    connection: str
    stream: str
    cut: Cut = field(default_factory=Cut)
    resumes: str = ""


def plan_backfill(world: World, wanted: PlanBackfill) -> dict[str, Any]:
    """Return ``outcome`` (planned, or busy: a run may be reading the stream), ``sweep`` and ``items``.

    ``items`` is the bucket and key of a JSON list of windows, the newest first. Planned again it is the same.
    Raises ConfigurationInvalid: unknown connection or stream, a stream that is held, days that are no
    windows, a backfill that cannot be gone on with, or another under way.
    """
    connection = world.connections.get(wanted.connection)
    of = _of(world, connection, wanted.stream)
    answer = {"connection": connection.name, "connector": connection.connector, "stream": wanted.stream}
    answer |= {"run": wanted.run, "sweep": wanted.resumes or wanted.run}
    busy = _take(world, wanted)
    if busy:
        return {**answer, "outcome": "busy", "note": f"the run {busy} may be reading it", "items": None}
    _note_run(world, wanted, connection)
    known = Backfills(world.runs_table).get(wanted.resumes or wanted.run)
    backfill = _resumed(world, wanted, known) if known or wanted.resumes else _begun(world, wanted, of)
    key = _items(world, of, backfill)
    return {**answer, "outcome": "planned", "note": "", "items": {"bucket": world.bucket, "key": key}}


def _of(world: World, connection: Connection, stream: str) -> Of:
    connector = world.connector_of(connection)
    if stream not in connector.streams:
        raise refused(
            "unknown_stream",
            f"{connector.name} has no stream {stream!r}; it has: {', '.join(connector.streams)}",
        )
    held = Cursors(world.state, connection.name).get(stream).held
    if held:
        raise refused("held", f"{stream} is held: decide first, sluice changes show {held}")
    world.mapper_of(connection, stream)
    return Of(connection, connector, connector.streams[stream])


def _take(world: World, wanted: PlanBackfill) -> str:
    try:
        return world.leases.take_stream(wanted.connection, wanted.stream, wanted.run, world.clock.now())
    except LeaseTaken as taken:
        raise refused("backfill_under_way", f"the backfill {taken} is reading {wanted.stream}") from taken


def _note_run(world: World, wanted: PlanBackfill, connection: Connection) -> None:
    if world.runs.get(wanted.run) is not None:
        return
    package = world.catalog_of(connection).digest(connection.connector)
    about = (wanted.run, connection.name, connection.connector, TRIGGER, wanted.started_at)
    sweep = wanted.resumes or wanted.run
    world.runs.put(Run(*about, package=package, sweeps={wanted.stream: sweep}), world.expiry())
    world.runs.put_stream(wanted.run, StreamResult(wanted.stream, sweep=sweep), world.expiry())


def _begun(world: World, wanted: PlanBackfill, of: Of) -> Backfill:
    found = windows_to_read(of.stream, _own(world, of), wanted.cut)
    cut = found.cut
    begin_sweep(world, (wanted.connection, wanted.stream), wanted.run)
    backfill = Backfill(
        sweep=wanted.run,
        run=wanted.run,
        connection=wanted.connection,
        stream=wanted.stream,
        started_at=iso(world.clock.now()),
        windows=len(found.windows),
        per_window=_NUMBERS // len(found.windows),
        whole=found.whole,
        shape=world.shape_of(of.connection, wanted.stream),
        first=cut.since.isoformat() if cut.since else None,
        until=cut.until.isoformat() if cut.until else None,
        days=cut.days,
        keys=list(cut.keys) if cut.keys else None,
        size=cut.size,
    )
    Backfills(world.runs_table).put(backfill, world.expiry())
    return backfill


def _resumed(world: World, wanted: PlanBackfill, known: Backfill | None) -> Backfill:
    where = (wanted.connection, wanted.stream)
    if known is None or (known.connection, known.stream) != where:
        raise refused("unknown_backfill", f"{wanted.resumes} is no backfill of {'/'.join(where)}")
    connection = world.connections.get(wanted.connection)
    cursor = Cursors(world.state, wanted.connection).get(wanted.stream)
    if cursor.sweep == known.sweep:
        raise refused("backfill_done", f"{known.sweep} has been read to its end")
    if cursor.begun != known.sweep:
        by = cursor.begun or cursor.sweep
        raise refused("overtaken", f"{by} has read {wanted.stream} since: begin a new backfill")
    if known.shape != world.shape_of(connection, wanted.stream):
        message = f"the connector or mapping of {wanted.stream} is another since: begin a new backfill"
        raise refused("another_shape", message)
    if known.run != wanted.run:
        # What failed windows have published is compared with from here on: it is not published again.
        keep_what_arrived(world, where, wanted.run, known.sweep)
    backfill = replace(known, run=wanted.run)
    Backfills(world.runs_table).put(backfill, world.expiry())
    return backfill


def _own(world: World, of: Of) -> Sequence[Window | None]:
    begun = Sweep(sweep="", since=None, watermark=iso(world.clock.now()))
    return reader_of(world, of, begun, None).windows


def _items(world: World, of: Of, backfill: Backfill) -> str:
    """Write the windows that are left, the newest first, and return the key of the list."""
    done = {
        one.number for one in Backfills(world.runs_table).windows(backfill.sweep) if one.outcome == "done"
    }
    spans = windows_of_backfill(backfill)
    left = [{"window": number, "span": span} for number, span in enumerate(spans) if number not in done]
    key = f"backfills/{of.connection.name}/{of.stream.name}/{backfill.run}.json"
    world.objects.put(key, orjson.dumps(left[::-1]))
    return key
