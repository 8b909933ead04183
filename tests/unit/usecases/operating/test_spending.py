"""What a connection's runs cost, and a change: from what was kept of runs, each figure with its basis."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.local.memory_workflow import MemoryWorkflow
from sluice.model.connection import Connection
from sluice.registry.incidents import Incident
from sluice.registry.runs import Run
from sluice.registry.usages import Usage, Usages, Used
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.fetching import chunk_writer
from sluice.usecases.operating.cost import cost_of, dollars_of, priced
from sluice.usecases.operating.replay_estimate import basis_of_replay, replay_of
from sluice.usecases.operating.run_path import describe_run
from sluice.usecases.operating.runs import path_of_run
from sluice.usecases.operating.spending import SHOWN, change_spending_of, spending_of
from sluice.usecases.operating.usage import keep_usage, used_by
from sluice.usecases.replay.plan_replay import MAX_CHUNKS as PAGE
from sluice.usecases.replay.waiting import Waiting, waiting_of
from tests.flows.replay.replaying import begun, rename, replay_all, with_bad
from tests.flows.rig import ROOT, Rig

PATH = ("PlanRun", "FetchPages", "HandOverChunk", "CommitCursor", "SummariseRun")
MACHINE = json.loads((Path(ROOT) / "state_machines" / "replay.asl.json").read_text())["States"]


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 15)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def executed(rig: Rig, run: str, seconds: float, *, trigger: str = "schedule", fetched: int = 100) -> None:
    """Put a run into the book of executions and into the registry: each state takes ``seconds``."""
    started = rig.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    machine = rig.world.workflow
    assert isinstance(machine, MemoryWorkflow)
    machine.start(run, {"connection": "acme"})
    for state in PATH:
        machine.add_step(run, "entered", state)
        rig.clock.advance(seconds)
        machine.add_step(run, "exited", state, {"seconds": seconds})
    machine.end(run, "SUCCEEDED")
    rig.world.runs.put(Run(run, "acme", "toy", trigger, started, "succeeded", counts={"fetched": fetched}), 1)
    rig.clock.advance(600)


def test_a_run_costs_the_same_when_step_functions_has_forgotten_it(rig: Rig) -> None:
    executed(rig, "run-1", 2)
    before = describe_run(rig.world, "run-1")["cost"]
    assert before is not None
    assert keep_usage(rig.world, "run-1")
    rig.world = replace(rig.world, workflow=MemoryWorkflow(rig.clock))
    assert path_of_run(rig.world, "run-1") == []
    assert describe_run(rig.world, "run-1")["cost"] == before


def test_a_run_that_ended_without_its_record_knowing_is_kept_as_lost(rig: Rig) -> None:
    executed(rig, "run-1", 2)
    known = rig.world.runs.get("run-1")
    assert known is not None
    rig.world.runs.put(replace(known, status="running"), 1)
    keep_usage(rig.world, "run-1")
    usage = Usages(rig.world.runs_table).get("run-1")
    assert usage is not None
    assert usage.status == "lost"


def test_a_run_under_way_is_told_by_its_history_though_an_earlier_end_of_it_was_kept(rig: Rig) -> None:
    executed(rig, "run-1", 2)
    keep_usage(rig.world, "run-1")
    known = rig.world.runs.get("run-1")
    assert known is not None
    rig.world.runs.put(replace(known, status="running"), 1)
    machine = rig.world.workflow
    assert isinstance(machine, MemoryWorkflow)
    machine.add_step("run-1", "entered", "RecordFailure")
    used = used_by(path_of_run(rig.world, "run-1"), 5000)
    assert used is not None
    assert describe_run(rig.world, "run-1")["cost"]["dollars"] == priced(used).dollars
    assert used.transitions == len(PATH) + 1


def test_what_did_nothing_is_not_kept(rig: Rig) -> None:
    assert not keep_usage(rig.world, "nobody")
    rig.world.workflow.start("busy", {"connection": "acme"})  # another run held the connection: no record
    assert not keep_usage(rig.world, "busy")


def test_a_connection_costs_the_mean_of_its_runs_times_its_schedule(rig: Rig) -> None:
    connection = rig.world.connections.get("acme")
    rig.world.connections.replace(replace(connection, schedule="rate(1 hour)"))
    for number, seconds in enumerate((1, 2, 6)):
        executed(rig, f"run-{number}", seconds)
        keep_usage(rig.world, f"run-{number}")
    executed(rig, "acme-replay-1", 30, trigger="replay")
    keep_usage(rig.world, "acme-replay-1")
    found = spending_of(rig.world, "acme")
    each = [Decimal(one.dollars) for one in found.runs]
    assert [one.run for one in found.runs] == ["run-2", "run-1", "run-0"]
    assert [one.run for one in found.replays] == ["acme-replay-1"]
    assert each == [Decimal(describe_run(rig.world, one.run)["cost"]["dollars"]) for one in found.runs]
    assert (found.looked_at, found.starts) == (3, 720)
    assert found.mean is not None
    assert found.a_month is not None
    assert abs(Decimal(found.mean) - sum(each) / 3) <= Decimal("0.0000001")
    assert (found.least, found.most) == (str(min(each)), str(max(each)))
    assert abs(Decimal(found.a_month) - 720 * sum(each) / 3) <= Decimal("0.0000001")
    assert any("720 times" in text and "rate(1 hour)" in text for text in found.basis)


@pytest.mark.parametrize(
    ("schedule", "starts"),
    [("rate(5 minutes)", 8640), ("rate(1 day)", 30), ("cron(0 6 ? * MON-FRI *)", 21), ("rate(40 days)", 0)],
)
def test_a_schedule_is_counted_for_thirty_days_from_now(rig: Rig, schedule: str, starts: int) -> None:
    # From Saturday 2026-11-21, 08:00, to Monday 2026-12-21, 08:00: four whole weeks, and that Monday.
    rig.world.connections.replace(replace(rig.world.connections.get("acme"), schedule=schedule))
    assert spending_of(rig.world, "acme").starts == starts


def test_without_runs_or_schedule_nothing_is_made_up(rig: Rig) -> None:
    found = spending_of(rig.world, "acme")
    assert (found.runs, found.mean, found.a_month, found.starts) == ((), None, None, None)
    assert found.basis == ("no run has ended since costs are kept",)
    executed(rig, "run-1", 1)
    keep_usage(rig.world, "run-1")
    assert any("no schedule" in text for text in spending_of(rig.world, "acme").basis)
    paused = replace(rig.world.connections.get("acme"), schedule="rate(1 hour)", paused=True)
    rig.world.connections.replace(paused)
    assert spending_of(rig.world, "acme").starts is None
    assert any("paused" in text for text in spending_of(rig.world, "acme").basis)
    with pytest.raises(ConfigurationInvalid):
        spending_of(rig.world, "nobody")


def test_of_many_runs_the_newest_are_looked_at_and_few_shown(rig: Rig) -> None:
    for number in range(60):
        used = Used(transitions=number, invoked={}, gb_seconds={})
        usage = Usage(f"run-{number:02d}", "acme", "schedule", "succeeded", f"t{number:02d}", 0, used)
        Usages(rig.world.runs_table).put(usage, 1)
    found = spending_of(rig.world, "acme")
    assert (found.looked_at, len(found.runs), found.runs[0].run) == (50, SHOWN, "run-59")
    assert Decimal(found.least or 0) == 10 * Decimal("0.000025")


def held(rig: Rig) -> Incident:
    [incident] = list_changes(rig.world)
    return incident


def test_a_held_change_tells_what_its_replay_would_cost_and_then_what_it_did() -> None:
    rig = begun()
    rename(rig, name="title")
    rig.run()
    waiting = waiting_of(rig.world, ("acme", "department"))
    assert waiting.records > 0
    assert waiting.counted
    found = change_spending_of(rig.world, held(rig))
    assert found.waiting == waiting
    assert found.replay is not None
    assert any(f"{waiting.records:,} records wait" in text for text in found.basis)
    assert any("no run showed it" in text for text in found.basis)
    assert found.replays == ()
    name = accept_change(rig.world, held(rig).id, "kari", "", patch=True).replay
    assert name is not None
    replay_all(rig)
    machine = rig.world.replays
    assert isinstance(machine, MemoryWorkflow)
    machine.add_step(name, "entered", "PlanReplay")
    assert keep_usage(rig.world, name)
    done = change_spending_of(rig.world, held(rig))
    assert [one.run for one in done.replays] == [name]
    assert (done.waiting, done.replay, done.basis) == (Waiting(), None, ())


def test_the_runs_that_met_a_change_are_told_with_what_they_cost() -> None:
    rig = begun()
    rename(rig, name="title")
    run = rig.run()["run"]
    assert change_spending_of(rig.world, held(rig)).runs == ()  # nothing is kept of it yet
    machine = rig.world.workflow
    machine.start(run, {"connection": "acme"})
    assert keep_usage(rig.world, run)
    assert [one.run for one in change_spending_of(rig.world, held(rig)).runs] == [run]


def test_much_that_waits_is_reckoned_by_a_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 1)
    rig = with_bad(begun(), *(("customer", number) for number in range(1, 27)))
    found = waiting_of(rig.world, ("acme", "customer"))
    assert (found.records, found.chunks, found.counted) == (26, 26, False)


def known(records: int, seconds: str) -> Usage:
    used = Used(9, {"HandOverChunk": 2}, {"HandOverChunk": seconds})
    return Usage("run-1", "acme", "schedule", "succeeded", "2026-11-21T08:00:00Z", records, used)


def test_the_requests_for_a_chunk_are_those_of_the_last_runs() -> None:
    met = known(500, "2")
    one, other = (
        replace(met, used=replace(met.used, requests=requests))
        for requests in ({"s3_write": "8", "sns_publish": "3"}, {"s3_write": "4"})
    )
    found = replay_of(Waiting(1_000, 6), [one, other, met])
    # Two runs say what they asked for, with two chunks each: the third one's are of before there was a meter.
    assert found.requests == {"s3_write": "18.000000", "sns_publish": "4.500000"}
    assert any(
        "as its last runs made (2)" in text for text in basis_of_replay(Waiting(1_000, 6), [one, other, met])
    )
    assert replay_of(Waiting(1_000, 6), [met]).requests == {}


def test_the_time_for_a_record_is_that_of_the_last_runs() -> None:
    found = replay_of(Waiting(1_000, 2), [known(500, "2"), known(1_500, "4")])
    assert Decimal(found.gb_seconds["ReplayChunk"]) == 3


def path(pages: int, chunks: int) -> list[str]:
    """Walk replay.asl.json as a replay of so many pages goes that nothing stops."""
    seen, state, left = [], "PlanReplay", pages
    while True:
        seen.append(state)
        found: dict[str, Any] = MACHINE[state]
        if found["Type"] == "Succeed":
            return seen
        if found["Type"] == "Choice":
            outcome = "page" if left else "done"
            state = next(one["Next"] for one in found["Choices"] if one["StringEquals"] == outcome)
            continue
        if found["Type"] == "Map":
            seen += [found["ItemProcessor"]["StartAt"]] * min(PAGE, chunks - PAGE * (pages - left))
            left -= 1
        state = found["Next"]


@pytest.mark.parametrize(("pages", "chunks"), [(1, 1), (1, 40), (2, 41), (25, 1_000)])
def test_the_states_of_a_replay_are_those_of_its_machine(pages: int, chunks: int) -> None:
    found = replay_of(Waiting(chunks * 10, chunks), [])
    walked = path(pages, chunks)
    assert found.transitions == len(walked)
    assert found.invoked == {state: walked.count(state) for state in found.invoked}
    assert dollars_of(found) > 0


def test_no_more_chunks_are_reckoned_with_than_one_replay_takes() -> None:
    assert replay_of(Waiting(20_000, 2_000), []).invoked["ReplayChunk"] == 1_000


def test_connections_have_costs_of_their_own(rig: Rig) -> None:
    rig.world.connections.add(Connection("other", "toy"))
    executed(rig, "run-1", 1)
    keep_usage(rig.world, "run-1")
    assert spending_of(rig.world, "other").runs == ()
    assert cost_of(path_of_run(rig.world, "run-1"), 5000) is not None
