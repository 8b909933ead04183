"""How runs, leases, incidents and versions end where something uncommon happened."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from sluice.errors import ApiChanged, ConfigurationInvalid
from sluice.local.memory_table import MemoryTable
from sluice.local.memory_workflow import MemoryWorkflow
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.ports.table import Conflict
from sluice.registry.cursors import Cursors
from sluice.registry.incidents import Incidents
from sluice.registry.leases import Leases
from sluice.usecases.commit_cursor import CommitCursor, commit_cursor
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.failures import Failure
from sluice.usecases.fetching.chunk_writer import ChunkWriter
from sluice.usecases.fetching.sweep import Sweep
from sluice.usecases.judge_change import JudgeChange, judge_change
from sluice.usecases.operating.report_ended_run import report_lost_runs
from sluice.usecases.plan_run import PlanRun, plan_run
from sluice.usecases.summarise_run import SummariseRun, summarise_run
from sluice.usecases.transform_chunk import HandedOver, transform_chunk
from sluice.usecases.world import iso
from tests.flows.rig import Rig
from tests.flows.toy_erp import reply

STARTED = "2026-11-21T08:00:00Z"


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    for key in range(1, 13):
        rig.erp.put("department", key, f"Avdeling {key}")
        rig.erp.put("customer", key, f"Kunde {key}")
    rig.clock.advance(3600)
    return rig


def _told(rig: Rig) -> list[tuple[str, str | None]]:
    return [(notice["type"], notice["data"]["stream"]) for notice in rig.notices]


def _plan(rig: Rig, run: str = "by-hand") -> None:
    assert plan_run(rig.world, PlanRun("acme", "manual", run, STARTED))["outcome"] == "planned"


def _sweep_of(rig: Rig, run: str, *chunks: list[dict[str, Any]]) -> None:
    """Hand over and commit these chunks of departments, as one whole read."""
    _plan(rig, run)
    now = iso(rig.clock.now())
    writer = ChunkWriter(rig.world.objects, f"raw/acme/department/{run}/", 0, now)
    for chunk in chunks:
        writer.add(chunk)
        writer.close()
    for ref in writer.chunks:
        transform_chunk(rig.world, HandedOver("acme", "toy", "department", run, run, ref))
    sweep = Sweep(run, None, now, len(chunks), sum(map(len, chunks)))
    wanted = CommitCursor(run, "acme", "department", sweep.to_json())
    try:
        commit_cursor(rig.world, wanted)
    except ApiChanged as changed:  # records set aside are judged before the cursor moves
        accepted = tuple(change.code for change in changed.changes)
        commit_cursor(rig.world, replace(wanted, accepted=accepted))
    summarise_run(rig.world, SummariseRun(run, "acme", STARTED, ()))


@pytest.mark.parametrize("names", [["B", "C"], ["B", "A"], ["A", "B"], ["B", "B"]], ids="".join)
def test_a_record_read_twice_in_a_sweep_ends_as_the_erp_has_it(rig: Rig, names: list[str]) -> None:
    rig.erp.put("department", 1, "A")
    rig.run()
    rest = [{"id": key, "name": f"Avdeling {key}"} for key in range(2, 13)]
    _sweep_of(rig, "by-hand", *([{"id": 1, "name": name}, *rest] for name in names))
    rig.erp.put("department", 1, names[-1])
    rig.run()
    assert rig.consumer.names("department")[1] == names[-1]
    rig.erp.put("department", 1, "D")
    rig.run()
    assert rig.consumer.names("department")[1] == "D"


def test_a_run_whose_execution_ended_unseen_is_told_and_frees_its_connection() -> None:
    rig = Rig()
    workflow = rig.world.workflow
    assert isinstance(workflow, MemoryWorkflow)
    for run in ("going-on", "ended", "forgotten"):
        rig.desk.add(Connection(run, "toy"), {"key": Secret("k")})
        plan_run(rig.world, PlanRun(run, "manual", run, iso(rig.clock.now())))
    workflow.start("going-on", {})
    workflow.start("ended", {})
    workflow.end("ended", "FAILED", error="States.Runtime", cause="stopped")
    assert sorted(report_lost_runs(rig.world)) == ["ended", "forgotten"]
    assert report_lost_runs(rig.world) == []
    assert sorted(notice["connection"] for notice in rig.notices) == ["ended", "forgotten"]
    for name, outcome in (("ended", "planned"), ("forgotten", "planned"), ("going-on", "already_running")):
        again = PlanRun(name, "manual", f"{name}-2", iso(rig.clock.now()))
        assert plan_run(rig.world, again)["outcome"] == outcome


def test_a_record_valid_and_invalid_in_one_chunk_keeps_its_version(rig: Rig) -> None:
    rig.run()
    rest = [{"id": key, "name": f"Avdeling {key}"} for key in range(2, 13)]
    _sweep_of(rig, "by-hand", [{"id": 1, "name": "B"}, {"id": 1, "name": None}, *rest])
    rig.erp.put("department", 1, "C")
    rig.run()
    assert rig.consumer.names("department")[1] == "C"


def test_an_erp_that_asks_for_patience_for_ever_ends_by_name(rig: Rig) -> None:
    rig.run()
    rig.erp.faults = [reply(429, {}, retry_after="1")] * 500
    summary = rig.run()
    assert (summary["outcome"], summary["error"]) == ("failed", "ErpUnavailable")
    rig.erp.faults = []
    assert rig.run()["outcome"] == "succeeded"


def test_a_wait_never_ends_before_the_erp_wants_to_hear_from_us(rig: Rig) -> None:
    rig.clock.advance(0.9)
    before = rig.clock.now()
    rig.erp.faults = [reply(429, {}, retry_after="2")]
    rig.run()
    assert (rig.clock.now() - before).total_seconds() - 3600 >= 2


def test_credentials_that_worked_again_are_told_again_though_a_stream_is_held_all_along(rig: Rig) -> None:
    rig.run()
    rig.erp.rows["department"].clear()
    rig.run()
    for _ in range(2):
        rig.erp.key = "another"
        rig.run()
        rig.erp.key = "canary-key"
        assert rig.run()["outcome"] == "held"
    assert [kind for kind, _ in _told(rig)].count("credentials.rejected") == 2


def test_a_stream_that_could_not_be_recorded_is_told_once(rig: Rig) -> None:
    _plan(rig)
    lost = {"stream": "customer", "outcome": "failed", "error": "LeaseLost", "cause": "another run"}
    torn = {"stream": "department", "outcome": "failed", "error": "States.Timeout", "cause": "no record"}
    for _ in range(2):
        assert (
            summarise_run(rig.world, SummariseRun("by-hand", "acme", STARTED, (lost, torn)))["outcome"]
            == "failed"
        )
    assert _told(rig) == [("run.failed", None), ("run.failed", "department")]


def test_a_stream_whose_late_worker_wrote_last_counts_as_the_execution_knows_it(rig: Rig) -> None:
    _plan(rig)
    synced = {
        "stream": "customer",
        "outcome": "synced",
        "counts": {"fetched": 1, "mapped": 1, "published": 1},
    }
    summary = summarise_run(rig.world, SummariseRun("by-hand", "acme", STARTED, (synced,)))
    assert (summary["outcome"], summary["counts"]["published"]) == ("succeeded", 1)


def test_an_api_change_without_its_note_is_told_all_the_same(rig: Rig) -> None:
    _plan(rig)
    judged = judge_change(
        rig.world, JudgeChange("by-hand", "acme", "customer", Failure("ApiChanged", "D11 ..."), None)
    )
    assert judged["outcome"] == "failed"
    assert _told(rig) == [("stream.held", "customer")]


def test_the_last_net_frees_the_lease_of_a_run_that_is_written_down_as_ended(rig: Rig) -> None:
    _plan(rig)
    run = rig.world.runs.get("by-hand")
    assert run is not None
    rig.world.runs.put(replace(run, status="succeeded"), 0)
    assert not rig.end("by-hand", "FAILED")
    assert rig.run()["outcome"] == "succeeded"


class _Overtaken(MemoryTable):
    """A table where another worker on the same step writes the same, right before the first write."""

    overtaken = False

    def put(self, partition: str, sort: str, value: dict[str, Any], **named: Any) -> int:
        if not self.overtaken:
            self.overtaken = True
            super().put(partition, sort, value, **named)
            raise Conflict(sort)
        return super().put(partition, sort, value, **named)


def test_two_workers_that_plan_the_same_run_both_get_its_lease(rig: Rig) -> None:
    assert Leases(_Overtaken()).take("acme", "run", rig.clock.now()) == 1


def test_a_removed_connection_takes_its_incidents_along(rig: Rig) -> None:
    rig.erp.key = "another"
    rig.run()
    rig.desk.remove("acme")
    assert list(Incidents(rig.world.state, "acme").all()) == list_changes(rig.world) == []
    rig.desk.add(Connection("acme", "toy"), {"key": Secret("canary-key")})
    rig.run()
    assert [kind for kind, _ in _told(rig)] == ["credentials.rejected"] * 2


def test_other_settings_are_read_whole_and_another_connector_is_refused(rig: Rig) -> None:
    rig.run()
    rig.desk.add(Connection("acme", "toy"), {}, update=True)
    assert Cursors(rig.world.state, "acme").get("customer").watermark is not None
    other = Connection("acme", "toy", {"base_url": "https://other.example"})
    rig.desk.add(other, {}, update=True)
    rig.erp.rows["customer"].pop(3)
    rig.run()
    assert 3 not in rig.consumer.names("customer")
    stored = replace(rig.world.connections.get("acme"), connector="tripletex")
    rig.world.connections.replace(stored)
    with pytest.raises(ConfigurationInvalid, match="is one to tripletex; remove it first"):
        rig.desk.add(other, {}, update=True)


def test_a_change_that_was_accepted_is_told_again_when_it_is_met_again(rig: Rig) -> None:
    rig.run()
    for _ in range(2):
        rig.erp.put("department", 3, None)
        rig.run()
        (change,) = list_changes(rig.world)
        assert change.state == "open"
        accept_change(rig.world, change.id, "kari", "")
        rig.erp.put("department", 3, "whole again")
        rig.run()
    told = [notice for notice in rig.notices if notice["type"] == "records.quarantined"]
    assert len({notice["id"] for notice in told}) == len(told) == 2
