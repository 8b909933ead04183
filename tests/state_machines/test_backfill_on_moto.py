"""A second engine's opinion on `backfill`: moto's interpreter.

It runs a distributed Map, each of whose items is an execution there, too. Its functions give their answers in
the order in which they are asked, so that the ways here have one window alone.
"""

from __future__ import annotations

import json

import boto3
import pytest

from tests.state_machines.backfill_cases import BUCKET, KEY, WINDOWS, mock_config
from tests.state_machines.machine import BACKFILL
from tests.state_machines.moto_engine import REGION, entered, moto, response, run

PLANNED = ["PlanBackfill", "ReadWindows"]
SUMMED = ["SumWindows", "CommitCursor", "SummariseRun", "BackfillSucceeded"]

WAYS: dict[str, tuple[list[str], list[str], str | None]] = {
    "one window": (
        [
            "BackfillPlan",
            "WindowRead",
            "WindowClosed",
            "WindowsWhole",
            "BackfillCommitted",
            "BackfillSummedSucceeded",
        ],
        [*PLANNED, *SUMMED],
        None,
    ),
    "some days": (
        ["BackfillPlan", "WindowRead", "WindowClosed", "WindowsPart", "BackfillSummedSucceeded"],
        [*PLANNED, "SumWindows", "PartRead", "SummariseRun", "BackfillSucceeded"],
        None,
    ),
    "a window of nonsense": (
        [
            "BackfillPlan",
            "WindowNonsense",
            "WindowsIncomplete",
            "BackfillRecorded",
            "BackfillSummedFailed",
        ],
        [*PLANNED, "SumWindows", "RecordFailure", "SummariseRun", "BackfillFailed"],
        "ErpUnavailable",
    ),
    "nonsense from PlanBackfill": (
        ["BackfillPlanNonsense"],
        ["PlanBackfill", "BackfillUnsummarised"],
        "OutcomeUnknown",
    ),
}


@pytest.mark.thorough(most=2)
@pytest.mark.parametrize("way", WAYS)
def test_moto_goes_the_same_way(way: str) -> None:
    answers, states, error = WAYS[way]
    with moto(BACKFILL):
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=json.dumps(json.loads(WINDOWS)[:1]).encode())
        given = {"connection": "acme", "stream": "customer", "trigger": "backfill"}
        found = run([response(mock_config(), name) for name in answers], given, BACKFILL)
    assert (found["status"], found.get("error")) == ("FAILED" if error else "SUCCEEDED", error)
    gone = iter(entered(found))
    assert all(state in gone for state in states), entered(found)
