"""What an index is held against: all of it merged in memory at once, and written as it used to be."""

from __future__ import annotations

import gzip
import heapq
from collections.abc import Iterable, Iterator, Sequence

import orjson

from sluice.model.chunk import Counts
from sluice.ports.object_store import ObjectStore
from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import UNSETTLED, Receipt, Receipts, Seen, StoredReceipt, next_version

Entry = tuple[str, int]
"""Content and version of a record."""


def stored(objects: ObjectStore, receipts: Iterable[Receipt], sweep: str = "sweep") -> list[StoredReceipt]:
    """Store the receipts; return them as a commit gets them."""
    store = Receipts(objects, "acme", "customer", sweep)
    for receipt in receipts:
        store.write(receipt)
    return list(store.all())


def receipts_of(chunks: Sequence[dict[str, Entry]]) -> list[Receipt]:
    """Return a receipt for each chunk: id -> content and version."""
    return [
        Receipt(number, Counts(), tuple(sorted(Seen(key, *entry) for key, entry in chunk.items())))
        for number, chunk in enumerate(chunks)
    ]


def old_index(objects: ObjectStore, entries: dict[str, Entry], block: int = 4) -> SnapshotIndex:
    """Write an index as it was written before blocks were shared: a line for each entry, a bare manifest."""
    seen = [Seen(key, *entries[key]) for key in sorted(entries)]
    blocks = []
    for start in range(0, len(seen), block):
        part = seen[start : start + block]
        key = f"snapshots/acme/customer/old-1/{start:06d}.jsonl.gz"
        objects.put(key, gzip.compress(b"\n".join(orjson.dumps(tuple(entry)) for entry in part)))
        blocks.append({"key": key, "first": part[0].id, "last": part[-1].id})
    live = sum(bool(entry.content) for entry in seen)
    objects.put("snapshots/acme/customer/old-1/manifest.json", orjson.dumps({"live": live, "blocks": blocks}))
    return SnapshotIndex(objects, "snapshots/acme/customer/old-1/manifest.json")


def seen_once(receipts: Iterable[Receipt]) -> list[Seen]:
    """Return what the receipts have seen, by id, an id once."""
    every = sorted(
        ((entry.id, receipt.number, entry) for receipt in receipts for entry in receipt.seen),
        key=lambda one: one[:2],
    )
    found: dict[str, Seen] = {}
    for source_id, _, entry in every:
        before = found.get(source_id)
        if before is None or entry == before or entry.version > before.version:
            found[source_id] = entry
        else:
            found[source_id] = Seen(source_id, UNSETTLED, before.version)
    return [found[source_id] for source_id in sorted(found)]


def merged(index: SnapshotIndex, seen: Iterable[Seen], gone: Iterable[Seen]) -> Iterator[Seen]:
    """Yield the new index's entries: every old one, overlaid by what was seen; tombstones for gone."""
    removed = {entry.id for entry in gone}
    old = ((entry.id, 0, entry) for entry in index.entries())
    new = ((entry.id, 1, entry) for entry in seen)
    last: Seen | None = None
    for _, _, entry in heapq.merge(old, new):
        if last is not None and entry.id != last.id:
            yield _buried(last, removed)
        last = last if last is not None and entry.id == last.id and entry.version < last.version else entry
    if last is not None:
        yield _buried(last, removed)


def _buried(entry: Seen, removed: set[str]) -> Seen:
    return Seen(entry.id, "", next_version(entry, "")) if entry.id in removed else entry
