"""Stopping runs and letting them go on, and what the audit keeps of it."""

from __future__ import annotations

import pytest

from sluice.errors import ConfigurationInvalid, LeaseLost
from sluice.registry.leases import LeaseTaken
from sluice.registry.runs import Run
from sluice.runbook.known import entry_of
from sluice.usecases.fetching.fetch_pages import FetchPages, fetch_pages
from sluice.usecases.operating.ending import NotRunning, NotToBeRedriven, redrive_run, stop_run
from sluice.usecases.operating.report_ended_run import EndedRun, report_ended_run, report_lost_runs
from sluice.usecases.operating.run_path import describe_run
from sluice.usecases.operating.runs import start_run
from sluice.usecases.plan_run import PlanRun, plan_run
from sluice.usecases.world import iso
from tests.flows.rig import Rig


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    for number in range(30):
        rig.erp.put("customer", number, f"Customer {number}")
    return rig


def started(rig: Rig) -> str:
    """Start a run as far as its first read."""
    run = start_run(rig.world, "acme")
    plan_run(rig.world, PlanRun("acme", "manual", run, iso(rig.clock.now())))
    return run


def actions(rig: Rig) -> list[tuple[str, str, str]]:
    """Return what the audit has besides the rig's own connection; at one moment there is no order."""
    found = [(one.action, one.state, one.who) for one in rig.world.audit.all()]
    return sorted(one for one in found if one[0] != "connections.add")


def test_a_start_with_the_same_key_is_the_same_run(rig: Rig) -> None:
    first = start_run(rig.world, "acme", "click-1")
    again = start_run(rig.world, "acme", "click-1")
    other = start_run(rig.world, "acme", "click-2")
    assert first == again != other
    assert [action for action, _, _ in actions(rig)] == ["runs.start", "runs.start"]


def test_a_stopped_run_is_told_as_stopped_and_frees_its_connection(rig: Rig) -> None:
    run = started(rig)
    stopped = stop_run(rig.world, run, "wrong mapping")
    assert (stopped.status, stopped.error) == ("stopped", "RunStopped")
    assert stopped.cause == "stopped by sluice: wrong mapping"
    assert rig.world.workflow.describe(run).status == "ABORTED"
    assert [notice["type"] for notice in rig.notices] == ["run.stopped"]
    assert rig.run()["outcome"] == "succeeded"


def test_a_step_at_work_ends_with_lease_lost_after_the_stop(rig: Rig) -> None:
    run = started(rig)
    stop_run(rig.world, run)
    with pytest.raises(LeaseLost):
        fetch_pages(rig.world, FetchPages(run, "acme", "customer", None, 60))


def test_what_eventbridge_says_of_the_stop_changes_nothing(rig: Rig) -> None:
    run = started(rig)
    stop_run(rig.world, run)
    assert rig.end(run, "ABORTED") is False
    assert rig.world.runs.get(run).status == "stopped"  # type: ignore[union-attr]
    assert [notice["type"] for notice in rig.notices] == ["run.stopped"]


def test_whoever_stops_may_die_in_between_and_the_last_net_tells_it_as_stopped(rig: Rig) -> None:
    run = started(rig)
    rig.world.runs.ask_to_stop(run, "stopped by anna", rig.world.expiry())
    rig.world.workflow.stop(run, "", "")
    assert report_lost_runs(rig.world) == [run]
    found = rig.world.runs.get(run)
    assert found is not None
    assert (found.status, found.cause) == ("stopped", "stopped by anna")


def test_a_run_that_has_ended_is_not_stopped(rig: Rig) -> None:
    run = started(rig)
    rig.world.workflow.end(run, "SUCCEEDED")  # type: ignore[attr-defined]
    with pytest.raises(NotRunning):
        stop_run(rig.world, run)
    with pytest.raises(ConfigurationInvalid, match="no run 'nobody'"):
        stop_run(rig.world, "nobody")


def test_a_stopped_run_goes_on_where_it_was(rig: Rig) -> None:
    run = started(rig)
    stop_run(rig.world, run)
    going = redrive_run(rig.world, run)
    assert (going.status, going.error) == ("running", None)
    assert rig.world.workflow.describe(run).status == "RUNNING"
    fetched = fetch_pages(rig.world, FetchPages(run, "acme", "customer", None, 60))
    assert fetched["chunks"]
    # An abort by somebody else afterwards is not taken for the stop of before.
    report_ended_run(rig.world, EndedRun(run, "acme", "ABORTED", iso(rig.clock.now()), "", ""))
    assert rig.world.runs.get(run).error == "RunAborted"  # type: ignore[union-attr]


def test_only_the_newest_run_may_go_on(rig: Rig) -> None:
    run = started(rig)
    stop_run(rig.world, run)
    rig.clock.advance(60)
    rig.run()
    with pytest.raises(NotToBeRedriven, match="a later run of acme"):
        redrive_run(rig.world, run)
    assert rig.world.runs.get(run).status == "stopped"  # type: ignore[union-attr]


@pytest.mark.parametrize("status", ["succeeded", "held", "failed"])
def test_a_run_that_said_all_is_not_redriven(rig: Rig, status: str) -> None:
    run = start_run(rig.world, "acme")
    rig.world.workflow.end(run, "FAILED")  # type: ignore[attr-defined]
    rig.world.runs.put(Run(run, "acme", "toy", "manual", "2026-11-21T08:00:00Z", status), 0)
    with pytest.raises(NotToBeRedriven, match=status):
        redrive_run(rig.world, run)


def test_what_aws_refuses_leaves_everything_as_it_was(rig: Rig) -> None:
    run = started(rig)
    stop_run(rig.world, run, "why")
    rig.world.workflow.end(run, "PENDING_REDRIVE")  # type: ignore[attr-defined]
    before = rig.world.runs.get(run)
    with pytest.raises(NotToBeRedriven):
        redrive_run(rig.world, run)
    assert rig.world.runs.get(run) == before
    assert rig.world.runs.stop_asked(run) == "stopped by sluice: why"
    rig.world.leases.take("acme", "run-next", rig.clock.now())


def test_a_redrive_waits_for_no_run_that_holds_the_connection(rig: Rig) -> None:
    run = started(rig)
    stop_run(rig.world, run)
    rig.world.leases.take("acme", "acme-replay-1", rig.clock.now())
    with pytest.raises(LeaseTaken):
        redrive_run(rig.world, run)
    assert rig.world.workflow.describe(run).status == "ABORTED"


def test_the_audit_tells_who_started_stopped_and_redrove(rig: Rig) -> None:
    run = started(rig)
    stop_run(rig.world, run, "why")
    redrive_run(rig.world, run)
    assert actions(rig) == [
        ("runs.redrive", "done", "sluice"),
        ("runs.start", "done", "sluice"),
        ("runs.stop", "done", "sluice"),
    ]


def test_an_action_whose_entry_cannot_be_written_does_not_happen(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(rig)
    put = rig.world.runs_table.put

    def refused(partition: str, *rest: object, **more: object) -> int:
        if partition.startswith("#audit"):
            raise OSError("no table")
        return put(partition, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(rig.world.runs_table, "put", refused)
    with pytest.raises(OSError, match="no table"):
        stop_run(rig.world, run)
    with pytest.raises(OSError, match="no table"):
        rig.desk.pause("acme")
    assert rig.world.workflow.describe(run).status == "RUNNING"
    assert rig.world.connections.get("acme").paused is False


def test_a_run_is_described_with_its_streams_states_and_what_can_be_done(rig: Rig) -> None:
    run = started(rig)
    fetch_pages(rig.world, FetchPages(run, "acme", "customer", None, 60))
    rig.world.workflow.add_step(run, "entered", "PlanRun", {"type": "Task"})  # type: ignore[attr-defined]
    found = describe_run(rig.world, run)
    assert (found["can_be_stopped"], found["can_be_redriven"]) == (True, False)
    assert [one["state"] for one in found["states"]] == ["PlanRun"]
    assert [one["stream"] for one in found["timeline"]] == ["customer"]
    stop_run(rig.world, run)
    found = describe_run(rig.world, run)
    assert (found["can_be_stopped"], found["can_be_redriven"]) == (False, True)
    assert found["advice"]["what_to_do"].startswith("Nothing: what was handed over stays")
    assert found["advice"]["runbook"] == "docs/runbook.md#runstopped"
    rig.clock.advance(1)
    started(rig)
    assert describe_run(rig.world, run)["can_be_redriven"] is False


@pytest.mark.parametrize(
    ("status", "error"), [("TIMED_OUT", "RunTimedOut"), ("ABORTED", "RunAborted"), ("FAILED", "RunFailed")]
)
def test_a_run_that_was_cut_off_is_told_and_the_next_good_one_tells_its_end(
    rig: Rig, status: str, error: str
) -> None:
    run = started(rig)
    rig.end(run, status)
    rig.clock.advance(3600)
    rig.run()
    told = [(notice["type"], notice["data"].get("error")) for notice in rig.notices]
    assert told == [("run.lost", error), ("incident.resolved", error), ("run.finished", None)]
    assert [notice["data"]["page"] for notice in rig.notices[:2]] == [f"/runs/{run}"] * 2
    assert rig.notices[0]["data"]["runbook"] == entry_of(error).place
    assert rig.notices[1]["data"]["resolves"]["kind"] == "run.lost"
    assert entry_of(error).what_to_do.replace("RUN", run) == rig.notices[0]["data"]["advice"]
