"""The transformer's work on one chunk: read it, map it, publish what changed, write the receipt.

A chunk that has a receipt is done; handing it over again only repeats the answer. Publishing comes before the
receipt, so a worker that dies in between publishes the same events, with the same ids, once more. What is
published is announced before: then the lease is looked at, so that either this worker learns that its run is
over, or the next run learns what may have been published.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Any

from sluice.mapping.mapper import Mapper
from sluice.messages.events import EventSource, pack
from sluice.model.chunk import ChunkRef, Counts
from sluice.model.erp_json import write
from sluice.registry.cursors import Cursors
from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import Receipt, Receipts
from sluice.usecases.changes import remembering_changes
from sluice.usecases.chunk_writer import read_chunk
from sluice.usecases.transforming import Transformed, transform
from sluice.usecases.world import World


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What an ERP_SYSTEM message says, without its task token."""

    connection: str
    connector: str
    stream: str
    run: str
    sweep: str
    chunk: ChunkRef

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> HandedOver:
        """Read a message's body; raises KeyError or TypeError for one that is not ours."""
        names = ("connection", "connector", "stream", "run", "sweep")
        return cls(**{name: str(found[name]) for name in names}, chunk=ChunkRef.from_json(found["chunk"]))


def transform_chunk(world: World, message: HandedOver) -> Counts:
    """Do the work and return the chunk's counts; raises ApiChanged (nothing was published), LeaseLost."""
    receipts = Receipts(world.objects, message.connection, message.stream, message.sweep)
    done = receipts.find(message.chunk.number)
    if done is not None:
        _count(world, message, done.counts)
        return done.counts
    mapper = world.catalog.mapper(message.connector, message.stream)
    source = EventSource(
        connection=message.connection,
        connector=message.connector,
        entity=mapper.entity,
        schema_id=mapper.schema_id,
        time=message.chunk.fetched_at,
    )
    with remembering_changes(world, message.connection, message.stream, message.run):
        result = _transform(world, message, mapper, source)
    receipts.announce(message.chunk.number, tuple(sorted(result.published)))
    # A run that has ended, or was overtaken, must not publish any more; one that waits long must not be.
    world.leases.renew(message.connection, message.run, world.clock.now())
    _quarantine(world, message, result)
    per_message = world.connections.get(message.connection).events_per_message
    world.information.publish(list(pack(result.events, source, per_message)))
    return _receipt(world, message, receipts, result)


def _transform(world: World, message: HandedOver, mapper: Mapper, source: EventSource) -> Transformed:
    records = read_chunk(world.objects, message.chunk)
    cursor = Cursors(world.state, message.connection).get(message.stream)
    index = SnapshotIndex(world.objects, cursor.snapshot)
    receipts = Receipts(world.objects, message.connection, message.stream, message.sweep)
    # Of an earlier worker on this chunk; its mapping may have been another.
    announced = receipts.announced(message.chunk.number)
    return transform(records, mapper, source, lambda ids: index.look_up(ids) | announced, cursor.accepted)


def _quarantine(world: World, message: HandedOver, result: Transformed) -> None:
    if not result.quarantined:
        return
    prefix = f"quarantine/{message.connection}/{message.stream}/{message.run}/"
    lines = b"\n".join(write(entry) for entry in result.quarantined)
    world.objects.put(f"{prefix}{message.chunk.number:06d}.jsonl.gz", gzip.compress(lines, 1, mtime=0))


def _receipt(world: World, message: HandedOver, receipts: Receipts, result: Transformed) -> Counts:
    counts = result.counts()
    seen = tuple(sorted(result.seen.values()))
    receipts.write(Receipt(message.chunk.number, counts, seen, result.unidentified))
    _count(world, message, counts)
    return counts


def _count(world: World, message: HandedOver, counts: Counts) -> None:
    world.runs.put_chunk(message.run, message.stream, message.chunk.number, counts, world.expiry())
