"""The handlers of `housekeeping` on the events that the state machine gives them."""

from __future__ import annotations

import pytest

from sluice.registry.incident_index import IncidentIndex
from tests.flows.housekeeping.rig import LakeRig
from tests.unit.lambdas.calling import call, put_into

HANDLERS = (
    "plan_housekeeping",
    "compact_partition",
    "record_uncompacted",
    "forget_snapshots",
    "summarise_housekeeping",
)


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> LakeRig:
    rig = LakeRig()
    put_into(monkeypatch, HANDLERS, lambda: rig.world)
    return rig


def test_a_housekeeping_goes_through_the_handlers(rig: LakeRig) -> None:
    rig.write(rig.event("1", 1))
    rig.write(rig.event("1", 2))
    [partition] = call("plan_housekeeping")["partitions"]
    found = call("compact_partition", **partition)
    assert found == {"outcome": "compacted", "before": 2, "after": 2}
    assert call("plan_housekeeping") == {"partitions": [], "waiting": 0}
    snapshots = call("forget_snapshots")
    assert snapshots == {"outcome": "forgotten", "removed": 0, "bytes": 0}
    assert call("summarise_housekeeping", partitions=[found], snapshots={**snapshots, "removed": 12}) == {
        "outcome": "tidied", "compacted": 1, "undone": 0, "more": 3, "told": 0, "snapshots_removed": 12,
    }  # fmt: skip


def test_snapshots_that_could_not_be_forgotten_leave_a_housekeeping_unfinished(rig: LakeRig) -> None:
    found = call("summarise_housekeeping", partitions=[], snapshots={"outcome": "left", "removed": 0})
    assert (found["outcome"], found["undone"], found["told"]) == ("unfinished", 0, 0)


def test_a_housekeeping_completes_the_index_of_incidents(rig: LakeRig) -> None:
    assert not IncidentIndex(rig.world.state).is_whole
    call("plan_housekeeping")
    assert IncidentIndex(rig.world.state).is_whole


def test_a_partition_that_killed_its_worker_is_told_in_words(rig: LakeRig) -> None:
    assert call("record_uncompacted") == {"outcome": "uncompacted"}
    found = call("summarise_housekeeping")
    assert (found["outcome"], found["undone"], found["told"]) == ("unfinished", 1, 1)
    [notice] = rig.notices
    assert notice["type"] == "lake.uncompacted"
    assert "customer of acme. Runtime.ExitError: the worker died (out of memory" in notice["data"]["detail"]
