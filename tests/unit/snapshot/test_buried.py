"""Which records a sweep's tombstones bury."""

from __future__ import annotations

import pytest

from sluice.local.memory_object_store import MemoryObjectStore
from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import MAYBE, UNSETTLED, Seen
from sluice.snapshot.settle import find_buried
from sluice.snapshot.writing import write_over

BEFORE = [Seen("1", "a", 1), Seen("2", "", 4), Seen("3", "c", 2), Seen("4", MAYBE, 2)]


def buried(seen: list[Seen], *ids: str) -> tuple[list[Seen], int]:
    objects = MemoryObjectStore()
    index = SnapshotIndex(objects, write_over(SnapshotIndex(objects, None), "snapshots/", [BEFORE]))
    return find_buried(index, [seen] if seen else [], frozenset(ids))


@pytest.mark.parametrize(
    ("seen", "told", "found"),
    [
        ([], "1", ([Seen("1", "a", 1)], 1)),
        ([], "9", ([], 0)),
        ([], "2", ([], 0)),
        # Published in this very sweep: the delete is the version after that.
        ([Seen("1", "b", 2)], "1", ([Seen("1", "b", 2)], 1)),
        ([Seen("9", "n", 1)], "9", ([Seen("9", "n", 1)], 0)),
        ([Seen("3", UNSETTLED, 2)], "3", ([Seen("3", UNSETTLED, 2)], 1)),
        # What a late worker saw is behind what was published since.
        ([Seen("3", "old", 1)], "3", ([Seen("3", "c", 2)], 1)),
        # It was dead, and is in the list again: the tombstone is an old one.
        ([Seen("2", "back", 5)], "2", ([], 0)),
        # Its delete was announced, and perhaps published.
        ([], "4", ([Seen("4", MAYBE, 2)], 1)),
    ],
)
def test_a_tombstone_buries_what_is_live(seen: list[Seen], told: str, found: tuple[list[Seen], int]) -> None:
    assert buried(seen, told) == found


def test_they_come_in_the_order_of_their_ids() -> None:
    live, before = buried([Seen("0", "n", 1), Seen("5", "not told", 1)], "3", "1", "0")
    assert ([entry.id for entry in live], before) == (["0", "1", "3"], 2)
