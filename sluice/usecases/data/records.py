"""One record of the lake: what it is now, and every version of it with the run that brought it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from msgspec import Struct

from sluice.lake.presence import Database
from sluice.lake.values import json_value
from sluice.lake.views import View
from sluice.registry.runs import RunFilter
from sluice.usecases.world import World, iso

MOST_VERSIONS = 50
"""Versions of one record that are told, the newest first; all are counted."""

_RUNS_BEFORE = 5
"""Runs that began last before an event which are looked at: one of them fetched it."""


class Change(Struct, frozen=True):
    """A field that a version has otherwise than the one before."""

    field: str
    before: Any
    after: Any


class Version(Struct, frozen=True):
    """A version of a record: ``changes`` against the one before it; of the first and a deletion none.

    ``run`` is the run within which it was fetched, None where that is not known any more.
    """

    version: int
    event_id: str
    time: str
    deleted: bool
    changes: Sequence[Change]
    run: str | None


class Record(Struct, frozen=True):
    """A record: what it is now, or was last where it is deleted; its newest versions, and how many it has."""

    connection: str
    connector: str
    source_id: str
    deleted: bool
    data: Mapping[str, Any]
    versions: Sequence[Version]
    count: int


def record_of(world: World, database: Database, entity: str, id: str) -> Record | None:  # noqa: A002
    """Return the record of this canonical id; None where the lake never had it.

    The database has the entity's history.
    """
    view = View(entity, is_history=True).name
    rows = database.execute(
        "SELECT event_version, event_id, event_time, deleted, record, connection, connector, source_id "  # noqa: S608
        f'FROM "{view}" WHERE id = ? ORDER BY event_version DESC LIMIT {MOST_VERSIONS + 1}',
        [id],
    ).fetchall()
    if not rows:
        return None
    known = [(row, orjson.loads(row[4])) for row in rows]
    whole = next((data for row, data in known if not row[3]), known[0][1])
    [(count,)] = database.execute(f'SELECT count(*) FROM "{view}" WHERE id = ?', [id]).fetchall()  # noqa: S608
    connection = str(rows[0][5])
    versions = []
    for at, (row, data) in enumerate(known[:MOST_VERSIONS]):
        before = known[at + 1] if at + 1 < len(known) else None
        versions.append(
            Version(
                version=row[0],
                event_id=row[1],
                time=str(json_value(row[2])),
                deleted=row[3],
                changes=_changes(before, (row, data)),
                run=_run_at(world, connection, row[2].replace(tzinfo=UTC)),
            )
        )
    return Record(connection, str(rows[0][6]), str(rows[0][7]), rows[0][3], whole, versions, count)


_Known = tuple[tuple[Any, ...], Mapping[str, Any]]


def _changes(before: _Known | None, after: _Known) -> list[Change]:
    if before is None or before[0][3] or after[0][3]:
        return []
    one, other = before[1], after[1]
    names = dict.fromkeys((*one, *other))
    return [
        Change(name, one.get(name), other.get(name)) for name in names if one.get(name) != other.get(name)
    ]


def _run_at(world: World, connection: str, moment: datetime) -> str | None:
    """Return the run of the connection that was under way at the moment, the one that began last."""
    # The time of an event may be cut to the second, as that of a run is.
    wanted = RunFilter(connection=connection, until=iso(moment + timedelta(seconds=1)))
    for run in world.runs.page(wanted, limit=_RUNS_BEFORE).items:
        if run.ended_at is None or datetime.fromisoformat(run.ended_at) >= moment:
            return run.id
    return None
