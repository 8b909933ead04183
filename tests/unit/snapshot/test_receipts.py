"""Receipts are read as they were written, now and before they had a head."""

from __future__ import annotations

import gzip
from collections import Counter

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sluice.local.memory_object_store import MemoryObjectStore
from sluice.model.chunk import Counts
from sluice.snapshot import receipts as receipts_module
from sluice.snapshot.receipts import (
    MAYBE,
    Receipt,
    Receipts,
    Remembered,
    Seen,
    StoredReceipt,
    receipts_prefix,
)

COUNTS = Counts(fetched=2, mapped=2, published=2)
NASTY = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=30
) | st.sampled_from([',"seen":[', '","seen":[[', "],[", "\\", '"', "\u2028", "\r\n", "x" * 5_000])
SEEN = st.dictionaries(NASTY, st.tuples(st.sampled_from(["", "h", "?h"]), st.integers(1, 9)), max_size=6)


@pytest.fixture
def receipts() -> Receipts:
    return Receipts(MemoryObjectStore(), "acme", "customer", "run-1")


def as_before(receipt: Receipt) -> bytes:
    """Return the receipt as it was written before its head said what is in it."""
    body = {
        "number": receipt.number,
        "counts": receipt.counts.to_json(),
        "unidentified": receipt.unidentified,
        "fetched_at": receipt.fetched_at,
        "seen": [tuple(entry) for entry in receipt.seen],
        **({"gone": receipt.gone} if receipt.gone else {}),
    }
    return gzip.compress(orjson.dumps(body), 1, mtime=0)


def test_a_receipt_is_read_as_it_was_written(receipts: Receipts) -> None:
    receipt = Receipt(3, COUNTS, (Seen("ø", "h", 1), Seen("\u2028", "h", 2)), 1)
    receipts.write(receipt)
    assert receipts.find(3) == receipt
    assert receipts.find(4) is None
    assert [found.whole() for found in receipts.all()] == [receipt]


@settings(deadline=None)
@given(SEEN, st.lists(NASTY, max_size=4), st.integers(0, 3), st.booleans())
def test_the_head_says_what_the_whole_says(
    seen: dict[str, tuple[str, int]], gone: list[str], unidentified: int, before: bool
) -> None:
    entries = tuple(sorted(Seen(key, *entry) for key, entry in seen.items()))
    # What buries records sees none (transform_chunk).
    ids = () if entries else tuple(sorted(set(gone)))
    receipt = Receipt(7, COUNTS, entries, unidentified, "2026-11-22T10:00:00Z", ids)
    objects = MemoryObjectStore()
    if before:
        objects.put(f"{receipts_prefix('acme', 'customer', 'run-1')}000007.json.gz", as_before(receipt))
    else:
        Receipts(objects, "acme", "customer", "run-1").write(receipt)
    [found] = Receipts(objects, "acme", "customer", "run-1").all()
    assert found.whole() == receipt
    ends = (entries[0].id, entries[-1].id) if entries else ("", "")
    assert (found.size, found.first, found.last) == (len(entries), *ends)
    assert replace(found, data=None).seen == found.seen == list(entries)


def test_a_receipt_is_readable_for_who_knows_no_head(receipts: Receipts) -> None:
    # While a new version is deployed, workers of the one before read what it writes.
    objects = MemoryObjectStore()
    receipt = Receipt(3, COUNTS, (Seen("a", "h", 1),), 1, "2026-11-22T10:00:00Z")
    Receipts(objects, "acme", "customer", "run-1").write(receipt)
    [key] = objects.keys("receipts/")
    body = orjson.loads(gzip.decompress(objects.get(key)))
    assert [body[name] for name in ("number", "unidentified", "fetched_at", "seen")] == [
        3,
        1,
        "2026-11-22T10:00:00Z",
        [["a", "h", 1]],
    ]


def test_adding_up_unpacks_no_entries(receipts: Receipts, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = tuple(Seen(f"{number:05d}", "h", 1) for number in range(5_000))
    receipts.write(Receipt(0, COUNTS, entries))
    monkeypatch.setattr(gzip, "decompress", lambda _: pytest.fail("all of it was unpacked"))
    [found] = receipts.all()
    assert (found.counts, found.size, found.last) == (COUNTS, 5_000, "04999")


def test_what_was_announced_counts_until_there_is_a_receipt(receipts: Receipts) -> None:
    receipts.announce(0, (Seen("a", "h", 2),))
    receipts.announce(1, (Seen("b", "h", 3),))
    receipts.announce(2, ())
    done = Receipt(1, Counts(fetched=1, mapped=1, published=1), (Seen("b", "h", 3),))
    receipts.write(done)
    assert [found.whole() for found in receipts.all()] == [done]
    assert receipts.announced(2) == {}
    assert receipts.announced(0) == {"a": Seen("a", MAYBE + "h", 2)}

    def both(found: StoredReceipt) -> tuple[list[Seen], list[Seen]]:
        return found.seen, replace(found, data=None).seen

    assert [both(found) for found in receipts.all_and_announced()] == [
        ([Seen("b", "h", 3)],) * 2,
        ([Seen("a", MAYBE + "h", 2)],) * 2,
    ]


class Fetched(MemoryObjectStore):
    """Counts how often each object was fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def get(self, key: str) -> bytes:
        self.counts[key] += 1
        return super().get(key)


def _sweep(objects: MemoryObjectStore, chunks: int) -> Remembered:
    """Return the receipts of a sweep of so many chunks, of ten records each."""
    receipts = Remembered(objects, "acme", "customer", "run-1")
    for number in range(chunks):
        seen = tuple(Seen(f"{number:03d}{at}", "h", 1) for at in range(10))
        receipts.write(Receipt(number, COUNTS, seen))
    return receipts


def test_who_goes_through_few_receipts_again_fetches_none_again() -> None:
    objects = Fetched()
    receipts = _sweep(objects, 5)
    first = [found.whole() for found in receipts.all()]
    assert [found.whole() for found in receipts.all()] == first
    assert first == [found.whole() for found in Receipts(objects, "acme", "customer", "run-1").all()]
    assert set(objects.counts.values()) == {2}  # once by each of the two


def test_of_many_receipts_no_more_is_held_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    objects = Fetched()
    receipts = _sweep(objects, 50)
    sizes = [len(objects.get(key)) for key in objects.keys("receipts/")]
    objects.counts.clear()
    # As many as there is room for, and what is fetched for the others' heads is let go.
    monkeypatch.setattr(receipts_module, "HELD_BYTES", sum(sizes[:8]) + 1)
    remembered = Remembered(objects, "acme", "customer", "run-1")
    found = list(remembered.all())
    assert [len(one.data or b"") for one in found] == [*sizes[:8], *[0] * 42]
    assert [one.seen for one in found] == [one.seen for one in receipts.all()]
    objects.counts.clear()
    assert [one.number for one in remembered.all()] == list(range(50))
    assert not objects.counts, "a head was fetched again"
    assert sum(len(one.seen) for one in remembered.all()) == 500
    assert sorted(objects.counts.values()) == [1] * 42


def test_a_receipt_that_comes_later_is_seen() -> None:
    receipts = _sweep(MemoryObjectStore(), 2)
    assert [found.number for found in receipts.all()] == [0, 1]
    receipts.write(Receipt(2, COUNTS, (Seen("z", "h", 1),)))
    receipts.announce(3, (Seen("zz", "h", 1),))
    assert [found.number for found in receipts.all()] == [0, 1, 2]
    assert [found.seen[0] for found in receipts.all_and_announced()][-2:] == [
        Seen("z", "h", 1),
        Seen("zz", MAYBE + "h", 1),
    ]
