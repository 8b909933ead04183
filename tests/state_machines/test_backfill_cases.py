"""Every case of mocks/backfill.json on a real engine: how it ends, and that it goes the way it says."""

from __future__ import annotations

import pytest

from tests.state_machines.backfill_cases import CASES, WINDOWS, mock_config
from tests.state_machines.engine import Ended
from tests.state_machines.machine import BACKFILL, CUT, all_states, definition, edges

CLAIMS = [(case, edge) for case, expected in CASES.items() for edge in expected.edges]
INSIDE = set(all_states(definition(machine=BACKFILL)["States"]["ReadWindows"]["ItemProcessor"]))
"""The states of a window, each of which is an execution of its own."""


@pytest.mark.parametrize("name", CASES)
def test_case_ends_as_it_should(name: str, backfill_ended: dict[str, Ended]) -> None:
    expected, found = CASES[name], backfill_ended[name]
    assert (found.status, found.error) == ("FAILED" if expected.error else "SUCCEEDED", expected.error)
    asked = found.asked or {}
    assert asked.get("ended") == expected.ended
    assert asked.get("failure", {}).get("Error") == expected.failure


@pytest.mark.parametrize("name", CASES)
def test_each_window_ends_as_it_should(name: str, backfill_ended: dict[str, Ended]) -> None:
    expected, found = CASES[name], backfill_ended[name]
    errors = [error for error, _ in found.items]
    assert errors == ([expected.window] * WINDOWS.count('"window"') if expected.window else [])


@pytest.mark.parametrize(("name", "edge"), CLAIMS, ids=[f"{case}-{edge}" for case, edge in CLAIMS])
def test_case_takes_the_edge(name: str, edge: str, backfill_cut: dict[tuple[str, str], Ended]) -> None:
    found = backfill_cut[name, edge]
    state = edge.replace("!", "=").split("=")[0]
    assert (CUT, edge) in (found.items if state in INSIDE else [(found.error, found.cause)])


def test_every_edge_has_a_case() -> None:
    taken = {edge for expected in CASES.values() for edge in expected.edges}
    assert sorted({str(edge) for edge in edges(definition(machine=BACKFILL))} - taken) == []


def test_every_case_has_a_mock_and_every_mock_a_case() -> None:
    assert set(mock_config()["StateMachines"]["backfill"]["TestCases"]) == set(CASES)


def test_every_response_is_there_and_is_used() -> None:
    found = mock_config()
    cases = found["StateMachines"]["backfill"]["TestCases"].values()
    assert {name for case in cases for name in case.values()} == set(found["MockedResponses"])
