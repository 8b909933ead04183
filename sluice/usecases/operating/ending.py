"""Stopping a run, and letting one go on that ended before its end: what a person does to executions."""

from __future__ import annotations

from msgspec.structs import replace

from sluice.ports.workflow import Execution, NotRedrivable, Workflow
from sluice.registry.audit import Act
from sluice.registry.backfills import TRIGGER
from sluice.registry.cursors import Cursors
from sluice.registry.runs import CONTINUED, Run, RunFilter
from sluice.usecases.operating.auditing import audited
from sluice.usecases.operating.report_ended_run import STOPPED, EndedRun, report_ended_run
from sluice.usecases.operating.runs import find_execution, unknown_run
from sluice.usecases.world import World

_SAID_ALL = frozenset({"succeeded", "held", "failed", CONTINUED})
"""How a run ends that came to its end: nothing is left of it to be done."""


class NotRunning(Exception):
    """The run has ended, so there is nothing to stop; the message says how it ended."""


class NotToBeRedriven(Exception):
    """The run cannot go on from where it ended; the message says why. A new run reads on from the cursors."""


def stop_run(world: World, run: str, reason: str = "") -> Run:
    """End the run now, at whatever state it is, and return its record; its connection is free at once.

    What was handed over stays; a step that is at work ends by itself, with LeaseLost once it wants to go on.
    Raises ConfigurationInvalid for an unknown run, NotRunning.
    """
    found = find_execution(world, run)
    if found is None:
        raise unknown_run(run)
    machine, execution = found
    if execution.status != "RUNNING":
        raise NotRunning(f"{run} has ended: {execution.status}")
    record = _record(world, run, execution)
    cause = f"stopped by {world.who}" + (f": {reason}" if reason else "")
    with audited(world, Act(world.who, "runs.stop", run, record.connection, reason)) as outcome:
        # First: whoever hears of the end before us, or after we died, tells it as a stop.
        world.runs.ask_to_stop(run, cause, world.expiry())
        if not machine.stop(run, STOPPED, cause):
            world.runs.forget_stop(run)
            raise NotRunning(f"{run} has just ended by itself")
        report_ended_run(
            world, EndedRun(run, record.connection, "ABORTED", record.started_at, STOPPED, cause)
        )
        stopped = world.runs.get(run) or record
        outcome.after = {"status": stopped.status}
    return stopped


def redrive_run(world: World, run: str) -> Run:
    """Let the run go on from the step that did not succeed; return its record, which is running again.

    Only a run that was cut off (stopped, aborted, timed out, or lost by a broken step) has such a step: one
    that ended held or failed has said all it had to say, and would only say it again. Only the newest run of
    its connection may go on, as a later one has moved the cursors. AWS lets executions of the last 14 days
    go on (Step Functions, RedriveExecution, read 2026-11-22); the embedded AWS none.
    Raises ConfigurationInvalid for an unknown run, NotToBeRedriven, LeaseTaken.
    """
    found = find_execution(world, run)
    record = world.runs.get(run)
    if found is None and record is None:
        raise unknown_run(run)
    if found is None or record is None:
        raise NotToBeRedriven(f"Step Functions or Sluice has forgotten {run}")
    machine, execution = found
    refused = why_not_redriven(world, record, execution)
    if refused:
        raise NotToBeRedriven(refused)
    act = Act(world.who, "runs.redrive", run, record.connection, before={"status": record.status})
    with audited(world, act) as outcome:
        going = _redriven(world, machine, record)
        outcome.after = {"status": going.status}
    return going


def why_not_redriven(world: World, record: Run, execution: Execution) -> str:
    """Return in words why the run cannot go on, as far as Sluice knows; empty where AWS is to be asked."""
    if execution.status == "RUNNING" or record.status == "running":
        return f"{record.id} is under way, or its end is not written down yet"
    if record.status in _SAID_ALL:
        return f"{record.id} came to its end as {record.status}; going on would only say so again"
    if record.trigger == TRIGGER:
        # It holds but its stream: runs of the connection go on beside it.
        return _why_not_filled_on(world, record)
    newest = world.runs.page(RunFilter(record.connection), limit=1).items
    if newest and newest[0].id != record.id:
        return f"a later run of {record.connection} has read since: {newest[0].id}"
    return ""


def _why_not_filled_on(world: World, record: Run) -> str:
    """Return which later read of the stream stands in the way of the backfill; empty for none."""
    for result in world.runs.streams(record.id).values():
        cursor = Cursors(world.state, record.connection).get(result.stream)
        if cursor.begun != result.sweep:
            return f"{result.stream} has been read since: {cursor.begun or cursor.sweep}"
    return ""


def _take(world: World, record: Run) -> None:
    """Take what the run held: its connection, or a backfill's stream. Raises LeaseTaken."""
    now = world.clock.now()
    if record.trigger != TRIGGER:
        world.leases.take(record.connection, record.id, now)
        return
    for stream in world.runs.streams(record.id):
        world.leases.take_stream(record.connection, stream, record.id, now)


def _redriven(world: World, machine: Workflow, record: Run) -> Run:
    # The steps of the run write only under its lease, which its end gave back.
    _take(world, record)
    asked = world.runs.stop_asked(record.id)
    going = replace(record, status="running", ended_at=None, error=None, cause=None)
    world.runs.forget_stop(record.id)
    # Before it goes on: it may end at once, and its end finds the record running.
    world.runs.put(going, world.expiry())
    try:
        machine.redrive(record.id)
    except NotRedrivable as refused:
        world.runs.put(record, world.expiry())
        if asked is not None:
            world.runs.ask_to_stop(record.id, asked, world.expiry())
        world.leases.free(record.connection, record.id)
        raise NotToBeRedriven(f"{record.id} cannot go on: {refused}") from refused
    return going


def _record(world: World, run: str, execution: Execution) -> Run:
    """Return the run's record; of one that has not written any yet, what its execution tells."""
    known = world.runs.get(run)
    if known is not None:
        return known
    connection = _connection_of(world, run)
    return Run(run, connection, "", "", execution.started_at)


def _connection_of(world: World, run: str) -> str:
    """Return the connection that an execution is started with, by its first step."""
    found = find_execution(world, run)
    steps = found[0].history(run, 1) if found else []
    given = steps[0].details.get("input") if steps else None
    return str(given.get("connection", "unknown")) if isinstance(given, dict) else "unknown"
