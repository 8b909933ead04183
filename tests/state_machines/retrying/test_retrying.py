"""Every rule of every Retry, on a real engine: for each of its errors a Task is tried as often as it says."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.effort import some, thorough
from tests.state_machines.conftest import MACHINES, Once, with_windows
from tests.state_machines.engine import Engine
from tests.state_machines.machine import all_states, definition
from tests.state_machines.retrying.rules import Rule, bare, rules

pytestmark = [thorough, pytest.mark.timeout(300)]

ALL = [rule for machine in MACHINES for rule in rules(machine)]
TRIED = some(ALL, 8)


@pytest.fixture(scope="session")
def tried(once: Once) -> dict[tuple[str, str], Counter[str]]:
    """What was entered and how it failed, by the copy of the machine and the case, which is an error."""

    def made(engine: Engine) -> dict[tuple[str, str], Counter[str]]:
        with_windows(engine)
        arns = {rule.bare: engine.create(rule.bare, bare(rule)) for rule in TRIED}
        wanted = [(rule.bare, rule.raised(error)) for rule in TRIED for error in rule.errors]
        found = engine.histories((arns[name], case) for name, case in wanted)
        return {(name, case): found[arns[name], case] for name, case in wanted}

    found: dict[tuple[str, str], Counter[str]] = once("tried", made)
    return found


def test_every_task_has_rules() -> None:
    tasks = {
        (machine, name)
        for machine in MACHINES
        for name, state in all_states(definition(machine=machine)).items()
        if state["Type"] == "Task"
    }
    assert {(rule.machine, rule.state) for rule in ALL} == tasks


def test_no_rule_of_a_task_takes_the_error_of_another() -> None:
    named = [(rule.machine, rule.state, error) for rule in ALL for error in rule.errors]
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("rule", TRIED, ids=map(str, TRIED))
def test_a_task_is_tried_as_often_as_the_rule_says(
    rule: Rule, tried: dict[tuple[str, str], Counter[str]]
) -> None:
    for error in map(rule.raised, rule.errors):
        found = tried[rule.bare, error]
        assert found[rule.state] > 0
        assert found[error] == found[rule.state] * (1 + rule.attempts), error
