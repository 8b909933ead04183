"""The executions that a distributed Map started: found by their Map Run, each with its history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from sluice.aws.session import AwsSession
from sluice.aws.step_functions import StepFunctions
from sluice.ports.workflow import ExecutionNotFound

PLACE = "arn:aws:states:eu-north-1:1"
MACHINE = f"{PLACE}:stateMachine:backfill"
RUN = f"{PLACE}:execution:backfill:run-1"
MAP = f"{PLACE}:mapRun:backfill/windows:aaaa"
AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


def item(name: str) -> dict[str, Any]:
    arns = {"executionArn": _arn(name), "stateMachineArn": f"{MACHINE}/windows", "mapRunArn": MAP}
    return {**arns, "name": name, "status": "SUCCEEDED", "startDate": AT}


def _arn(name: str) -> str:
    return f"{PLACE}:execution:backfill/windows:{name}"


def history(name: str, token: str | None = None) -> dict[str, Any]:
    asked = {"executionArn": _arn(name), "includeExecutionData": True, "maxResults": 1000}
    return asked | ({"nextToken": token} if token else {})


def entered(number: int, state: str) -> dict[str, Any]:
    details = {"stateEnteredEventDetails": {"name": state, "input": "{}"}}
    return {"timestamp": AT, "type": "TaskStateEntered", "id": number, "previousEventId": 0, **details}


def test_each_execution_of_a_map_is_found_and_its_history_read(
    session: AwsSession, script: Callable[[Any], Stubber]
) -> None:
    sent = script(session.stepfunctions)
    run = {"executionArn": RUN, "mapRunArn": MAP, "stateMachineArn": MACHINE, "startDate": AT}
    sent.add_response("list_map_runs", {"mapRuns": [run]}, {"executionArn": RUN})
    page = {"mapRunArn": MAP, "maxResults": 1000}
    sent.add_response("list_executions", {"executions": [item("a")], "nextToken": "2"}, page)
    sent.add_response(
        "get_execution_history", {"events": [entered(1, "ReadWindow")], "nextToken": "3"}, history("a")
    )
    sent.add_response("get_execution_history", {"events": [entered(2, "CloseWindow")]}, history("a", "3"))
    sent.add_response("list_executions", {"executions": [item("b")]}, {**page, "nextToken": "2"})
    sent.add_response("get_execution_history", {"events": []}, history("b"))
    found = list(StepFunctions(session.stepfunctions, MACHINE).items("run-1", data=False))
    assert [[step.state for step in steps] for steps in found] == [["ReadWindow", "CloseWindow"], []]
    assert "input" not in found[0][0].details


def test_no_more_is_read_than_is_asked_for(session: AwsSession, script: Callable[[Any], Stubber]) -> None:
    sent = script(session.stepfunctions)
    run = {"executionArn": RUN, "mapRunArn": MAP, "stateMachineArn": MACHINE, "startDate": AT}
    sent.add_response("list_map_runs", {"mapRuns": [run]}, {"executionArn": RUN})
    sent.add_response("list_executions", {"executions": [item("a"), item("b")], "nextToken": "2"})
    sent.add_response("get_execution_history", {"events": [entered(1, "ReadWindow")]}, history("a"))
    items = StepFunctions(session.stepfunctions, MACHINE).items("run-1")
    assert [step.state for step in next(items)] == ["ReadWindow"]


def test_what_never_ran_has_no_items(session: AwsSession, script: Callable[[Any], Stubber]) -> None:
    script(session.stepfunctions).add_client_error("list_map_runs", "ExecutionDoesNotExist")
    with pytest.raises(ExecutionNotFound, match="run-1"):
        list(StepFunctions(session.stepfunctions, MACHINE).items("run-1"))
