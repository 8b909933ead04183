"""What a backfill used: its own states, and those of its windows, each an execution of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sluice.local.memory_workflow import MemoryWorkflow
from sluice.model.metered import KEY, Metered
from sluice.ports.workflow import Step
from sluice.registry.backfills import TRIGGER
from sluice.registry.runs import Run
from sluice.registry.usages import Usage, Usages, Used
from sluice.usecases.operating.cost import priced
from sluice.usecases.operating.runs import path_of_run
from sluice.usecases.operating.spending import spending_of
from sluice.usecases.operating.usage import keep_usage, used_of
from tests.flows.rig import Rig

RUN = "acme-backfill-1"
AT = "2026-11-22T08:00:00.000Z"
METERED = Metered(1000, 1024, 500, {"s3_write": "2"}).to_json()


@pytest.fixture
def rig() -> Rig:
    return Rig()


def machine(rig: Rig) -> MemoryWorkflow:
    assert isinstance(rig.world.backfills, MemoryWorkflow)
    return rig.world.backfills


def visited(state: str, **details: Any) -> list[Step]:
    return [Step(AT, "entered", state, {}), Step(AT, "exited", state, details)]


def window(chunks: int) -> list[Step]:
    steps = [Step(AT, "entered", "", {}), *visited("ReadWindow", **{KEY: METERED}), *visited("HandOver")]
    for _ in range(chunks):
        steps += visited("HandOverChunk", **{KEY: Metered(2000, 1769, 100, {"sns_publish": "1"}).to_json()})
    return [*steps, *visited("WhatNext"), *visited("CloseWindow", **{KEY: METERED})]


def filled(rig: Rig, windows: int, status: str = "succeeded") -> None:
    machine(rig).start(RUN, {"connection": "acme"})
    for state in ("PlanBackfill", "ReadWindows", "SumWindows"):
        for step in visited(state, **({KEY: METERED} if state != "ReadWindows" else {})):
            machine(rig).add_step(RUN, step.kind, step.state, step.details)
    for number in range(windows):
        machine(rig).add_item(RUN, window(chunks=number))
    rig.world.runs.put(Run(RUN, "acme", "toy", TRIGGER, AT, status, counts={"fetched": 9}), 1)


def kept(rig: Rig, seconds: float = 60) -> Used:
    usage = keep_usage(rig.world, RUN, seconds)
    assert usage is not None
    assert Usages(rig.world.runs_table).get(RUN) == usage
    return usage.used


def test_the_windows_of_a_backfill_are_counted_with_it(rig: Rig) -> None:
    filled(rig, 3)
    used = kept(rig)
    # Each window: its start, ReadWindow, HandOver, WhatNext, CloseWindow; and 0, 1, 2 chunks.
    assert used.transitions == 3 + 3 * 5 + 3
    assert used.invoked == {
        "PlanBackfill": 1, "SumWindows": 1, "ReadWindow": 3, "CloseWindow": 3, "HandOverChunk": 3
    }  # fmt: skip
    assert used.requests == {"s3_write": "16", "sns_publish": "3", "sqs_request": "3"}
    assert Decimal(used.gb_seconds["ReadWindow"]) == 3
    assert Decimal(used.cpu_seconds["HandOverChunk"]) == Decimal("0.3")
    assert (used.unmetered, used.lacks) == (0, "")


def test_a_window_that_failed_is_counted_by_its_time(rig: Rig) -> None:
    filled(rig, 1)
    failed = [Step(AT, "entered", "ReadWindow", {}), Step(AT, "failed", "ReadWindow", {"seconds": 5.0})]
    machine(rig).add_item(RUN, failed)
    used = kept(rig)
    assert (used.unmetered, used.invoked["ReadWindow"]) == (1, 2)
    assert Decimal(used.gb_seconds["ReadWindow"]) == 6


def test_windows_that_could_not_be_read_in_time_are_told_of(rig: Rig) -> None:
    filled(rig, 5)
    whole = kept(rig).transitions
    clock, read = rig.clock, machine(rig).items

    def slow(name: str, *, data: bool = True) -> Any:
        for steps in read(name, data=data):
            clock.advance(10)
            yield steps

    machine(rig).items = slow  # type: ignore[method-assign]
    used = kept(rig, seconds=25)
    assert used.lacks == "items"
    assert 3 + 2 * 5 <= used.transitions < whole
    assert "each window is an execution of its own" in priced(used).notes[0]


def test_a_backfill_under_way_says_that_its_windows_are_not_counted_yet(rig: Rig) -> None:
    filled(rig, 2, "running")
    used = used_of(rig.world, RUN, path_of_run(rig.world, RUN), 5000)
    assert used is not None
    assert (used.transitions, used.lacks) == (3, "items")


def test_a_backfill_says_nothing_of_what_a_usual_run_costs(rig: Rig) -> None:
    usages = Usages(rig.world.runs_table)
    for run, trigger, transitions in (("run-1", "schedule", 5), (RUN, TRIGGER, 5_000_000)):
        usages.put(Usage(run, "acme", trigger, "succeeded", AT, 0, Used(transitions)), 1)
    found = spending_of(rig.world, "acme")
    assert (found.looked_at, found.mean) == (1, found.most)
    assert [one.run for one in found.runs] == ["run-1"]
    assert [one.run for one in found.backfills] == [RUN]
