"""Every case of mock_config.json on a real engine: how it ends, and that it goes the way it says."""

from __future__ import annotations

import pytest

from tests.state_machines.cases import CASES, UNGUARDED, mock_config
from tests.state_machines.engine import Ended
from tests.state_machines.machine import CUT, definition, edges

ALL = CASES | UNGUARDED
CLAIMS = [(case, edge) for case, expected in CASES.items() for edge in expected.edges]


@pytest.mark.parametrize("name", ALL)
def test_case_ends_as_it_should(name: str, ended: dict[str, Ended]) -> None:
    expected, found = ALL[name], ended[name]
    assert (found.status, found.error) == ("FAILED" if expected.error else "SUCCEEDED", expected.error)
    assert (found.asked or {}).get("results") == expected.results
    failure = (found.asked or {}).get("failure", {}).get("Error")
    assert failure == expected.failure


@pytest.mark.parametrize(("name", "edge"), CLAIMS, ids=[f"{case}-{edge}" for case, edge in CLAIMS])
def test_case_takes_the_edge(name: str, edge: str, cut: dict[tuple[str, str], Ended]) -> None:
    # The states inside a Map leave no trace in the history of every engine; so the edge is led into a
    # Fail state instead, and the case has to end there.
    found = cut[name, edge]
    assert (found.error, found.cause) == (CUT, edge)


def test_every_edge_has_a_case() -> None:
    taken = {edge for expected in ALL.values() for edge in expected.edges}
    assert sorted({str(edge) for edge in edges(definition())} - taken) == []


def test_every_case_has_a_mock_and_every_mock_a_case() -> None:
    mocked = mock_config()["StateMachines"]
    assert set(mocked["sync"]["TestCases"]) == set(CASES)
    assert set(mocked["sync-unguarded"]["TestCases"]) == set(UNGUARDED)


def test_every_response_is_there_and_is_used() -> None:
    found = mock_config()
    cases = [case for machine in found["StateMachines"].values() for case in machine["TestCases"].values()]
    assert {name for case in cases for name in case.values()} == set(found["MockedResponses"])
