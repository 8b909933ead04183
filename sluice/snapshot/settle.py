"""Settling: what the receipts of a sweep make of a stream's snapshot index, and which records are gone."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator

from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import Receipt, Seen


def seen_in(receipts: Iterable[Receipt]) -> Iterator[Seen]:
    """Yield what the sweep saw, by id; of an id that stood in two chunks, the later chunk's."""
    last: Seen | None = None
    for _, _, seen in heapq.merge(*([(s.id, r.number, s) for s in r.seen] for r in receipts)):
        if last is not None and seen.id != last.id:
            yield last
        last = seen
    if last is not None:
        yield last


def find_gone(index: SnapshotIndex, seen: Iterator[Seen]) -> list[Seen]:
    """Return the live entries of ``index`` that a complete read did not see, by id."""
    gone: list[Seen] = []
    current = next(seen, None)
    for entry in index.entries():
        while current is not None and current.id < entry.id:
            current = next(seen, None)
        if entry.content and (current is None or current.id != entry.id):
            gone.append(entry)
    return gone


def merged(index: SnapshotIndex, seen: Iterator[Seen], gone: Iterable[Seen]) -> Iterator[Seen]:
    """Yield the new index's entries by id: the old ones, overlaid by what was seen; tombstones for gone."""
    removed = {entry.id for entry in gone}
    old = ((entry.id, 0, entry) for entry in index.entries())
    new = ((entry.id, 1, entry) for entry in seen)
    last: Seen | None = None
    for _, _, entry in heapq.merge(old, new):
        if last is not None and entry.id != last.id:
            yield _buried(last, removed)
        last = entry
    if last is not None:
        yield _buried(last, removed)


def _buried(entry: Seen, removed: set[str]) -> Seen:
    return Seen(entry.id, "", entry.version + 1) if entry.id in removed else entry
