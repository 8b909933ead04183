"""Keeps what was handed over of a stream that did not come to its end, so that it is not published again."""

from __future__ import annotations

from dataclasses import replace

from sluice.registry.cursors import Cursors
from sluice.snapshot.index import SnapshotIndex, write_index
from sluice.snapshot.receipts import Receipts
from sluice.snapshot.settle import merged, seen_in
from sluice.usecases.world import World


def keep_what_arrived(world: World, connection: str, stream: str, sweep: str | None) -> None:
    """Overlay the snapshot index with the sweep's receipts; the watermark stays, nothing counts as gone."""
    if sweep is None:
        return
    cursors = Cursors(world.state, connection)
    cursor = cursors.get(stream)
    receipts = Receipts(world.objects, connection, stream, sweep)
    if cursor.sweep == sweep or not any(receipt.counts.published for receipt in receipts.all()):
        return
    index = SnapshotIndex(world.objects, cursor.snapshot)
    prefix = f"snapshots/{connection}/{stream}/{sweep}-{cursor.version + 1}-kept/"
    snapshot = write_index(world.objects, prefix, merged(index, seen_in(receipts.all()), []))
    cursors.put(stream, replace(cursor, snapshot=snapshot))
