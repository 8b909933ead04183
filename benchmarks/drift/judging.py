"""One run of the detectors over windows of records: what they say, what is blocked, what is learnt.

The detectors are used as the pipeline uses them; nothing of how they work is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.drift.stage import Stage
from sluice.contract.contract import Contract
from sluice.contract.detector import Detector
from sluice.contract.examination import Finding
from sluice.contract.observation import Observation
from sluice.model.change import Action, Change

Records = Sequence[dict[str, Any]]
BLOCKING = frozenset({Action.QUARANTINE, Action.HOLD, Action.FAIL})
STOPPING = frozenset({Action.HOLD, Action.FAIL})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was said of one window. ``aside`` are the indexes of the records that are set aside."""

    changes: tuple[Change, ...]
    aside: frozenset[int]
    observation: Observation
    failed: str

    @property
    def blocking(self) -> tuple[Change, ...]:
        """The changes that keep something from being published."""
        return tuple(change for change in self.changes if change.action in BLOCKING)

    @property
    def told(self) -> tuple[Change, ...]:
        """The changes that people are told of, blocking ones included."""
        return tuple(change for change in self.changes if change.action is not Action.GO_ON)

    @property
    def stopped(self) -> bool:
        """Whether nothing of the window is published."""
        return any(change.action in STOPPING for change in self.changes)

    def listed(self) -> list[dict[str, Any]]:
        """Return the verdict as JSON values: what has to be the same for the same input."""
        return [*(change.to_json() for change in self.changes), {"aside": sorted(self.aside)}]


def judge(stage: Stage, contract: Contract | None, records: Records) -> Verdict:
    """Return the verdict on one window."""
    return verdict_of(Detector(stage.reliance, contract).examine(records))


def verdict_of(finding: Finding) -> Verdict:
    """Return a finding as a verdict: a record is set aside where one of its changes asks for quarantine."""
    aside = frozenset(
        index
        for index, numbers in finding.aside.items()
        if any(finding.changes[number].action is Action.QUARANTINE for number in numbers)
    )
    return Verdict(tuple(finding.changes), aside, finding.observation, finding.failed)


def run(
    stage: Stage, contract: Contract | None, windows: Sequence[Records]
) -> tuple[list[Verdict], Contract]:
    """Judge the windows of one run and return the verdicts and the contract after it.

    Where something is blocked, an operator accepts it, as someone would who knows that nothing changed.
    """
    verdicts = [judge(stage, contract, window) for window in windows]
    known = contract or Contract()
    blocked = [change for verdict in verdicts for change in verdict.blocking]
    if blocked:
        known = known.amended(blocked)
    merged: Observation | None = None
    for verdict in verdicts:
        merged = verdict.observation if merged is None else merged.merged(verdict.observation)
    return verdicts, known if merged is None else known.learnt_from(merged, reliance=stage.reliance)


def windows_of(records: Records, size: int) -> list[Records]:
    """Return the records in windows of ``size``; a short rest joins the window before it."""
    starts = list(range(0, len(records), size))
    if not starts:
        return []
    if len(starts) > 1 and len(records) - starts[-1] < size / 2:
        starts.pop()
    ends = [*starts[1:], len(records)]
    return [records[start:end] for start, end in zip(starts, ends, strict=True)]


def without(verdict: Verdict, before: Verdict) -> Verdict:
    """Return the verdict without what was already said of the same records before they were changed."""
    known = {(change.code, change.path, change.action) for change in before.changes}
    changes = tuple(c for c in verdict.changes if (c.code, c.path, c.action) not in known)
    return replace(verdict, changes=changes)
