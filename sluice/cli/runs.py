"""`sluice runs`: what ran, and the path it took."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from sluice.cli.failures import Commands
from sluice.cli.output import json_option, print_fields, print_json, print_rows, print_table, table_of
from sluice.cli.progress import COLUMNS
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.run import row_of
from sluice.ports.workflow import Step
from sluice.usecases.failures import read_failure
from sluice.usecases.runs import list_runs, path_of_run, show_run

LISTED = ("id", "connection", "trigger", "status", "started_at", "ended_at", "counts", "error")


@click.group("runs", cls=Commands)
def runs_group() -> None:
    """Look at runs."""


@runs_group.command("list")
@click.argument("connection", required=False)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many.")
@json_option
@pass_reach
def list_command(reach: Reach, connection: str | None, limit: int, as_json: bool) -> None:  # noqa: FBT001
    """List the newest runs, of CONNECTION or of all."""
    world = reach.deployment.world
    if connection:
        world.connections.get(connection)
    rows = [run.to_json() for run in list_runs(world, connection, limit)]
    print_rows(rows, LISTED, as_json=as_json, none="no runs yet; `sluice run CONNECTION` makes one")


@runs_group.command("show")
@click.argument("run")
@json_option
@pass_reach
def show_command(reach: Reach, run: str, as_json: bool) -> None:  # noqa: FBT001
    """Show one RUN: its streams, its counts, its errors, and the path it took through the states."""
    world = reach.deployment.world
    view = show_run(world, run)
    path = path_of_run(world, run)
    if as_json:
        print_json({**view.to_json(), "path": [asdict(step) for step in path]})
        return
    about = view.to_json()
    print_fields({name: found for name, found in about.items() if name != "streams"}, as_json=False)
    if view.streams:
        click.echo()
        print_table(table_of([row_of(stream) for stream in view.streams], COLUMNS))
    for stream in view.streams:
        if stream.error:
            click.echo(f"{stream.stream}: {stream.error}: {stream.cause or 'no further word'}")
    if path:
        click.echo()
        print_table(table_of([_step(step) for step in path], ("at", "kind", "state", "details")))


def _step(step: Step) -> dict[str, Any]:
    # What goes in and out of a state fills a screen each time: it is in the JSON.
    details = {name: found for name, found in step.details.items() if name not in {"input", "output"}}
    if "cause" in details:
        # A Lambda's cause is JSON with its stack trace: people want the words.
        failure = read_failure({"Error": details.get("error"), "Cause": details["cause"]})
        details |= {"error": failure.error, "cause": failure.cause}
    return {"at": step.at, "kind": step.kind, "state": step.state, "details": details}
