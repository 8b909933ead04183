"""How often a commit fetches the receipts of its sweep, and that it makes the same of them either way."""

from __future__ import annotations

from collections import Counter

import pytest

from sluice.local.memory_object_store import MemoryObjectStore
from sluice.snapshot import receipts
from sluice.usecases.fetching import chunk_writer
from tests.flows.rig import Rig


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return how often each object was fetched; chunks are small, so that a sweep has several."""
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 5)
    counts: Counter[str] = Counter()
    usual = MemoryObjectStore.get

    def get(objects: MemoryObjectStore, key: str) -> bytes:
        counts[key] += 1
        return usual(objects, key)

    monkeypatch.setattr(MemoryObjectStore, "get", get)
    return counts


@pytest.mark.parametrize(
    ("held", "again"), [(receipts.HELD_BYTES, 0), (0, 1)], ids=["all are held", "none is held"]
)
def test_a_commit_fetches_a_receipt_once_and_again_only_where_it_was_let_go(
    fetched: Counter[str], monkeypatch: pytest.MonkeyPatch, held: int, again: int
) -> None:
    monkeypatch.setattr(receipts, "HELD_BYTES", held)
    rig = Rig()
    for number in range(100, 120):
        rig.erp.put("department", number, f"department {number}")
    assert rig.run()["outcome"] == "succeeded"
    counts = {key: count for key, count in fetched.items() if key.startswith("receipts/acme/department/")}
    # A transformer looks whether its chunk has a receipt, and fetches none that is not there.
    assert len(counts) > 3
    assert set(counts.values()) == {1 + again}
    fetched.clear()
    # Of a stream that is known they are gone through three times: to add up, to find what is gone, to settle.
    rig.erp.remove("department", 105)
    assert rig.run()["outcome"] == "succeeded"
    assert 105 not in rig.consumer.names("department")
    counts = {key: count for key, count in fetched.items() if key.startswith("receipts/acme/department/")}
    assert set(counts.values()) == {1 + 2 * again}
