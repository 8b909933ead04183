"""At how many connections each quota is met: the same hour with ever more of them, as if no quota were there.

So each demand is that which nothing else holds back; what holds back what is for the simulation with quotas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.fleet.simulation import Outcome, Scenario, Use, simulate


@dataclass(frozen=True, slots=True)
class Met:
    """A quota is met at about so many connections; ``reckoned`` beyond the largest fleet simulated."""

    use: Use
    connections: float
    reckoned: bool


def ladder(scenario: Scenario, sizes: Sequence[int]) -> Iterator[Outcome]:
    """Yield what each size would want of every quota, in the hour of the nightly runs."""
    for size in sizes:
        yield simulate(replace(scenario, connections=size, hours=1, outage=False, kept=False))


def met(outcomes: Sequence[Outcome]) -> list[Met]:
    """Return at how many connections each quota is met, the first one first; ``outcomes`` ascend in size.

    Between two sizes, and beyond the last, demand is taken to grow in a straight line.
    """
    found = [
        _met([(outcome.scenario.connections, outcome.uses[place]) for outcome in outcomes])
        for place in range(len(outcomes[0].uses))
    ]
    return sorted(found, key=lambda one: one.connections)


def _met(points: Sequence[tuple[int, Use]]) -> Met:
    before, share = 0, 0.0
    for size, use in points:
        if use.share >= 1:
            part = (1 - share) / (use.share - share)
            return Met(use, before + part * (size - before), reckoned=False)
        before, share = size, use.share
    size, use = points[-1]
    return Met(use, size / use.share if use.share else float("inf"), reckoned=True)
