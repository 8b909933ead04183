"""Every rule by which a Task is tried again, and a case for each of its errors: the Task never says else.

The case runs on a copy of the machine in which neither the Task nor a Map around it catches anything, so that
its error ends the execution; how often the Task was tried stands in the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.state_machines.machine import Definition, all_states, definition

MockConfig = Mapping[str, Any]
ALWAYS = "0-19"
"""The attempts that a response of the mock config answers, where it always says the same."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of a Task's Retry: its errors' names, and how often it tries again."""

    machine: str
    state: str
    errors: tuple[str, ...]
    attempts: int

    def __str__(self) -> str:
        return f"{self.machine}:{self.state}~{self.errors[0]}"

    @property
    def bare(self) -> str:
        """Name of the copy of the machine that does not catch the state's errors."""
        return f"{self.machine}-bare-{self.state}"

    def raised(self, error: str) -> str:
        """Return what is raised for a name: States.TaskFailed stands for every error but a timeout."""
        return "StepFunctions.StateMachineDeletingException" if error == "States.TaskFailed" else error


def rules(machine: str) -> list[Rule]:
    """Return every rule of a machine."""
    return [
        Rule(machine, name, tuple(found["ErrorEquals"]), found["MaxAttempts"])
        for name, state in all_states(definition(machine=machine)).items()
        for found in state.get("Retry", ())
    ]


def mocks(configs: Mapping[str, MockConfig]) -> dict[str, dict[str, Any]]:
    """Return a mock config for every copy, made of the machines' own, which come by their names."""
    found: dict[str, dict[str, Any]] = {"StateMachines": {}, "MockedResponses": {}}
    for machine, config in configs.items():
        for rule in rules(machine):
            mocked = _mocked(rule, config)
            cases = found["StateMachines"].setdefault(rule.bare, {"TestCases": {}})["TestCases"]
            for error in map(rule.raised, rule.errors):
                found["MockedResponses"][f"Always{error}"] = {ALWAYS: {"Throw": {"Error": error}}}
                cases[error] = mocked | {rule.state: f"Always{error}"}
    return found


def _mocked(rule: Rule, config: MockConfig) -> dict[str, str]:
    """Return the responses of the first case of the machine in which the Task answers."""
    for mocked in config["StateMachines"][rule.machine]["TestCases"].values():
        answer = config["MockedResponses"].get(mocked.get(rule.state), {})
        if "Return" in answer.get(ALWAYS, {}):
            return dict(mocked)
    raise LookupError(str(rule))


def bare(rule: Rule) -> Definition:
    """Return the copy of the machine that does not catch the state's errors."""
    found = definition(machine=rule.machine)
    states = all_states(found)
    states[rule.state].pop("Catch", None)
    for state in states.values():
        if "ItemProcessor" in state and rule.state in all_states(state["ItemProcessor"]):
            state.pop("Catch", None)
    return found
