"""What is planned, what compaction leaves and forgets, and whom is told of what could not be compacted."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.lake import holding
from sluice.ports.workflow import MAX_PAYLOAD_BYTES
from sluice.usecases.data.compact_partition import CompactPartition, compact_partition
from sluice.usecases.data.plan_housekeeping import MOST_PARTITIONS, plan_housekeeping
from sluice.usecases.data.record_uncompacted import RecordUncompacted, record_uncompacted
from sluice.usecases.data.scratch import scratch_folder
from sluice.usecases.data.summarise_housekeeping import SummariseHousekeeping, summarise_housekeeping
from sluice.usecases.failures import Failure
from tests.flows.housekeeping.rig import CONNECTION, ENTITY, LakeRig

NOTHING: dict[str, Any] = {"partitions": [], "waiting": 0}


@pytest.fixture
def rig() -> LakeRig:
    return LakeRig()


def _days(rig: LakeRig, days: float) -> None:
    rig.clock.advance(timedelta(days=days).total_seconds())


def test_many_small_files_become_one_a_month_and_one_of_what_is_now(rig: LakeRig) -> None:
    for number in range(5):
        rig.write(rig.event(str(number), 1))
    _days(rig, 10)
    rig.write(rig.event("1", 2), rig.event("2", 2, is_deleted=True))
    assert rig.compact() == {"outcome": "compacted", "before": 6, "after": 3}
    assert [key.split("/")[4] for key in rig.keys("/events/")] == ["2026-11", "2026-12"]
    assert len(rig.rows("/current/")) == 5
    rig.check()


def test_the_same_again_writes_nothing(rig: LakeRig) -> None:
    rig.write(rig.event("1", 1))
    rig.compact()
    before = rig.keys()
    steps: list[str] = []
    rig.compact(steps.append)
    assert (rig.keys(), set(steps)) == (before, {"list"})


def test_an_event_that_comes_again_is_in_its_month_once(rig: LakeRig) -> None:
    event = rig.event("1", 1)
    rig.write(event)
    rig.compact()
    rig.write(event)
    rig.compact()
    assert len(rig.rows("/events/")) == 1


def test_of_two_events_with_one_version_the_same_wins_however_they_come(rig: LakeRig) -> None:
    earlier, later = rig.event("1", 1), rig.event("1", 1)
    later["id"], later["data"] = "f" * 32, {**later["data"], "name": "other"}
    names = set()
    for batches in ([[earlier], [later]], [[later], [earlier]], [[earlier, later]]):
        other = LakeRig()
        for batch in batches:
            other.write(*batch)
            other.compact()
        names.add(tuple(other.current().items()))
    assert len(names) == 1


def test_a_month_with_many_small_files_gets_one(rig: LakeRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "MOST_SMALL", 3)
    for number in range(4):
        rig.write(rig.event(str(number), 1))
        rig.compact()
    assert len(rig.keys("/events/")) == 1
    rig.check()


def test_a_deleted_record_is_forgotten_after_90_days_and_not_in_the_history(rig: LakeRig) -> None:
    rig.write(rig.event("1", 1), rig.event("2", 1))
    rig.write(rig.event("1", 2, is_deleted=True))
    for days, known in ((89, 2), (2.1, 1)):
        _days(rig, days)
        rig.write(rig.event("2", int(days)))
        rig.compact()
        assert len(rig.rows("/current/")) == known
    rig.check()


def test_a_removal_that_breaks_off_brings_nothing_back(rig: LakeRig) -> None:
    rig.write(rig.event("1", 1))
    rig.clock.advance(1)
    rig.write(rig.event("1", 2, is_deleted=True))
    _days(rig, 95)
    rig.compact(rig.check)
    rig.check()


def test_a_deleted_record_is_known_while_older_versions_may_come(
    rig: LakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "BATCH_FILES", 1)
    gone, before = rig.event("1", 2, is_deleted=True), rig.event("1", 1)
    rig.write(gone)
    rig.clock.advance(1)
    rig.write(before)
    _days(rig, 95)
    rig.compact(rig.check)
    assert rig.current() == {}


def test_a_deleted_record_is_known_while_another_file_has_an_older_version(rig: LakeRig) -> None:
    rig.write(rig.event("1", 1))
    rig.compact()
    [older] = rig.keys("/current/")
    data = rig.store.get(older)
    rig.write(rig.event("1", 2, is_deleted=True))
    rig.compact()
    rig.store.put(older, data)  # as one of two compactions at once leaves it
    _days(rig, 95)
    rig.write(rig.event("2", 1))
    rig.compact(rig.check)
    assert sorted(row.source_id for row in rig.rows("/current/")) == ["1", "2"]


def test_without_time_the_rest_waits(rig: LakeRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "BATCH_FILES", 1)
    for number in range(3):
        rig.write(rig.event(str(number), 1))

    def slow(step: str) -> None:
        rig.clock.advance(60 if step == "put" else 0)

    assert rig.compact(slow)["outcome"] == "more"
    assert len(rig.keys("/fresh/")) == 2
    rig.check()
    assert rig.compact()["outcome"] == "compacted"
    rig.check()


def test_what_waits_longest_is_planned_first_and_what_failed_last(rig: LakeRig) -> None:
    for connection in ("c", "a", "b"):
        rig.world.connections.replace(replace(rig.world.connections.get(CONNECTION), name=connection))
        event = {**rig.event("1", 1), "connection": connection}
        rig.write(event)
        rig.clock.advance(60)
    planned = plan_housekeeping(rig.world)["partitions"]
    assert planned == [{"entity": ENTITY, "connection": connection} for connection in ("c", "a", "b")]
    record_uncompacted(rig.world, RecordUncompacted(ENTITY, "c", Failure("KeyError", "'x'")))
    assert [found["connection"] for found in plan_housekeeping(rig.world)["partitions"]] == ["a", "b", "c"]


def test_no_more_is_planned_than_an_execution_can_hold(rig: LakeRig) -> None:
    for number in range(MOST_PARTITIONS + 2):
        key = f"lake/{ENTITY}/events/{'c' * 100}{number}/fresh/{number:032x}.parquet"
        rig.store.put(key, b"")
    rig.store.put("lake/customer/events/other.txt", b"")
    found = plan_housekeeping(rig.world)
    assert (len(found["partitions"]), found["waiting"]) == (MOST_PARTITIONS, 2)
    assert len(json.dumps(found)) < MAX_PAYLOAD_BYTES / 4


def test_what_a_removed_connection_left_goes_after_a_month(rig: LakeRig) -> None:
    rig.write(rig.event("1", 1))
    rig.compact()
    connection = rig.world.connections.get(CONNECTION)
    rig.world.connections.remove(CONNECTION)
    _days(rig, 31)
    assert plan_housekeeping(rig.world) == NOTHING, "that there is no connection at all is not believed"
    rig.world.connections.add(replace(connection, name="other"))
    assert plan_housekeeping(rig.world)["partitions"] == [{"entity": ENTITY, "connection": CONNECTION}]
    assert rig.compact() == {"outcome": "removed", "before": 2, "after": 0}
    assert rig.keys() == []


def test_what_still_comes_for_a_removed_connection_is_kept(rig: LakeRig) -> None:
    connection = rig.world.connections.get(CONNECTION)
    rig.world.connections.remove(CONNECTION)
    rig.world.connections.add(replace(connection, name="other"))
    _days(rig, 31)
    rig.write(rig.event("1", 1))
    assert rig.compact()["outcome"] == "compacted"
    rig.check()


def test_an_entity_that_is_none_is_refused(rig: LakeRig) -> None:
    rig.store.put("lake/nonesuch/events/acme/fresh/" + "0" * 32 + ".parquet", b"")
    with pytest.raises(ConfigurationInvalid, match="nonesuch"):
        compact_partition(rig.world, CompactPartition("nonesuch", CONNECTION, 60, 256))


def test_people_are_told_once_until_it_is_well_again(rig: LakeRig) -> None:
    failing = RecordUncompacted(ENTITY, CONNECTION, Failure("OutcomeUnknown", "no answer"))
    for told in (1, 0):
        record_uncompacted(rig.world, failing)
        found = summarise_housekeeping(rig.world, SummariseHousekeeping(["uncompacted", "compacted"]))
        assert (found["outcome"], found["told"], found["compacted"]) == ("unfinished", told, 1)
    rig.write(rig.event("1", 1))
    rig.compact()
    assert summarise_housekeeping(rig.world, SummariseHousekeeping(["compacted"]))["outcome"] == "tidied"
    record_uncompacted(rig.world, failing)
    summarise_housekeeping(rig.world, SummariseHousekeeping(["uncompacted"]))
    assert [notice["type"] for notice in rig.notices] == ["lake.uncompacted"] * 2


def test_what_failed_alike_is_one_notice(rig: LakeRig) -> None:
    for entity in ("customer", "invoice"):
        for connection in ("a", "b", "c", "d", "e"):
            record_uncompacted(rig.world, RecordUncompacted(entity, connection, Failure("KeyError", "'x'")))
    record_uncompacted(rig.world, RecordUncompacted("order", "a", Failure("OutcomeUnknown", "no answer")))
    found = summarise_housekeeping(rig.world, SummariseHousekeeping(["uncompacted"] * 11, waiting=2))
    assert (found["told"], found["more"]) == (11, 2)
    first, second = rig.notices
    assert first["data"]["partitions_count"] == 10
    assert "and 2 more. KeyError: 'x'" in first["data"]["detail"]
    assert second["data"]["title"] == "lake: 1 part could not be compacted"
    assert first["severity"] == "warning"


def test_the_files_of_a_killed_worker_make_room_and_those_of_a_living_one_stay(
    rig: LakeRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "compacting-left"
    left.mkdir()
    (left / "lock").touch()
    (left / "current.parquet").touch()
    rig.write(rig.event("1", 1))
    with scratch_folder() as living:
        rig.compact()
        assert list(tmp_path.iterdir()) == [living]
    assert list(tmp_path.iterdir()) == []
