"""Keeps what was handed over of a stream that did not come to its end, so that it is not published again.

Done when a stream fails, and once more before its next sweep: a run that was ended from outside, or a worker
that was slow to stop, leaves something behind too.
"""

from __future__ import annotations

from msgspec.structs import replace

from sluice.registry.cursors import Cursor, Cursors
from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import Remembered
from sluice.snapshot.settle import seen_in
from sluice.snapshot.writing import write_over
from sluice.usecases.world import World


def begin_sweep(world: World, where: tuple[str, str], sweep: str) -> Cursor:
    """Note on the cursor that a sweep begins, after keeping what the one before it left; return the cursor.

    ``where`` is connection and stream; a sweep has the id of its run. Raises LeaseLost.
    """
    connection, stream = where
    cursors = Cursors(world.state, connection)
    cursor = cursors.get(stream)
    if cursor.begun == sweep:
        return cursor
    # After the cursor was read: who takes the lease from here on writes a cursor that ours cannot replace.
    world.leases.renew(connection, sweep, world.clock.now())
    snapshot = snapshot_with(world, where, cursor, cursor.begun)
    # Until this sweep is committed nobody knows what was handed over last.
    cursors.put(stream, replace(cursor, snapshot=snapshot, begun=sweep, checksums=[], standing=None))
    return cursor


def keep_what_arrived(world: World, where: tuple[str, str], run: str, sweep: str | None) -> None:
    """Overlay the snapshot index with the sweep's receipts; the watermark stays, nothing counts as gone.

    ``where`` is connection and stream. Raises LeaseLost if the connection is no longer this run's.
    """
    connection, stream = where
    cursors = Cursors(world.state, connection)
    cursor = cursors.get(stream)
    # After the cursor was read: who takes the lease from here on writes a cursor that ours cannot replace.
    world.leases.renew(connection, run, world.clock.now())
    snapshot = snapshot_with(world, where, cursor, sweep)
    if snapshot != cursor.snapshot:
        cursors.put(stream, replace(cursor, snapshot=snapshot))


def snapshot_with(world: World, where: tuple[str, str], cursor: Cursor, sweep: str | None) -> str | None:
    """Return the manifest key of the cursor's index, overlaid by what the sweep published."""
    if sweep is None or cursor.sweep == sweep:
        return cursor.snapshot
    receipts = Remembered(world.objects, *where, sweep)
    if not any(found.counts.published for found in receipts.all_and_announced()):
        return cursor.snapshot
    index = SnapshotIndex(world.objects, cursor.snapshot)
    prefix = f"snapshots/{where[0]}/{where[1]}/{sweep}-{cursor.version + 1}-kept/"
    return write_over(index, prefix, seen_in(receipts.all_and_announced()))
