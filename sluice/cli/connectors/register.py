"""`sluice connectors register`, `versions` and `rollback`: connectors of a running deployment."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import click

from sluice.bootstrap.documents import folder_documents
from sluice.cli.output import json_option, print_fields, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.connector.load import connector_names
from sluice.model.structs import as_dict
from sluice.registry.packages import files_of
from sluice.usecases.deciding.registering import Registered, Wanted, register, roll_back, versions

LISTED = ("number", "holds", "connections", "at", "who", "reason")
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def _decision(command: Any) -> Any:
    for option in (
        json_option,
        click.option("--by", default=getpass.getuser, show_default="your user name", help="Who decides."),
        click.option("--reason", default="", help="Why."),
        click.option(
            "--connection", "connections", multiple=True, help="For this connection only; may be repeated."
        ),
    ):
        command = option(command)
    return command


@click.command("register")
@click.argument("folder", type=_FOLDER, metavar="DIR")
@click.argument("name", required=False)
@_decision
@pass_reach
def register_command(reach: Reach, /, **given: Any) -> None:
    """Let the connector in DIR hold on the deployment from now on, without deploying anything.

    DIR holds connectors/NAME/ and transformers/NAME/, as the repository does; NAME may be left out where
    there is one only. It is checked first, also against the connections that it would hold for. New runs work
    with it; a run under way goes on with what it started with. --connection tries it on some of them only.
    """
    documents = folder_documents(given["folder"])
    name = given["name"] or _only(connector_names(documents), given["folder"])
    world = reach.deployment.world
    done = register(world, files_of(documents, name), _wanted(name, given))
    _print(done, as_json=given["as_json"])
    if not given["as_json"] and (done.before or world.catalog.was_delivered(name)):
        say(f"back again: sluice connectors rollback {name} --to {done.before}")


@click.command("versions")
@click.argument("name")
@json_option
@pass_reach
def versions_command(reach: Reach, name: str, as_json: bool) -> None:  # noqa: FBT001
    """List what was registered of the connector NAME, and which version holds for whom."""
    world = reach.deployment.world
    world.catalog.require(name)
    rows = [
        {**as_dict(version), "holds": holds, "connections": list(own)}
        for version, holds, own in versions(world, name)
    ]
    none = f"nothing is registered of {name}; what was deployed with the code holds"
    print_rows(rows, LISTED, as_json=as_json, none=none)


@click.command("rollback")
@click.argument("name")
@click.option(
    "--to", type=click.IntRange(0), help="The version; 0 is what was deployed. Without: the one before."
)
@_decision
@pass_reach
def rollback_command(reach: Reach, /, **given: Any) -> None:
    """Let an earlier version of the connector NAME hold again, from the next run on."""
    done = roll_back(reach.deployment.world, _wanted(given["name"], given), given["to"])
    _print(done, as_json=given["as_json"])


def _wanted(name: str, given: dict[str, Any]) -> Wanted:
    return Wanted(name, given["by"], given["reason"], given["connections"])


def _only(names: list[str], folder: Path) -> str:
    if len(names) == 1:
        return names[0]
    found = f"holds {', '.join(names)}; say which" if names else "holds no connectors/NAME/connector.yaml"
    raise click.UsageError(f"{folder} {found}")


def _print(done: Registered, *, as_json: bool) -> None:
    if as_json:
        print_fields(as_dict(done), as_json=True)
        return
    what = f"version {done.version}" if done.version else "what was deployed with the code"
    whom = ", ".join(done.connections) or "no connection yet"
    say(f"{done.connector}: {what} holds, for {whom}; streams: {', '.join(done.streams)}")
    if done.read_again and done.connections:
        say(f"read whole by the next run: {', '.join(done.read_again)}")
