"""The last net: an execution ended badly; if it could not say so itself, people are told here.

Some ends cannot be caught inside a state machine: aborted by a person, timed out, its data or history too
large, a broken path. EventBridge reports every one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sluice.registry.incidents import Sighting
from sluice.registry.runs import Run
from sluice.usecases.tell import report_incident
from sluice.usecases.world import World, iso


@dataclass(frozen=True, slots=True)
class EndedRun:
    """An execution as EventBridge reports it; ``status`` is FAILED, TIMED_OUT or ABORTED."""

    run: str
    connection: str
    status: str
    started_at: str
    error: str
    cause: str


def report_ended_run(world: World, ended: EndedRun) -> bool:
    """Free the connection, close the run's record, tell people; return False if that was done before."""
    run = world.runs.get(ended.run)
    if run is not None and run.status != "running":
        return False
    at = iso(world.clock.now())
    error = {"ABORTED": "RunAborted", "TIMED_OUT": "RunTimedOut"}.get(
        ended.status, ended.error or "RunFailed"
    )
    cause = ended.cause or f"the execution ended {ended.status} and could not say why itself"
    known = run or Run(ended.run, ended.connection, "", "", ended.started_at)
    world.runs.put(
        replace(known, status="lost", ended_at=at, error=error, cause=cause[:1_000]), world.expiry()
    )
    world.leases.free(ended.connection, ended.run)
    report_incident(world, ended.connection, Sighting(ended.run, None, error, cause, at))
    return True
