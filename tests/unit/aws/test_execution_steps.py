"""A history as AWS gives it, told as steps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from sluice.aws.execution_steps import steps_of
from sluice.aws.session import AwsSession
from sluice.aws.step_functions import StepFunctions

START = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def event(number: int, kind: str, before: int | None, **details: Any) -> Any:
    found = {"id": number, "type": kind, "timestamp": START + timedelta(seconds=number)}
    return found | ({} if before is None else {"previousEventId": before}) | details


def entered(name: str, text: str = "{}") -> dict[str, Any]:
    return {"stateEnteredEventDetails": {"name": name, "input": text}}


def exited(name: str, text: str = "{}") -> dict[str, Any]:
    return {"stateExitedEventDetails": {"name": name, "output": text}}


def failed(error: str) -> dict[str, Any]:
    return {
        "taskFailedEventDetails": {
            "resourceType": "lambda",
            "resource": "invoke",
            "error": error,
            "cause": "c",
        }
    }


RETRIED = [
    event(
        1,
        "ExecutionStarted",
        0,
        executionStartedEventDetails={"input": '{"connection":"acme"}', "roleArn": "r"},
    ),
    event(2, "TaskStateEntered", 0, **entered("FetchPages", '{"stream":"customer"}')),
    event(3, "TaskScheduled", 2, taskScheduledEventDetails={"parameters": "{}"}),
    event(4, "TaskStarted", 3),
    event(5, "TaskFailed", 4, **failed("ErpUnavailable")),
    event(6, "TaskScheduled", 5, taskScheduledEventDetails={"parameters": "{}"}),
    event(7, "TaskStarted", 6),
    event(8, "TaskSucceeded", 7, taskSucceededEventDetails={"output": "{}"}),
    event(9, "TaskStateExited", 8, **exited("FetchPages", '{"outcome":"throttled"}')),
    event(10, "WaitStateEntered", 9, **entered("WaitForErp")),
    event(11, "WaitStateExited", 10, **exited("WaitForErp", "not JSON")),
    event(12, "MapIterationFailed", 11, mapIterationFailedEventDetails={"name": "SyncStreams", "index": 0}),
    event(13, "ExecutionFailed", 12, executionFailedEventDetails={"error": "ApiChanged", "cause": "D38"}),
]


def test_kinds_and_states() -> None:
    assert [(step.kind, step.state) for step in steps_of(RETRIED)] == [
        ("entered", ""),
        ("entered", "FetchPages"),
        ("failed", "FetchPages"),
        ("retried", "FetchPages"),
        ("exited", "FetchPages"),
        ("entered", "WaitForErp"),
        ("waited", "WaitForErp"),
        ("failed", ""),
    ]


def test_details_and_times() -> None:
    steps = list(steps_of(RETRIED))
    assert steps[0].details == {"input": {"connection": "acme"}}
    assert steps[1].details == {"type": "Task", "input": {"stream": "customer"}}
    assert steps[2].details == {"error": "ErpUnavailable", "cause": "c", "seconds": 2.0}
    assert steps[3].details == {}
    assert steps[4].details == {"type": "Task", "output": {"outcome": "throttled"}, "seconds": 3.0}
    assert steps[6].details == {"type": "Wait", "output": "not JSON"}
    assert steps[7].details == {"error": "ApiChanged", "cause": "D38"}
    assert steps[1].at == "2026-11-21T04:00:02.000Z"


def answered(used: dict[str, Any], *, by_token: bool) -> list[Any]:
    output = json.dumps({"used": used} if by_token else {"StatusCode": 200, "Payload": {"used": used}})
    return [
        event(1, "TaskStateEntered", 0, **entered("A", '{"a": 1}')),
        event(2, "TaskStateEntered", 0, **entered("B")),
        event(3, "TaskScheduled", 1),
        event(4, "TaskScheduled", 2),
        event(5, "TaskSucceeded", 3, taskSucceededEventDetails={"output": output}),
        event(6, "TaskFailed", 4, **failed("States.Timeout")),
        event(7, "TaskStateExited", 5, **exited("A", '{"b": 2}')),
        event(8, "TaskStateExited", 6, **exited("B")),
        event(9, "TaskStateEntered", 7, **entered("C")),
        event(10, "TaskStateExited", 9, **exited("C")),
    ]


@pytest.mark.parametrize("by_token", [True, False])
def test_what_a_function_says_it_used_is_told_where_its_state_is_left(by_token: bool) -> None:
    used = {"ms": 12, "mb": 512, "cpu_ms": 3, "requests": {"s3_write": "1"}}
    steps = {(step.kind, step.state): step.details for step in steps_of(answered(used, by_token=by_token))}
    assert steps["exited", "A"]["used"] == used
    assert steps["failed", "B"]["seconds"] == 2.0
    # An attempt is told of once, and a state without a task has none.
    assert steps["exited", "B"].keys() == steps["exited", "C"].keys() == {"type", "output"}


def test_without_data_only_what_went_in_and_came_out_is_left_out() -> None:
    used = {"ms": 12, "mb": 512, "cpu_ms": 3, "requests": {}}
    bare = list(steps_of(answered(used, by_token=True), data=False))
    assert [step.details.get("used") for step in bare if step.state == "A"] == [None, used]
    assert not any({"input", "output"} & step.details.keys() for step in bare)


@pytest.mark.parametrize("output", ["null", "[1]", '{"used": 3}', "no JSON", '{"Payload": {"used": []}}'])
def test_an_answer_without_what_was_used_tells_its_time(output: str) -> None:
    events = [
        event(1, "TaskStateEntered", 0, **entered("A")),
        event(2, "TaskScheduled", 1),
        event(3, "TaskSucceeded", 2, taskSucceededEventDetails={"output": output}),
        event(4, "TaskStateExited", 3, **exited("A")),
    ]
    assert list(steps_of(events))[-1].details["seconds"] == 2.0


def test_branches_side_by_side_keep_their_states() -> None:
    events = [
        event(1, "TaskStateEntered", 0, **entered("A")),
        event(2, "TaskStateEntered", 0, **entered("B")),
        event(3, "LambdaFunctionTimedOut", 1, lambdaFunctionTimedOutEventDetails={"error": "States.Timeout"}),
        event(4, "LambdaFunctionScheduled", 2, lambdaFunctionScheduledEventDetails={"input": "{}"}),
        event(5, "LambdaFunctionScheduled", 3, lambdaFunctionScheduledEventDetails={"input": "{}"}),
    ]
    assert [(step.kind, step.state) for step in steps_of(events)] == [
        ("entered", "A"),
        ("entered", "B"),
        ("failed", "A"),
        ("retried", "A"),
    ]


def test_without_the_event_before_no_retry_is_claimed() -> None:
    events = [
        event(1, "TaskStateEntered", None, **entered("A")),
        event(2, "TaskFailed", None, **failed("ErpUnavailable")),
        event(3, "TaskScheduled", None),
    ]
    assert [(step.kind, step.state) for step in steps_of(events)] == [("entered", "A"), ("failed", "A")]


def pages(session: AwsSession, script: Callable[[Any], Stubber], read: int) -> StepFunctions:
    """Script ``read`` pages of two steps each, every one with a next."""
    arn = "arn:aws:states:eu-north-1:123456789012:execution:sync:run-1"
    stubber = script(session.stepfunctions)
    for page in range(read):
        events = [event(2 * page + n, "PassStateEntered", 0, **entered("A")) for n in (1, 2)]
        asked = {"executionArn": arn, "maxResults": 1000, "includeExecutionData": True} | (
            {"nextToken": f"t{page}"} if page else {}
        )
        stubber.add_response("get_execution_history", {"events": events, "nextToken": f"t{page + 1}"}, asked)
    return StepFunctions(
        session.stepfunctions, arn.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    )


def test_no_page_is_read_that_nobody_asked_for(session: AwsSession, script: Callable[[Any], Stubber]) -> None:
    assert len(pages(session, script, read=2).history("run-1", limit=3)) == 3
