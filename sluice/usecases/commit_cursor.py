"""CommitCursor: every chunk of the sweep was handed over, so the stream's cursor and snapshot move on.

Here, and only here, a record that is gone from a stream read whole becomes a delete; a sudden emptiness
is not believed. Committing the same sweep again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from sluice.contract.emptiness import sudden_emptiness
from sluice.contract.policy import goes_on, with_policy
from sluice.errors import ApiChanged, LeaseLost, OutcomeUnknown
from sluice.messages.events import EventSource, deleted, encode, pack
from sluice.model.chunk import Counts
from sluice.registry.cursors import Cursor, Cursors
from sluice.registry.incidents import Incidents
from sluice.registry.runs import StreamResult
from sluice.snapshot.index import SnapshotIndex, write_index
from sluice.snapshot.receipts import GONE, Receipts, Seen
from sluice.snapshot.settle import buried, find_gone, merged, seen_in
from sluice.usecases.changes import remembering_changes
from sluice.usecases.fetch_pages import Sweep
from sluice.usecases.world import World, iso


@dataclass(frozen=True, slots=True)
class CommitCursor:
    """``position`` is what the last FetchPages returned; ``accepted`` the change codes judged harmless."""

    run: str
    connection: str
    stream: str
    position: dict[str, Any]
    accepted: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class _Sums:
    counts: Counts
    unidentified: int
    receipts: int


def commit_cursor(world: World, wanted: CommitCursor) -> dict[str, Any]:
    """Publish deletes, write the new snapshot index, move the cursor; return stream, outcome and counts.

    Raises ApiChanged (D38) for a sudden emptiness, OutcomeUnknown if a chunk has no receipt, LeaseLost.
    """
    now = world.clock.now()
    world.leases.renew(wanted.connection, wanted.run, now)
    cursors = Cursors(world.state, wanted.connection)
    cursor = cursors.get(wanted.stream)
    sweep = Sweep.from_json(wanted.position)
    sums = _sums(Receipts(world.objects, wanted.connection, wanted.stream, sweep.sweep))
    if cursor.sweep != sweep.sweep:
        if sums.receipts != sweep.chunks:
            raise OutcomeUnknown(
                f"{wanted.stream}: {sweep.chunks} chunks were handed over, {sums.receipts} have a receipt"
            )
        with remembering_changes(world, wanted.connection, wanted.stream, wanted.run):
            gone = _gone(world, wanted, (cursor, sweep, sums))
        _publish_deletes(world, wanted, gone, sweep)
        world.runs.put_chunk(wanted.run, wanted.stream, GONE, Counts(deleted=len(gone)), world.expiry())
        _move(world, wanted, (cursor, sweep, sums), gone)
    counts = world.runs.chunk_counts(wanted.run, wanted.stream)
    result = StreamResult(
        wanted.stream, "synced", counts=counts.to_json(), records_fetched=sweep.records, sweep=sweep.sweep
    )
    world.runs.put_stream(wanted.run, result, world.expiry())
    Incidents(world.state, wanted.connection).resolve(wanted.stream, iso(now))
    return {"stream": wanted.stream, "outcome": "synced", "counts": counts.to_json()}


def _sums(receipts: Receipts) -> _Sums:
    counts, unidentified, number = Counts(), 0, 0
    for receipt in receipts.all():
        counts += receipt.counts
        unidentified += receipt.unidentified
        number += 1
    return _Sums(counts, unidentified, number)


def _gone(world: World, wanted: CommitCursor, where: tuple[Cursor, Sweep, _Sums]) -> list[Seen]:
    cursor, sweep, sums = where
    # A record whose id could not be read, or that a shifting list passed over, may be any of those not seen:
    # then nothing counts as gone.
    if not sweep.whole or sums.unidentified or sweep.shifted:
        return []
    index = SnapshotIndex(world.objects, cursor.snapshot)
    receipts = Receipts(world.objects, wanted.connection, wanted.stream, sweep.sweep)
    gone = find_gone(index, seen_in(receipts.all()))
    change = sudden_emptiness(index.live, len(gone))
    if change is None or change.code in {*wanted.accepted, *cursor.accepted}:
        return gone
    policy = world.connections.get(wanted.connection).policy
    judged = with_policy(change, policy)
    if goes_on(judged.action) and judged.action != "notify":
        return gone
    raise ApiChanged(f"{wanted.stream}: {judged.in_words()}; nothing was deleted", [judged])


def _publish_deletes(world: World, wanted: CommitCursor, gone: list[Seen], sweep: Sweep) -> None:
    connection = world.connections.get(wanted.connection)
    mapper = world.catalog.mapper(connection.connector, wanted.stream)
    tombstones = tuple(buried(entry) for entry in gone)
    Receipts(world.objects, wanted.connection, wanted.stream, sweep.sweep).announce(GONE, tombstones)
    # As in transform_chunk: announced first, so that nothing is published behind the next run's back.
    world.leases.renew(wanted.connection, wanted.run, world.clock.now())
    source = EventSource(
        connection.name, connection.connector, mapper.entity, mapper.schema_id, sweep.watermark
    )
    events = (encode(deleted(source, entry.id, entry.version)) for entry in tombstones)
    world.information.publish(list(pack(events, source, connection.events_per_message)))


def _move(world: World, wanted: CommitCursor, where: tuple[Cursor, Sweep, _Sums], gone: list[Seen]) -> None:
    cursors = Cursors(world.state, wanted.connection)
    try:
        cursors.put(wanted.stream, _moved(world, wanted, where, gone))
    except LeaseLost:
        # Another worker on this very step was faster: then it is done.
        if cursors.get(wanted.stream).sweep != where[1].sweep:
            raise


def _moved(
    world: World, wanted: CommitCursor, where: tuple[Cursor, Sweep, _Sums], gone: list[Seen]
) -> Cursor:
    cursor, sweep, sums = where
    # A record that a shifting list passed over is found by reading from the same place again.
    moved = cursor if sweep.shifted else replace(cursor, watermark=sweep.watermark, shape=sweep.shape)
    if sweep.whole and not sweep.shifted:
        moved = replace(moved, whole_read_at=sweep.watermark)
    return replace(
        moved,
        snapshot=settle(world, wanted, (cursor, sweep.sweep), gone)
        if sums.counts.published or gone
        else cursor.snapshot,
        sweep=sweep.sweep,
        committed_at=iso(world.clock.now()),
        begun=None,
        accepted=[],
    )


def settle(world: World, wanted: CommitCursor, where: tuple[Cursor, str], gone: list[Seen]) -> str:
    """Write the snapshot index that follows from the sweep's receipts, and return its manifest's key."""
    cursor, sweep = where
    index = SnapshotIndex(world.objects, cursor.snapshot)
    receipts = Receipts(world.objects, wanted.connection, wanted.stream, sweep)
    prefix = f"snapshots/{wanted.connection}/{wanted.stream}/{sweep}-{cursor.version + 1}/"
    return write_index(world.objects, prefix, merged(index, seen_in(receipts.all()), gone))
