"""Tombstones come in chunks of their own, which their reference and their key tell from those of records."""

from __future__ import annotations

from sluice.local.memory_object_store import MemoryObjectStore
from sluice.model.chunk import ChunkRef
from sluice.usecases.fetching.chunk_writer import ChunkWriter, read_chunk, stored_chunks

PREFIX = "raw/acme/customer/run-1/"


def test_records_and_tombstones_are_never_in_one_chunk() -> None:
    objects = MemoryObjectStore()
    writer = ChunkWriter(objects, PREFIX, 3, "2026-11-21T08:00:00Z")
    writer.add([{"id": 1}, {"id": 2}])
    writer.add([{"id": 7}], tombstones=True)
    writer.add([{"id": 8}], tombstones=True)
    writer.close()
    assert [(chunk.number, chunk.records, chunk.tombstones) for chunk in writer.chunks] == [
        (3, 2, False),
        (4, 2, True),
    ]
    assert list(read_chunk(objects, writer.chunks[1])) == [{"id": 7}, {"id": 8}]
    stored = [(chunk.number, chunk.tombstones) for chunk in stored_chunks(objects, PREFIX)]
    assert stored == [(3, False), (4, True)]


def test_no_record_of_a_vendor_makes_a_chunk_one_of_tombstones() -> None:
    writer = ChunkWriter(MemoryObjectStore(), PREFIX, 0, "2026-11-21T08:00:00Z")
    writer.add([{"id": 1, "tombstones": True, "gone": True}])
    writer.close()
    assert [chunk.tombstones for chunk in writer.chunks] == [False]


def test_a_reference_on_its_way_during_an_update_is_one_of_records() -> None:
    ref = ChunkRef("key", 0, 1, 2, "digest", "2026-11-21T08:00:00Z")
    older = {name: value for name, value in ref.to_json().items() if name != "tombstones"}
    assert ChunkRef.from_json(older) == ref
    told = ChunkRef("key", 0, 1, 2, "digest", "2026-11-21T08:00:00Z", tombstones=True)
    assert ChunkRef.from_json({**told.to_json(), "bucket": "b"}) == told
