"""CommitCursor: every chunk of the sweep was handed over, so the stream's cursor and snapshot move on.

Here, and only here, a record that is gone from a stream read whole, or of which the ERP says that it was
deleted, becomes a delete; a sudden emptiness is not believed. Committing the same sweep again changes
nothing.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.errors import CountsDiffer, LeaseLost, OutcomeUnknown
from sluice.messages.events import EventSource, deleted, encode, pack
from sluice.model.chunk import Counts
from sluice.registry.cursors import Cursor, Cursors
from sluice.registry.runs import StreamResult
from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import GONE, Receipts, Remembered, Seen
from sluice.snapshot.settle import find_buried, find_gone, seen_in
from sluice.snapshot.writing import buried, write_over
from sluice.usecases.contracts.learning import learn_from_sweep
from sluice.usecases.contracts.noted_changes import remembering_changes
from sluice.usecases.contracts.sweep_changes import SeenOfSweep, stop_if_to_be_judged
from sluice.usecases.fetching.sweep import Sweep
from sluice.usecases.telling.tell import resolve_incidents
from sluice.usecases.transforming.acknowledged import publish_all
from sluice.usecases.world import World, iso


class CommitCursor(Struct, frozen=True):
    """``position`` is what the last FetchPages returned; ``accepted`` the change codes judged harmless."""

    run: str
    connection: str
    stream: str
    position: dict[str, Any]
    accepted: tuple[str, ...] = field(default=())


class _Sums(Struct, frozen=True):
    """What the receipts come to; ``read`` are those, of which no head is fetched again."""

    counts: Counts
    unidentified: int
    receipts: int
    buried: frozenset[str]
    read: Remembered


def commit_cursor(world: World, wanted: CommitCursor) -> dict[str, Any]:
    """Publish deletes, learn, write the new snapshot index, move the cursor; return outcome and counts.

    Raises ApiChanged for what the sweep as a whole shows, and for changes of its chunks that stop nothing but
    are to be told (unless they are ``accepted``); OutcomeUnknown if a chunk has no receipt; CountsDiffer if
    records that were read are not accounted for; LeaseLost.
    """
    now = world.clock.now()
    world.leases.renew(wanted.connection, wanted.run, now)
    world = world.of_run(wanted.run)
    cursor = Cursors(world.state, wanted.connection).get(wanted.stream)
    sweep = Sweep.from_json(wanted.position)
    sums = _sums(Remembered(world.objects, wanted.connection, wanted.stream, sweep.sweep), sweep)
    if cursor.sweep != sweep.sweep:
        _commit(world, wanted, (cursor, sweep, sums))
    # After the cursor: what was accepted for this sweep must still hold if the step is done again. What the
    # replies of a sweep showed whose worker died after it had moved the cursor is known no more.
    if not sweep.committed:
        learn_from_sweep(world, (wanted.connection, wanted.stream), sweep)
    counts = world.runs.chunk_counts(wanted.run, wanted.stream)
    result = StreamResult(
        wanted.stream,
        "synced",
        counts=counts.to_json(),
        # Of a sweep whose worker died after it had moved the cursor only the counts are known.
        records_fetched=counts.fetched if sweep.committed else sweep.records_here,
        sweep=sweep.sweep,
    )
    world.runs.put_stream(wanted.run, result, world.expiry())
    resolve_incidents(world, wanted.connection, wanted.stream, wanted.run)
    return {"stream": wanted.stream, "outcome": "synced", "counts": counts.to_json()}


def _commit(world: World, wanted: CommitCursor, where: tuple[Cursor, Sweep, _Sums]) -> None:
    cursor, sweep, sums = where
    if sums.receipts != sweep.chunks:
        raise OutcomeUnknown(
            f"{wanted.stream}: {sweep.chunks} chunks were handed over, {sums.receipts} have a receipt"
        )
    _check_counts(wanted.stream, sweep, sums.counts)
    gone, counted = _gone(world, where)
    live = SnapshotIndex(world.objects, cursor.snapshot).live
    seen = SeenOfSweep(
        sweep,
        fetched=sums.counts.fetched,
        mapped=sums.counts.mapped,
        live=live,
        gone=counted,
        unchanged=sums.counts.unchanged,
    )
    with remembering_changes(world, wanted.stream, wanted.run):
        stop_if_to_be_judged(world, (wanted.connection, wanted.stream, wanted.run), seen, wanted.accepted)
    if gone:
        _publish_deletes(world, wanted, gone, sweep)
        world.runs.put_chunk(wanted.run, wanted.stream, GONE, Counts(deleted=len(gone)), world.expiry())
    if sweep.again:
        # In place of their chunk: should it be handed over yet, its records count once.
        world.runs.put_chunk(wanted.run, wanted.stream, 0, _again(sweep), world.expiry())
    _move(world, wanted, where, gone)


def _check_counts(stream: str, sweep: Sweep, counts: Counts) -> None:
    """Raise CountsDiffer unless what was read is what the receipts account for: no record got lost between.

    That each event of a receipt was acknowledged is looked at before the receipt is written.
    """
    if counts.fetched != sweep.records + sweep.repeated or not counts.add_up:
        again = f" and {sweep.repeated} again" if sweep.repeated else ""
        raise CountsDiffer(
            f"{stream}: {sweep.records} records were read{again}, {counts.fetched} are accounted for: "
            + counts.in_words()
        )


def _again(sweep: Sweep) -> Counts:
    """Return the counts of the records that were not handed over, because the sweep before has done so."""
    return Counts(fetched=sweep.again, mapped=sweep.again, unchanged=sweep.again)


def _sums(receipts: Remembered, sweep: Sweep) -> _Sums:
    counts, unidentified, number = _again(sweep), 0, 0
    buried: set[str] = set()
    # Listing costs as much as ten writes: what handed nothing over has no receipts.
    for receipt in receipts.all() if sweep.chunks else ():
        counts += receipt.counts
        unidentified += receipt.unidentified
        number += 1
        buried.update(receipt.gone)
    return _Sums(counts, unidentified, number, frozenset(buried), receipts)


def _gone(world: World, where: tuple[Cursor, Sweep, _Sums]) -> tuple[list[Seen], int]:
    """Return the records that are gone, and how many of them were there before the sweep."""
    cursor, sweep, sums = where
    if not sweep.whole and sums.buried:
        # What the ERP says it has deleted is gone, whatever else may have been passed over.
        index = SnapshotIndex(world.objects, cursor.snapshot)
        return find_buried(index, seen_in(sums.read.all()), sums.buried)
    # A record whose id could not be read, or that a shifting list passed over, may be any of those not seen:
    # then nothing counts as gone.
    if not sweep.whole or sums.unidentified or sweep.shifted:
        return [], 0
    index = SnapshotIndex(world.objects, cursor.snapshot)
    gone = find_gone(index, seen_in(sums.read.all())) if index.live else []
    return gone, len(gone)


def _publish_deletes(world: World, wanted: CommitCursor, gone: list[Seen], sweep: Sweep) -> None:
    connection = world.connections.get(wanted.connection)
    mapper = world.mapper_of(connection, wanted.stream)
    tombstones = tuple(buried(entry) for entry in gone)
    Receipts(world.objects, wanted.connection, wanted.stream, sweep.sweep).announce(GONE, tombstones)
    # As in transform_chunk: announced first, so that nothing is published behind the next run's back.
    world.leases.renew(wanted.connection, wanted.run, world.clock.now())
    source = EventSource(
        connection.name, connection.connector, mapper.entity, mapper.schema_id, sweep.watermark
    )
    events = (encode(deleted(source, entry.id, entry.version)) for entry in tombstones)
    publish_all(world, f"{wanted.stream}, deletes", list(pack(events, source, connection.events_per_message)))


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
    moved = cursor
    if not sweep.shifted:
        # Tombstones may be missing: then the next read is whole, as if the stream were read in another way.
        shape = "" if sweep.cut else sweep.shape
        moved = replace(cursor, watermark=sweep.watermark, highest=sweep.highest, shape=shape)
    if sweep.whole and not sweep.shifted:
        moved = replace(moved, whole_read_at=sweep.watermark)
    return replace(
        moved,
        snapshot=settle(world, wanted, where, gone) if sums.counts.published or gone else cursor.snapshot,
        sweep=sweep.sweep,
        committed_at=iso(world.clock.now()),
        begun=None,
        standing=None,
        checksums=_checksums(sweep, sums),
    )


def _checksums(sweep: Sweep, sums: _Sums) -> list[str]:
    """Return the checksums of what was handed over; none where some of it was set aside, or is gone."""
    is_clean = not (sums.counts.quarantined or sums.unidentified or sums.buried)
    return (sweep.checksums or []) if is_clean else []


def settle(
    world: World, wanted: CommitCursor, where: tuple[Cursor, Sweep, _Sums], gone: list[Seen]
) -> str | None:
    """Write what the sweep's receipts change of the snapshot index, and return the manifest's key."""
    cursor, sweep, sums = where
    index = SnapshotIndex(world.objects, cursor.snapshot)
    prefix = f"snapshots/{wanted.connection}/{wanted.stream}/{sweep.sweep}-{cursor.version + 1}/"
    return write_over(index, prefix, seen_in(sums.read.all()), gone)
