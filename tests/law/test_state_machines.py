"""Every Task has a timeout, jittered retries and a Catch; every error name is known at both ends."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

from sluice import errors
from sluice.local import node
from sluice.usecases.plan_run import UNREAD
from tests.law.tree import ROOT, files, text

DEFINITIONS = [path for path in files() if path.endswith(".asl.json")]

FROM_AWS = {
    "States.ALL",
    "States.Timeout",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Runtime.Unknown",
    "Sandbox.Timedout",
    "SQS.AmazonSQSException",
    "SQS.SdkClientException",
    "States.TaskFailed",
    "StepFunctions.ExecutionAlreadyExistsException",
}
"""Error names of AWS's own (Step Functions Developer Guide, "Handling errors", read 2026-11-21)."""

SERVICE_ERRORS = {name for name in FROM_AWS if name.endswith("Exception") and name.startswith("Lambda.")}


DAY = 86_400
LONGEST = {"state_machines/backfill.asl.json": 14 * DAY}
"""A long history takes days; after 14 no execution can be redriven (RedriveExecution, read 2026-11-22)."""


def states(
    table: dict[str, Any], around: dict[str, Any] | None = None
) -> list[tuple[str, dict[str, Any], Any]]:
    """Return (name, state, the Map around it) of every state, those inside Maps too.

    Around all that is inside of a distributed Map is that one, at whatever depth.
    """
    found = []
    for name, state in table.items():
        found.append((name, state, around))
        inside = state.get("ItemProcessor", {}).get("States", {})
        found += states(inside, around if is_distributed(around) else state)
    return found


def is_distributed(around: dict[str, Any] | None) -> bool:
    """Say whether each item of the Map is an execution of its own."""
    return around is not None and around["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"


def load(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text(path))
    return found


ALL = [(path, *found) for path in DEFINITIONS for found in states(load(path)["States"])]
NAMES = [f"{path}:{name}" for path, name, _, _ in ALL]
TASKS = [found for found in ALL if found[2]["Type"] == "Task"]
TASK_NAMES = [f"{path}:{name}" for path, name, _, _ in TASKS]
FAILABLE = [found for found in ALL if found[2]["Type"] in {"Task", "Map", "Parallel"}]


def test_there_are_definitions() -> None:
    assert DEFINITIONS
    assert len(TASKS) >= 7


@pytest.mark.parametrize("path", DEFINITIONS)
def test_machine_has_a_timeout_and_speaks_jsonpath(path: str) -> None:
    found = load(path)
    assert 0 < found["TimeoutSeconds"] <= LONGEST.get(path, DAY)
    assert "QueryLanguage" not in text(path)


@pytest.mark.parametrize("path", DEFINITIONS)
def test_machine_is_short_and_its_names_are_unique(path: str) -> None:
    names = [name for name, _, _ in states(load(path)["States"])]
    assert len(names) == len(set(names))
    assert len(text(path).splitlines()) <= 200


@pytest.mark.parametrize(("path", "name", "state", "around"), ALL, ids=NAMES)
def test_state_says_what_it_is_for(path: str, name: str, state: dict[str, Any], around: Any) -> None:
    assert state["Comment"].endswith((".", "?"))


@pytest.mark.parametrize(("path", "name", "state", "around"), TASKS, ids=TASK_NAMES)
def test_task_has_timeout_retry_with_jitter_and_catch(
    path: str, name: str, state: dict[str, Any], around: Any
) -> None:
    assert state["TimeoutSeconds"] > 0
    for retrier in state["Retry"]:
        assert retrier["JitterStrategy"] == "FULL"
        assert 0 < retrier["MaxAttempts"] <= 6
        assert retrier["MaxDelaySeconds"] <= 60
    # What is alone in a Map may leave the catching to it.
    catching = state.get("Catch") or around["Catch"]
    assert catching[-1]["ErrorEquals"] == ["States.ALL"]


@pytest.mark.parametrize(("path", "name", "state", "around"), TASKS, ids=TASK_NAMES)
def test_task_that_calls_a_function_retries_its_service_errors(
    path: str, name: str, state: dict[str, Any], around: Any
) -> None:
    retried = {error for retrier in state["Retry"] for error in retrier["ErrorEquals"]}
    if state["Resource"].endswith("lambda:invoke"):
        assert retried >= SERVICE_ERRORS | {"Lambda.Unknown", "Sandbox.Timedout", "States.Timeout"}
    # A person, or a decision, is needed: trying again would only repeat the question.
    assert not retried & {
        "CredentialsRejected",
        "ConfigurationInvalid",
        "ApiChanged",
        "LeaseLost",
        "States.ALL",
    }


def test_map_around_other_states_catches_everything() -> None:
    for _, _, state, around in FAILABLE:
        if state["Type"] != "Task":
            # What fails in an item's own execution fails that one alone, so that it can be redriven where it
            # stood: the distributed Map counts it, tolerates it, or catches it.
            catching = around["Catch"] if is_distributed(around) else state["Catch"]
            assert catching[-1]["ErrorEquals"] == ["States.ALL"]


def test_chunks_of_a_connection_are_a_group_of_their_own() -> None:
    """So the queue is fair (docs/adr/0023)."""
    sends = [
        state["Parameters"]
        for path in DEFINITIONS
        for _, state, _ in states(load(path)["States"])
        if "sqs:sendMessage" in state.get("Resource", "")
    ]
    assert len(sends) == 3
    for given in sends:
        assert given["MessageGroupId.$"] == given["MessageBody"]["connection.$"] == "$.connection"


def test_choice_has_a_default() -> None:
    assert [name for _, name, state, _ in ALL if state["Type"] == "Choice" and "Default" not in state] == []


def test_states_all_stands_alone_and_last() -> None:
    for _, _, state, _ in FAILABLE:
        for rules in (state.get("Retry", []), state.get("Catch", [])):
            lists = [rule["ErrorEquals"] for rule in rules]
            assert not any("States.ALL" in names and names != ["States.ALL"] for names in lists)
            assert ["States.ALL"] not in lists[:-1]


def test_a_planned_job_has_what_fetch_pages_answers() -> None:
    streams = load("state_machines/sync.asl.json")["States"]["SyncStreams"]["ItemProcessor"]["States"]
    answered = streams["FetchPages"]["ResultSelector"]
    assert set(UNREAD) == {name.removesuffix(".$") for name in answered}
    [unread] = streams["WhereToBegin"]["Choices"]
    assert (unread["StringEquals"], unread["Next"]) == (UNREAD["outcome"], "FetchPages")


def test_every_error_name_is_known() -> None:
    assert sorted(named() - set(errors.WIRE_NAMES) - FROM_AWS) == []


def test_every_error_of_ours_is_caught_by_name() -> None:
    caught = {
        error
        for _, _, state, _ in FAILABLE
        for rule in state.get("Catch", [])
        for error in rule["ErrorEquals"]
    }
    assert sorted(set(errors.WIRE_NAMES) - caught) == []


def test_every_error_of_a_fail_state_is_known() -> None:
    ends = {state["Error"] for _, _, state, _ in ALL if state["Type"] == "Fail" and "Error" in state}
    assert ends <= set(errors.WIRE_NAMES)


def named() -> set[str]:
    """Return every error name in a Retry or a Catch."""
    rules = [
        rule for _, _, state, _ in FAILABLE for rule in (*state.get("Retry", []), *state.get("Catch", []))
    ]
    return {error for rule in rules for error in rule["ErrorEquals"]}


@pytest.mark.parametrize("path", DEFINITIONS)
def test_readme_shows_every_state(path: str) -> None:
    readme = text("state_machines/README.md")
    drawn = "".join(re.findall(r"```mermaid(.*?)```", readme, re.DOTALL))
    missing = [name for name, _, _ in states(load(path)["States"]) if not re.search(rf"\b{name}\b", drawn)]
    assert not missing


@pytest.mark.parametrize("path", DEFINITIONS)
def test_readme_tells_of_every_task(path: str) -> None:
    readme = text("state_machines/README.md")
    tasks = [name for name, state, _ in states(load(path)["States"]) if state["Type"] == "Task"]
    assert [name for name in tasks if f"| {name} |" not in readme] == []


@pytest.mark.parametrize("path", DEFINITIONS)
def test_asl_validator_agrees(path: str) -> None:
    node.install_tools(ROOT)
    command = [*node.tool(ROOT, "asl-validator"), "--json-path", str(ROOT / path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert said.returncode == 0, said.stdout + said.stderr
