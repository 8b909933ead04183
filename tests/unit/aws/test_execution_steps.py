"""A history as AWS gives it, told as steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

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
    assert steps[2].details == {"error": "ErpUnavailable", "cause": "c"}
    assert steps[3].details == {}
    assert steps[4].details == {"type": "Task", "output": {"outcome": "throttled"}}
    assert steps[6].details == {"type": "Wait", "output": "not JSON"}
    assert steps[7].details == {"error": "ApiChanged", "cause": "D38"}
    assert steps[1].at == "2026-11-21T04:00:02.000Z"


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
        asked = {"executionArn": arn, "maxResults": 1000} | ({"nextToken": f"t{page}"} if page else {})
        stubber.add_response("get_execution_history", {"events": events, "nextToken": f"t{page + 1}"}, asked)
    return StepFunctions(
        session.stepfunctions, arn.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    )


def test_no_page_is_read_that_nobody_asked_for(session: AwsSession, script: Callable[[Any], Stubber]) -> None:
    assert len(pages(session, script, read=2).history("run-1", limit=3)) == 3
