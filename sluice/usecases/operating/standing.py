"""What is known of every connection, read for all together: a few requests, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from msgspec import Struct

from sluice.connector.session import Session
from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid
from sluice.model.connection import Connection
from sluice.registry.cursors import Cursor, Cursors, cursors_of
from sluice.registry.incidents import Incident, incidents_at
from sluice.registry.runs import LastRun, RunFilter
from sluice.usecases.access.credentials import credentials_name, must_be_authorised, session_name
from sluice.usecases.access.expiry import Expiry, credentials_expiry
from sluice.usecases.deciding.changes import index_of
from sluice.usecases.operating.connectors import connectors_of, in_a_line
from sluice.usecases.plan_run import enabled_streams
from sluice.usecases.world import World

_AT_ONCE = 8
"""Reads side by side, of what can only be read connection by connection."""

_LOOKED_BACK = 10
"""Runs among which the last scheduled one is looked for, where it was not kept."""

_OPENING = timedelta(hours=1)
"""An incident may be opened so long after its entry in the index was made: later it is over."""


class Standing(Struct, frozen=True):
    """One connection. ``streams`` are those that are read, ``cursors`` those of them that have one.

    ``invalid`` says what is wrong with its connector, "" where it is well; ``open`` are its open incidents;
    ``must_be_authorised`` says whether it waits for a person to authorise it, ``expiry`` when its credentials
    end, as far as that is known.
    """

    streams: Sequence[str]
    cursors: Mapping[str, Cursor]
    invalid: str
    last: LastRun | None
    open: Sequence[Incident]
    must_be_authorised: bool
    expiry: Expiry | None


def standings(world: World, connections: Sequence[Connection]) -> dict[str, Standing]:
    """Return how each connection stands, by name."""
    connectors, invalid = connectors_of(world, connections)
    streams = dict(_streams_of(connections, connectors, invalid))
    cursors = cursors_of(world.state, streams)
    for name in invalid:
        cursors[name] = dict(Cursors(world.state, name).all())
    incidents = _open_incidents(world)
    last = _last_runs(world, connections)
    access = _access(world, connections, connectors)
    return {
        one.name: Standing(
            streams=streams.get(one.name, sorted(cursors[one.name])),
            cursors=cursors[one.name],
            invalid=invalid.get(one.name, ""),
            last=last.get(one.name),
            open=incidents.get(one.name, ()),
            must_be_authorised=access[one.name][0],
            expiry=access[one.name][1],
        )
        for one in connections
    }


def _streams_of(
    connections: Sequence[Connection], connectors: Mapping[str, Connector], invalid: dict[str, str]
) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield each connection's streams that are read; what is wrong with its choice goes to ``invalid``."""
    for one in connections:
        if one.name in connectors:
            try:
                yield one.name, enabled_streams(one, connectors[one.name])
            except ConfigurationInvalid as error:
                invalid[one.name] = in_a_line(error)


def _access(
    world: World, connections: Sequence[Connection], connectors: Mapping[str, Connector]
) -> dict[str, tuple[bool, Expiry | None]]:
    """Return whether each connection must be authorised, and when its credentials end."""
    known = world.secrets.get_many(
        name for one, connector in connectors.items() for name in _asked(one, connector)
    )
    found: dict[str, tuple[bool, Expiry | None]] = {}
    for one in connections:
        connector = connectors.get(one.name)
        if connector is None:
            found[one.name] = False, None
        else:
            session = known.get(session_name(one.name))
            ends = credentials_expiry(one, connector, Session.from_secrets(session) if session else None)
            waits = must_be_authorised(connector, known.get(credentials_name(one.name), {}))
            found[one.name] = waits, ends
    return found


def _asked(connection: str, connector: Connector) -> Iterator[str]:
    """Yield the names of the secrets that say anything of this."""
    if connector.auth.authorization is not None:
        yield credentials_name(connection)
    if connector.auth.lasting is not None:
        yield session_name(connection)


def _open_incidents(world: World) -> dict[str, list[Incident]]:
    """Return the open incidents by connection; what turns out to be over is not looked at again."""
    index = index_of(world)
    entries = index.open()
    known = incidents_at(world.state, entries)
    found: dict[str, list[Incident]] = defaultdict(list)
    now = world.clock.now()
    for entry in entries:
        incident = known.get(entry)
        if incident is not None and incident.state == "open":
            found[incident.connection].append(incident)
        elif now - datetime.fromisoformat(entry.opened_at) > _OPENING:
            index.no_longer_open(entry)
    return found


def _last_runs(world: World, connections: Sequence[Connection]) -> dict[str, LastRun]:
    """Return the last runs by connection; those of before they were kept are looked for one by one."""
    found = world.runs.last()
    missing = [one.name for one in connections if one.name not in found]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        pages = pool.map(lambda name: world.runs.page(RunFilter(name), limit=_LOOKED_BACK).items, missing)
    for name, runs in zip(missing, pages, strict=True):
        scheduled = (run.started_at for run in runs if run.trigger == "schedule")
        if runs:
            found[name] = LastRun(runs[0], next(scheduled, ""))
    return found
