"""Settling: what the receipts of a sweep make of a stream's snapshot index, and which records are gone."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator

from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import UNSETTLED, Receipt, Seen, next_version


def seen_in(receipts: Iterable[Receipt]) -> Iterator[Seen]:
    """Yield what the sweep saw, by id; of an id that stood in two chunks, see _later."""
    last: Seen | None = None
    for seen in _in_order(receipts):
        if last is not None and seen.id != last.id:
            yield last
        last = _later(last, seen) if last is not None and seen.id == last.id else seen
    if last is not None:
        yield last


def _in_order(receipts: Iterable[Receipt]) -> Iterator[Seen]:
    """Yield all entries by id, and of one id by chunk; a receipt is held only while its ids are at hand.

    An ERP lists by id, more or less: then few receipts overlap, however many there are.
    """
    waiting = [(found.seen[0].id, found.number, _opener(found)) for found in receipts if found.seen]
    waiting.sort(key=lambda one: one[:2], reverse=True)
    at_hand: list[tuple[str, int, Seen, Iterator[Seen]]] = []
    while waiting or at_hand:
        while waiting and (not at_hand or waiting[-1][0] <= at_hand[0][0]):
            _, number, opened = waiting.pop()
            entries = iter(opened())
            first = next(entries)
            heapq.heappush(at_hand, (first.id, number, first, entries))
        _, number, entry, entries = at_hand[0]
        yield entry
        following = next(entries, None)
        if following is None:
            heapq.heappop(at_hand)
        else:
            heapq.heapreplace(at_hand, (following.id, number, following, entries))


def _opener(receipt: Receipt) -> Callable[[], tuple[Seen, ...]]:
    """Return what gives the receipt's entries; it does not hold them, unless they are nowhere else."""
    entries = receipt.seen
    return receipt.again or (lambda: entries)


def _later(before: Seen, after: Seen) -> Seen:
    """Return what is known of a record that stood in two chunks of a sweep.

    The ERP changed it while it was read. Both chunks count versions from the same index, so a consumer may
    hold either content under that version: the next sweep, which sees the record again, publishes a new one.
    """
    if after == before or after.version > before.version:
        return after
    return Seen(before.id, UNSETTLED, before.version)


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


def find_buried(index: SnapshotIndex, seen: Iterator[Seen], ids: frozenset[str]) -> tuple[list[Seen], int]:
    """Return what is still live of the records that the ERP says are deleted, by id, as last published.

    ``seen`` is what the same sweep saw before: it may have published them. One that was dead already, and was
    seen, has come back: its tombstone is an old one, told again. The number is how many of those returned
    were live before the sweep.
    """
    before = index.look_up(ids)
    found = {source_id: entry for source_id, entry in before.items() if entry.content}
    wanted = ids - (before.keys() - found.keys())
    for entry in seen:
        if entry.id in wanted and (entry.id not in found or entry.version >= found[entry.id].version):
            found[entry.id] = entry
    live = [entry for _, entry in sorted(found.items()) if entry.content]
    return live, sum(entry.id in before for entry in live)


def merged(index: SnapshotIndex, seen: Iterator[Seen], gone: Iterable[Seen]) -> Iterator[Seen]:
    """Yield the new index's entries by id: the old ones, overlaid by what was seen; tombstones for gone."""
    removed = {entry.id for entry in gone}
    old = ((entry.id, 0, entry) for entry in index.entries())
    new = ((entry.id, 1, entry) for entry in seen)
    last: Seen | None = None
    for _, _, entry in heapq.merge(old, new):
        if last is not None and entry.id != last.id:
            yield _buried(last, removed)
        # What a late worker saw never puts an entry back behind its own version.
        last = last if last is not None and entry.id == last.id and entry.version < last.version else entry
    if last is not None:
        yield _buried(last, removed)


def _buried(entry: Seen, removed: set[str]) -> Seen:
    return buried(entry) if entry.id in removed else entry


def buried(entry: Seen) -> Seen:
    """Return the tombstone of a live entry: its delete is a version of its own."""
    return Seen(entry.id, "", next_version(entry, ""))
