"""Collects raw records into chunks and stores each as one object of compressed JSON lines."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from sluice.model.chunk import MAX_BYTES, MAX_RECORDS, ChunkRef
from sluice.model.erp_json import has_long_numbers, read
from sluice.model.raw_records import RawRecords, as_raw
from sluice.ports.object_store import ObjectStore
from sluice.usecases.world import iso

_COMPACT = "%Y%m%dT%H%M%SZ"
_KEY = re.compile(r"([0-9]{6})-([0-9]{8}T[0-9]{6}Z)-[0-9a-f]{12}(-tombstones)?\.jsonl\.gz")


class ChunkDamaged(Exception):
    """A stored chunk is not the one its reference speaks of."""


class ChunkWriter:
    """Writes the chunks of one sweep, numbered from ``first``.

    A chunk's key holds when its records were read from the ERP, and the hash of its content. So a step that
    runs again, or goes on although it was given up, never overwrites another's chunk. Tombstones come in
    chunks of their own, whose keys say so.
    """

    def __init__(self, objects: ObjectStore, prefix: str, first: int, fetched_at: str) -> None:
        self._objects = objects
        self._prefix = prefix
        self._next = first
        self._fetched_at = fetched_at
        self._lines: list[bytes] = []
        self._size = 0
        self._tombstones = False
        self.chunks: list[ChunkRef] = []

    def add(self, records: Iterable[dict[str, Any]], *, tombstones: bool = False) -> None:
        """Take the records of a page, or the keys of deleted ones; a full chunk is stored at once."""
        if tombstones is not self._tombstones:
            self.close()
            self._tombstones = tombstones
        for line in as_raw(records).lines:
            if self._lines and (len(self._lines) >= MAX_RECORDS or self._size + len(line) > MAX_BYTES):
                self.close()
            self._lines.append(line)
            self._size += len(line) + 1

    def close(self) -> None:
        """Store what has been collected, if anything."""
        if not self._lines:
            return
        data = gzip.compress(b"\n".join(self._lines), 1, mtime=0)
        digest = hashlib.sha256(data).hexdigest()
        read_at = datetime.fromisoformat(self._fetched_at).strftime(_COMPACT)
        kind = "-tombstones" if self._tombstones else ""
        key = f"{self._prefix}{self._next:06d}-{read_at}-{digest[:12]}{kind}.jsonl.gz"
        self._objects.put(key, data)
        counts = (len(self._lines), self._size)
        ref = ChunkRef(key, self._next, *counts, digest, self._fetched_at, self._tombstones)
        self.chunks.append(ref)
        self._next += 1
        self._lines, self._size = [], 0


def read_chunk(objects: ObjectStore, ref: ChunkRef) -> RawRecords:
    """Return the chunk's raw records; raises ChunkDamaged if the object is not what the reference says."""
    data = objects.get(ref.key)
    if hashlib.sha256(data).hexdigest() != ref.sha256:
        raise ChunkDamaged(f"{ref.key}: its sha256 is not {ref.sha256[:12]}…")
    text = gzip.decompress(data)
    records = RawRecords(text.split(b"\n"), is_plain=not has_long_numbers(text))
    if len(records) != ref.records:
        raise ChunkDamaged(f"{ref.key}: holds {len(records)} records, its reference says {ref.records}")
    return records


class StoredChunk(Struct, frozen=True):
    """A chunk as its key tells of it; of one number there may be several, of steps that ran again."""

    key: str
    number: int
    fetched_at: str
    tombstones: bool = False

    def lines(self, objects: ObjectStore) -> list[bytes]:
        """Return the raw records as they came, each a line of JSON."""
        return gzip.decompress(objects.get(self.key)).split(b"\n")

    def records(self, objects: ObjectStore) -> Iterator[dict[str, Any]]:
        """Yield the raw records."""
        return map(read, self.lines(objects))


def replace_chunk(objects: ObjectStore, chunk: StoredChunk, lines: Sequence[bytes]) -> None:
    """Store the chunk with these lines in place of its own, under a key of theirs; none removes it."""
    if lines:
        data = gzip.compress(b"\n".join(lines), 1, mtime=0)
        folder, _, name = chunk.key.rpartition("/")
        number, read_at, _ = name.split("-", 2)
        kind = "-tombstones" if chunk.tombstones else ""
        digest = hashlib.sha256(data).hexdigest()[:12]
        objects.put(f"{folder}/{number}-{read_at}-{digest}{kind}.jsonl.gz", data)
    objects.delete(chunk.key)


def stored_chunks(objects: ObjectStore, prefix: str) -> Iterator[StoredChunk]:
    """Yield every chunk stored under a prefix, by sweep, number and when it was read (ISO 8601 UTC)."""
    for key in objects.keys(prefix):
        found = _KEY.fullmatch(key.rpartition("/")[2])
        if found is not None:
            read_at = datetime.fromisoformat(found[2])
            yield StoredChunk(key, int(found[1]), iso(read_at), tombstones=found[3] is not None)
