"""How late runs end, and how they came out: by kind of schedule, by connector, by when they were planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.fleet.runs import Ended

CAME_TO_AN_END = frozenset({"succeeded", "failed"})


@dataclass(frozen=True, slots=True)
class Lags:
    """Seconds from the planned start to the end of runs that did something: the middle, 99 of 100, the most.

    ``outcomes`` counts all, those that were skipped or never started included.
    """

    middle: float
    p99: float
    most: float
    outcomes: dict[str, int]

    def row(self) -> str:
        """Return cells of a table: planned, the three, succeeded, failed, skipped, not started."""
        told = [f"{value:,.0f}" for value in (self.middle, self.p99, self.most)]
        names = ("succeeded", "failed", "already_running", "not_started")
        counts = [f"{self.outcomes.get(name, 0):,}" for name in names]
        return " | ".join([f"{sum(self.outcomes.values()):,}", *told, *counts])


def lags(runs: Iterable[Ended]) -> Lags:
    """Return the lags of runs; of none that came to an end they are 0."""
    known = list(runs)
    found = sorted(run.lag for run in known if run.outcome in CAME_TO_AN_END) or [0.0]
    return Lags(at(found, 0.5), at(found, 0.99), found[-1], dict(Counter(run.outcome for run in known)))


def lags_by(runs: Iterable[Ended], key: Callable[[Ended], str]) -> dict[str, Lags]:
    """Return the lags of each group."""
    groups: dict[str, list[Ended]] = {}
    for run in runs:
        groups.setdefault(key(run), []).append(run)
    return {name: lags(group) for name, group in sorted(groups.items())}


def at(ascending: Sequence[float], share: float) -> float:
    """Return the value below which that share of an ascending list lies (nearest rank)."""
    return ascending[min(int(share * len(ascending)), len(ascending) - 1)]
