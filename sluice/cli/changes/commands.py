"""`sluice changes`: what ERPs changed, and an operator's decision on it."""

from __future__ import annotations

import click

from sluice.cli.changes.decide import accept_command, export_command, reject_command
from sluice.cli.changes.detect import detect_command
from sluice.cli.changes.diff import diff_command
from sluice.cli.failures import Commands
from sluice.cli.output import json_option, print_fields, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.usecases.deciding.changes import describe_change, find_change, list_changes

LISTED = (
    "id", "connection", "stream", "state", "action", "code", "kind", "path", "scope", "seen", "opened_at",
)  # fmt: skip


@click.group("changes", cls=Commands)
def changes_group() -> None:
    """Look at API changes, and accept or reject them."""


@changes_group.command("list")
@click.argument("connection", required=False)
@click.option("--all", "everything", is_flag=True, help="Also those that are decided or over.")
@json_option
@pass_reach
def list_command(reach: Reach, connection: str | None, everything: bool, as_json: bool) -> None:  # noqa: FBT001
    """List the open API changes, of CONNECTION or of all."""
    world = reach.deployment.world
    if connection:
        world.connections.get(connection)
    found = [change for change in list_changes(world, connection) if everything or change.state == "open"]
    rows = [describe_change(world, change) for change in found]
    print_rows(rows, LISTED, as_json=as_json, none="no API change is open")


@changes_group.command("show")
@click.argument("id")
@json_option
@pass_reach
def show_command(reach: Reach, id: str, as_json: bool) -> None:  # noqa: A002, FBT001 - the name in the usage
    """Show the change ID: what was, what is, how much of the data it touches, and which fields use it."""
    world = reach.deployment.world
    print_fields(describe_change(world, find_change(world, id)), as_json=as_json)


for _command in (accept_command, reject_command, export_command, detect_command, diff_command):
    changes_group.add_command(_command)
