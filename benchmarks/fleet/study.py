"""The whole study: quotas by size, a fleet within its quotas, an outage, one application that many share."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from benchmarks.fleet.ladder import ladder
from benchmarks.fleet.simulation import Outcome, Scenario, simulate

SHARING = "poweroffice"
"""The connector whose limit all customers of an integrator share."""

_MOST_UNHELD = 1000
"""Connections on the hour that are simulated without quotas: more poll shared budgets for too long."""

_SHARERS = ((100, False), (300, False), (1000, True))
"""How many share one application, and whether their schedules are spread."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``hours`` are simulated with schedules spread, ``herd_hours`` with all of them on the hour."""

    connections: int = 10_000
    hours: float = 3.0
    herd_hours: float = 1.0
    region: str = "eu-north-1"
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Study:
    """What came out. ``climbed`` are the ladders: on the hour, spread; ``held`` the fleets with quotas."""

    wanted: Wanted
    climbed: tuple[Sequence[Outcome], Sequence[Outcome]]
    held: tuple[Outcome, Outcome]
    sharing: Sequence[Outcome]


def study(wanted: Wanted) -> Study:
    """Simulate everything; what is being done is told on standard error."""
    base = Scenario(wanted.connections, wanted.hours, spread=False, region=wanted.region, seed=wanted.seed)
    sizes = [size for size in (10, 100, 1000, 10_000, 100_000) if size < wanted.connections]
    herd = [size for size in (*sizes, wanted.connections) if size <= _MOST_UNHELD]
    climbed = (
        _told("on the hour, without quotas", ladder(base, herd)),
        _told("spread, without quotas", ladder(replace(base, spread=True), [*sizes, wanted.connections])),
    )
    on_the_hour = replace(base, hours=wanted.herd_hours, outage=wanted.herd_hours >= 3)
    spread = replace(base, spread=True, outage=wanted.hours >= 3)
    held = _told("with quotas", (simulate(scenario) for scenario in (on_the_hour, spread)))
    shared = replace(base, hours=1, names=(SHARING,))
    sharing = (replace(shared, connections=count, spread=spread) for count, spread in _SHARERS)
    return Study(
        wanted, climbed, (held[0], held[1]), _told("one application", (simulate(one) for one in sharing))
    )


def _told(what: str, outcomes: Iterable[Outcome]) -> list[Outcome]:
    found: list[Outcome] = []
    for outcome in outcomes:
        found.append(outcome)
        sys.stderr.write(f"{what}: {outcome.scenario.connections:,} connections, {outcome.planned:,} runs\n")
    return found
