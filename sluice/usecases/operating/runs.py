"""Runs as a person starts and reads them."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.chunk import Counts
from sluice.ports.workflow import MAX_STEPS, Execution, ExecutionNotFound, Step, Workflow
from sluice.registry.audit import Act
from sluice.registry.runs import Run, RunFilter, StreamResult
from sluice.usecases.backfill.progress import Progress, progress_of_run
from sluice.usecases.operating.auditing import audited
from sluice.usecases.operating.periods import check_period
from sluice.usecases.world import World


class RunView(Struct, frozen=True):
    """A run with its streams; the counts of a stream under way are those of its chunks so far.

    ``progress`` is how far a backfill is, None for other runs.
    """

    run: Run | None
    execution: Execution | None
    streams: tuple[StreamResult, ...]
    progress: Progress | None = None

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
        found |= {"progress": self.progress.to_json()} if self.progress else {}
        return {**found, "streams": [stream.to_json() for stream in self.streams]}


def start_run(world: World, connection: str, key: str | None = None) -> str:
    """Start a run by hand and return its id; raises ConfigurationInvalid for an unknown connection.

    ``key`` is the caller's own name of this start: with the same key again no other run is started, for as
    long as Step Functions keeps the names of executions (90 days).
    """
    known = world.connections.get(connection)
    run = _run_id(world, known.name, key)
    if key is not None and execution_of(world, run) is not None:
        return run
    with audited(world, Act(world.who, "runs.start", run, known.name)):
        world.workflow.start(run, {"connection": known.name, "trigger": "manual"})
    return run


def _run_id(world: World, connection: str, key: str | None) -> str:
    if key is not None:
        return f"{connection}-{hashlib.sha256(f'{connection} {key}'.encode()).hexdigest()[:24]}"
    moment = world.clock.now().strftime("%Y%m%dT%H%M%SZ")
    return f"{connection}-{moment}-{secrets.token_hex(2)}"


def show_run(world: World, run: str) -> RunView:
    """Return the run as it stands; raises ConfigurationInvalid if there never was one of this id."""
    record = world.runs.get(run)
    execution = execution_of(world, run)
    if record is None and execution is None:
        raise unknown_run(run)
    streams = tuple(_so_far(world, run, result) for result in world.runs.streams(run).values())
    progress = progress_of_run(world, record) if record else None
    if progress is not None and record and record.status == "running":
        streams = tuple(replace(one, note=progress.in_words()) for one in streams)
    return RunView(record, execution, streams, progress)


def unknown_run(run: str) -> ConfigurationInvalid:
    """Return the error for an id that no run has."""
    message = f"no run {run!r}; sluice runs list shows those there are"
    return ConfigurationInvalid(message, [Fault("unknown_run", "/run", message)])


def _so_far(world: World, run: str, result: StreamResult) -> StreamResult:
    if result.outcome not in {"reading", "waiting"}:
        return result
    counts = world.runs.chunk_counts(run, result.stream)
    fetched = max(counts.fetched, result.records_fetched)
    return replace(result, counts=replace(counts, fetched=fetched).to_json())


def path_of_run(world: World, run: str, limit: int = MAX_STEPS, *, data: bool = True) -> list[Step]:
    """Return the first steps the run took, oldest first; none once Step Functions has forgotten it."""
    for machine in world.machines:
        with suppress(ExecutionNotFound):
            return machine.history(run, limit, data=data)
    return []


def execution_of(world: World, run: str) -> Execution | None:
    """Return the execution behind a run, replay or backfill; None where there is none of this name."""
    found = find_execution(world, run)
    return found[1] if found else None


def find_execution(world: World, run: str) -> tuple[Workflow, Execution] | None:
    """Return the execution behind a run, replay or backfill, with its state machine; None for none."""
    for machine in world.machines:
        with suppress(ExecutionNotFound):
            return machine, machine.describe(run)
    return None


def run_filter(**wanted: str) -> RunFilter:
    """Return the filter; raises ConfigurationInvalid where since or until is no day and no time, in UTC."""
    check_period(wanted, "runs")
    return RunFilter(**wanted)


def total(streams: tuple[StreamResult, ...]) -> Counts:
    """Return the sum over streams."""
    return sum((Counts.from_json(stream.counts) for stream in streams), Counts())
