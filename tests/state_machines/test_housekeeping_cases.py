"""Every case of mocks/housekeeping.json on a real engine: how it ends, and which way it goes."""

from __future__ import annotations

import pytest

from tests.state_machines.engine import Ended
from tests.state_machines.housekeeping_cases import CASES, UNGUARDED, mock_config
from tests.state_machines.machine import CUT, HOUSEKEEPING, definition, edges

ALL = CASES | UNGUARDED
CLAIMS = [(case, edge) for case, expected in CASES.items() for edge in expected.edges]


@pytest.mark.parametrize("name", ALL)
def test_case_ends_as_it_should(name: str, housekeeping_ended: dict[str, Ended]) -> None:
    expected, found = ALL[name], housekeeping_ended[name]
    assert (found.status, found.error) == ("FAILED" if expected.error else "SUCCEEDED", expected.error)
    told = None if found.asked is None else [partition["outcome"] for partition in found.asked["partitions"]]
    assert told == expected.outcomes


@pytest.mark.parametrize(("name", "edge"), CLAIMS, ids=[f"{case}-{edge}" for case, edge in CLAIMS])
def test_case_takes_the_edge(name: str, edge: str, housekeeping_cut: dict[tuple[str, str], Ended]) -> None:
    found = housekeeping_cut[name, edge]
    assert (found.error, found.cause) == (CUT, edge)


def test_every_edge_has_a_case() -> None:
    taken = {edge for expected in ALL.values() for edge in expected.edges}
    assert sorted({str(edge) for edge in edges(definition(machine=HOUSEKEEPING))} - taken) == []


def test_every_case_has_a_mock_and_every_mock_a_case() -> None:
    mocked = mock_config()["StateMachines"]
    assert set(mocked["housekeeping"]["TestCases"]) == set(CASES)
    assert set(mocked["housekeeping-unguarded"]["TestCases"]) == set(UNGUARDED)


def test_every_response_is_there_and_is_used() -> None:
    found = mock_config()
    cases = [case for machine in found["StateMachines"].values() for case in machine["TestCases"].values()]
    assert {name for case in cases for name in case.values()} == set(found["MockedResponses"])
