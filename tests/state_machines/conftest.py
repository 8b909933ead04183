from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from sluice.local import embedded_aws
from tests.state_machines.cases import CASES, mock_config
from tests.state_machines.engine import Ended, Engine
from tests.state_machines.machine import definition, edges, unguarded, with_edge_cut

ELSEWHERE = "SLUICE_SFN_ENDPOINT"


def cut_machines() -> dict[str, str]:
    """Return the name of the state machine in which an edge is cut, by the edge."""
    return {str(edge): f"sync-cut-{number}" for number, edge in enumerate(edges(definition()))}


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if ELSEWHERE in os.environ:
        # Step Functions Local waits out its retries, whatever WAIT_TIME_SCALE says.
        yield Engine(os.environ[ELSEWHERE], patience=900)
        return
    home = tmp_path_factory.mktemp("engine")
    mocked = mock_config()
    for name in cut_machines().values():
        mocked["StateMachines"][name] = mocked["StateMachines"]["sync"]
    config = home / "mock_config.json"
    config.write_text(json.dumps(mocked))
    extra = {"SFN_MOCK_CONFIG": str(config), "SFN_WAIT_SCALE": "0", "PERSIST_STATE": "0"}
    running = embedded_aws.start(home, extra=extra)
    try:
        yield Engine(running.endpoint)
    finally:
        embedded_aws.stop(home)


@pytest.fixture(scope="session")
def ended(engine: Engine) -> dict[str, Ended]:
    """How each case ends on the state machine as it is deployed."""
    arn = engine.create("sync", definition())
    bare = engine.create("sync-unguarded", unguarded(definition()))
    known = mock_config()["StateMachines"]
    wanted = [(arn, case) for case in known["sync"]["TestCases"]]
    wanted += [(bare, case) for case in known["sync-unguarded"]["TestCases"]]
    return {case: found for (_, case), found in engine.run_all(wanted).items()}


@pytest.fixture(scope="session")
def cut(engine: Engine) -> dict[tuple[str, str], Ended]:
    """How each case ends on the machine in which one edge that it claims to take is cut: (case, edge)."""
    if ELSEWHERE in os.environ:
        pytest.skip("machines with an edge cut need a mock config of their own")
    machines = cut_machines()
    found = {edge: edge for edge in edges(definition())}
    arns = {
        str(edge): engine.create(machines[str(edge)], with_edge_cut(definition(), edge)) for edge in found
    }
    claims = [(case, edge) for case, expected in CASES.items() for edge in expected.edges]
    results = engine.run_all((arns[edge], case) for case, edge in claims)
    return {(case, edge): results[arns[edge], case] for case, edge in claims}
