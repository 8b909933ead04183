"""PlanRun: who runs, whether it may, and which streams there are to read.

Everything that can be wrong with the configuration shows here, before the ERP is called.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.connector.settings import complete_settings
from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.connection import Connection
from sluice.registry.cursors import Cursor, Cursors
from sluice.registry.leases import LeaseTaken
from sluice.registry.runs import CONTINUED, Run, StreamResult
from sluice.usecases.access.credentials import credentials_of
from sluice.usecases.deciding.overrides import drop_what_came_home
from sluice.usecases.world import World

UNREAD: dict[str, Any] = {
    "outcome": "unread",
    "position": None,
    "resume_at": None,
    "chunks": [],
    "sweep": None,
}
"""What FetchPages returns, of a stream of which nothing was read so far."""


class PlanRun(Struct, frozen=True):
    """``run`` is the execution's name, ``started_at`` its start in ISO 8601 UTC."""

    connection: str
    trigger: str
    run: str
    started_at: str


def plan_run(world: World, wanted: PlanRun) -> dict[str, Any]:
    """Take the lease and return the plan: ``outcome``, ``connection``, ``connector``, ``run``, ``jobs``.

    A job is ``stream`` and ``fetched``, which is UNREAD.

    ``outcome``: planned, already_running, paused, or nothing_to_do (every stream is held, or read by a
    backfill). A run that goes on with what another has left (its trigger is CONTINUED) reads nothing else.
    Raises ConfigurationInvalid for an unknown connection, wrong settings, or a broken connector or mapping.
    """
    connection = world.connections.get(wanted.connection)
    plan: dict[str, Any] = {
        "connection": connection.name,
        "connector": connection.connector,
        "run": wanted.run,
    }
    plan |= {"lease": 0, "jobs": [], "results": []}
    if connection.paused:
        return {**plan, "outcome": "paused"}
    # What is registered while the run goes on is for the next one.
    package = world.catalog_of(connection).digest(connection.connector)
    world = replace(world, catalog=world.catalog.pinned(connection.connector, package))
    connector = world.connector_of(connection)
    streams = enabled_streams(connection, connector)
    _check(world, connection, connector, streams)
    try:
        fence = world.leases.take(connection.name, wanted.run, world.clock.now())
    except LeaseTaken:
        return {**plan, "outcome": "already_running"}
    drop_what_came_home(world, connection)
    found = Cursors(world.state, connection.name).all()
    cursors = {stream: cursor for stream, cursor in found if stream in streams}
    if wanted.trigger == CONTINUED:
        streams = [stream for stream in streams if stream in cursors and cursors[stream].unfinished]
    run = Run(wanted.run, connection.name, connector.name, wanted.trigger, wanted.started_at, package=package)
    world.runs.put(_going_on(world, run, cursors, streams), world.expiry())
    held = {stream: cursors[stream].held for stream in cursors if cursors[stream].held and stream in streams}
    for stream, incident in held.items():
        note = f"held since an earlier run: sluice changes show {incident}"
        result = StreamResult(stream, "held", error="ApiChanged", cause=note, note=note)
        world.runs.put_stream(wanted.run, result, world.expiry())
    filled = _left_to_backfills(world, wanted, [stream for stream in streams if stream not in held])
    jobs = [{"stream": stream, "fetched": UNREAD} for stream in streams if stream not in {*held, *filled}]
    results = [{"stream": stream, "outcome": "held"} for stream in held]
    outcome = "planned" if jobs else "nothing_to_do"
    return {**plan, "outcome": outcome, "lease": fence, "jobs": jobs, "results": results}


def _going_on(world: World, run: Run, cursors: dict[str, Cursor], streams: list[str]) -> Run:
    """Return the run with what it goes on with, having noted that with the run that read it last."""
    found = {stream: cursors[stream].unfinished for stream in streams if stream in cursors}
    standing = {stream: one for stream, one in found.items() if one is not None}
    run = replace(run, planned=len(streams))
    if not standing:
        return run
    before = max(standing.values(), key=lambda one: one.at).last
    known = world.runs.get(before)
    if known is not None and known.continued_as != run.id:
        world.runs.put(replace(known, continued_as=run.id), world.expiry())
    sweeps = {stream: one.sweep for stream, one in standing.items()}
    return replace(run, continues=before, sweeps=sweeps)


def _left_to_backfills(world: World, wanted: PlanRun, streams: list[str]) -> list[str]:
    """Return the streams that backfills are reading, having noted it."""
    taken = world.leases.streams_taken(wanted.connection, world.clock.now())
    found = [stream for stream in streams if stream in taken]
    for stream in found:
        note = f"a backfill reads it: sluice runs show {taken[stream]}"
        world.runs.put_stream(wanted.run, StreamResult(stream, "left_out", note=note), world.expiry())
    return found


def enabled_streams(connection: Connection, connector: Connector) -> list[str]:
    """Return the streams to read, in the connector's order; raises ConfigurationInvalid for one unknown."""
    if connection.streams is None:
        return list(connector.streams)
    unknown = [stream for stream in connection.streams if stream not in connector.streams]
    if unknown:
        known = ", ".join(connector.streams)
        faults = [
            Fault("unknown_stream", "/streams", f"{connector.name} has no stream {name!r}; it has: {known}")
            for name in unknown
        ]
        raise ConfigurationInvalid(f"connection {connection.name}: unknown stream", faults)
    return [stream for stream in connector.streams if stream in connection.streams]


def _check(world: World, connection: Connection, connector: Connector, streams: list[str]) -> None:
    complete_settings(connector, connection.settings)
    credentials_of(world, connection, connector)
    for stream in streams:
        world.mapper_of(connection, stream)
