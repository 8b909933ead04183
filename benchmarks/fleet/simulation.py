"""Simulates a fleet for some hours, and says what it used of each quota and how its runs came out."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from benchmarks.fleet.account import Account
from benchmarks.fleet.connections import EXPRESSIONS, Connection, fleet
from benchmarks.fleet.engine import Engine, EngineClock
from benchmarks.fleet.erp import Outage
from benchmarks.fleet.runs import Ended, Runs
from benchmarks.fleet.settings import Parameters, Quota, Quotas, parameters, quotas
from benchmarks.fleet.steps import Steps
from sluice.model.schedules.times import next_times

BEGIN = datetime(2026, 11, 23, 2, tzinfo=UTC)
"""Second 0: when every kind of schedule is due."""

OUT = "tripletex"
"""Whose ERP is out for an hour, where one is."""

_LONGEST = 48 * 3600.0
"""Seconds after the last planned run by which all have to have come to their end."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is simulated: so many connections for so many hours, schedules spread or on the hour.

    What is due on the hour is started within the time that the Scheduler has; ``at_once``: in that second.
    ``outage``: in the second hour one ERP is out. ``kept``: quotas bind; else what is wanted
    is only counted. ``names`` are the connectors, all where none are named. ``begin`` is second 0.
    """

    connections: int
    hours: float
    spread: bool
    region: str = "eu-north-1"
    seed: int = 1
    at_once: bool = False
    outage: bool = False
    kept: bool = True
    names: tuple[str, ...] = ()
    begin: datetime = BEGIN
    given: Parameters = field(default_factory=parameters)


@dataclass(frozen=True, slots=True)
class Use:
    """What was used of a quota: the most of a second or at once, and the share of what there is."""

    quota: Quota
    peak: float
    share: float
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a scenario. ``counts`` are single events by name; ``left`` are runs without an end."""

    scenario: Scenario
    runs: Sequence[Ended]
    planned: int
    uses: tuple[Use, ...]
    counts: dict[str, int]
    states: int

    @property
    def left(self) -> int:
        """How many planned runs came to no end: none, or the model is wrong."""
        return self.planned - len(self.runs)


class World:
    """A scenario under way: its account, its steps and its runs."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.engine = Engine()
        self.clock = EngineClock(self.engine, scenario.begin)
        self.quotas: Quotas = quotas(scenario.region)
        given, seed = scenario.given, scenario.seed
        self.account = Account(self.engine, self.quotas, given, seed, kept=scenario.kept)
        self.steps = Steps(self.account, self.clock, given, seed)
        self.runs = Runs(self.steps, given, seed)
        self.connections = fleet(scenario.connections, given, seed, scenario.names)
        if scenario.outage:
            self.steps.erp(OUT).outage = Outage(OUT, 3600.0, 7200.0)

    def run(self) -> Outcome:
        """Let all planned runs come to their ends."""
        last = self._plan()
        with _seeded(self.scenario.seed):
            self.engine.run(last + _LONGEST)
        self.engine.abandon()
        return Outcome(
            self.scenario, self.runs.ended, self.runs.planned, tuple(self._uses()), self._counts(),
            sum(self.runs.states),
        )  # fmt: skip

    def _plan(self) -> float:
        """Plan all runs; return the second of the last."""
        last = 0.0
        for kind, expression in EXPRESSIONS.items():
            known = [connection for connection in self.connections if connection.kind == kind]
            for moment in _moments(expression, self.scenario):
                last = max(last, self.clock.second(moment))
                self.engine.at(
                    self.clock.second(moment), partial(self._due, known, self.clock.second(moment))
                )
        return last

    def _due(self, connections: Sequence[Connection], second: float) -> None:
        for connection in connections:
            late = 0.0 if self.scenario.at_once else connection.late
            self.runs.plan(connection, second + (connection.phase if self.scenario.spread else late))

    def _uses(self) -> Iterator[Use]:
        gauges, table = self.account.gauges, self.steps.table
        busiest = {"item_reads": table.reads, "item_writes": table.writes}
        for name, quota in self.quotas.items():
            refused = 0
            if name == "lambda_scaling":
                share = self.account.scaling_used()
                peak, refused = share * quota.size, gauges.counts["scaling_refused"]
            elif quota.kind == "bucket":
                bucket = self.account.buckets[name]
                # What a bucket holds hides how near its refill is: so the busiest minute counts as well.
                share = max(bucket.used, bucket.rate.busiest(60) / quota.refill)
                peak, refused = bucket.rate.peak, bucket.refused
            elif quota.kind == "rate":
                peak = (
                    max((rate.peak for rate in busiest[name].values()), default=0.0)
                    if name in busiest
                    else gauges.rates[name].peak
                )
                share = peak / quota.size
            else:
                peak = gauges.levels[name].peak
                share = peak / quota.size
                refused = gauges.counts["lambda_refused"] if name == "lambda_concurrency" else 0
            yield Use(quota, peak, min(share, 1.0) if self.scenario.kept else share, refused)

    def _counts(self) -> dict[str, int]:
        gauges, table = self.account.gauges, self.steps.table
        more = {
            "conflicts": table.conflicts,
            "requests": sum(erp.requests for erp in self.steps.erps.values()),
            "chunks_waiting": gauges.levels["chunks_waiting"].peak,
            "lambda_seconds": round(gauges.rates["lambda_seconds"].total),
        }
        return dict(sorted({**gauges.counts, **more}.items()))


def simulate(scenario: Scenario) -> Outcome:
    """Simulate a scenario from its beginning to the end of its last run."""
    return World(scenario).run()


def scaled(scenario: Scenario, connections: int) -> Scenario:
    """Return the same with so many connections."""
    return replace(scenario, connections=connections)


def _moments(expression: str, scenario: Scenario) -> list[datetime]:
    """Return when a schedule is due within the hours, the very beginning included."""
    before, end = scenario.begin - timedelta(seconds=1), scenario.begin + timedelta(hours=scenario.hours)
    return [moment for moment in next_times(expression, before, int(scenario.hours * 4) + 4) if moment < end]


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the generator that the budgets' jitter comes from; afterwards it is as before."""
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
