"""A schedule of EventBridge Scheduler starts runs by itself; nobody here starts one."""

from __future__ import annotations

import time

import pytest

from sluice.bootstrap import Deployment
from sluice.usecases.operating.runs import list_runs
from tests.live.pipeline.conftest import Customer

pytestmark = pytest.mark.timeout(300)


def test_a_schedule_runs_by_itself_twice(scheduled: Customer, deployment: Deployment) -> None:
    until = time.monotonic() + 200
    runs = []
    while len(runs) < 2 and time.monotonic() < until:
        runs = [run for run in list_runs(deployment.world, scheduled.name) if run.status == "succeeded"]
        time.sleep(1)
    assert len(runs) >= 2
    assert {run.trigger for run in runs} == {"schedule"}
