"""Every connection's health in one answer, and what needs a person first.

When a vendor's refresh token ends unused is told by no vendor's answer, so it is not foretold here; that
credentials are refused is known by the first run that met it.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from sluice.errors import ConfigurationInvalid, CredentialsRejected
from sluice.model.change import Action
from sluice.model.connection import Connection
from sluice.model.schedule_times import NoSchedule, next_times
from sluice.registry.cursors import Cursors
from sluice.registry.incidents import Incident, Incidents
from sluice.registry.runs import Run, RunFilter
from sluice.usecases.access.credentials import known_credentials, must_be_authorised
from sluice.usecases.operating.topics import list_topics
from sluice.usecases.plan_run import enabled_streams
from sluice.usecases.world import World, iso

_AT_ONCE = 8
"""Connections that are looked at side by side: each takes a few reads."""

_LOOKED_BACK = 10
"""Runs among which the last scheduled one is looked for."""

_BAD_ENDS = {"failed", "lost"}


class Need(IntEnum):
    """What needs a person, the most urgent first."""

    CREDENTIALS_REFUSED = 1
    MUST_BE_AUTHORISED = 2
    CONFIGURATION_INVALID = 3
    STREAM_HELD = 4
    RUN_FAILED = 5
    DEAD_LETTERS = 6
    RECORDS_QUARANTINED = 7
    API_CHANGED = 8


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that needs a person: ``target`` is what to look at, as a path (``changes/3f9a``)."""

    need: Need
    reason: str
    target: str
    connection: str = ""
    stream: str | None = None


@dataclass(frozen=True, slots=True)
class StreamHealth:
    """``lag`` is how many seconds ago it was handed over last, None for never; ``held`` the change's id."""

    stream: str
    committed_at: str | None
    lag: int | None
    held: str | None


@dataclass(frozen=True, slots=True)
class Health:
    """One connection. ``next_run`` is ISO 8601 UTC, None where none is foretold.

    ``changes`` counts the open API changes, ``quarantined`` names the streams with records set aside.
    """

    connection: str
    connector: str
    paused: bool
    last_run: Run | None
    next_run: str | None
    streams: tuple[StreamHealth, ...]
    changes: int
    quarantined: tuple[str, ...]
    matters: tuple[Matter, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it: ``dead_letters`` counts them by queue, ``first`` is what needs a person, in this order."""

    at: str
    connections: tuple[Health, ...]
    dead_letters: dict[str, int] = field(default_factory=dict)
    first: tuple[Matter, ...] = ()


def overview(world: World) -> Overview:
    """Return how everything stands."""
    connections = list(world.connections.all())
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = tuple(pool.map(lambda one: _health(world, one), connections))
    topics = list_topics(world)
    dead = {topic.name: topic.dead_letters for topic in topics if topic.dead_letters is not None}
    matters = [matter for health in found for matter in health.matters]
    matters += [
        Matter(Need.DEAD_LETTERS, f"{count} messages could not be worked on", f"topics/{name}")
        for name, count in dead.items()
        if count
    ]
    first = sorted(matters, key=lambda one: (one.need, one.connection, one.stream or "", one.target))
    return Overview(iso(world.clock.now()), found, dead, tuple(first))


def _health(world: World, connection: Connection) -> Health:
    newest = world.runs.page(RunFilter(connection.name), limit=1).items
    last = newest[0] if newest else None
    incidents = [one for one in Incidents(world.state, connection.name).all() if one.state == "open"]
    sets_aside = {one.stream for one in incidents if _action(one) == Action.QUARANTINE and one.stream}
    streams, invalid = _streams(world, connection)
    matters = [*_of_incidents(connection, incidents), *_of_connection(world, connection, last, invalid)]
    return Health(
        connection=connection.name,
        connector=connection.connector,
        paused=connection.paused,
        last_run=last,
        next_run=_next_run(world, connection),
        streams=streams,
        changes=sum(one.change is not None for one in incidents),
        quarantined=tuple(sorted(sets_aside)),
        matters=tuple(matters),
    )


def _streams(world: World, connection: Connection) -> tuple[tuple[StreamHealth, ...], str]:
    """Return the health of the connection's streams; and what is wrong with its connector, or ""."""
    cursors = dict(Cursors(world.state, connection.name).all())
    invalid = ""
    try:
        names = enabled_streams(connection, world.connector_of(connection))
    except ConfigurationInvalid as error:
        names, invalid = sorted(cursors), str(error).partition("\n")[0]
    now = world.clock.now()
    found = []
    for name in names:
        cursor = cursors.get(name)
        committed = cursor.committed_at if cursor else None
        lag = max(0, round((now - datetime.fromisoformat(committed)).total_seconds())) if committed else None
        found.append(StreamHealth(name, committed, lag, cursor.held if cursor else None))
    return tuple(found), invalid


def _of_incidents(connection: Connection, incidents: list[Incident]) -> Iterator[Matter]:
    name = connection.name
    for one in incidents:
        action = _action(one)
        if one.error == CredentialsRejected.__name__:
            yield Matter(
                Need.CREDENTIALS_REFUSED, "the ERP refuses its credentials", f"connections/{name}", name
            )
        elif action == Action.HOLD:
            reason = f"{one.stream} is held: {one.cause}"
            yield Matter(Need.STREAM_HELD, reason, f"changes/{one.id}", name, one.stream)
        elif action == Action.QUARANTINE:
            reason = f"records of {one.stream} are set aside: {one.cause}"
            yield Matter(Need.RECORDS_QUARANTINED, reason, f"changes/{one.id}", name, one.stream)
        elif action is not None:
            yield Matter(Need.API_CHANGED, one.cause, f"changes/{one.id}", name, one.stream)


def _of_connection(world: World, connection: Connection, last: Run | None, invalid: str) -> Iterator[Matter]:
    name = connection.name
    if invalid:
        yield Matter(Need.CONFIGURATION_INVALID, invalid, f"connections/{name}", name)
    elif _waits_for_authorisation(world, connection):
        yield Matter(Need.MUST_BE_AUTHORISED, "nobody has authorised it yet", f"connections/{name}", name)
    if last is not None and last.status in _BAD_ENDS and last.error != CredentialsRejected.__name__:
        reason = f"its last run {last.status}: {last.error or ''}: {last.cause or 'no further word'}"
        yield Matter(Need.RUN_FAILED, reason, f"runs/{last.id}", name)


def _waits_for_authorisation(world: World, connection: Connection) -> bool:
    connector = world.connector_of(connection)
    if connector.auth.authorization is None:
        return False
    return must_be_authorised(connector, known_credentials(world, connection.name))


def _next_run(world: World, connection: Connection) -> str | None:
    """Return when it runs next; of a rate, by the last run that it started."""
    if connection.paused or not connection.schedule:
        return None
    now = since = world.clock.now()
    if connection.schedule.startswith("rate("):
        known = world.runs.page(RunFilter(connection.name), limit=_LOOKED_BACK).items
        started = [run.started_at for run in known if run.trigger == "schedule"]
        if not started:
            return None
        since = datetime.fromisoformat(started[0])
    with suppress(NoSchedule):
        upcoming = next_times(connection.schedule, since, 1)
        if upcoming and upcoming[0] > now:
            return iso(upcoming[0])
    return None


def _action(incident: Incident) -> Action | None:
    return Action(incident.change["action"]) if incident.change else None
