"""`sluice runs`: what ran, the path it took, and stopping and redriving it."""

from __future__ import annotations

from typing import Any

import click

from sluice.cli.failures import FINE, WORK_FAILED, Commands
from sluice.cli.output import json_option, print_fields, print_json, print_rows, print_table, table_of
from sluice.cli.progress import COLUMNS
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.run import conclude, errors_in_words, followed, row_of
from sluice.cli.words import say
from sluice.model.metered import KEY
from sluice.model.structs import as_dict
from sluice.ports.workflow import MAX_STEPS, Step
from sluice.registry.leases import LeaseTaken
from sluice.usecases.failures import read_failure
from sluice.usecases.operating.cost import Cost, priced
from sluice.usecases.operating.ending import NotRunning, NotToBeRedriven, redrive_run, stop_run
from sluice.usecases.operating.runs import path_of_run, run_filter, show_run
from sluice.usecases.operating.usage import used_of

STATUSES = ("running", "succeeded", "continued", "held", "failed", "stopped", "lost")
LISTED = ("id", "connection", "trigger", "status", "started_at", "ended_at", "counts", "error")


@click.group("runs", cls=Commands)
def runs_group() -> None:
    """Look at runs."""


@runs_group.command("list")
@click.argument("connection", required=False)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many.")
@click.option("--status", type=click.Choice(STATUSES), help="With this status only.")
@click.option(
    "--trigger",
    type=click.Choice(["schedule", "manual", "continued", "replay", "backfill"]),
    help="Started by this only.",
)
@click.option("--since", help="Started then or later: a day or a time in UTC, 2026-11-21T08:00:00Z.")
@click.option("--until", help="Started then or earlier.")
@click.option("--text", help="With this in error or cause, in any case of its letters.")
@click.option("--after", help="Go on behind this place, as the page before named it.")
@json_option
@pass_reach
def list_command(reach: Reach, /, connection: str | None, **given: Any) -> None:
    """List the newest runs, of CONNECTION or of all."""
    world = reach.deployment.world
    if connection:
        world.connections.get(connection)
    filters = {name: given[name] or "" for name in ("status", "trigger", "since", "until", "text")}
    wanted = run_filter(connection=connection or "", **filters)
    try:
        page = world.runs.page(wanted, after=given["after"], limit=given["limit"])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    rows = [run.to_json() for run in page.items]
    none = "no runs yet; `sluice run CONNECTION` makes one"
    if any(filters.values()) or given["after"]:
        none = "no such runs here"
    print_rows(rows, LISTED, as_json=given["as_json"], none=none)
    if page.after and (any(filters.values()) or given["after"] or len(rows) == given["limit"]):
        say(f"there are more: --after '{page.after}'")


@runs_group.command("show")
@click.argument("run")
@click.option("--cost", is_flag=True, help="Also what AWS bills for it: what it used, at list prices.")
@json_option
@pass_reach
def show_command(reach: Reach, run: str, cost: bool, as_json: bool) -> None:  # noqa: FBT001
    """Show one RUN: its streams, its counts, its errors, and the path it took through the states."""
    world = reach.deployment.world
    view = show_run(world, run)
    path = path_of_run(world, run)
    used = used_of(world, run, path, MAX_STEPS) if cost else None
    estimate = priced(used) if used else None
    if as_json:
        found = {**view.to_json(), "path": [as_dict(step) for step in path]}
        print_json({**found, "cost": as_dict(estimate) if estimate else None} if cost else found)
        return
    about = view.to_json()
    print_fields({name: found for name, found in about.items() if name != "streams"}, as_json=False)
    if view.streams:
        click.echo()
        print_table(table_of([row_of(stream) for stream in view.streams], COLUMNS))
    for line in errors_in_words(run, view):
        click.echo(line)
    if estimate:
        _print_cost(estimate)
    if path:
        click.echo()
        print_table(table_of([_step(step) for step in path], ("at", "kind", "state", "details")))


@runs_group.command("stop")
@click.argument("run")
@click.option("--reason", default="", help="Why.")
@pass_reach
def stop_command(reach: Reach, run: str, reason: str) -> int:
    """End RUN now, wherever it is. What it has handed over stays, and its connection is free at once."""
    try:
        stopped = stop_run(reach.deployment.world, run, reason)
    except NotRunning as ended:
        say(f"error: {ended}")
        return WORK_FAILED
    say(f"{run} is {stopped.status}: {stopped.cause or 'no further word'}")
    return FINE


@runs_group.command("redrive")
@click.argument("run")
@click.option("--wait", is_flag=True, help="Show the progress until it has ended.")
@pass_reach
def redrive_command(reach: Reach, run: str, wait: bool) -> int:  # noqa: FBT001
    """Let RUN go on that was cut off, from the step that did not succeed.

    Only the newest run of a connection, and on AWS only within 14 days. Where it cannot be, a new run reads
    on from the same place: `sluice run CONNECTION`.
    """
    world = reach.deployment.world
    try:
        going = redrive_run(world, run)
    except (NotToBeRedriven, LeaseTaken) as refused:
        taken = f"the run {refused} holds its connection" if isinstance(refused, LeaseTaken) else str(refused)
        say(f"error: {taken}\nwhat to do: a new run reads on from the same place: sluice run CONNECTION")
        return WORK_FAILED
    say(f"{run} goes on")
    return conclude(world, *followed(world, run)) if wait else int(going.status != "running")


def _print_cost(estimate: Cost) -> None:
    rows = [as_dict(line) for line in estimate.lines]
    click.echo(f"\nabout ${estimate.dollars} at the list prices of {estimate.region}, read {estimate.read}")
    print_table(table_of(rows, ("what", "quantity", "dollars")))
    for note in estimate.notes:
        click.echo(f"- {note}")


def _step(step: Step) -> dict[str, Any]:
    # What goes in and out of a state, and what it used, fills a screen each time: it is in the JSON.
    details = {name: found for name, found in step.details.items() if name not in {"input", "output", KEY}}
    if "cause" in details:
        # A Lambda's cause is JSON with its stack trace: people want the words.
        failure = read_failure({"Error": details.get("error"), "Cause": details["cause"]})
        details |= {"error": failure.error, "cause": failure.cause}
    return {"at": step.at, "kind": step.kind, "state": step.state, "details": details}
