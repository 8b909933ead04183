"""A second engine's opinion on `sync`: moto's interpreter."""

from __future__ import annotations

import pytest

from tests.state_machines.cases import mock_config
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


@pytest.mark.parametrize("way", WAYS)
def test_moto_goes_the_same_way(way: str) -> None:
    answers, states, error = WAYS[way]
    with moto():
        given = {"connection": "acme", "trigger": "test"}
        found = run([response(mock_config(), name) for name in answers], given)
    assert (found["status"], found.get("error")) == ("FAILED" if error else "SUCCEEDED", error)
    gone = iter(entered(found))
    assert all(state in gone for state in states), entered(found)
