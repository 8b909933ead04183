"""Every case of mocks/replay.json on a real engine: how it ends, and that it goes the way it says."""

from __future__ import annotations

import pytest

from tests.state_machines.engine import Ended
from tests.state_machines.machine import CUT, REPLAY, definition, edges
from tests.state_machines.replay_cases import CASES, mock_config

CLAIMS = [(case, edge) for case, expected in CASES.items() for edge in expected.edges]


@pytest.mark.parametrize("name", CASES)
def test_case_ends_as_it_should(name: str, replay_ended: dict[str, Ended]) -> None:
    expected, found = CASES[name], replay_ended[name]
    assert (found.status, found.error) == ("FAILED" if expected.error else "SUCCEEDED", expected.error)
    asked = found.asked or {}
    assert asked.get("failure", {}).get("Error") == expected.failure
    assert ("judged" in asked) == expected.judged


@pytest.mark.parametrize(("name", "edge"), CLAIMS, ids=[f"{case}-{edge}" for case, edge in CLAIMS])
def test_case_takes_the_edge(name: str, edge: str, replay_cut: dict[tuple[str, str], Ended]) -> None:
    found = replay_cut[name, edge]
    assert (found.error, found.cause) == (CUT, edge)


def test_every_edge_has_a_case() -> None:
    taken = {edge for expected in CASES.values() for edge in expected.edges}
    assert sorted({str(edge) for edge in edges(definition(machine=REPLAY))} - taken) == []


def test_every_case_has_a_mock_and_every_mock_a_case() -> None:
    assert set(mock_config()["StateMachines"]["replay"]["TestCases"]) == set(CASES)


def test_every_response_is_there_and_is_used() -> None:
    found = mock_config()
    cases = found["StateMachines"]["replay"]["TestCases"].values()
    assert {name for case in cases for name in case.values()} == set(found["MockedResponses"])
