"""What every case of mocks/backfill.json must come to, and which edges it takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.state_machines.machine import read_mock_config

MOCK_CONFIG = Path(__file__).parent / "mocks" / "backfill.json"

BUCKET, KEY = "windows", "backfills/acme/customer/two.json"
"""Where PlanBackfill's answers say that the windows are."""

WINDOWS = json.dumps(
    [
        {"window": 1, "span": ["2026-02-01", "2026-03-01"]},
        {"window": 0, "span": ["2026-01-01", "2026-02-01"]},
    ]
)

PLANNED = "BackfillPlanned=planned"
READ = (PLANNED, "WhatNext=done")
WHOLE = (*READ, "WindowsOutcome=whole")
LEFT = "ReadWindows!States.ALL"
CHANGED = (PLANNED, LEFT, "WindowsOutcome=changed")
SUCCEEDED = "BackfillOutcome=succeeded"
HELD = "BackfillOutcome=held"
FAILED = "BackfillOutcome=failed"
GOES_ON = "ActOnChange=go_on|told|quarantined+handed_over"


@dataclass(frozen=True, slots=True)
class Case:
    """``error`` is that of the execution, None for one that succeeds.

    ``ended`` is what SummariseRun is told of the stream, None for nothing; ``failure`` the error that it is
    told instead. ``window`` is the error in which each window ends, None where all are delivered.
    """

    edges: tuple[str, ...]
    ended: dict[str, Any] | None = None
    error: str | None = None
    failure: str | None = None
    window: str | None = None


SYNCED = {"stream": "customer", "outcome": "synced", "counts": {"fetched": 4, "published": 4}}
RECORDED = {"stream": "customer", "outcome": "failed", "error": "Recorded", "cause": "written down"}
DOWN = "ErpUnavailable"


def _judged(outcome: str) -> dict[str, Any]:
    cause = f"judged {outcome}"
    return {"stream": "customer", "outcome": outcome, "error": "ApiChanged", "cause": cause, "accepted": []}


CASES: dict[str, Case] = {
    "EveryWindowIsDelivered": Case((*WHOLE, SUCCEEDED), SYNCED),
    "AWindowReadInTwoSteps": Case((*WHOLE, "WhatNext=more", SUCCEEDED), SYNCED),
    "AThrottledWindowWaits": Case((*WHOLE, "WhatNext=throttled", SUCCEEDED), SYNCED),
    "ARunIsWaitedFor": Case(("BackfillPlanned=busy", *WHOLE, SUCCEEDED), SYNCED),
    "SomeDaysAreDelivered": Case((*READ, "WindowsOutcome=part", SUCCEEDED), SYNCED),
    "PlanBackfillFails": Case(
        ("PlanBackfill!States.ALL", FAILED), error=DOWN, failure="ConfigurationInvalid"
    ),
    "PlanBackfillAnswersNonsense": Case(("BackfillPlanned=",), error="OutcomeUnknown"),
    "ReadWindowAnswersNonsense": Case(
        (PLANNED, "WhatNext=", LEFT, "WindowsOutcome=incomplete", FAILED),
        RECORDED,
        DOWN,
        window="OutcomeUnknown",
    ),
    "CloseWindowFails": Case(
        (*READ, LEFT, "WindowsOutcome=incomplete", FAILED), RECORDED, DOWN, window="OutcomeUnknown"
    ),
    "ReadWindowRaisesApiChanged": Case(
        (*CHANGED, "ActOnChange=held", HELD), _judged("held"), "ApiChanged", window="ApiChanged"
    ),
    "AWindowsChunkRaisesApiChanged": Case(
        (*CHANGED, "ActOnChange=held", HELD), _judged("held"), "ApiChanged", window="ApiChanged"
    ),
    "AWindowsChangeCannotBeJudged": Case(
        (*CHANGED, "ActOnChange=failed", FAILED), _judged("failed"), DOWN, window="ApiChanged"
    ),
    "AWindowsChangeNeverGoesOn": Case(
        (*CHANGED, "ActOnChange=", FAILED), RECORDED, DOWN, window="ApiChanged"
    ),
    "JudgingABackfillAnswersNonsense": Case(
        (*WHOLE, "CommitCursor!ApiChanged", "ActOnChange=", FAILED), RECORDED, DOWN
    ),
    "JudgingABackfillFails": Case(
        (*WHOLE, "CommitCursor!ApiChanged", "JudgeChange!States.ALL", FAILED), RECORDED, DOWN
    ),
    "SumWindowsFails": Case((*READ, "SumWindows!States.ALL", FAILED), error=DOWN, failure="OutcomeUnknown"),
    "SumWindowsAnswersNonsense": Case((*READ, "WindowsOutcome="), error="OutcomeUnknown"),
    "ABackfillsChangeGoesOnOnlyOnce": Case(
        (*WHOLE, "CommitCursor!ApiChanged", GOES_ON, "ActOnChange=", FAILED), RECORDED, DOWN
    ),
    "CommittingABackfillFails": Case((*WHOLE, "CommitCursor!States.ALL", FAILED), RECORDED, DOWN),
    "RecordingWhatIsLeftFails": Case(
        (*WHOLE, "CommitCursor!States.ALL", "RecordFailure!States.ALL", FAILED),
        error=DOWN,
        failure="KeyError",
    ),
    "SummarisingABackfillFails": Case((*WHOLE, "SummariseRun!States.ALL"), SYNCED, "OutcomeUnknown"),
    "SummarisingABackfillAnswersNonsense": Case((*WHOLE, "BackfillOutcome="), SYNCED, "OutcomeUnknown"),
}

_RAISES = {
    "ReadWindowRaises": (
        DOWN,
        "CredentialsRejected",
        "ConfigurationInvalid",
        "OutcomeUnknown",
        "LeaseLost",
        "KeyError",
    ),
    "AWindowsChunkRaises": (DOWN, "OutcomeUnknown", "LeaseLost"),
}
for _raises, _errors in _RAISES.items():
    for _error in _errors:
        CASES[f"{_raises}{_error}"] = Case(
            (PLANNED, LEFT, "WindowsOutcome=incomplete", FAILED), RECORDED, DOWN, window=_error
        )
for _outcome in ("GoOn", "Told", "Quarantined"):
    CASES[f"ABackfillsChangeIs{_outcome}AndItGoesOn"] = Case(
        (*WHOLE, "CommitCursor!ApiChanged", GOES_ON, SUCCEEDED), SYNCED
    )

mock_config = partial(read_mock_config, MOCK_CONFIG)
"""Returns the cases in Step Functions Local's mock-config format."""
