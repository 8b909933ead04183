"""Every connection's health in one answer, and what needs a person first.

That credentials are refused is known by the first run that met it; that they will end is foretold where
sluice.usecases.access.expiry knows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from enum import IntEnum

from msgspec import Struct, field

from sluice.errors import CredentialsRejected
from sluice.model.change import Action
from sluice.model.connection import Connection
from sluice.model.schedules.times import NoSchedule, next_times
from sluice.registry.incidents import Incident
from sluice.registry.runs import LastRun, Run
from sluice.usecases.access.expiry import Expiry
from sluice.usecases.operating.standing import Standing, standings
from sluice.usecases.operating.topics import dead_letters
from sluice.usecases.world import World, iso

AHEAD = timedelta(days=14)
"""How long before credentials end a person is told."""

_BAD_ENDS = {"failed", "lost"}


class Need(IntEnum):
    """What needs a person, the most urgent first."""

    CREDENTIALS_REFUSED = 1
    MUST_BE_AUTHORISED = 2
    CONFIGURATION_INVALID = 3
    STREAM_HELD = 4
    RUN_FAILED = 5
    CREDENTIALS_EXPIRE = 6
    DEAD_LETTERS = 7
    RECORDS_QUARANTINED = 8
    API_CHANGED = 9


class Matter(Struct, frozen=True):
    """One thing that needs a person: ``target`` is what to look at, as a path (``changes/3f9a``)."""

    need: Need
    reason: str
    target: str
    connection: str = ""
    stream: str | None = None


class StreamHealth(Struct, frozen=True):
    """``lag`` is how many seconds ago it was handed over last, None for never; ``held`` the change's id."""

    stream: str
    committed_at: str | None
    lag: int | None
    held: str | None


class Health(Struct, frozen=True):
    """One connection. ``next_run`` is ISO 8601 UTC, None where none is foretold.

    ``changes`` counts the open API changes, ``quarantined`` names the streams with records set aside;
    ``credentials`` is when they end, None where that is not known.
    """

    connection: str
    connector: str
    paused: bool
    last_run: Run | None
    next_run: str | None
    streams: tuple[StreamHealth, ...]
    changes: int
    quarantined: tuple[str, ...]
    credentials: Expiry | None = None
    matters: tuple[Matter, ...] = ()


class Overview(Struct, frozen=True):
    """All of it: ``dead_letters`` counts them by queue, ``first`` is what needs a person, in this order."""

    at: str
    connections: tuple[Health, ...]
    dead_letters: dict[str, int] = field(default_factory=dict)
    first: tuple[Matter, ...] = ()


def overview(world: World) -> Overview:
    """Return how everything stands."""
    connections = list(world.connections.all())
    with ThreadPoolExecutor(1) as beside:
        asked = beside.submit(dead_letters, world)
        known = standings(world, connections)
        dead = asked.result()
    found = tuple(_health(world, one, known[one.name]) for one in connections)
    matters = [matter for health in found for matter in health.matters]
    matters += [
        Matter(Need.DEAD_LETTERS, f"{count} messages could not be worked on", f"topics/{name}")
        for name, count in dead.items()
        if count
    ]
    first = sorted(matters, key=lambda one: (one.need, one.connection, one.stream or "", one.target))
    return Overview(iso(world.clock.now()), found, dead, tuple(first))


def _health(world: World, connection: Connection, known: Standing) -> Health:
    last = known.last.run if known.last else None
    sets_aside = {one.stream for one in known.open if _action(one) == Action.QUARANTINE and one.stream}
    matters = [*_of_incidents(connection, known.open), *_of_connection(connection, known)]
    matters += _of_credentials(world, connection, known.expiry)
    return Health(
        connection=connection.name,
        connector=connection.connector,
        paused=connection.paused,
        last_run=last,
        next_run=_next_run(world, connection, known.last),
        streams=tuple(_streams(world, known)),
        changes=sum(one.change is not None for one in known.open),
        quarantined=tuple(sorted(sets_aside)),
        credentials=known.expiry,
        matters=tuple(matters),
    )


def _streams(world: World, known: Standing) -> Iterator[StreamHealth]:
    now = world.clock.now()
    for name in known.streams:
        cursor = known.cursors.get(name)
        committed = cursor.committed_at if cursor else None
        lag = max(0, round((now - datetime.fromisoformat(committed)).total_seconds())) if committed else None
        yield StreamHealth(name, committed, lag, cursor.held if cursor else None)


def _of_incidents(connection: Connection, incidents: Sequence[Incident]) -> Iterator[Matter]:
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


def _of_connection(connection: Connection, known: Standing) -> Iterator[Matter]:
    name, last = connection.name, known.last.run if known.last else None
    if known.invalid:
        yield Matter(Need.CONFIGURATION_INVALID, known.invalid, f"connections/{name}", name)
    elif known.must_be_authorised:
        yield Matter(Need.MUST_BE_AUTHORISED, "nobody has authorised it yet", f"connections/{name}", name)
    if last is not None and last.status in _BAD_ENDS and last.error != CredentialsRejected.__name__:
        reason = f"its last run {last.status}: {last.error or ''}: {last.cause or 'no further word'}"
        yield Matter(Need.RUN_FAILED, reason, f"runs/{last.id}", name)


def _of_credentials(world: World, connection: Connection, expiry: Expiry | None) -> Iterator[Matter]:
    now = world.clock.now()
    if expiry is None or not expiry.ends_within(now, AHEAD):
        return
    ended = expiry.ends_within(now, timedelta())
    reason = f"its credentials {'ended' if ended else 'end'} on {expiry.expires_at[:10]}: {expiry.basis}"
    yield Matter(Need.CREDENTIALS_EXPIRE, reason, f"connections/{connection.name}", connection.name)


def _next_run(world: World, connection: Connection, last: LastRun | None) -> str | None:
    """Return when it runs next; of a rate, by the last run that it started."""
    if connection.paused or not connection.schedule:
        return None
    now = since = world.clock.now()
    if connection.schedule.startswith("rate("):
        if last is None or not last.scheduled_at:
            return None
        since = datetime.fromisoformat(last.scheduled_at)
    with suppress(NoSchedule):
        upcoming = next_times(connection.schedule, since, 1)
        if upcoming and upcoming[0] > now:
            return iso(upcoming[0])
    return None


def _action(incident: Incident) -> Action | None:
    return Action(incident.change["action"]) if incident.change else None
