"""Erases a person: from snapshot, raw chunks, quarantine and lake; consumers hear that the record is gone.

The order makes it safe to die anywhere and to begin again: first the snapshot says that the record is erased,
so that no run publishes it any more, then consumers are told, then what is stored is gone through.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from sluice.mapping.mapper import Mapper
from sluice.messages.events import EventSource, deleted, encode, pack
from sluice.model.erp_json import write
from sluice.model.structs import as_dict
from sluice.registry.audit import Act
from sluice.registry.cursors import Cursors
from sluice.registry.leases import LeaseTaken
from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import ERASED, Seen, next_version
from sluice.snapshot.writing import write_over
from sluice.usecases.erasing.lake import take_from_lake
from sluice.usecases.erasing.person import Person, streams_of
from sluice.usecases.erasing.stored import Taken, take_from_chunks, take_from_quarantine
from sluice.usecases.keep import snapshot_with
from sluice.usecases.operating.auditing import audited
from sluice.usecases.world import World, iso

REMAINS = (
    "What the ERP holds: erase it there first. Until then each read stores it among the raw chunks.",
    "Other records that mention the person: by id, in a text, among the extensions.",
    "What consumers have stored: they were told that the record is deleted.",
    "Messages that wait in queues (14 days, as dead letters 14 more), exports (a day), and backups.",
)
"""What erasing does not reach; every receipt says it."""

Tell = Callable[[str], None]


def erase(world: World, person: Person, reason: str, tell: Tell) -> dict[str, Any]:
    """Erase the person's record and return the receipt, which is stored under ``erasures/`` too.

    Again, it finds what came since. ``tell`` is given a line for each step. Raises ConfigurationInvalid,
    LeaseTaken while a run has the connection, StillWritten, LeaseLost.
    """
    connection = world.connections.get(person.connection)
    mappers = streams_of(world, connection, person.entity)
    with audited(world, _act(world, "erase", person, reason)) as outcome, _held(world, person, mappers) as by:
        found = _erased(world, person, (mappers, by), tell)
        at = iso(world.clock.now())
        receipt: dict[str, Any] = {"person": str(person), "erased_at": at, "by": world.who}
        receipt |= {"reason": reason, **found, "remains": list(REMAINS)}
        key = f"erasures/{person.connection}/{at}-{secrets.token_hex(4)}.json"
        world.objects.put(key, write(receipt))
        outcome.after = {**found, "receipt": key}
    return {**receipt, "receipt": key}


def _erased(
    world: World, person: Person, means: tuple[Mapping[str, Mapper], str], tell: Tell
) -> dict[str, Any]:
    """Do it step by step, and return what each came to."""
    mappers, by = means
    published = {}
    for stream, mapper in mappers.items():
        tell(f"snapshot of {stream}")
        if version := _bury(world, person, stream, by):
            published[stream] = _tell_consumers(world, person, mapper, version)
    tell("raw chunks and quarantine")
    raw, aside = _take_from_streams(world, person, mappers, by)
    tell("lake")
    world.leases.renew(person.connection, by, world.clock.now())
    lake = take_from_lake(world.objects, person)
    return {"events": published, "raw": as_dict(raw), "quarantine": as_dict(aside), "lake": as_dict(lake)}


def lift(world: World, person: Person, reason: str = "") -> int:
    """Let the record be published again once it is read; return in how many streams it was erased.

    Raises what :func:`erase` does.
    """
    connection = world.connections.get(person.connection)
    mappers = streams_of(world, connection, person.entity)
    with audited(world, _act(world, "lift", person, reason)) as outcome, _held(world, person, mappers):
        lifted = sum(_lift(world, person, stream) for stream in mappers)
        outcome.after = {"streams": lifted}
    return lifted


def _act(world: World, what: str, person: Person, reason: str) -> Act:
    return Act(world.who, f"records.{what}", str(person), person.connection, reason)


@contextmanager
def _held(world: World, person: Person, mappers: Mapping[str, Mapper]) -> Iterator[str]:
    """Hold the connection's lease, so that no run writes meanwhile; raises LeaseTaken."""
    by, now = f"erasure-{secrets.token_hex(6)}", world.clock.now()
    world.leases.take(person.connection, by, now)
    try:
        backfills = world.leases.streams_taken(person.connection, now)
        for holder in (backfills[stream] for stream in mappers if stream in backfills):
            raise LeaseTaken(holder)
        yield by
    finally:
        world.leases.free(person.connection, by)


def _bury(world: World, person: Person, stream: str, by: str) -> int:
    """Note in the stream's snapshot that the record is erased.

    Returns the version under which consumers are told that it is deleted; 0 where they never had it. Of an
    earlier life of the connection (sluice.model.connection) they may.
    """
    first = world.connections.get(person.connection).first_version
    where = (person.connection, stream)
    cursors = Cursors(world.state, person.connection)
    cursor = cursors.get(stream)
    world.leases.renew(person.connection, by, world.clock.now())
    # What a read that never came to its end has published is not in the index yet.
    index = SnapshotIndex(world.objects, snapshot_with(world, where, cursor, cursor.begun))
    last = index.look_up([person.source_id]).get(person.source_id)
    erased = Seen(person.source_id, ERASED, _version_after(last) or (first if first > 1 else 0))
    if last != erased:
        prefix = f"snapshots/{person.connection}/{stream}/{by}-{cursor.version + 1}/"
        cursors.put(stream, replace(cursor, snapshot=write_over(index, prefix, [[erased]])))
    return erased.version


def _version_after(last: Seen | None) -> int:
    if last is None:
        return 0
    return last.version if last.content in {"", ERASED} else next_version(last, "")


def _lift(world: World, person: Person, stream: str) -> bool:
    cursors = Cursors(world.state, person.connection)
    cursor = cursors.get(stream)
    index = SnapshotIndex(world.objects, cursor.snapshot)
    last = index.look_up([person.source_id]).get(person.source_id)
    if last is None or last.content != ERASED:
        return False
    prefix = f"snapshots/{person.connection}/{stream}/lifted-{cursor.version + 1}/"
    cursors.put(stream, replace(cursor, snapshot=write_over(index, prefix, [[last._replace(content="")]])))
    return True


def _tell_consumers(world: World, person: Person, mapper: Mapper, version: int) -> dict[str, Any]:
    """Publish that the record is deleted: again, the same event."""
    connection = world.connections.get(person.connection)
    at = iso(world.clock.now())
    source = EventSource(connection.name, connection.connector, mapper.entity, mapper.schema_id, at)
    event = deleted(source, person.source_id, version)
    world.information.publish(list(pack([encode(event)], source, connection.events_per_message)))
    return {"event": event["id"], "version": version}


def _take_from_streams(
    world: World, person: Person, mappers: Mapping[str, Mapper], by: str
) -> tuple[Taken, Taken]:
    raw, aside = Taken(), Taken()
    for stream, mapper in mappers.items():
        world.leases.renew(person.connection, by, world.clock.now())
        raw += take_from_chunks(world.objects, person, stream, mapper)
        aside += take_from_quarantine(world.objects, person, stream, mapper)
    return raw, aside
