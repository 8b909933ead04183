"""What a reconciliation reads: connections, entities, streams, and until when the lake could know them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.lake.reconciling.sums import SHAPES
from sluice.model.connection import Connection
from sluice.registry.cursors import Cursors
from sluice.usecases.plan_run import enabled_streams
from sluice.usecases.world import World

_MONTHS_A_YEAR = 12


class Reconciling(Struct, frozen=True):
    """What was asked: no ``connections`` means all that are not paused, no ``entity`` all that can be.

    ``months`` are told, the current one included; ``limit`` is how many records that differ of each group;
    ``differing`` leaves out the rows that are equal.
    """

    connections: tuple[str, ...] = ()
    entity: str | None = None
    months: int = 12
    limit: int = 20
    differing: bool = False


class PlannedStream(Struct, frozen=True):
    """A stream to read. ``read_at`` is when its last good read began, ISO 8601 UTC; None: there was none.

    ``held`` is the incident that stops its runs, None where none does.
    """

    name: str
    read_at: str | None
    held: str | None

    def has_changed(self, *moments: str | None) -> bool:
        """Whether the latest of a record's moments is of after the last good read began."""
        if self.read_at is None:
            return True
        known = [datetime.fromisoformat(moment) for moment in moments if moment]
        return bool(known) and max(known) >= datetime.fromisoformat(self.read_at)


class Planned(Struct, frozen=True):
    """An entity of a connection: the ``streams`` that are mapped to it, and those that are switched off."""

    connection: Connection
    entity: str
    streams: tuple[PlannedStream, ...]
    switched_off: tuple[str, ...] = ()


def plan_reconcile(world: World, wanted: Reconciling) -> list[Planned]:
    """Return what is to be read. Ask it before the lake is fetched: that must not be older than the cursors.

    Raises ConfigurationInvalid for an unknown connection or entity, and where there is nothing to read.
    """
    if wanted.entity is not None and wanted.entity not in SHAPES:
        message = f"{wanted.entity!r} cannot be reconciled; right would be {', '.join(SHAPES)}"
        raise ConfigurationInvalid("Unknown entity", [Fault("unknown_entity", "/entity", message)])
    names = dict.fromkeys(wanted.connections)
    chosen = [world.connections.get(name) for name in names] or [
        connection for connection in world.connections.all() if not connection.paused
    ]
    entities = tuple(SHAPES) if wanted.entity is None else (wanted.entity,)
    found = [one for connection in chosen for one in _of_connection(world, connection, entities)]
    if not found:
        message = f"no stream of {', '.join(c.name for c in chosen) or 'any connection'} is read that is one"
        raise ConfigurationInvalid(f"Nothing to reconcile: {message} of {', '.join(entities)}")
    return found


def first_month(now: datetime, months: int) -> str:
    """Return the first of so many months, the last of which is that of ``now``: ``2026-01``."""
    count = now.year * _MONTHS_A_YEAR + now.month - months
    return f"{count // _MONTHS_A_YEAR:04d}-{count % _MONTHS_A_YEAR + 1:02d}"


def _of_connection(world: World, connection: Connection, entities: tuple[str, ...]) -> Iterator[Planned]:
    connector = world.connector_of(connection)
    enabled = enabled_streams(connection, connector)
    cursors = Cursors(world.state, connection.name)
    of_entity: dict[str, list[str]] = {}
    for stream in connector.streams:
        of_entity.setdefault(world.mapper_of(connection, stream).entity, []).append(stream)
    for entity in entities:
        read = [stream for stream in of_entity.get(entity, ()) if stream in enabled]
        if read:
            off = tuple(stream for stream in of_entity[entity] if stream not in enabled)
            yield Planned(connection, entity, tuple(_planned(cursors, stream) for stream in read), off)


def _planned(cursors: Cursors, stream: str) -> PlannedStream:
    cursor = cursors.get(stream)
    return PlannedStream(stream, cursor.watermark, cursor.held)
