"""What every case of mocks/replay.json must come to, and which edges it takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.state_machines.machine import read_mock_config

MOCK_CONFIG = Path(__file__).parent / "mocks" / "replay.json"

PAGE = "ReplayPlanned=page"
DONE = "ReplayPlanned=done"


@dataclass(frozen=True, slots=True)
class Case:
    """``error`` is that of the execution, None for one that succeeds.

    ``failure`` is the error that FailReplay is told, None where there is none; ``judged`` says whether it is
    told that people know.
    """

    edges: tuple[str, ...]
    error: str | None = None
    failure: str | None = None
    judged: bool = False


CASES: dict[str, Case] = {
    "EverythingIsReplayed": Case((PAGE, DONE)),
    "PageAfterPage": Case((PAGE, DONE)),
    "NothingToReplay": Case((DONE,)),
    "TheConnectionIsBusyAtFirst": Case(("ReplayPlanned=busy", DONE)),
    "TheStreamIsHeldMeanwhile": Case(("ReplayPlanned=held",), "ApiChanged"),
    "PlanReplayAnswersNonsense": Case(("ReplayPlanned=",), "LeaseLost"),
    "PlanReplayFails": Case(("PlanReplay!States.ALL",), "LeaseLost", "ConfigurationInvalid"),
    "ReplayChunkRaisesApiChanged": Case(
        (PAGE, "ReplayChunks!ApiChanged"), "ApiChanged", "ApiChanged", judged=True
    ),
    "ReplayChunkRaisesOutcomeUnknown": Case((PAGE, "ReplayChunks!States.ALL"), "LeaseLost", "OutcomeUnknown"),
    "ReplayChunkRaisesLeaseLost": Case((PAGE, "ReplayChunks!States.ALL"), "LeaseLost", "LeaseLost"),
    "TheReplaysChangeCannotBeJudged": Case(
        (PAGE, "ReplayChunks!ApiChanged", "JudgeChange!States.ALL"), "LeaseLost", "ApiChanged"
    ),
    "CommitReplayFails": Case((DONE, "CommitReplay!States.ALL"), "LeaseLost", "OutcomeUnknown"),
    "FailReplayFails": Case(
        ("PlanReplay!States.ALL", "FailReplay!States.ALL"), "OutcomeUnknown", "ConfigurationInvalid"
    ),
}

mock_config = partial(read_mock_config, MOCK_CONFIG)
"""Returns the cases in Step Functions Local's mock-config format."""
