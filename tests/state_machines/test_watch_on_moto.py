"""A second engine's opinion on `watch`: moto's interpreter."""

from __future__ import annotations

import pytest

from tests.state_machines.machine import WATCH
from tests.state_machines.moto_engine import entered, moto, response, run
from tests.state_machines.watch_cases import mock_config

WAYS: dict[str, tuple[list[str], list[str], str | None]] = {
    "nothing to read": (["WatchPlannedNothing", "WatchWatched"], ["TellAhead", "WatchSucceeded"], None),
    "one description": (
        ["WatchPlanned", "WatchProbed", "WatchWatched"],
        ["ProbeDescriptions", "ProbeDescription", "TellAhead", "WatchOutcome", "WatchSucceeded"],
        None,
    ),
    "a probe that left no record": (
        ["WatchPlanned", "WatchProbed", "WatchUnfinished"],
        ["TellAhead", "WatchOutcome", "WatchUnfinished"],
        "OutcomeUnknown",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_moto_goes_the_same_way(way: str) -> None:
    answers, states, error = WAYS[way]
    with moto(WATCH):
        given = {"connector": "*", "trigger": "test"}
        found = run([response(mock_config(), name) for name in answers], given, WATCH)
    assert (found["status"], found.get("error")) == ("FAILED" if error else "SUCCEEDED", error)
    gone = iter(entered(found))
    assert all(state in gone for state in states), entered(found)
