"""The transformer's work on one chunk: read it, map it, publish what changed, write the receipt.

A chunk that has a receipt is done; handing it over again only repeats the answer. Publishing comes before the
receipt, so a worker that dies in between publishes the same events, with the same ids, once more. What is
published is announced before: then the lease is looked at, so that either this worker learns that its run is
over, or the next run learns what may have been published.
"""

from __future__ import annotations

import gzip
from typing import Any

from msgspec import Struct

from sluice.connector.changes import api_changed
from sluice.contract.detector import Detector
from sluice.mapping.mapper import Mapper
from sluice.messages.events import EventSource, pack
from sluice.model.chunk import ChunkRef, Counts
from sluice.model.connection import Connection
from sluice.model.erp_json import write
from sluice.model.raw_records import RawRecords
from sluice.ports.object_store import ObjectNotFound
from sluice.registry.contracts import Contracts
from sluice.registry.cursors import Cursors
from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import Receipt, Receipts
from sluice.usecases.contracts.learning import keep_observation
from sluice.usecases.contracts.noted_changes import Noted, note_chunk, refused_of_stream, remembering_changes
from sluice.usecases.contracts.reliance import reliance_of
from sluice.usecases.fetching.chunk_writer import read_chunk
from sluice.usecases.transforming.acknowledged import publish_all
from sluice.usecases.transforming.judging import Judging, Transformed
from sluice.usecases.transforming.transform import transform
from sluice.usecases.world import World


class HandedOver(Struct, frozen=True):
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
    """Do the work and return the chunk's counts; raises ApiChanged (nothing was published), LeaseLost.

    Raises CountsDiffer where records, events and acknowledged messages do not add up.
    """
    receipts = Receipts(world.objects, message.connection, message.stream, message.sweep)
    done = receipts.find(message.chunk.number)
    if done is not None:
        _count(world, message, done.counts)
        return done.counts
    world = world.of_run(message.run)
    connection = world.connections.get(message.connection)
    mapper = world.mapper_of(connection, message.stream)
    if message.chunk.tombstones:
        return _note_deleted(world, message, receipts, mapper)
    source = EventSource(
        connection=message.connection,
        connector=message.connector,
        entity=mapper.entity,
        schema_id=mapper.schema_id,
        time=message.chunk.fetched_at,
        first_version=connection.first_version,
    )
    with remembering_changes(world, message.stream, message.run):
        result = _transform(world, message, _judging(world, message, connection, mapper), source)
    receipts.announce(message.chunk.number, tuple(sorted(result.published())))
    # A run that has ended, or was overtaken, must not publish any more; one that waits long must not be.
    world.leases.renew(message.connection, message.run, world.clock.now())
    _keep(world, message, result)
    messages = pack(result.events, source, connection.events_per_message)
    publish_all(world, f"{message.stream}, chunk {message.chunk.number}", list(messages))
    return _receipt(world, message, receipts, result)


def _note_deleted(world: World, message: HandedOver, receipts: Receipts, mapper: Mapper) -> Counts:
    """Write the receipt of a chunk of tombstones: which records they mean. CommitCursor publishes deletes.

    Chunks are handed over side by side, and a delete comes after every upsert of its sweep. Raises ApiChanged
    (D57) for a key that is no id.
    """
    gone = [mapper.source_id(record) for record in _records(world, message)]
    known = tuple(sorted({source_id for source_id in gone if source_id is not None}))
    if None in gone:
        what = f"{message.stream}: the key of {gone.count(None)} of {len(gone)} tombstones is no id"
        raise api_changed("D57", what, "key", ("an id", "another value"))
    at = message.chunk.fetched_at
    receipts.write(Receipt(message.chunk.number, Counts(), (), fetched_at=at, gone=known))
    _count(world, message, Counts())
    return Counts()


def _judging(world: World, message: HandedOver, connection: Connection, mapper: Mapper) -> Judging:
    stream = message.stream
    connector = world.connector_of(connection)
    contract = Contracts(world.state, world.objects, connection.name).get(stream)
    reliance = reliance_of(connector, connector.streams[stream], mapper)
    waived = contract.waived if contract else frozenset()
    refused = refused_of_stream(world, message.sweep, stream)
    return Judging(mapper, Detector(reliance, contract), connection.policy, waived, refused)


def _records(world: World, message: HandedOver) -> RawRecords:
    try:
        return read_chunk(world.objects, message.chunk)
    except ObjectNotFound:
        # Deleted with its connection: then the run has lost its lease too, and trying again is no use.
        world.leases.renew(message.connection, message.run, world.clock.now())
        raise


def _transform(world: World, message: HandedOver, judging: Judging, source: EventSource) -> Transformed:
    records = _records(world, message)
    cursor = Cursors(world.state, message.connection).get(message.stream)
    index = SnapshotIndex(world.objects, cursor.snapshot)
    receipts = Receipts(world.objects, message.connection, message.stream, message.sweep)
    # Of an earlier worker on this chunk; its mapping may have been another.
    announced = receipts.announced(message.chunk.number)
    return transform(records, judging, source, lambda ids: index.look_up(ids) | announced)


def _keep(world: World, message: HandedOver, result: Transformed) -> None:
    """Store what the chunk showed: what is set aside, what is to be judged, what is to be learnt."""
    where = (message.connection, message.stream)
    if result.quarantined:
        key = f"quarantine/{where[0]}/{where[1]}/{message.run}/{message.chunk.number:06d}.jsonl.gz"
        lines = b"\n".join(write(entry) for entry in result.quarantined)
        world.objects.put(key, gzip.compress(lines, 1, mtime=0))
    failures = (result.failed,) if result.failed else ()
    noted = Noted(tuple(result.changes), failures)
    # Under the sweep: it may go on in another run, which judges all of it.
    note_chunk(world, (message.sweep, message.stream, message.chunk.number), noted, result.fetched)
    if result.observed is not None:
        keep_observation(world, (*where, message.sweep, message.chunk.number), result.observed)


def _receipt(world: World, message: HandedOver, receipts: Receipts, result: Transformed) -> Counts:
    counts = result.counts()
    seen = tuple(sorted(result.seen()))
    receipts.write(Receipt(message.chunk.number, counts, seen, result.unidentified, message.chunk.fetched_at))
    _count(world, message, counts)
    return counts


def _count(world: World, message: HandedOver, counts: Counts) -> None:
    world.runs.put_chunk(message.run, message.stream, message.chunk.number, counts, world.expiry())
