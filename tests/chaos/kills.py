"""Every call of every scenario struck in every way: the events are the same as if nothing had been."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sluice.usecases.fetching import chunk_writer
from tests.chaos.ledger import Broken
from tests.chaos.ports import LEASE_SECONDS, Call, Kind
from tests.chaos.scenarios import SCENARIOS, Scenario, gone
from tests.chaos.soak import Told
from tests.chaos.stage import Stage

WAYS = {
    "killed": (Kind.KILLED_AFTER, False),
    "unsaid": (Kind.UNSAID, False),
    "refused": (Kind.REFUSED, False),
    "given up": (Kind.KILLED_AFTER, True),
    "aborted": (Kind.ABORTED, False),
    "overtaken": (Kind.OVERTAKEN, False),
}
"""How a call that leaves a trace is struck; whether whoever takes the step up dies at once, too."""

OF_READS = ("refused",)
"""How others are: a worker that dies at a read dies after the write before it."""


@dataclass(frozen=True, slots=True)
class Case:
    """Call number ``at`` of a scenario is struck in this way."""

    scenario: str
    way: str
    at: int

    def __str__(self) -> str:
        return f"{self.scenario}/{self.way}/{self.at}"


@dataclass
class _Undisturbed:
    stage: Stage
    calls: list[Call]
    ids: set[str]


def cases(scenario: Scenario) -> Iterator[Case]:
    """Yield all there is to try of a scenario."""
    for call in _undisturbed(scenario.name).calls:
        for way in WAYS if call.is_write else OF_READS:
            yield Case(scenario.name, way, call.number)


def named(name: str) -> Scenario:
    """Return the scenario of this name; raises KeyError."""
    return {scenario.name: scenario for scenario in SCENARIOS}[name]


def tried(case: Case) -> Told:
    """Try a case; return what came of it, raises Broken."""
    scenario, known = named(case.scenario), _undisturbed(case.scenario)
    stage = scenario.copy_of(known.stage)
    began, kind, is_lasting = stage.runs, *WAYS[case.way]
    struck: list[Call] = []

    def fate(call: Call) -> Kind | None:
        if call.number == case.at or (struck and is_lasting and call.number <= case.at + 3):
            struck.append(call)
            return kind if len(struck) == 1 else Kind.KILLED_BEFORE
        return None

    stage.injector.plan, stage.injector.meanwhile = fate, lambda: _overtake(stage)
    executions = 0
    try:
        scenario.act(stage)
        executions = stage.runs - began
        _made_good(scenario, stage)
        _check_struck(struck)
        if kind is not Kind.OVERTAKEN:
            _check_events(stage, known)
    except Broken as broken:
        raise Broken(f"{case}: {struck[0].name if struck else '?'}: {broken}") from broken
    return Told(
        executions=executions,
        closing=stage.runs - began - executions,
        calls=stage.injector.calls,
        upserts=stage.ledger.upserts,
        deletes=stage.ledger.deletes,
        twice=stage.ledger.twice,
        late_versions=stage.ledger.late_versions,
        notices=len(stage.rig.notices),
        incidents=len(stage.incidents.opened),
        met=stage.injector.met,
        ends=stage.ends,
    )


def _check_struck(struck: Sequence[Call]) -> None:
    if not struck:
        raise Broken("the call was never made")


def _overtake(stage: Stage) -> None:
    """While the worker stands still, records get another content, and the next run reads them."""
    stage.clock.advance(LEASE_SECONDS)
    for stream, rows in stage.rig.erp.rows.items():
        for key in list(rows)[:4]:
            stage.rig.erp.put(stream, key, "meanwhile")
    stage.run()


def _made_good(scenario: Scenario, stage: Stage) -> None:
    scenario.well(stage)
    stage.settle()
    stage.check_end()


def _check_events(stage: Stage, known: _Undisturbed) -> None:
    other = gone(stage) ^ known.ids
    if other:
        raise Broken(f"I2: other events than if nothing had been: {len(other)}")


@cache
def _undisturbed(name: str) -> _Undisturbed:
    chunk_writer.MAX_RECORDS = 5
    scenario = named(name)
    made = scenario.prepared()
    stage, calls = scenario.copy_of(made), []
    stage.injector.plan = calls.append
    scenario.act(stage)
    scenario.well(stage)
    stage.settle()
    stage.check_end()
    return _Undisturbed(made, calls, gone(stage))


def all_cases(names: Sequence[str] = ()) -> list[Case]:
    """Return all cases of the scenarios of these names, or of all."""
    return [case for one in SCENARIOS if not names or one.name in names for case in cases(one)]
