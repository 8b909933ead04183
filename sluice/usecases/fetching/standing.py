"""A sweep that is too long for one execution: how much history it may write, and where it stands in between.

Step Functions ends an execution whose history passes 25,000 events, and ours after a day. So a stream leaves
one before that, with all that was read handed over, and notes on its cursor where it stands; the next run of
the connection goes on from there, whoever started it. Nothing is judged, committed or told here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from sluice.registry.cursors import Cursor, Cursors, Standing
from sluice.registry.runs import CONTINUED, StreamResult
from sluice.snapshot.receipts import Receipts
from sluice.usecases.fetching.chunk_writer import stored_chunks
from sluice.usecases.fetching.step import Fetched, Of
from sluice.usecases.fetching.sweep import Sweep
from sluice.usecases.keep import keep_what_arrived
from sluice.usecases.plan_run import enabled_streams
from sluice.usecases.world import World, iso

HISTORY_EVENTS = 20_000
"""What all streams of an execution may write into its history together. AWS takes 25,000 (Step Functions
Developer Guide, "Service quotas", read 2026-11-22): the rest is for what has to be tried again."""

STREAM_EVENTS = 50
"""Of that, what a stream writes beside its steps: it begins, is judged, commits or fails."""

STEP_EVENTS = 15
"""FetchPages, the Map HandOver, WhatNext and WaitForErp write 13."""

CHUNK_EVENTS = 8
"""An iteration of HandOver: begun, entered, scheduled, started, submitted, answered, left, ended."""

LONGEST = timedelta(hours=18)
"""An execution is ended after a day; a wait that the ERP asks for may take four hours of it."""

_SHORT = timedelta(minutes=10)

FRESH = timedelta(days=21)
"""How old a sweep may be that is gone on with: the bucket keeps its chunks and receipts for 30 days."""

TRIES = 3
"""Runs that go on from one place, one after the other: what cannot be read on from there is read anew."""


def events_of(fetched: Fetched) -> int:
    """Return about how many events a step and the handing over of its chunks write into the history."""
    return STEP_EVENTS + CHUNK_EVENTS * len(fetched.chunks)


def room_for(world: World, run: str, of: Of, sweep: Sweep, events: int) -> int:
    """Return how many chunks the next step may return; 0: the stream has to go on in another execution.

    ``events`` is what all streams of the execution may write. A stream's first step there may always be made.
    """
    room = _room(len(enabled_streams(of.connection, of.connector)), sweep, events)
    is_old = world.clock.now() - sweep.started > _SHORT
    if room >= _PLENTY and not is_old:
        return room
    known = world.runs.get(run)
    if known is not None and known.planned:
        room = _room(known.planned, sweep, events)
    if not sweep.events:
        return max(room, 1)
    began = datetime.fromisoformat(known.started_at) if known is not None else sweep.started
    return 0 if world.clock.now() - began > LONGEST else max(room, 0)


_PLENTY = 40
"""As many chunks as a step returns at all: then nobody has to know how many streams share the history."""


def _room(streams: int, sweep: Sweep, events: int) -> int:
    share = events // max(streams, 1) - STREAM_EVENTS
    return (share - sweep.events - STEP_EVENTS) // CHUNK_EVENTS


def leave(world: World, where: tuple[str, str], run: str, sweep: Sweep) -> Fetched:
    """Note where the sweep stands, all of which was handed over; ``where`` is connection and stream.

    Raises LeaseLost. Done again, it is noted anew.
    """
    connection, stream = where
    cursors = Cursors(world.state, connection)
    cursor = cursors.get(stream)
    # After the cursor was read: who takes the lease from here on writes a cursor that ours cannot replace.
    world.leases.renew(connection, run, world.clock.now())
    position = replace(sweep, events=0, earlier=sweep.records).to_json()
    standing = Standing(position, run, iso(world.clock.now()))
    cursors.put(stream, replace(cursor, standing=standing))
    counts = world.runs.chunk_counts(run, stream).to_json()
    result = StreamResult(
        stream,
        CONTINUED,
        counts,
        note="another run reads on",
        records_fetched=sweep.records_here,
        sweep=sweep.sweep,
    )
    world.runs.put_stream(run, result, world.expiry())
    return Fetched(CONTINUED, sweep)


def taken_up(world: World, where: tuple[str, str], run: str, cursor: Cursor) -> Sweep | None:
    """Return the sweep that the stream's cursor says to go on with; None where there is none, or none to use.

    Not gone on with: what another connector or mapping read, what is older than FRESH, and what TRIES runs
    have gone on with from the same place in vain. Raises LeaseLost.
    """
    standing = cursor.unfinished
    if standing is None:
        return None
    sweep = Sweep.from_json(standing.position)
    connection = world.connections.get(where[0])
    others = [one for one in standing.taken if one != run]
    is_fresh = world.clock.now() - sweep.started <= FRESH
    if len(others) >= TRIES or not is_fresh or sweep.shape != world.shape_of(connection, where[1]):
        return None
    world.leases.renew(where[0], run, world.clock.now())
    if run not in standing.taken:
        noted = replace(standing, taken=[*others, run])
        Cursors(world.state, where[0]).put(where[1], replace(cursor, standing=noted))
    return _beyond(world, where, run, sweep) if standing.taken else sweep


def _beyond(world: World, where: tuple[str, str], run: str, sweep: Sweep) -> Sweep:
    """Return the sweep with the numbers left out of chunks that were read from the same place before.

    What of them was handed over counts as the sweep's, and is kept, so that it is not published again. Their
    numbers are never used again: a worker that is slow to stop may still write a receipt of one.
    """
    begins = sweep.first + sweep.chunks
    prefix = f"raw/{where[0]}/{where[1]}/{sweep.sweep}/"
    free = 1 + max((chunk.number for chunk in stored_chunks(world.objects, prefix)), default=-1)
    if free <= begins:
        return sweep
    keep_what_arrived(world, where, run, sweep.sweep)
    receipts = Receipts(world.objects, *where, sweep.sweep)
    done = [found.counts.fetched for found in receipts.between(begins, free)]
    return replace(
        sweep,
        chunks=sweep.chunks + len(done),
        first=free - sweep.chunks - len(done),
        repeated=sweep.repeated + sum(done),
    )
