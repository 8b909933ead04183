"""Takes a record out of what was stored of its stream: raw chunks, and what was set aside.

Every object is replaced by itself: whoever dies in between, and whoever begins again, finds the rest.
"""

from __future__ import annotations

import gzip

from msgspec import Struct

from sluice.mapping.mapper import Mapper
from sluice.model.erp_json import read
from sluice.ports.object_store import ObjectStore
from sluice.usecases.erasing.person import Person
from sluice.usecases.fetching.chunk_writer import replace_chunk, stored_chunks


class Taken(Struct, frozen=True):
    """How many objects were looked through, and how many records were taken out of them.

    ``unreadable`` are records whose id no mapping can read: nobody knows whose they are.
    """

    objects: int = 0
    records: int = 0
    unreadable: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.objects + other.objects, self.records + other.records, self.unreadable + other.unreadable
        )


def take_from_chunks(objects: ObjectStore, person: Person, stream: str, mapper: Mapper) -> Taken:
    """Take the record out of the stream's raw chunks. The keys of deleted ones stay: they say no more."""
    taken = Taken()
    for chunk in stored_chunks(objects, f"raw/{person.connection}/{stream}/"):
        if chunk.tombstones:
            continue
        lines = chunk.lines(objects)
        ids = [mapper.source_id(read(line)) for line in lines]
        kept = [line for line, found in zip(lines, ids, strict=True) if found != person.source_id]
        if len(kept) < len(lines):
            replace_chunk(objects, chunk, kept)
        taken += Taken(1, len(lines) - len(kept), ids.count(None))
    return taken


def take_from_quarantine(objects: ObjectStore, person: Person, stream: str, mapper: Mapper) -> Taken:
    """Take the record out of what was set aside of the stream; its id may be readable by now."""
    taken = Taken()
    for key in list(objects.keys(f"quarantine/{person.connection}/{stream}/")):
        lines = gzip.decompress(objects.get(key)).split(b"\n")
        entries = [read(line) for line in lines]
        ids = [entry["source_id"] or mapper.source_id(entry["record"]) for entry in entries]
        kept = [line for line, found in zip(lines, ids, strict=True) if found != person.source_id]
        if not kept:
            objects.delete(key)
        elif len(kept) < len(lines):
            objects.put(key, gzip.compress(b"\n".join(kept), 1, mtime=0))
        taken += Taken(1, len(lines) - len(kept), ids.count(None))
    return taken
