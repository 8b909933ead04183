"""A schedule of EventBridge Scheduler starts runs by itself; nobody here starts one."""

from __future__ import annotations

import time

import pytest

from sluice.bootstrap.deployment import Deployment
from sluice.registry.runs import Run
from tests.live.pipeline.conftest import Customer

pytestmark = pytest.mark.timeout(300)


def test_a_schedule_runs_by_itself_twice(scheduled: Customer, deployment: Deployment) -> None:
    until = time.monotonic() + 200
    runs = []
    while len(runs) < 2 and time.monotonic() < until:
        runs = [run for run in deployment.world.runs.of(scheduled.name) if _went_well_by_itself(run)]
        time.sleep(1)
    assert len(runs) >= 2


def _went_well_by_itself(run: Run) -> bool:
    # Other tests may start runs of any connection that there is.
    return (run.status, run.trigger) == ("succeeded", "schedule")
