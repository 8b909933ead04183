"""The last net: an execution ended badly; if it could not say so itself, people are told here.

Some ends cannot be caught inside a state machine: aborted by a person, timed out, its data or history too
large, a broken path. EventBridge reports every one of them.
"""

from __future__ import annotations

import itertools

from msgspec import Struct
from msgspec.structs import replace

from sluice.messages.notification import Notice, Notification, page_of
from sluice.registry.backfills import TRIGGER
from sluice.registry.incidents import Sighting
from sluice.registry.runs import CONTINUED, Run
from sluice.runbook.known import entry_of
from sluice.usecases.failures import CAUSE_LENGTH
from sluice.usecases.operating.runs import execution_of
from sluice.usecases.telling.tell import report_incident, tell_untold
from sluice.usecases.world import World, iso

LOOKED_BACK = 20
"""Runs of a connection that are looked at; one run at a time holds it, so an open one is among the newest."""


STOPPED = "RunStopped"
"""The error of a run that a person stopped."""


class EndedRun(Struct, frozen=True):
    """An execution as EventBridge reports it; ``status`` is FAILED, TIMED_OUT or ABORTED."""

    run: str
    connection: str
    status: str
    started_at: str
    error: str
    cause: str


def report_ended_run(world: World, ended: EndedRun) -> bool:
    """Free the connection, close the run's record, tell people; return False if that was done before.

    A run that a person stopped is told as stopped: it is no incident, nothing is wrong with its connection.
    """
    run = world.runs.get(ended.run)
    connection = run.connection if run else ended.connection
    world.leases.free(connection, ended.run)
    # One that says it goes on as another, and then failed, could not start that.
    if run is not None and run.status not in {"running", CONTINUED}:
        world.runs.put(run, world.expiry())
        tell_untold(world, connection)
        return False
    at = iso(world.clock.now())
    known = run or Run(ended.run, connection, "", "", ended.started_at)
    stopped = world.runs.stop_asked(ended.run) if ended.status == "ABORTED" else None
    if stopped is not None:
        _close_stopped(world, replace(known, ended_at=at, error=STOPPED, cause=stopped[:1_000]))
        return True
    error = {"ABORTED": "RunAborted", "TIMED_OUT": "RunTimedOut"}.get(
        ended.status, ended.error or "RunFailed"
    )
    cause = ended.cause or f"the execution ended {ended.status} and could not say why itself"
    sighting = Sighting(ended.run, None, error, cause[:CAUSE_LENGTH], at, lost=True)
    report_incident(world, connection, sighting)
    tell_untold(world, connection)
    # Last, because whoever finds the run ended here takes it that people were told.
    world.runs.put(
        replace(known, status="lost", ended_at=at, error=error, cause=cause[:1_000]), world.expiry()
    )
    return True


def _close_stopped(world: World, run: Run) -> None:
    notice = Notification(
        kind=Notice.RUN_STOPPED,
        connection=run.connection,
        run=run.id,
        time=run.ended_at or run.started_at,
        title=f"{run.connection}: the run was stopped",
        detail=run.cause or "",
        advice=f"What it has handed over stays; {_what_reads_on(run)}",
        facts={"error": STOPPED},
        page=page_of("runs", run.id),
        runbook=entry_of(STOPPED).place,
    )
    world.notification.publish([notice.to_message()])
    tell_untold(world, run.connection)
    # Last, because whoever finds the run ended takes it that people were told.
    world.runs.put(replace(run, status="stopped"), world.expiry())


def _what_reads_on(run: Run) -> str:
    if run.trigger == TRIGGER:
        return f"what is left is read by: sluice backfill resume {run.id}"
    return f"the next run reads on: sluice run {run.connection}"


def report_lost_runs(world: World) -> list[str]:
    """Report every run that is recorded as running though its execution is not; return their ids.

    For when nobody was there to report an end: the embedded AWS ends executions with itself, silently.
    """
    lost = []
    for connection in world.connections.all():
        for run in itertools.islice(world.runs.of(connection.name), LOOKED_BACK):
            if run.status == "running" and (ended := _ended(world, run)) is not None:
                report_ended_run(world, ended)
                lost.append(run.id)
    return lost


def _ended(world: World, run: Run) -> EndedRun | None:
    execution = execution_of(world, run.id)
    if execution is None:
        cause = "its execution is not known any more"
        return EndedRun(run.id, run.connection, "ABORTED", run.started_at, "", cause)
    if execution.status == "RUNNING":
        return None
    error, cause = execution.error or "", execution.cause or ""
    return EndedRun(run.id, run.connection, execution.status, run.started_at, error, cause)
