"""Three counts of a stream: records read, records accounted for, messages acknowledged; who differs fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.errors import CountsDiffer
from sluice.model.chunk import Counts
from sluice.ports.topic import OutgoingMessage, Topic
from sluice.registry.cursors import Cursors
from sluice.snapshot.receipts import Receipt, Receipts
from sluice.usecases.fetching import chunk_writer
from sluice.usecases.fetching.sweep import Sweep
from sluice.usecases.transforming.judging import Transformed
from tests.flows.rig import Rig


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 5)
    rig = Rig()
    for key in range(1, 13):
        rig.erp.put("department", key, f"department {key}")
        rig.erp.put("customer", key, f"customer {key}")
    rig.clock.advance(3600)
    return rig


def check_failed(rig: Rig, summary: dict[str, Any], told: str) -> None:
    """Check that the run ended by this name, told once, and that the next one makes it good."""
    assert (summary["outcome"], summary["error"]) == ("failed", "CountsDiffer")
    assert told in rig.world.runs.streams(summary["run"])["customer"].cause
    notices = [one["data"] for one in rig.notices if one["data"]["stream"] == "customer"]
    assert [one["error"] for one in notices] == ["CountsDiffer"]
    assert Cursors(rig.world.state, "acme").get("customer").watermark is None


def is_whole(rig: Rig) -> bool:
    """Run in peace; return whether the consumer has all."""
    assert rig.run()["outcome"] == "succeeded"
    return rig.consumer.names("customer") == {key: row.name for key, row in rig.erp.rows["customer"].items()}


@pytest.mark.parametrize("change", [-1, 1], ids=["dropped", "doubled"])
def test_a_receipt_that_accounts_for_another_number_of_records(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, change: int
) -> None:
    usual = Receipts.write

    def otherwise(self: Receipts, receipt: Receipt) -> None:
        counts, is_first = receipt.counts, receipt.number == 0 and "/customer/" in self._prefix
        fewer = {name: getattr(counts, name) + change for name in ("fetched", "mapped", "unchanged")}
        usual(self, replace(receipt, counts=replace(counts, **fewer)) if is_first else receipt)

    with monkeypatch.context() as patched:
        patched.setattr(Receipts, "write", otherwise)
        summary = rig.run()
    check_failed(rig, summary, f"12 records were read, {12 + change} are accounted for")
    assert is_whole(rig)


class Forgetful:
    """A topic that acknowledges another number of messages than it was given."""

    def __init__(self, inner: Topic) -> None:
        self._inner = inner

    def publish(self, messages: Sequence[OutgoingMessage]) -> int:
        return self._inner.publish(messages) - 1


def test_a_message_that_was_not_acknowledged(rig: Rig) -> None:
    usual = rig.world
    rig.world = replace(usual, information=Forgetful(usual.information))
    summary = rig.run()
    check_failed(rig, summary, "1 messages were published, 0 acknowledged")
    rig.world = usual
    assert is_whole(rig)


def test_a_delete_that_was_not_acknowledged_moves_no_cursor(rig: Rig) -> None:
    rig.run()
    rig.erp.remove("department", 4)
    usual, before = rig.world, Cursors(rig.world.state, "acme").get("department").watermark
    rig.world = replace(usual, information=Forgetful(usual.information))
    summary = rig.run()
    assert (summary["outcome"], summary["error"]) == ("failed", "CountsDiffer")
    assert Cursors(usual.state, "acme").get("department").watermark == before
    rig.world = usual
    assert is_whole(rig)
    assert 4 not in rig.consumer.names("department")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Transformed(fetched=3, unchanged=1, events=[b"1"]), "3 records of a chunk"),
        (Transformed(fetched=1, unchanged=1, events=[b"1"]), "1 unchanged, 1 published, 0 quarantined"),
    ],
    ids=["dropped", "doubled"],
)
def test_a_chunk_in_which_a_record_is_not_accounted_for_once(found: Transformed, told: str) -> None:
    with pytest.raises(CountsDiffer, match=told):
        found.counts()


def test_all_that_may_become_of_a_record_is_counted(rig: Rig) -> None:
    rig.run()
    rig.erp.put("department", 1, "edited")
    rig.erp.put("department", 2, None)
    rig.erp.put("department", 20, "added")
    counts = rig.run()["results"]["department"]["counts"]
    assert Counts.from_json(counts) == Counts(13, 12, 10, 1, 2)


def test_a_position_of_another_version_is_read() -> None:
    known = Sweep("run-1", None, "2026-11-22T08:00:00Z", records=3)
    assert Sweep.from_json({**known.to_json(), "of_a_later_version": 1}) == known
    earlier = {name: one for name, one in known.to_json().items() if name != "repeated"}
    assert Sweep.from_json(earlier) == known
