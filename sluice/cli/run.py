"""`sluice run`: start a run, watch it, say what it came to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import click

from sluice.cli.failures import FINE, WORK_FAILED, run_failed
from sluice.cli.output import json_option, print_json
from sluice.cli.progress import Snapshot, watch
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.errors import ApiChanged
from sluice.model.chunk import Counts
from sluice.registry.runs import CONTINUED, StreamResult
from sluice.runbook.known import advice_on
from sluice.usecases.operating.runs import RunView, path_of_run, show_run, start_run, total
from sluice.usecases.world import World

POLL_SECONDS = 0.5
NOT_RUN = {
    "AlreadyRunning": "another run of this connection is under way; sluice runs list shows it",
    "ConnectionPaused": "the connection is paused; sluice connections resume lets it run",
}


@click.command("run")
@click.argument("connection")
@json_option
@pass_reach
def run_command(reach: Reach, connection: str, as_json: bool) -> int:  # noqa: FBT001 - click passes it by name
    """Run CONNECTION now and show its progress.

    At the end stands a summary. Interrupting only ends the watching: the run goes on by itself.
    """
    world = reach.deployment.world
    run = start_run(world, connection)
    say(f"run {run}")
    run, view = followed(world, run)
    if as_json:
        print_json(view.to_json())
    return conclude(world, run, view, quiet=as_json)


def followed(world: World, run: str) -> tuple[str, RunView]:
    """Show the progress of the run and of those that go on with it; return the last and what it came to."""
    view = watched(world, run)
    while view.run and view.run.status == CONTINUED and view.run.continued_as:
        say(f"{run} goes on as {view.run.continued_as}")
        run = view.run.continued_as
        view = watched(world, run)
    return run, view


def watched(world: World, run: str) -> RunView:
    """Show the run's progress until it has ended; return it as it then stands."""
    watch(_snapshots(world, run))
    return show_run(world, run)


def _snapshots(world: World, run: str) -> Iterator[Snapshot]:
    while True:
        view = show_run(world, run)
        yield [row_of(stream) for stream in view.streams]
        if view.ended or view.execution is None:
            return
        time.sleep(POLL_SECONDS)


def row_of(stream: StreamResult) -> dict[str, Any]:
    """Return a stream's result as a row of the live view."""
    counts = Counts.from_json(stream.counts)
    note = stream.note or stream.error or ""
    if counts.deleted:
        note = f"{counts.deleted} deleted {note}".strip()
    return {"stream": stream.stream, "state": stream.outcome, **counts.to_json(), "note": note}


def conclude(world: World, run: str, view: RunView, *, quiet: bool = False) -> int:
    """Say in a line or two what the run came to; return the exit code."""
    if view.run is None and (reason := _not_run(world, run)):
        say(f"error: run {run} did nothing: {reason}")
        return WORK_FAILED
    held = any(stream.outcome == "held" for stream in view.streams)
    status = view.run.status if view.run else "failed"
    error = view.execution.error if view.execution else None
    if not quiet:
        click.echo(summary(status, view.streams))
    for line in errors_in_words(run, view):
        say(line)
    only_held = held and all(stream.outcome != "failed" for stream in view.streams)
    if status == "succeeded" and error is None:
        return FINE
    return run_failed(ApiChanged.__name__ if only_held else error or status, held=only_held)


def errors_in_words(run: str, view: RunView) -> list[str]:
    """Return a line for each error of the run, then what to do about each name; none where all is well."""
    about = view.to_json()
    bad = [one for one in view.streams if one.error]
    found = [(one.error or "", f"{one.stream}: {one.error}: {one.cause or 'no further word'}") for one in bad]
    if not found and (error := about.get("error")):
        found = [(error, f"{error}: {about.get('cause') or 'no further word'}")]
    lines = [line for _, line in found]
    for error in dict.fromkeys(error for error, _ in found):
        advice = advice_on(
            error, about.get("connection") or "NAME", run, about.get("connector") or "CONNECTOR"
        )
        if advice is not None:
            lines.append(f"what to do about {error}: {advice['what_to_do']} ({advice['runbook']})")
    return lines


def summary(status: str, streams: tuple[StreamResult, ...]) -> str:
    """Return ``succeeded: 14 streams, 13,210 records fetched, 13,210 published, ...``."""
    counts = total(streams)
    parts = [
        f"{len(streams)} streams",
        f"{counts.fetched:,} records fetched",
        f"{counts.published:,} published",
    ]
    parts += [
        f"{counts.unchanged:,} unchanged",
        f"{counts.deleted:,} deleted",
        f"{counts.quarantined:,} quarantined",
    ]
    return f"{status}: " + ", ".join(parts)


def _not_run(world: World, run: str) -> str | None:
    met = {step.state for step in path_of_run(world, run)}
    return next((reason for state, reason in NOT_RUN.items() if state in met), None)
