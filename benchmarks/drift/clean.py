"""Runs in which nothing of the API changes: every blocking verdict in them is a false one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.drift.baseline import PAGE
from benchmarks.drift.judging import run, windows_of
from benchmarks.drift.natural.company import Company
from benchmarks.drift.natural.plots import HISTORY, PLOTS, story
from benchmarks.drift.stage import Stage

SIZES = (10, 50, 200, 1000)
_SMALL_ONLY = {"gap"}
"""Plots that are natural in small windows only: a seldom filled field is not empty in a thousand records."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """One company's runs: a plot, the window's size, whole readings or increments."""

    stage: Stage
    plot: str
    size: int
    seed: int
    whole: bool

    @property
    def name(self) -> str:
        """A name that tells sequences apart: ``tripletex/invoice steady 200 whole 1``."""
        how = "whole" if self.whole else "increments"
        return f"{self.stage.name} {self.plot} {self.size} {how} {self.seed}"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that was said in a clean run."""

    where: str
    run: int
    code: str
    path: str
    action: str
    detail: str


@dataclass
class CleanResult:
    """Counts over all clean runs; ``blocked`` and ``told`` count runs, not changes."""

    runs: int = 0
    windows: int = 0
    records: int = 0
    blocked: int = 0
    blocking_changes: int = 0
    told: int = 0
    failed: list[str] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    notices: list[Alarm] = field(default_factory=list)
    contract_bytes: int = 0
    by_plot: dict[str, list[int]] = field(default_factory=dict)


def sequences(stages: list[Stage], seeds: range) -> Iterator[Sequence]:
    """Yield every sequence, in a fixed order."""
    for seed in seeds:
        for stage in stages:
            for plot in PLOTS:
                for size in SIZES:
                    if plot in _SMALL_ONLY and size > 50:
                        continue
                    for whole in (True, False):
                        yield Sequence(stage, plot, size, seed, whole)


def run_sequence(company: Company, sequence: Sequence, result: CleanResult) -> None:
    """Read the company's records run after run, learn, and count what is said."""
    told = story(sequence.plot, sequence.size, sequence.seed, whole=sequence.whole)
    contract = None
    tally = result.by_plot.setdefault(sequence.plot, [0, 0, 0])
    for number, reading in enumerate(told.readings):
        records = company.read(reading.which, reading.moment, told.births)
        windows = windows_of(records, sequence.size if number >= HISTORY else max(sequence.size, PAGE))
        verdicts, contract = run(sequence.stage, contract, windows)
        result.runs += 1
        result.windows += len(windows)
        result.records += len(records)
        blocking = [change for verdict in verdicts for change in verdict.blocking]
        noticed = [change for v in verdicts for change in v.told if change not in blocking]
        result.blocked += bool(blocking)
        result.blocking_changes += len(blocking)
        result.told += bool(noticed)
        tally[0], tally[1], tally[2] = tally[0] + 1, tally[1] + bool(blocking), tally[2] + bool(noticed)
        result.failed += [f"{sequence.name}: {verdict.failed}" for verdict in verdicts if verdict.failed]
        for found, kept in ((blocking, result.alarms), (noticed, result.notices)):
            kept += [
                Alarm(sequence.name, number, one.code, one.path, one.action.value, one.in_words())
                for one in found
            ]
    if contract is not None:
        result.contract_bytes = max(result.contract_bytes, contract.size())
