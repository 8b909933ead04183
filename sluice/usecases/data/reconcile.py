"""Reconcile: what the lake says against what the ERP answers itself, now; nothing is changed on either side.

Both go through the same mapping: it shows whether the lake is complete and of today, not whether the mapping
is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from msgspec import Struct, field

from sluice.errors import ApiChanged, SluiceError
from sluice.lake.presence import Database
from sluice.lake.reconciling.sides import KINDS, Sides, sides_of
from sluice.lake.reconciling.sums import SHAPES, Group, Sums
from sluice.usecases.data.read_whole import whole_read
from sluice.usecases.data.reconcile_plan import Planned, PlannedStream, Reconciling, first_month
from sluice.usecases.pull import Standing, WholeRead
from sluice.usecases.world import World, iso

READ, HELD, FAILED = "read", "held", "failed"
"""What became of the reading of a stream: whole; stopped by a change of the API; broken off."""
_BATCH = 5_000


class Progress(Struct, frozen=True):
    """How far the reading of a stream is; it is ``ended`` at its end, and where it stopped before that."""

    connection: str
    stream: str
    standing: Standing
    ended: bool = False


Watcher = Callable[[Progress], None]


class _Read(Struct):
    """What a stream's reading came to."""

    stream: PlannedStream
    outcome: str = READ
    note: str = ""
    records: int = 0
    quarantined: int = 0
    aside: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "stream": self.stream.name,
            "outcome": self.outcome,
            "note": self.note,
            "records": self.records,
            "quarantined": self.quarantined,
            "last_good_read": self.stream.read_at,
            "runs_held_by": self.stream.held,
        }


class Reconciliation(Struct, frozen=True):
    """An entity of a connection, told as JSON.

    ``whole`` says whether every stream was read to its end, without which the ERP's sums are of a part.
    ``differs`` says whether anything is other than it should be: records that are set aside, and differences
    but for records that the ERP changed since the last good read.
    """

    whole: bool
    differs: bool
    told: Mapping[str, Any]


def reconcile(
    world: World, database: Database, planned: Planned, wanted: Reconciling, watcher: Watcher
) -> Reconciliation:
    """Read the entity whole from the ERP and hold the lake's records against it.

    ``database`` has the entity's current state, fetched after ``planned`` was. A stream that is held or fails
    ends its own reading only, and is told.
    """
    since = first_month(world.clock.now(), wanted.months)
    began = iso(world.clock.now())
    with sides_of(database, planned.entity, SHAPES[planned.entity], planned.connection.name) as sides:
        reads = [_read(world, planned, stream, sides, watcher) for stream in planned.streams]
        for read in reads:
            sides.set_aside(read.aside)
        sides.pair()
        every = list(_rows(sides, since, wanted.limit))
    whole = all(read.outcome == READ for read in reads)
    quarantined = sum(read.quarantined for read in reads)
    ids = [source_id for read in reads for source_id in read.aside]
    differing = [row for row in every if _is_other(row)]
    told = {
        "connection": planned.connection.name,
        "entity": planned.entity,
        "asked_at": began,
        "from": since,
        "whole": whole,
        "streams": [read.to_json() for read in reads],
        "not_read": list(planned.switched_off),
        "quarantined": {
            "records": quarantined,
            "source_ids": ids[: wanted.limit],
            "left_out": quarantined - len(ids[: wanted.limit]),
        },
        "rows_in_all": len(every),
        "rows_differing": len(differing),
        "rows": differing if wanted.differing else every,
    }
    odd = any(sum(row["differing"].values()) > row["changed_since"] for row in differing)
    return Reconciliation(whole, odd or quarantined > 0, told)


def _read(world: World, planned: Planned, stream: PlannedStream, sides: Sides, watcher: Watcher) -> _Read:
    """Read a stream into the table; what came before it stopped is in it."""
    read = _Read(stream)
    name = planned.connection.name

    def tell(standing: Standing) -> None:
        watcher(Progress(name, stream.name, standing))

    try:
        with whole_read(world, planned.connection, stream.name, tell) as reading:
            _add(reading, read, sides)
    except ApiChanged as changed:
        read.outcome, read.note = HELD, str(changed)
    except SluiceError as error:
        read.outcome, read.note = FAILED, f"{type(error).__name__}: {error}"
    watcher(Progress(name, stream.name, Standing(read.records), ended=True))
    return read


def _add(reading: WholeRead, read: _Read, sides: Sides) -> None:
    """Add what is read to the table; also where it stops, what came before."""
    batch: list[tuple[dict[str, Any], bool]] = []
    try:
        for line in reading.events():
            batch.append(_record(line, read.stream))
            if len(batch) == _BATCH:
                sides.add(batch)
                batch.clear()
                _count(reading, read)
    finally:
        sides.add(batch)
        _count(reading, read)


def _record(line: bytes, stream: PlannedStream) -> tuple[dict[str, Any], bool]:
    data = orjson.loads(line)["data"]
    return data, stream.has_changed(data["created_at"], data["updated_at"])


def _count(reading: WholeRead, read: _Read) -> None:
    """Count what is read, and forget the records that are set aside but for their ids."""
    result = reading.result
    read.records, read.quarantined = result.counts.fetched, result.counts.quarantined
    read.aside += [one["source_id"] for one in result.quarantined if one["source_id"] is not None]
    result.quarantined.clear()


def _rows(sides: Sides, since: str, limit: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of the months from ``since`` on, and of no month."""
    shape = sides.shape
    lake, erp = sides.sums("lake", since), sides.sums("erp", since)
    counts, differences = sides.counts(), sides.differences(limit)
    for group in sorted({*lake, *erp}, key=_in_order):
        ours, theirs = lake.get(group, Sums.none(shape)), erp.get(group, Sums.none(shape))
        differing = dict(counts.get(group, dict.fromkeys((*KINDS, "changed_since"), 0)))
        changed_since = differing.pop("changed_since")
        records = differences.get(group, [])
        yield {
            "month": group[0],
            shape.by: group[1],
            "lake": ours.to_json(shape),
            "erp": theirs.to_json(shape),
            "difference": (ours - theirs).to_json(shape),
            "differing": differing,
            "changed_since": changed_since,
            "records": [one.to_json() for one in records],
            "left_out": sum(differing.values()) - len(records),
        }


def _is_other(row: Mapping[str, Any]) -> bool:
    """Return whether records of the row differ; their sums may be equal all the same."""
    return any(row["differing"].values())


def _in_order(group: Group) -> tuple[str, str]:
    return (group[0] or "", group[1] or "")
