"""How fresh and complete the lake is, by connection and entity: against what its runs read and published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from msgspec import Struct, field

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.lake.columns import Column, Kind, fields_of
from sluice.lake.presence import Database
from sluice.lake.views import View
from sluice.model.connection import Connection
from sluice.model.schema_faults import did_you_mean
from sluice.model.structs import as_dict
from sluice.registry.cursors import Cursors
from sluice.usecases.plan_run import enabled_streams
from sluice.usecases.world import World, iso

_RUNS = 20
"""Runs that are looked through for what they published; what is older has long come to the lake."""
_EMPTY = "('[]', '{}')"


class Filling(Struct, frozen=True):
    """What the lake has of an entity of a connection: ``filled`` counts the records that have each field."""

    records: int = 0
    deleted: int = 0
    newest_event: datetime | None = None
    filled: Mapping[str, int] = field(default_factory=dict)


class Freshness(Struct, frozen=True):
    """An entity of a connection in the lake. Times are ISO 8601 UTC.

    ``last_good_run`` is when the stream that was read longest ago was handed over last; ``lag_seconds`` how
    much older than that the newest event is, which is long where nothing changed. ``behind`` says whether a
    later run published what the lake does not have: then it is on its way, or stuck. ``held`` names the API
    change that holds a stream, by stream: what it holds comes to no lake.
    """

    connection: str
    entity: str
    streams: tuple[str, ...]
    records: int
    deleted: int
    newest_event: str | None
    last_good_run: str | None
    lag_seconds: int | None
    behind: bool
    filled: Mapping[str, int]
    held: Mapping[str, str]

    @property
    def completeness(self) -> float | None:
        """The share of all fields of all records that have a value; None without records."""
        cells = self.records * len(self.filled)
        return sum(self.filled.values()) / cells if cells else None

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {**as_dict(self), "streams": list(self.streams), "completeness": self.completeness}


def freshness(
    world: World, database: Database, schemas: Mapping[str, Any], only: str | None = None
) -> Iterator[Freshness]:
    """Yield the freshness of each entity that a connection reads or the lake has, of all or ``only`` one.

    ``database`` has the current state of every entity of ``schemas``. Raises ConfigurationInvalid for a
    connection that there is not.
    """
    fillings = {entity: _fillings(database, entity, schema) for entity, schema in schemas.items()}
    known = {one.name: one for one in world.connections.all()}
    in_lake = {name for filling in fillings.values() for name in filling}
    if only is not None and only not in in_lake | set(known):
        raise _unknown(only, sorted(in_lake | set(known)))
    for name in sorted(in_lake | set(known)):
        if only is not None and name != only:
            continue
        streams = _streams_of(world, known[name]) if name in known else {}
        published = _published(world, name)
        for entity in schemas:
            filling = fillings[entity].get(name)
            if filling is not None or entity in streams:
                place = _Place(name, entity, streams.get(entity, ()))
                yield _judged(world, place, filling or Filling(), published)


def _unknown(name: str, known: list[str]) -> ConfigurationInvalid:
    message = f"there is no connection {name!r}; {did_you_mean(name, known)}"
    return ConfigurationInvalid("Unknown connection", [Fault("unknown_connection", "connection", message)])


def _fillings(database: Database, entity: str, schema: Mapping[str, Any]) -> dict[str, Filling]:
    source = View(entity).source
    columns = fields_of(schema)
    counts = ", ".join(f"count(*) FILTER (NOT deleted AND {_is_filled(column)})" for column in columns)
    rows = database.execute(
        "SELECT connection, count(*) FILTER (NOT deleted), count(*) FILTER (deleted), max(event_time), "  # noqa: S608
        f'{counts} FROM "{source}" GROUP BY connection'
    ).fetchall()
    return {
        connection: Filling(
            records, deleted, newest, dict(zip((c.name for c in columns), filled, strict=True))
        )
        for connection, records, deleted, newest, *filled in rows
    }


def _is_filled(column: Column) -> str:
    filled = f'"{column.name}" IS NOT NULL'
    if column.kind is Kind.JSON:
        filled += f' AND "{column.name}"::VARCHAR NOT IN {_EMPTY}'
    return filled


def _streams_of(world: World, connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return the connection's streams by the entity that they are mapped to."""
    found: dict[str, tuple[str, ...]] = {}
    try:
        for stream in enabled_streams(connection, world.connector_of(connection)):
            entity = world.mapper_of(connection, stream).entity
            found[entity] = (*found.get(entity, ()), stream)
    except ConfigurationInvalid:
        # What is wrong there is told by its runs; the lake has what came before.
        return found
    return found


def _published(world: World, connection: str) -> dict[str, str]:
    """Return when the newest run began that published anything of a stream, by stream."""
    found: dict[str, str] = {}
    for run in islice(world.runs.of(connection), _RUNS):
        for stream, result in world.runs.streams(run.id).items():
            if result.counts.get("published"):
                found.setdefault(stream, run.started_at)
    return found


class _Place(Struct, frozen=True):
    """Where the rows of a line come from."""

    connection: str
    entity: str
    streams: tuple[str, ...]


def _judged(world: World, place: _Place, filling: Filling, published: Mapping[str, str]) -> Freshness:
    kept = Cursors(world.state, place.connection)
    cursors = {stream: kept.get(stream) for stream in place.streams}
    good = min((one.committed_at for one in cursors.values() if one.committed_at), default=None)
    newest = filling.newest_event.replace(tzinfo=UTC) if filling.newest_event else None
    lag = None
    if good and newest:
        lag = max(round((datetime.fromisoformat(good) - newest).total_seconds()), 0)
    began = [_second(published[stream]) for stream in place.streams if stream in published]
    return Freshness(
        **as_dict(place),
        records=filling.records,
        deleted=filling.deleted,
        newest_event=iso(newest) if newest else None,
        last_good_run=good,
        lag_seconds=lag,
        behind=any(newest is None or newest < moment for moment in began),
        filled=filling.filled,
        held={stream: one.held for stream, one in cursors.items() if one.held},
    )


def _second(moment: str) -> datetime:
    """Return the moment in whole seconds, as events have their times."""
    return datetime.fromisoformat(moment).replace(microsecond=0)
