from __future__ import annotations

import fcntl
import json
import os
import pickle
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

from sluice.local import embedded_aws
from tests.state_machines import backfill_cases, cases, housekeeping_cases, replay_cases, watch_cases
from tests.state_machines.engine import Ended, Engine
from tests.state_machines.machine import (
    BACKFILL,
    HOUSEKEEPING,
    REPLAY,
    SYNC,
    WATCH,
    definition,
    edges,
    unguarded,
    with_edge_cut,
)
from tests.state_machines.retrying import rules

ELSEWHERE = "SLUICE_SFN_ENDPOINT"
Once: TypeAlias = Callable[[str, Callable[[Engine], Any]], Any]
"""(name, what makes it with an engine) -> what it made, in whichever worker."""
MACHINES = {
    SYNC: cases.mock_config,
    WATCH: watch_cases.mock_config,
    REPLAY: replay_cases.mock_config,
    HOUSEKEEPING: housekeeping_cases.mock_config,
    BACKFILL: backfill_cases.mock_config,
}
"""Each machine with its mock config; the responses of no two machines share a name."""


def cut_machines(machine: str = SYNC) -> dict[str, str]:
    """Return the name of the state machine in which an edge is cut, by the edge."""
    found = edges(definition(machine=machine))
    return {str(edge): f"{machine}-cut-{number}" for number, edge in enumerate(found)}


def mocks() -> dict[str, dict[str, Any]]:
    """Return one mock config for all machines, and for each of their copies that cases run on."""
    found: dict[str, dict[str, Any]] = {"StateMachines": {}, "MockedResponses": {}}
    for machine, mock_config in MACHINES.items():
        config = mock_config()
        found["StateMachines"] |= config["StateMachines"]
        found["MockedResponses"] |= config["MockedResponses"]
        for name in cut_machines(machine).values():
            found["StateMachines"][name] = config["StateMachines"][machine]
    again = rules.mocks({machine: mock_config() for machine, mock_config in MACHINES.items()})
    return {part: whole | again[part] for part, whole in found.items()}


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if ELSEWHERE in os.environ:
        # Step Functions Local waits out its retries, whatever WAIT_TIME_SCALE says.
        yield Engine(os.environ[ELSEWHERE], patience=900)
        return
    home = tmp_path_factory.mktemp("engine")
    config = home / "mock_config.json"
    config.write_text(json.dumps(mocks()))
    extra = {"SFN_MOCK_CONFIG": str(config), "SFN_WAIT_SCALE": "0", "PERSIST_STATE": "0"}
    running = embedded_aws.start(home, port=0, extra=extra)
    try:
        yield Engine(running.endpoint)
    finally:
        embedded_aws.stop(home)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Once:
    """Have something made by the first worker that needs it; the others wait for it, and read it."""
    beside = tmp_path_factory.getbasetemp()
    folder = beside.parent if os.environ.get("PYTEST_XDIST_WORKER") else beside

    def made(name: str, make: Callable[[Engine], Any]) -> Any:
        kept = folder / f"state-machines-{name}"
        with (folder / f"{kept.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                kept.write_bytes(pickle.dumps(make(request.getfixturevalue("engine"))))
        return pickle.loads(kept.read_bytes())  # noqa: S301 - what another worker of these tests has written

    return made


@pytest.fixture(scope="session")
def ended(once: Once) -> dict[str, Ended]:
    """How each case of `sync` ends on the state machine as it is deployed."""
    return once("ended", lambda engine: ends(engine, SYNC, "FetchPages"))


@pytest.fixture(scope="session")
def cut(once: Once) -> dict[tuple[str, str], Ended]:
    """How each case ends on the machine in which one edge that it claims to take is cut: (case, edge)."""
    claims = [(case, edge) for case, expected in cases.CASES.items() for edge in expected.edges]
    return once("cut", lambda engine: ends_cut(engine, SYNC, claims))


@pytest.fixture(scope="session")
def watch_ended(once: Once) -> dict[str, Ended]:
    """How each case of `watch` ends on the state machine as it is deployed."""
    if ELSEWHERE in os.environ:
        pytest.skip("that engine was started with the mock config of sync alone")
    return once("watch-ended", lambda engine: ends(engine, WATCH, "ProbeDescription"))


@pytest.fixture(scope="session")
def watch_cut(once: Once) -> dict[tuple[str, str], Ended]:
    """How each case of `watch` ends where one edge that it claims to take is cut: (case, edge)."""
    claims = [(case, edge) for case, expected in watch_cases.CASES.items() for edge in expected.edges]
    return once("watch-cut", lambda engine: ends_cut(engine, WATCH, claims))


@pytest.fixture(scope="session")
def housekeeping_ended(once: Once) -> dict[str, Ended]:
    """How each case of `housekeeping` ends on the state machine as it is deployed."""
    if ELSEWHERE in os.environ:
        pytest.skip("that engine was started with the mock config of sync alone")
    return once("housekeeping-ended", lambda engine: ends(engine, HOUSEKEEPING, "CompactPartition"))


@pytest.fixture(scope="session")
def housekeeping_cut(once: Once) -> dict[tuple[str, str], Ended]:
    """How each case of `housekeeping` ends where one edge that it claims to take is cut: (case, edge)."""
    claims = [(case, edge) for case, expected in housekeeping_cases.CASES.items() for edge in expected.edges]
    return once("housekeeping-cut", lambda engine: ends_cut(engine, HOUSEKEEPING, claims))


@pytest.fixture(scope="session")
def backfill_ended(once: Once) -> dict[str, Ended]:
    """How each case of `backfill` ends on the state machine as it is deployed."""

    def made(engine: Engine) -> dict[str, Ended]:
        with_windows(engine)
        arn = engine.create(BACKFILL, definition(machine=BACKFILL))
        found = engine.run_all((arn, case) for case in backfill_cases.CASES)
        return {case: ended for (_, case), ended in found.items()}

    return once("backfill-ended", made)


@pytest.fixture(scope="session")
def backfill_cut(once: Once) -> dict[tuple[str, str], Ended]:
    """How each case of `backfill` ends where one edge that it claims to take is cut: (case, edge)."""
    claims = [(case, edge) for case, expected in backfill_cases.CASES.items() for edge in expected.edges]

    def made(engine: Engine) -> dict[tuple[str, str], Ended]:
        with_windows(engine)
        return ends_cut(engine, BACKFILL, claims)

    return once("backfill-cut", made)


@pytest.fixture(scope="session")
def replay_ended(once: Once) -> dict[str, Ended]:
    """How each case of `replay` ends on the state machine as it is deployed."""
    if ELSEWHERE in os.environ:
        pytest.skip("that engine was started with the mock config of sync alone")

    def made(engine: Engine) -> dict[str, Ended]:
        arn = engine.create(REPLAY, definition(machine=REPLAY))
        found = engine.run_all((arn, case) for case in replay_cases.CASES)
        return {case: ended for (_, case), ended in found.items()}

    return once("replay-ended", made)


@pytest.fixture(scope="session")
def replay_cut(once: Once) -> dict[tuple[str, str], Ended]:
    """How each case of `replay` ends where one edge that it claims to take is cut: (case, edge)."""
    claims = [(case, edge) for case, expected in replay_cases.CASES.items() for edge in expected.edges]
    return once("replay-cut", lambda engine: ends_cut(engine, REPLAY, claims))


def with_windows(engine: Engine) -> None:
    """Have the windows stored that each case of `backfill` reads."""
    if ELSEWHERE in os.environ:
        pytest.skip("Step Functions Local knows no distributed Map")
    engine.store(backfill_cases.BUCKET, backfill_cases.KEY, backfill_cases.WINDOWS)


def ends(engine: Engine, machine: str, bare_state: str) -> dict[str, Ended]:
    """Return how each case of a machine ends, those of the copy whose ``bare_state`` catches nothing too."""
    whole = definition(machine=machine)
    arns = {
        machine: engine.create(machine, whole),
        f"{machine}-unguarded": engine.create(f"{machine}-unguarded", unguarded(whole, bare_state)),
    }
    known = MACHINES[machine]()["StateMachines"]
    wanted = [(arn, case) for name, arn in arns.items() for case in known[name]["TestCases"]]
    return {case: found for (_, case), found in engine.run_all(wanted).items()}


def ends_cut(engine: Engine, machine: str, claims: list[tuple[str, str]]) -> dict[tuple[str, str], Ended]:
    """Return how each (case, edge) ends on the copy of the machine in which that edge is cut."""
    if ELSEWHERE in os.environ:
        pytest.skip("machines with an edge cut need a mock config of their own")
    names, whole = cut_machines(machine), definition(machine=machine)
    arns = {str(edge): engine.create(names[str(edge)], with_edge_cut(whole, edge)) for edge in edges(whole)}
    results = engine.run_all((arns[edge], case) for case, edge in claims)
    return {(case, edge): results[arns[edge], case] for case, edge in claims}
