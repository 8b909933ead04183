"""PlanReplay: takes the connection for the replay, and says which chunks go through the transformer next.

The ERP is not called. A replay waits for a run that holds the connection, for hours if need be.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from sluice.errors import ConfigurationInvalid, LeaseLost
from sluice.faults import Fault
from sluice.model.connection import Connection
from sluice.registry.cursors import Cursors
from sluice.registry.leases import LeaseTaken
from sluice.registry.runs import Run, StreamResult
from sluice.usecases.keep import begin_sweep
from sluice.usecases.replay.plan import Replay, plan_of
from sluice.usecases.world import World

TRIGGER = "replay"
"""The trigger of a run that is a replay."""

MAX_CHUNKS = 40
"""References that a step returns at most, as FetchPages does."""

PATIENCE = timedelta(hours=6)
"""How long a replay waits for a connection that runs hold one after the other."""


class PlanReplay(Struct, frozen=True):
    """``replay`` says which; ``started_at`` is when its execution began, ISO 8601 UTC.

    ``after`` is how many chunks the steps before returned.
    """

    replay: Replay
    started_at: str
    after: int = 0


def plan_replay(world: World, wanted: PlanReplay) -> dict[str, Any]:
    """Return ``outcome`` and up to 40 ``chunks``; ``after`` is what the next step is to go on from.

    ``outcome``: busy (a run holds the connection), held (another change holds the stream), page (chunks to be
    handed over), done (none are left). Raises ConfigurationInvalid, LeaseLost (busy for hours).
    """
    replay = wanted.replay
    connection = world.connections.get(replay.connection)
    _check(world, connection, replay.stream)
    answer: dict[str, Any] = {
        "connection": connection.name,
        "connector": connection.connector,
        "stream": replay.stream,
        "sweep": replay.sweep,
        "after": wanted.after,
        "chunks": [],
        "note": "",
    }
    if holder := _busy(world, wanted):
        return {**answer, "outcome": "busy", "note": f"the run {holder} holds the connection"}
    _note(world, wanted, connection)
    cursor = Cursors(world.state, connection.name).get(replay.stream)
    if cursor.held:
        return {**answer, "outcome": "held", "note": f"held meanwhile: sluice changes show {cursor.held}"}
    # From here on the next sweep knows what to keep of this one, if it does not come to its end.
    cursor = begin_sweep(world, replay.where, replay.run)
    plan = plan_of(world, replay, cursor)
    chunks = plan.chunks[wanted.after : wanted.after + MAX_CHUNKS]
    world.leases.renew(connection.name, replay.run, world.clock.now())
    return {
        **answer,
        "outcome": "page" if chunks else "done",
        "after": wanted.after + len(chunks),
        "chunks": [
            {"bucket": world.bucket, **chunk.to_json(), "released": place >= plan.released_from}
            for place, chunk in enumerate(chunks, wanted.after)
        ],
    }


def _check(world: World, connection: Connection, stream: str) -> None:
    known = world.connector_of(connection).streams
    if stream not in known:
        message = f"{connection.connector} has no stream {stream!r}; it has: {', '.join(known)}"
        raise ConfigurationInvalid(message, [Fault("unknown_stream", "/stream", message)])


def _busy(world: World, wanted: PlanReplay) -> str | None:
    """Take the lease; return the run that holds it instead. Raises LeaseLost where that goes on for hours."""
    replay, now = wanted.replay, world.clock.now()
    try:
        world.leases.take(replay.connection, replay.run, now)
    except LeaseTaken as taken:
        if now - datetime.fromisoformat(wanted.started_at) > PATIENCE:
            message = f"runs have held {replay.connection} for {PATIENCE}; now it is {taken}"
            raise LeaseLost(message) from taken
        return str(taken)
    return None


def _note(world: World, wanted: PlanReplay, connection: Connection) -> None:
    replay = wanted.replay
    known = world.runs.get(replay.run)
    if known is not None and known.status != "running":
        world.leases.free(connection.name, replay.run)
        raise LeaseLost(f"the replay {replay.run} has ended: {known.status}")
    if known is None:
        package = world.catalog_of(connection).digest(connection.connector)
        about = (replay.run, connection.name, connection.connector, TRIGGER, wanted.started_at)
        run = Run(*about, package=package)
        world.runs.put(run, world.expiry())
        result = StreamResult(replay.stream, "reading", sweep=replay.run)
        world.runs.put_stream(replay.run, result, world.expiry())
