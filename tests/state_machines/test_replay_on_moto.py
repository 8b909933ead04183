"""A second engine's opinion on `replay`: moto's interpreter."""

from __future__ import annotations

import pytest

from tests.state_machines.machine import REPLAY
from tests.state_machines.moto_engine import entered, moto, response, run
from tests.state_machines.replay_cases import mock_config

WAYS: dict[str, tuple[list[str], list[str], str | None]] = {
    "nothing to replay": (
        ["ReplayPlannedNothing", "ReplayCommitted"],
        ["PlanReplay", "ReplayPlanned", "CommitReplay", "ReplaySucceeded"],
        None,
    ),
    "one page": (
        ["ReplayPlannedOnePage", "ReplayPlannedNothing", "ReplayCommitted"],
        ["PlanReplay", "ReplayChunks", "ReplayChunk", "PlanReplay", "CommitReplay", "ReplaySucceeded"],
        None,
    ),
    "held meanwhile": (
        ["ReplayPlannedHeld", "ReplayFailedByChange"],
        ["PlanReplay", "FailReplay", "ReplayFailed"],
        "ApiChanged",
    ),
    "nonsense from PlanReplay": (
        ["ReplayPlannedNonsense", "ReplayFailedOtherwise"],
        ["ReplayPlanned", "FailReplay", "ReplayFailed"],
        "LeaseLost",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_moto_goes_the_same_way(way: str) -> None:
    answers, states, error = WAYS[way]
    with moto(REPLAY):
        given = {"connection": "acme", "stream": "customer", "sweep": None}
        found = run([response(mock_config(), name) for name in answers], given, REPLAY)
    assert (found["status"], found.get("error")) == ("FAILED" if error else "SUCCEEDED", error)
    gone = iter(entered(found))
    assert all(state in gone for state in states), entered(found)
