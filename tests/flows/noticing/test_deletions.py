"""What an ERP says it has deleted, through whole runs; and streams that go by row versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from sluice.model.http import Reply, Request
from sluice.registry.catalog import Catalog
from sluice.registry.cursors import Cursors
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.fetching import chunk_writer
from tests.flows import toy_erp
from tests.flows.replay.replaying import mend, replay, with_bad
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import ToyDocuments, ToyErp, reply


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 5)


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    for key in range(1, 26):
        rig.erp.put("customer", key, f"customer {key}")
    rig.clock.advance(3600)
    rig.run()
    return rig


def sent(rig: Rig, since: int) -> list[tuple[str, str]]:
    return [(event["type"], event["data"]["source_id"]) for event in rig.consumer.events[since:]]


def counts(summary: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = summary["results"]["customer"]["counts"]
    return found


def test_a_tombstone_is_a_delete_and_is_counted_as_nothing_else(rig: Rig) -> None:
    before = len(rig.consumer.events)
    rig.erp.remove("customer", 4)
    rig.erp.put("customer", 5, "edited")
    summary = rig.run()
    assert sent(rig, before) == [("customer.upserted", "5"), ("customer.deleted", "4")]
    assert counts(summary) == {
        "fetched": 1,
        "mapped": 1,
        "unchanged": 0,
        "quarantined": 0,
        "published": 1,
        "deleted": 1,
    }
    assert rig.world.runs.streams(summary["run"])["customer"].records_fetched == 1


def test_a_tombstone_that_comes_again_is_nothing(rig: Rig) -> None:
    rig.erp.remove("customer", 4)
    rig.between = 60
    rig.run()
    before = len(rig.consumer.events)
    summary = rig.run()
    assert (sent(rig, before), counts(summary)["deleted"]) == ([], 0)


def test_a_tombstone_of_an_unknown_record_is_nothing(rig: Rig) -> None:
    before = len(rig.consumer.events)
    rig.erp.put("customer", 99, "here and gone")
    rig.erp.remove("customer", 99)
    rig.erp.put("department", 4, "of another stream")
    rig.erp.remove("department", 4)
    assert rig.run()["outcome"] == "succeeded"
    assert sent(rig, before) == []
    assert set(rig.consumer.names("customer")) == set(range(1, 26))


@dataclass
class Meanwhile:
    """A sender that does something right before tombstones are asked for."""

    erp: ToyErp
    work: Callable[[], None]

    def send(self, request: Request) -> Reply:
        if "/deleted?" in request.url:
            self.work()
        return self.erp.send(request)


@pytest.mark.parametrize("key", [4, 99])
def test_a_delete_comes_after_the_upsert_of_the_same_run(rig: Rig, key: int) -> None:
    before = len(rig.consumer.events)
    rig.erp.put("customer", key, "for the last time")
    rig.world = replace(rig.world, sender=Meanwhile(rig.erp, lambda: rig.erp.remove("customer", key)))
    rig.run()
    assert sent(rig, before) == [("customer.upserted", str(key)), ("customer.deleted", str(key))]
    versions = [event["entityversion"] for event in rig.consumer.events if event["subject"] == str(key)]
    assert versions == list(range(1, len(versions) + 1))
    assert key not in rig.consumer.names("customer")


def test_a_record_that_comes_back_goes_on_counting(rig: Rig) -> None:
    rig.erp.remove("customer", 4)
    rig.run()
    rig.erp.put("customer", 4, "back again")
    rig.run()
    assert rig.consumer.names("customer")[4] == "back again"
    assert [event["entityversion"] for event in rig.consumer.events if event["subject"] == "4"] == [1, 2, 3]


def test_a_mass_delete_is_held_until_it_is_believed(rig: Rig) -> None:
    for key in range(1, 13):
        rig.erp.remove("customer", key)
    before = len(rig.consumer.events)
    assert rig.run()["results"]["customer"]["outcome"] == "held"
    assert sent(rig, before) == []
    (change,) = list_changes(rig.world)
    assert (change.change or {})["code"] == "D38"
    accept_change(rig.world, change.id, "test", "")
    assert rig.run()["outcome"] == "succeeded"
    assert sorted(sent(rig, before)) == sorted(("customer.deleted", str(key)) for key in range(1, 13))


def test_after_a_reply_that_may_be_cut_the_next_read_is_whole_once(rig: Rig) -> None:
    for key in range(1, 9):
        rig.erp.put("department", key, "of another stream")
        rig.erp.remove("department", key)
    asked: list[bool] = []
    for _ in range(3):
        rig.run()
        cursor = Cursors(rig.world.state, "acme").get("customer")
        asked.append(cursor.whole_read_at == cursor.watermark)
    # The first met the eight tombstones, the second read whole, the third for changes again.
    assert asked == [False, True, False]


def test_after_a_pause_longer_than_tombstones_are_kept_the_read_is_whole(rig: Rig) -> None:
    rig.erp.remove("customer", 4)
    rig.clock.advance(31 * 86_400)
    rig.erp.deleted.clear()
    rig.run()
    cursor = Cursors(rig.world.state, "acme").get("customer")
    assert cursor.whole_read_at == cursor.watermark
    assert 4 not in rig.consumer.names("customer")


def test_what_was_set_aside_and_then_deleted_is_not_replayed() -> None:
    rig = Rig()
    for key in range(1, 26):
        rig.erp.put("customer", key, f"customer {key}")
    rig.run()
    rig = with_bad(rig, ("customer", 26))
    rig.erp.remove("customer", 26)
    rig.run()
    before = len(rig.consumer.events)
    mend(rig, "customer")
    (found,) = replay(rig, "customer")
    assert (found["overtaken"], sent(rig, before)) == (1, [])


def test_tombstones_of_a_held_read_are_asked_for_again(rig: Rig) -> None:
    rig.erp.names["customer"] = "fullName"
    for key in range(1, 26):
        rig.erp.put("customer", key, f"customer {key} again")
    rig.erp.remove("customer", 4)
    assert rig.run()["results"]["customer"]["outcome"] == "held"
    assert 4 in rig.consumer.names("customer")
    rig.erp.names.clear()
    for change in list_changes(rig.world):
        accept_change(rig.world, change.id, "test", "")
    rig.run()
    assert 4 not in rig.consumer.names("customer")


VERSIONED = toy_erp.INCREMENTAL.replace(
    "incremental: {query: {since: {since: datetime}}, watermark: request_time, lookback_minutes: 10}",
    "incremental: {query: {above: {since: raw}}, watermark: {highest: version}}",
).replace("{query: {since: {since: datetime}}}", "{query: {above: {since: raw}}}")


class CountingErp(ToyErp):
    """A toy ERP that counts changes: each row, and each tombstone, has the number of its change."""

    def __init__(self, inner: ToyErp) -> None:
        super().__init__(inner.clock)
        self.changes = 0
        self.versions: dict[int, int] = {}
        self.buried: list[tuple[int, int]] = []
        self.above: list[str | None] = []

    def put(self, stream: str, key: int, name: object) -> None:
        super().put(stream, key, name)
        self.changes += 1
        self.versions[key] = self.changes

    def remove(self, stream: str, key: int) -> None:
        super().remove(stream, key)
        self.changes += 1
        self.buried.append((key, self.changes))

    def send(self, request: Request) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        above, start, count = int(query.get("above", 0)), int(query["from"]), int(query["count"])
        if "/deleted?" in request.url:
            found = [{"record": key, "kind": "customer"} for key, version in self.buried if version > above]
        else:
            self.above.append(query.get("above"))
            found = [
                {"id": key, "name": row.name, "version": self.versions[key]}
                for key, row in sorted(self.rows["customer"].items())
                if self.versions[key] > above
            ]
        return reply(200, {"total": len(found), "values": found[start : start + count]})


@pytest.fixture
def counting() -> Rig:
    documents = ToyDocuments(CANONICAL)
    field = "    version: {type: integer, sample: {sequence: 1}}\n"
    documents._files["connectors/toy/customer.yaml"] = (VERSIONED.rstrip("\n") + "\n" + field).encode()
    del documents._files["connectors/toy/department.yaml"]
    rig = Rig()
    rig.erp = CountingErp(rig.erp)
    rig.world = replace(rig.world, sender=rig.erp, catalog=Catalog(documents))
    for key in range(1, 26):
        rig.erp.put("customer", key, f"customer {key}")
    return rig


def test_a_stream_by_row_version_asks_from_the_highest_that_was_committed(counting: Rig) -> None:
    erp = counting.erp
    assert isinstance(erp, CountingErp)
    assert counting.run()["outcome"] == "succeeded"
    assert set(erp.above) == {None}
    erp.put("customer", 3, "edited")
    erp.remove("customer", 4)
    counting.run()
    assert erp.above[-1] == "25"
    assert 4 not in counting.consumer.names("customer")
    assert counting.consumer.names("customer")[3] == "edited"
    counting.run()
    assert erp.above[-1] == "26"


def test_a_read_that_is_not_committed_moves_no_row_version(counting: Rig) -> None:
    erp = counting.erp
    counting.run()
    erp.put("customer", 3, None)
    for key in range(30, 50):
        erp.put("customer", key, None)
    assert counting.run()["results"]["customer"]["outcome"] == "held"
    assert Cursors(counting.world.state, "acme").get("customer").highest == "25"


def test_a_position_with_tombstones_is_small(counting: Rig) -> None:
    counting.run()
    for key in range(1, 8):
        counting.erp.remove("customer", key)
    counting.run()
    cursor = Cursors(counting.world.state, "acme").get("customer")
    assert len(json.dumps([cursor.watermark, cursor.highest])) < 3_000
