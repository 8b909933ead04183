"""Runs as a person starts and reads them."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.chunk import Counts
from sluice.ports.workflow import Execution, ExecutionNotFound, Step
from sluice.registry.runs import Run, StreamResult
from sluice.usecases.world import World


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with its streams; the counts of a stream under way are those of its chunks so far."""

    run: Run | None
    execution: Execution | None
    streams: tuple[StreamResult, ...]

    @property
    def ended(self) -> bool:
        """Whether the execution has come to its end."""
        return self.execution is not None and self.execution.status != "RUNNING"

    def to_json(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        found = self.run.to_json() if self.run else {}
        if self.execution is not None:
            found |= {"execution": self.execution.name, "execution_status": self.execution.status}
            found["error"] = found.get("error") or self.execution.error
            found["cause"] = found.get("cause") or self.execution.cause
        return {**found, "streams": [stream.to_json() for stream in self.streams]}


def start_run(world: World, connection: str) -> str:
    """Start a run by hand and return its id; raises ConfigurationInvalid for an unknown connection."""
    known = world.connections.get(connection)
    moment = world.clock.now().strftime("%Y%m%dT%H%M%SZ")
    run = f"{known.name}-{moment}-{secrets.token_hex(2)}"
    world.workflow.start(run, {"connection": known.name, "trigger": "manual"})
    return run


def show_run(world: World, run: str) -> RunView:
    """Return the run as it stands; raises ConfigurationInvalid if there never was one of this id."""
    record = world.runs.get(run)
    execution = execution_of(world, run)
    if record is None and execution is None:
        message = f"no run {run!r}; sluice runs list shows those there are"
        raise ConfigurationInvalid(message, [Fault("unknown_run", "/run", message)])
    return RunView(
        record, execution, tuple(_so_far(world, run, result) for result in world.runs.streams(run).values())
    )


def _so_far(world: World, run: str, result: StreamResult) -> StreamResult:
    if result.outcome not in {"reading", "waiting"}:
        return result
    counts = world.runs.chunk_counts(run, result.stream)
    fetched = max(counts.fetched, result.records_fetched)
    return replace(result, counts=replace(counts, fetched=fetched).to_json())


def path_of_run(world: World, run: str) -> list[Step]:
    """Return the steps the run took, oldest first; an empty list once Step Functions has forgotten it."""
    for machine in (world.workflow, world.replays):
        with suppress(ExecutionNotFound):
            return machine.history(run)
    return []


def execution_of(world: World, run: str) -> Execution | None:
    """Return the execution behind a run or a replay; None where Step Functions knows none of this name."""
    for machine in (world.workflow, world.replays):
        with suppress(ExecutionNotFound):
            return machine.describe(run)
    return None


def list_runs(world: World, connection: str | None = None, limit: int = 50) -> list[Run]:
    """Return the newest runs, of one connection or of all."""
    names = [connection] if connection else [known.name for known in world.connections.all()]
    newest: Iterator[Run] = itertools.chain.from_iterable(
        itertools.islice(world.runs.of(name), limit) for name in names
    )
    return sorted(newest, key=lambda run: run.started_at, reverse=True)[:limit]


def total(streams: tuple[StreamResult, ...]) -> Counts:
    """Return the sum over streams."""
    return sum((Counts.from_json(stream.counts) for stream in streams), Counts())
