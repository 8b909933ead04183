"""`sluice changes`: what ERPs changed, and an operator's decision on it."""

from __future__ import annotations

import getpass
from typing import Any

import click

from sluice.cli.failures import Commands
from sluice.cli.output import json_option, print_fields, print_rows, say
from sluice.cli.reach import Reach, pass_reach
from sluice.registry.incidents import Incident
from sluice.usecases.changes import accept_change, find_change, list_changes, reject_change

LISTED = ("id", "connection", "stream", "state", "severity", "code", "kind", "path", "seen", "opened_at")


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
    print_rows([_row(change) for change in found], LISTED, as_json=as_json, none="no API change is open")


@changes_group.command("show")
@click.argument("id")
@json_option
@pass_reach
def show_command(reach: Reach, id: str, as_json: bool) -> None:  # noqa: A002, FBT001 - the name in the usage
    """Show the change ID: what was, what is, how much of the data it touches, and which fields use it."""
    print_fields(_row(find_change(reach.deployment.world, id)), as_json=as_json)


def _decision(command: Any) -> Any:
    for option in (
        click.option("--by", default=getpass.getuser, show_default="your user name", help="Who decides."),
        click.option("--reason", default="", help="Why."),
        click.argument("id"),
    ):
        command = option(command)
    return command


@changes_group.command("accept")
@_decision
@pass_reach
def accept_command(reach: Reach, id: str, reason: str, by: str) -> None:  # noqa: A002
    """Take the change ID as right: the stream is released, and the next run publishes what it held back."""
    decided = accept_change(reach.deployment.world, id, by, reason)
    say(f"{decided.id} is accepted; `sluice run {decided.connection}` reads {decided.stream} again")


@changes_group.command("reject")
@_decision
@pass_reach
def reject_command(reach: Reach, id: str, reason: str, by: str) -> None:  # noqa: A002
    """Take the change ID as wrong: the stream stays held until the change is accepted after all."""
    decided = reject_change(reach.deployment.world, id, by, reason)
    say(f"{decided.id} is {decided.state}; {decided.stream} of {decided.connection} is left as it is")


def _row(incident: Incident) -> dict[str, Any]:
    found = incident.to_json()
    change = found.pop("change") or {}
    return {**found, **change}
