"""A second engine's opinion on `sync`: moto's interpreter."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.state_machines import moto_engine
from tests.state_machines.cases import mock_config
from tests.state_machines.machine import definition
from tests.state_machines.moto_engine import entered, moto, response, run

WAYS: dict[str, tuple[list[str], list[str], str | None]] = {
    "paused": (["PlannedPaused"], ["ConnectionPaused"], None),
    "already running": (["PlannedAlreadyRunning"], ["AlreadyRunning"], None),
    "nothing to do": (["PlannedNothing", "Held"], ["SummariseRun", "RunOutcome", "RunHeld"], "ApiChanged"),
    "nonsense from PlanRun": (["PlannedNonsense"], ["RunUnsummarised"], "OutcomeUnknown"),
    "no chunks": (
        ["Planned", "LookedAtNothing", "FetchedNoChunks", "Committed", "Succeeded"],
        ["FetchPages", "HandOver", "WhatNext", "HandedOver", "CommitCursor", "RunSucceeded"],
        None,
    ),
    "one chunk": (
        ["Planned", "LookedAtNothing", "FetchedAll", "Committed", "Succeeded"],
        ["HandOver", "HandOverChunk", "WhatNext", "HandedOver", "CommitCursor", "RunSucceeded"],
        None,
    ),
    "throttled": (
        ["Planned", "LookedAtNothing", "FetchedThrottled", "FetchedAll", "Committed", "Succeeded"],
        ["WhatNext", "WaitForErp", "FetchPages", "WhatNext", "HandedOver", "RunSucceeded"],
        None,
    ),
    "nothing new": (["Planned", "LookedIdle"], ["LookForNews", "NewsOutcome", "RunSucceeded"], None),
    "a look with news": (
        ["Planned", "LookedOneOfTwo", "Committed", "Succeeded"],
        [
            "NewsOutcome",
            "WhereToBegin",
            "HandOver",
            "HandOverChunk",
            "WhatNext",
            "HandedOver",
            "RunSucceeded",
        ],
        None,
    ),
    "two steps": (
        ["Planned", "LookedAtNothing", "FetchedInTwoSteps", "FetchedAll", "Committed", "Succeeded"],
        ["WhatNext", "FetchPages", "WhatNext", "HandedOver", "RunSucceeded"],
        None,
    ),
    "nonsense from FetchPages": (
        ["Planned", "LookedAtNothing", "FetchedNonsense", "Recorded", "Failed"],
        ["WhatNext", "RecordFailure", "SummariseRun", "RunFailed"],
        "ErpUnavailable",
    ),
    "nonsense from SummariseRun": (
        ["Planned", "LookedAtNothing", "FetchedNoChunks", "Committed", "Nonsense"],
        ["SummariseRun", "RunOutcome", "RunUnsummarised"],
        "OutcomeUnknown",
    ),
}


def test_moto_asks_for_the_run_that_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is started there: 5.2.5 looks for the ARN under another name. So the Catch is taken."""

    def hasty(*given: Any, **named: Any) -> dict[str, Any]:
        found = definition(*given, **named)
        found["States"]["StartNextRun"].pop("Retry")
        return found

    monkeypatch.setattr(moto_engine, "definition", hasty)
    config = mock_config()
    answers = [
        response(config, "Planned"),
        response(config, "LookedAtNothing"),
        response(config, "FetchedThenContinued"),
        response(config, "FetchedThenContinued", 1),
        response(config, "Continued"),
    ]
    with moto():
        found = run(answers, {"connection": "acme", "trigger": "test"})
    assert entered(found)[-3:] == ["RunOutcome", "StartNextRun", "RunNotContinued"]
    [asked] = (
        event["taskScheduledEventDetails"]["parameters"]
        for event in found["events"]
        if event.get("taskScheduledEventDetails", {}).get("resource") == "startExecution"
    )
    assert json.loads(asked) == {
        "StateMachineArn": found["stateMachineArn"],
        "Name": "run-1-part-2",
        "Input": {
            "connection": "acme",
            "trigger": "continued",
            "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": found["executionArn"],
        },
    }


@pytest.mark.thorough(most=4)
@pytest.mark.parametrize("way", WAYS)
def test_moto_goes_the_same_way(way: str) -> None:
    answers, states, error = WAYS[way]
    with moto():
        given = {"connection": "acme", "trigger": "test"}
        found = run([response(mock_config(), name) for name in answers], given)
    assert (found["status"], found.get("error")) == ("FAILED" if error else "SUCCEEDED", error)
    gone = iter(entered(found))
    assert all(state in gone for state in states), entered(found)
