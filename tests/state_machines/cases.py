"""What every case of mock_config.json must come to, and which edges it takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.state_machines.machine import read_mock_config

MOCK_CONFIG = Path(__file__).with_name("mock_config.json")

PLANNED = ("PlanOutcome=planned", "NewsOutcome=news", "WhereToBegin=unread")
"""The ways of a run whose streams all read for themselves."""

LOOKED_AT = (*PLANNED[:2], "WhereToBegin=")
READ_TO_END = (*PLANNED, "WhatNext=done")
GOING_ON = (*PLANNED, "WhatNext=more", "WhatNext=continued", "RunOutcome=continued")
SUCCEEDED = "RunOutcome=succeeded"
HELD = "RunOutcome=held"
FAILED = "RunOutcome=failed"


@dataclass(frozen=True, slots=True)
class Case:
    """``results`` is what SummariseRun is told of the streams, None where it is not asked.

    ``error`` is that of the execution, None for one that succeeds.
    """

    edges: tuple[str, ...]
    results: list[dict[str, Any]] | None
    error: str | None = None
    failure: str | None = None


SYNCED = {"stream": "customer", "outcome": "synced", "counts": {"fetched": 2, "published": 2}}
GOES_ON = {"stream": "customer", "outcome": "continued"}
RECORDED = {"stream": "customer", "outcome": "failed", "error": "Recorded", "cause": "written down"}


def _unrecorded(error: str) -> dict[str, Any]:
    cause = "customer has no record of its own; its last step in this execution tells why."
    return {"stream": "customer", "outcome": "failed", "error": error, "cause": cause}


def _judged(outcome: str) -> dict[str, Any]:
    cause = f"judged {outcome}"
    return {"stream": "customer", "outcome": outcome, "error": "ApiChanged", "cause": cause, "accepted": []}


CASES: dict[str, Case] = {
    "EveryStreamIsDelivered": Case((*READ_TO_END, SUCCEEDED), [SYNCED, SYNCED]),
    "AStreamWithNothingNew": Case((*READ_TO_END, SUCCEEDED), [SYNCED]),
    "AStreamReadInTwoSteps": Case((*READ_TO_END, "WhatNext=more", SUCCEEDED), [SYNCED]),
    "AStreamGoesOnInAnotherRun": Case((*GOING_ON, "OutcomeSoFar=continued"), [GOES_ON]),
    "TheNextRunIsThereAlready": Case(
        (
            *GOING_ON,
            "StartNextRun!StepFunctions.ExecutionAlreadyExistsException",
            "OutcomeSoFar=continued",
        ),
        [GOES_ON],
    ),
    "TheNextRunCannotBeStarted": Case((*GOING_ON, "StartNextRun!States.ALL"), [GOES_ON], "OutcomeUnknown"),
    "AStreamGoesOnAndAnotherIsHeld": Case((*GOING_ON, "OutcomeSoFar=held"), [GOES_ON], "ApiChanged"),
    "AStreamGoesOnAndAnotherFailed": Case((*GOING_ON, "OutcomeSoFar=failed"), [GOES_ON], "ErpUnavailable"),
    "AStreamGoesOnInNonsense": Case((*GOING_ON, "OutcomeSoFar="), [GOES_ON], "OutcomeUnknown"),
    "AThrottledStreamWaits": Case((*READ_TO_END, "WhatNext=throttled", SUCCEEDED), [SYNCED]),
    "NothingIsNew": Case((PLANNED[0], "NewsOutcome=succeeded"), None),
    "NothingIsNewAndAStreamIsHeld": Case((PLANNED[0], "NewsOutcome=held"), None, "ApiChanged"),
    "LookForNewsFails": Case(
        (PLANNED[0], "LookForNews!States.ALL", "WhereToBegin=unread", "WhatNext=done", SUCCEEDED), [SYNCED]
    ),
    "LookForNewsAnswersNonsense": Case((PLANNED[0], "NewsOutcome="), None, "OutcomeUnknown"),
    "OneOfTwoStreamsHasNews": Case((*LOOKED_AT, "WhatNext=done", SUCCEEDED), [SYNCED]),
    "ALookIsThrottled": Case((*LOOKED_AT, "WhatNext=throttled", "WhatNext=done", SUCCEEDED), [SYNCED]),
    "ALookFindsMoreThanItReads": Case((*LOOKED_AT, "WhatNext=more", "WhatNext=done", SUCCEEDED), [SYNCED]),
    "ALookThatCannotBeCommittedIsJudged": Case(
        (*LOOKED_AT, "WhatNext=done", "CommitCursor!ApiChanged", "ActOnChange=held", HELD),
        [_judged("held")],
        "ApiChanged",
    ),
    "AlreadyRunning": Case(("PlanOutcome=already_running",), None),
    "ConnectionPaused": Case(("PlanOutcome=paused",), None),
    "NothingToDo": Case(
        ("PlanOutcome=nothing_to_do", HELD), [{"stream": "customer", "outcome": "held"}], "ApiChanged"
    ),
    "PlanRunAnswersNonsense": Case(("PlanOutcome=",), None, "OutcomeUnknown"),
    "PlanRunFails": Case(("PlanRun!States.ALL", FAILED), [], "ErpUnavailable", "ConfigurationInvalid"),
    "SummariseRunFails": Case((*READ_TO_END, "SummariseRun!States.ALL"), [SYNCED], "OutcomeUnknown"),
    "SummariseRunAnswersNonsense": Case((*READ_TO_END, "RunOutcome="), [SYNCED], "OutcomeUnknown"),
    "FetchPagesAnswersNonsense": Case((*PLANNED, "WhatNext=", FAILED), [RECORDED], "ErpUnavailable"),
    "AChangeAfterTheFirstPagesIsHeld": Case(
        (*PLANNED, "WhatNext=more", "FetchPages!ApiChanged", "ActOnChange=held", HELD),
        [_judged("held")],
        "ApiChanged",
    ),
    "AChangeThatCannotBeJudgedFails": Case(
        (*PLANNED, "FetchPages!ApiChanged", "ActOnChange=failed", FAILED),
        [_judged("failed")],
        "ErpUnavailable",
    ),
    "AHarmlessChangeGoesOn": Case(
        (*READ_TO_END, "CommitCursor!ApiChanged", "ActOnChange=go_on+handed_over", SUCCEEDED), [SYNCED]
    ),
    "AChangeIsToldAndTheStreamGoesOn": Case(
        (*READ_TO_END, "CommitCursor!ApiChanged", "ActOnChange=told+handed_over", SUCCEEDED), [SYNCED]
    ),
    "RecordsAreQuarantinedAndTheRestGoesOn": Case(
        (*READ_TO_END, "CommitCursor!ApiChanged", "ActOnChange=quarantined+handed_over", SUCCEEDED), [SYNCED]
    ),
    "AHarmlessChangeGoesOnOnlyOnce": Case(
        (
            *READ_TO_END,
            "CommitCursor!ApiChanged",
            "ActOnChange=go_on+handed_over",
            "ActOnChange=",
            FAILED,
        ),
        [RECORDED],
        "ErpUnavailable",
    ),
    "AChangeBeforeTheEndNeverGoesOn": Case(
        (*PLANNED, "FetchPages!ApiChanged", "ActOnChange=", FAILED), [RECORDED], "ErpUnavailable"
    ),
    "JudgeChangeAnswersNonsense": Case(
        (*PLANNED, "FetchPages!ApiChanged", "ActOnChange=", FAILED), [RECORDED], "ErpUnavailable"
    ),
    "JudgeChangeFails": Case(
        (*PLANNED, "FetchPages!ApiChanged", "JudgeChange!States.ALL", FAILED), [RECORDED], "ErpUnavailable"
    ),
    "JudgeChangeLosesTheLease": Case(
        (*PLANNED, "FetchPages!ApiChanged", "JudgeChange!LeaseLost", FAILED),
        [_unrecorded("ApiChanged")],
        "ErpUnavailable",
    ),
    "RecordFailureFails": Case(
        (*PLANNED, "FetchPages!CredentialsRejected", "RecordFailure!States.ALL", FAILED),
        [_unrecorded("CredentialsRejected")],
        "ErpUnavailable",
    ),
}

UNGUARDED: dict[str, Case] = {
    "AnErrorNobodyCatchesInside": Case(
        (*PLANNED, "SyncStreams!States.ALL", FAILED), [], "ErpUnavailable", failure="KeyError"
    ),
}
"""Cases of the machine without FetchPages' Catch: nothing else gets an error as far as SyncStreams' own."""

_BEFORE = {"FetchPages": PLANNED, "HandOver": PLANNED, "CommitCursor": READ_TO_END}
_RECORDED_ERRORS = {
    name: name
    for name in (
        "ErpUnavailable",
        "CredentialsRejected",
        "ConfigurationInvalid",
        "OutcomeUnknown",
        "CountsDiffer",
    )
} | {"KeyError": "States.ALL"}

for _state, _before in _BEFORE.items():
    # The Task inside the Map HandOver raises; the Map catches.
    _raises = f"{'HandOverChunk' if _state == 'HandOver' else _state}Raises"
    for _error, _caught in _RECORDED_ERRORS.items():
        _edges = (*_before, f"{_state}!{_caught}", FAILED)
        CASES[f"{_raises}{_error}"] = Case(_edges, [RECORDED], "ErpUnavailable")
    _edges = (*_before, f"{_state}!LeaseLost", FAILED)
    CASES[f"{_raises}LeaseLost"] = Case(_edges, [_unrecorded("LeaseLost")], "ErpUnavailable")
    _edges = (*_before, f"{_state}!ApiChanged", "ActOnChange=held", HELD)
    CASES[f"{_raises}ApiChanged"] = Case(_edges, [_judged("held")], "ApiChanged")

mock_config = partial(read_mock_config, MOCK_CONFIG)
"""Returns the cases in Step Functions Local's mock-config format."""
