"""A second engine's opinion on `housekeeping`: moto's interpreter."""

from __future__ import annotations

import pytest

from tests.state_machines.housekeeping_cases import mock_config
from tests.state_machines.machine import HOUSEKEEPING
from tests.state_machines.moto_engine import entered, moto, response, run

WAYS: dict[str, tuple[list[str], list[str], str | None]] = {
    "nothing to tidy": (
        ["HousekeepingPlannedNothing", "HousekeepingForgotten", "HousekeepingTidied"],
        ["ForgetSnapshots", "SummariseHousekeeping", "HousekeepingSucceeded"],
        None,
    ),
    "one partition": (
        ["HousekeepingPlanned", "HousekeepingCompacted", "HousekeepingForgotten", "HousekeepingTidied"],
        ["CompactPartitions", "CompactPartition", "SummariseHousekeeping", "HousekeepingSucceeded"],
        None,
    ),
    "a partition that could not be compacted": (
        ["HousekeepingPlanned", "HousekeepingUncompacted", "HousekeepingForgotten", "HousekeepingUnfinished"],
        ["SummariseHousekeeping", "HousekeepingOutcome", "HousekeepingUnfinished"],
        "OutcomeUnknown",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_moto_goes_the_same_way(way: str) -> None:
    answers, states, error = WAYS[way]
    with moto(HOUSEKEEPING):
        given = {"trigger": "test"}
        found = run([response(mock_config(), name) for name in answers], given, HOUSEKEEPING)
    assert (found["status"], found.get("error")) == ("FAILED" if error else "SUCCEEDED", error)
    gone = iter(entered(found))
    assert all(state in gone for state in states), entered(found)
