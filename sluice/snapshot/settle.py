"""Settling: what the receipts of a sweep make of a stream's snapshot index, and which records are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain

from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import DEAD, UNSETTLED, Seen, StoredReceipt
from sluice.snapshot.sorting import Piece, in_order
from sluice.snapshot.walk import Walk


def seen_in(receipts: Iterable[StoredReceipt]) -> Iterator[list[Seen]]:
    """Yield what the sweep saw, by id; of an id that stood in two chunks, see _later. No list is empty.

    The receipts are all at hand meanwhile, with what they hold: of many they are Remembered ones.
    """
    for entries in in_order(_pieces(receipts)):
        once = len({entry.id for entry in entries}) == len(entries)
        yield entries if once else list(_settled(entries))


def _pieces(receipts: Iterable[StoredReceipt]) -> Iterator[Piece]:
    for receipt in receipts:
        if receipt.size:
            yield Piece(receipt.first, receipt.last, receipt.size, partial(_seen, receipt))


def _seen(receipt: StoredReceipt) -> list[Seen]:
    return receipt.seen


def _settled(entries: Iterable[Seen]) -> Iterator[Seen]:
    last: Seen | None = None
    for seen in entries:
        if last is not None and seen.id != last.id:
            yield last
        last = _later(last, seen) if last is not None and seen.id == last.id else seen
    if last is not None:
        yield last


def _later(before: Seen, after: Seen) -> Seen:
    """Return what is known of a record that stood in two chunks of a sweep.

    The ERP changed it while it was read. Both chunks count versions from the same index, so a consumer may
    hold either content under that version: the next sweep, which sees the record again, publishes a new one.
    """
    if after == before or after.version > before.version:
        return after
    return Seen(before.id, UNSETTLED, before.version)


def find_gone(index: SnapshotIndex, seen: Iterable[list[Seen]]) -> list[Seen]:
    """Return the live entries of ``index`` that a complete read did not see, by id."""
    walk = Walk(seen)
    gone: list[Seen] = []
    for block, bound in index.ranges():
        left = {entry.id: entry for entry in index.load(block) if entry.content not in DEAD}
        for part in walk.before(bound):
            for entry in part:
                left.pop(entry.id, None)
        gone += left.values()
    return gone


def find_buried(
    index: SnapshotIndex, seen: Iterable[list[Seen]], ids: frozenset[str]
) -> tuple[list[Seen], int]:
    """Return what is still live of the records that the ERP says are deleted, by id, as last published.

    ``seen`` is what the same sweep saw before: it may have published them. One that was dead already, and was
    seen, has come back: its tombstone is an old one, told again. The number is how many of those returned
    were live before the sweep.
    """
    before = index.look_up(ids)
    found = {source_id: entry for source_id, entry in before.items() if entry.content not in DEAD}
    wanted = ids - (before.keys() - found.keys())
    for entry in chain.from_iterable(seen):
        if entry.id in wanted and (entry.id not in found or entry.version >= found[entry.id].version):
            found[entry.id] = entry
    live = [entry for _, entry in sorted(found.items()) if entry.content not in DEAD]
    return live, sum(entry.id in before for entry in live)
