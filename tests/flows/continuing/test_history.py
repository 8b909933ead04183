"""However much there is to read, no execution of `sync` passes the 25,000 events that AWS allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.bootstrap.documents import catalog
from sluice.model.chunk import ChunkRef
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.cursors import Cursors
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.fetching import fetch_pages as fetching
from sluice.usecases.fetching.fetch_pages import FetchPages, fetch_pages
from sluice.usecases.fetching.look_for_news import LookForNews, look_for_news
from sluice.usecases.fetching.standing import HISTORY_EVENTS
from sluice.usecases.fetching.step import Fetched, Of, Step
from sluice.usecases.fetching.sweep import LONG_AGO, Sweep
from sluice.usecases.plan_run import PlanRun, plan_run
from sluice.usecases.summarise_run import SummariseRun, summarise_run
from sluice.usecases.world import World
from tests.flows.continuing.history import Walk
from tests.flows.rig import Rig

MOST = 25_000
STREAMS = tuple(catalog().connector("tripletex").streams)
STARTED = "2026-11-21T08:00:00Z"
DIGEST = "0" * 64


@dataclass
class Machine:
    """Real steps in the order of the real definition; only pages, transformer and commit are made up.

    Every stream has ``chunks``, of which a step reads ``at_once``; ``waits``: after each the ERP throttles.
    """

    world: World
    chunks: int
    at_once: int
    waits: bool = False
    handed: list[tuple[str, int]] = field(default_factory=list)

    def read_on(self, world: World, of: Of, sweep: Sweep, step: Step) -> Fetched:
        number = min(self.at_once, step.chunks, self.chunks - sweep.chunks)
        refs = [
            ChunkRef(f"{sweep.chunks + one}", sweep.chunks + one, 1, 1, DIGEST, STARTED)
            for one in range(number)
        ]
        after = replace(sweep, chunks=sweep.chunks + number, records=sweep.records + number, reader={})
        outcome = "throttled" if self.waits else "more"
        return Fetched("done" if after.chunks == self.chunks else outcome, after, LONG_AGO, refs)

    def task(self, run: str, name: str, asked: dict[str, Any]) -> Any:
        if name == "HandOverChunk":
            self.handed.append((asked["MessageBody"]["stream"], asked["MessageBody"]["chunk"]["number"]))
            return {}
        given = asked["Payload"]
        steps: dict[str, Callable[[], dict[str, Any]]] = {
            "PlanRun": lambda: plan_run(self.world, PlanRun("acme", given["trigger"], run, STARTED)),
            "LookForNews": lambda: look_for_news(self.world, LookForNews(run, STARTED, given["plan"], 60)),
            "FetchPages": lambda: self._fetched(run, given),
            "CommitCursor": lambda: self._committed(given),
            "SummariseRun": lambda: self._summarised(run, given),
        }
        return {"Payload": steps[name]()}

    def _fetched(self, run: str, given: dict[str, Any]) -> dict[str, Any]:
        return fetch_pages(self.world, FetchPages(run, "acme", given["stream"], given["position"], 60))

    def _committed(self, given: dict[str, Any]) -> dict[str, Any]:
        cursors = Cursors(self.world.state, "acme")
        moved = replace(cursors.get(given["stream"]), begun=None, standing=None, sweep=given["sweep"])
        cursors.put(given["stream"], moved)
        return {"stream": given["stream"], "outcome": "synced", "counts": {}}

    def _summarised(self, run: str, given: dict[str, Any]) -> dict[str, Any]:
        results = tuple(given["state"]["results"])
        return summarise_run(self.world, SummariseRun(run, "acme", STARTED, results))


def _machine(monkeypatch: pytest.MonkeyPatch, streams: tuple[str, ...], **more: Any) -> Machine:
    rig = Rig()
    world = rig.world = replace(rig.world, catalog=catalog())
    secrets = {name: Secret("canary") for name in world.catalog.connector("tripletex").secrets}
    desk = ConnectionDesk(world, rig.schedules)
    desk.remove("acme")
    desk.add(Connection("acme", "tripletex", streams=streams), secrets)
    machine = Machine(world, **more)
    monkeypatch.setattr(fetching, "read_on", machine.read_on)
    return machine


def _walked(machine: Machine, retried: dict[str, float] | None = None) -> list[Walk]:
    """Run, and on for as long as a run goes on as another."""
    walks: list[Walk] = []
    name, trigger = "run-1", "manual"
    while name:
        following: list[dict[str, Any]] = []
        walk = Walk(name, partial(_task, machine, name, following), retried or {})
        ended = walk.run({"connection": "acme", "trigger": trigger})
        assert ended == ("RunContinued" if following else "RunSucceeded")
        walks.append(walk)
        name, trigger = (following[0]["Name"], "continued") if following else ("", "")
    return walks


def _task(machine: Machine, run: str, following: list[dict[str, Any]], name: str, asked: Any) -> Any:
    if name == "StartNextRun":
        following.append(asked)
        return {}
    return machine.task(run, name, asked)


@pytest.mark.parametrize(
    ("streams", "chunks", "at_once", "waits"),
    [
        (10, 1_000, 40, False),
        (1, 10_000, 40, False),
        (10, 300, 1, True),
        (14, 200, 3, False),
        (2, 5, 40, False),
    ],
)
def test_no_history_is_too_long_and_every_chunk_is_handed_over_once(
    monkeypatch: pytest.MonkeyPatch, streams: int, chunks: int, at_once: int, *, waits: bool
) -> None:
    wanted = STREAMS[:streams]
    assert len(wanted) == streams
    machine = _machine(monkeypatch, wanted, chunks=chunks, at_once=at_once, waits=waits)
    # Half of all chunks have to be handed over twice, and each page is asked for once more.
    walks = _walked(machine, {"HandOverChunk": 0.5, "FetchPages": 1})
    events = [walk.events for walk in walks]
    assert max(events) < MOST, f"{len(walks)} executions"
    assert sorted(machine.handed) == sorted((name, one) for name in wanted for one in range(chunks))
    if len(walks) > 1:
        assert events[0] > HISTORY_EVENTS * 0.8


def test_what_a_step_is_reckoned_with_is_what_it_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    one = _machine(monkeypatch, ("customer",), chunks=40, at_once=40)
    two = _machine(monkeypatch, ("customer",), chunks=80, at_once=40, waits=True)
    monkeypatch.setattr(fetching, "read_on", one.read_on)
    [first] = _walked(one)
    monkeypatch.setattr(fetching, "read_on", two.read_on)
    [second] = _walked(two)
    written = second.events - first.events
    assert written == 13 + 8 * 40
    assert written <= fetching.events_of(Fetched("more", Sweep("s", None, STARTED), chunks=[None] * 40))  # type: ignore[list-item]


def test_a_run_that_reads_all_enters_as_many_states_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    [walk] = _walked(_machine(monkeypatch, ("customer",), chunks=1, at_once=40))
    assert "StartNextRun" not in walk.entered
    assert sum(walk.entered.values()) == 15
