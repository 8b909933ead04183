"""What a sweep's receipts make of a stream's index, against the plain dictionary that it stands for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.local.memory_object_store import MemoryObjectStore
from sluice.model.chunk import Counts
from sluice.snapshot import index as index_module
from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import MAYBE, UNSETTLED, Receipt, Seen, next_version
from sluice.snapshot.settle import find_gone, seen_in
from sluice.snapshot.writing import write_over
from tests.unit.snapshot.reference import old_index, stored

IDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=4
) | st.sampled_from(["1", "2", "3"])
BASE = st.dictionaries(IDS, st.tuples(st.sampled_from(["", "a", "b"]), st.integers(1, 3)), max_size=30)
CHUNKS = st.lists(st.dictionaries(IDS, st.sampled_from(["a", "c"]), max_size=8), max_size=5)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "BLOCK_ENTRIES", 4)


def _receipts(chunks: list[dict[str, str]]) -> list[Receipt]:
    return [
        Receipt(number, Counts(), tuple(sorted(Seen(key, content, 9) for key, content in chunk.items())))
        for number, chunk in enumerate(chunks)
    ]


@settings(deadline=None)
@given(BASE, CHUNKS)
def test_merging_is_overlaying_and_burying(
    base: dict[str, tuple[str, int]], chunks: list[dict[str, str]]
) -> None:
    objects = MemoryObjectStore()
    index = old_index(objects, base)
    receipts = stored(objects, _receipts(chunks))
    gone = find_gone(index, seen_in(receipts))
    seen: dict[str, str] = {}
    for chunk in chunks:
        seen |= {
            key: content if seen.get(key, content) == content else UNSETTLED for key, content in chunk.items()
        }
    assert [entry.id for entry in gone] == sorted(key for key in base if base[key][0] and key not in seen)
    written = SnapshotIndex(objects, write_over(index, "snapshots/y/", seen_in(receipts), gone))
    expected = {key: Seen(key, *entry) for key, entry in base.items()}
    expected |= {entry.id: Seen(entry.id, "", entry.version + 1) for entry in gone}
    expected |= {key: Seen(key, content, 9) for key, content in seen.items()}
    assert {entry.id: entry for entry in written.entries()} == expected
    assert written.live == sum(bool(entry.content) for entry in expected.values())


@settings(deadline=None)
@given(BASE, st.lists(IDS, max_size=10))
def test_look_up_finds_exactly_what_is_there(base: dict[str, tuple[str, int]], asked: list[str]) -> None:
    index = old_index(MemoryObjectStore(), base)
    assert index.look_up(asked) == {key: Seen(key, *base[key]) for key in asked if key in base}


def test_look_up_reads_only_the_blocks_that_may_hold_the_ids() -> None:
    objects = MemoryObjectStore()
    index = old_index(objects, {f"{number:03d}": ("a", 1) for number in range(100)})
    for key in list(objects.keys("snapshots/")):
        if key.endswith("gz") and "/000000" not in key:
            objects.delete(key)
    assert set(index.look_up(["001", "003"])) == {"001", "003"}


@pytest.mark.parametrize(
    ("last", "content", "version"),
    [
        (None, "h", 1),
        (Seen("a", "other", 4), "h", 5),
        (Seen("a", "", 4), "h", 5),
        (Seen("a", MAYBE + "h", 4), "h", 4),
        (Seen("a", MAYBE + "other", 4), "h", 5),
        (Seen("a", MAYBE, 4), "", 4),
        (Seen("a", MAYBE, 4), "h", 5),
        (Seen("a", UNSETTLED, 4), "h", 5),
        (Seen("a", UNSETTLED, 4), "", 5),
    ],
)
def test_a_version_has_one_content(last: Seen | None, content: str, version: int) -> None:
    assert next_version(last, content) == version


@pytest.mark.parametrize(
    ("chunks", "found"),
    [
        ([("x", 2), ("x", 2)], ("x", 2)),
        ([("x", 2), ("y", 2)], (UNSETTLED, 2)),
        ([("x", 2), ("y", 2), ("x", 2)], (UNSETTLED, 2)),
        ([("a", 1), ("x", 2)], ("x", 2)),
        ([("x", 2), ("a", 1)], (UNSETTLED, 2)),
    ],
    ids=["same", "changed", "there_and_back", "unchanged_then_changed", "changed_then_back"],
)
def test_a_record_in_two_chunks(chunks: list[tuple[str, int]], found: tuple[str, int]) -> None:
    receipts = [Receipt(number, Counts(), (Seen("1", *seen),)) for number, seen in enumerate(chunks)]
    assert list(seen_in(stored(MemoryObjectStore(), receipts))) == [[Seen("1", *found)]]


def test_a_late_entry_never_puts_an_index_back() -> None:
    objects = MemoryObjectStore()
    index = old_index(objects, {"1": ("new", 3), "2": ("x", 1)})
    key = write_over(index, "snapshots/y/", [[Seen("1", "old", 2), Seen("2", "y", 2)]])
    assert list(SnapshotIndex(objects, key).entries()) == [Seen("1", "new", 3), Seen("2", "y", 2)]
