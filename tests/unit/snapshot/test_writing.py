"""A new index is what a merge of everything would be, and only what changes is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.local.memory_object_store import MemoryObjectStore
from sluice.snapshot import index as index_module
from sluice.snapshot import sorting, walk
from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import MAYBE, UNSETTLED, Receipt, Seen
from sluice.snapshot.settle import seen_in
from sluice.snapshot.writing import write_over
from tests.unit.snapshot.reference import Entry, merged, old_index, receipts_of, seen_once, stored

IDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=3)
SOME = IDS | st.integers(0, 99).map("{:02d}".format)
CONTENT = st.sampled_from(["", "a", "b", MAYBE + "a", MAYBE, UNSETTLED])
ENTRIES = st.tuples(CONTENT, st.integers(1, 4))
BASE = st.dictionaries(SOME, ENTRIES, max_size=60)
SWEEP = st.tuples(
    st.lists(st.dictionaries(SOME, ENTRIES, max_size=12), max_size=6), st.sets(SOME, max_size=9)
)


class Killed(BaseException):
    """The worker died."""


class Dying(MemoryObjectStore):
    """Dies at the put of a number, before or after it took effect."""

    def __init__(self) -> None:
        super().__init__()
        self.left: int | None = None
        self.puts: list[str] = []
        self.gets: list[str] = []

    def put(self, key: str, data: bytes) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed
        self.puts.append(key)
        super().put(key, data)

    def get(self, key: str) -> bytes:
        self.gets.append(key)
        return super().get(key)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "BLOCK_ENTRIES", 4)
    monkeypatch.setattr(walk, "PART_ENTRIES", 3)
    monkeypatch.setattr(sorting, "MOST_AT_HAND", 10)
    monkeypatch.setattr(sorting, "PIECE_ENTRIES", 2)


def listed(index: SnapshotIndex) -> dict[str, list[Seen]]:
    return {block.key: index.load(block) for block in index.blocks}


def gone_of(index: SnapshotIndex, receipts: Sequence[Receipt], ids: set[str]) -> list[Seen]:
    """Return what is live of these, as find_gone and find_buried would: by id, as last published."""
    known = {entry.id: entry for entry in merged(index, seen_once(receipts), [])}
    return [known[one] for one in sorted(ids) if one in known and known[one].content]


def check(index: SnapshotIndex, expected: list[Seen]) -> None:
    """Hold the index against its entries, and against what holds of every index."""
    assert list(index.entries()) == expected
    assert index.live == sum(bool(entry.content) for entry in expected)
    for block, entries in zip(index.blocks, listed(index).values(), strict=True):
        assert (block.first, block.last) == (entries[0].id, entries[-1].id)
        assert len(entries) <= index_module.BLOCK_ENTRIES
    assert all(before.last < after.first for before, after in pairwise(index.blocks))
    ids = [entry.id for entry in expected]
    assert index.look_up([*ids, "none"]) == {entry.id: entry for entry in expected}


@settings(deadline=None)
@given(BASE, st.lists(SWEEP, min_size=1, max_size=4))
def test_it_is_what_a_merge_of_everything_would_be(
    base: dict[str, Entry], sweeps: list[tuple[list[dict[str, Entry]], set[str]]]
) -> None:
    objects = Dying()
    index = old_index(objects, base) if base else SnapshotIndex(objects, None)
    for number, (chunks, ids) in enumerate(sweeps):
        receipts = receipts_of(chunks)
        gone = gone_of(index, receipts, ids)
        expected = list(merged(index, seen_once(receipts), gone))
        before, objects.puts = (index, list(index.entries()), listed(index)), []
        seen = seen_in(stored(objects, receipts, f"sweep-{number}"))
        objects.puts = []
        key = write_over(index, f"snapshots/acme/customer/{number}/", seen, gone)
        index = SnapshotIndex(objects, key)
        check(index, expected)
        assert listed(before[0]) == before[2], "the old index is another one now"
        same = [key for key, entries in listed(index).items() if before[2].get(key) == entries]
        assert sorted(objects.puts) == sorted({*listed(index), index.key} - {*same, before[0].key, None})
        if expected != before[1]:
            assert index.replaces == before[0].key
        else:
            assert index.key == before[0].key


@settings(deadline=None)
@given(BASE, SWEEP, st.integers(0, 12))
def test_a_worker_that_dies_leaves_the_old_index_whole(
    base: dict[str, Entry], sweep: tuple[list[dict[str, Entry]], set[str]], dies_after: int
) -> None:
    objects = Dying()
    index = old_index(objects, base)
    receipts = receipts_of(sweep[0])
    gone = gone_of(index, receipts, sweep[1])
    found, before = stored(objects, receipts), list(index.entries())
    objects.left = dies_after
    try:
        first = write_over(index, "snapshots/acme/customer/1/", seen_in(found), gone)
    except Killed:
        first = None
    objects.left = None
    check(SnapshotIndex(objects, index.key), before)
    again = write_over(index, "snapshots/acme/customer/1/", seen_in(found), gone)
    assert first in {None, again}, "who does it again comes to the same"
    check(SnapshotIndex(objects, again), list(merged(index, seen_once(receipts), gone)))


@settings(deadline=None)
@given(BASE, SWEEP, SWEEP)
def test_two_writers_never_mix(
    base: dict[str, Entry],
    one: tuple[list[dict[str, Entry]], set[str]],
    other: tuple[list[dict[str, Entry]], set[str]],
) -> None:
    # Both on the same step, one of them late: it knows less, or more.
    objects = MemoryObjectStore()
    index = old_index(objects, base)
    written = []
    for name, (chunks, ids) in (("one", one), ("other", other)):
        receipts = receipts_of(chunks)
        gone = gone_of(index, receipts, ids)
        seen = seen_in(stored(objects, receipts, name))
        key = write_over(index, "snapshots/acme/customer/same/", seen, gone)
        written.append((key, list(merged(index, seen_once(receipts), gone))))
    for key, expected in written:
        check(SnapshotIndex(objects, key), expected)


def numbered(numbers: Sequence[int], content: str = "a", version: int = 1) -> list[Seen]:
    return [Seen(f"{number:04d}", content, version) for number in numbers]


def overlaid(index: SnapshotIndex, seen: list[Seen], prefix: str, gone: Sequence[Seen] = ()) -> SnapshotIndex:
    return SnapshotIndex(index.objects, write_over(index, prefix, [seen] if seen else [], gone))


def test_only_blocks_with_changes_are_read_and_written() -> None:
    objects = Dying()
    index = overlaid(SnapshotIndex(objects, None), numbered(range(400)), "a/")
    objects.puts, objects.gets = [], []
    changed = numbered([6, 7, 201], "b", 2)
    after = overlaid(index, changed, "b/", numbered([399]))
    assert [re.sub("-[0-9a-f]{12}", "", key) for key in objects.puts] == [
        "b/000000.jsonl.gz",
        "b/000001.jsonl.gz",
        "b/000002.jsonl.gz",
        "b/manifest.json",
    ]
    assert [key for key in objects.gets if key.endswith("gz")] == [index.blocks[at].key for at in (1, 50, 99)]
    assert (len(after.blocks), after.live) == (100, 399)


def test_what_is_seen_unchanged_is_not_written() -> None:
    objects = Dying()
    index = overlaid(SnapshotIndex(objects, None), numbered(range(40)), "a/")
    objects.puts = []
    same = overlaid(index, numbered(range(40)), "b/")
    assert (same.key, objects.puts) == (index.key, [])


def test_ids_that_grow_fill_one_block_after_the_other() -> None:
    index = SnapshotIndex(MemoryObjectStore(), None)
    for number in range(41):
        index = overlaid(index, numbered([number]), f"{number}/")
    assert [len(entries) for entries in listed(index).values()] == [4] * 10 + [1]


def test_a_block_that_grows_in_between_becomes_two_halves() -> None:
    index = overlaid(SnapshotIndex(MemoryObjectStore(), None), numbered(range(0, 120, 10)), "a/")
    index = overlaid(index, numbered([45]), "b/")
    assert [len(entries) for entries in listed(index).values()] == [4, 3, 2, 4]
    # A hundred at one place are as many blocks as they need, none of them nearly empty.
    index = overlaid(index, numbered(range(1_000, 1_100)), "c/", ())
    assert min(len(entries) for entries in listed(index).values()) >= 2


@pytest.mark.parametrize("number", [0, 41, 5_000], ids=["before all", "between", "after all"])
def test_an_id_outside_every_block_belongs_to_one(number: int) -> None:
    base = numbered([10, 20, 30, 40, 50, 60, 70, 80])
    index = overlaid(SnapshotIndex(MemoryObjectStore(), None), base, "a/")
    check(overlaid(index, numbered([number]), "b/"), sorted([*base, *numbered([number])]))


def test_tombstones_stay_and_go_on_from_there() -> None:
    index = overlaid(SnapshotIndex(MemoryObjectStore(), None), numbered(range(9)), "a/")
    gone = overlaid(index, [], "b/", numbered([3, 8]))
    assert [entry for entry in gone.entries() if not entry.content] == numbered([3, 8], "", 2)
    assert gone.live == 7
    back = overlaid(gone, numbered([3], "a", 3), "c/")
    assert (back.live, back.look_up(["0003", "0008"])) == (
        8,
        {"0003": Seen("0003", "a", 3), "0008": Seen("0008", "", 2)},
    )


def test_what_is_read_and_deleted_in_one_sweep_is_a_tombstone() -> None:
    index = overlaid(SnapshotIndex(MemoryObjectStore(), None), numbered([1]), "a/", numbered([1]))
    assert list(index.entries()) == numbered([1], "", 2)
    assert index.live == 0
