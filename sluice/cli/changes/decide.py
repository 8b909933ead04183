"""`sluice changes accept`, `reject` and `export`: an operator's decision, and its patch brought home."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import click

from sluice.bootstrap.documents import ROOT
from sluice.cli.failures import WORK_FAILED
from sluice.cli.output import json_option, print_json
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.run import conclude, watched
from sluice.cli.words import say
from sluice.model.structs import as_dict
from sluice.usecases.deciding.accepting import Accepted, accept_change, accept_everywhere, reject_change
from sluice.usecases.deciding.overrides import export_override
from sluice.usecases.world import World


def _decision(command: Any) -> Any:
    for option in (
        click.option("--by", default=getpass.getuser, show_default="your user name", help="Who decides."),
        click.option("--reason", default="", help="Why."),
        click.argument("id"),
    ):
        command = option(command)
    return command


@click.command("accept")
@_decision
@click.option("--apply-suggestion", "patch", is_flag=True, help="Patch the mapping as the change suggests.")
@click.option("--everywhere", is_flag=True, help="On every connection of the connector that has the change.")
@click.option("--wait", is_flag=True, help="Show the progress until the held records are handed over.")
@json_option
@pass_reach
def accept_command(reach: Reach, /, **given: Any) -> int:
    """Take the change ID as right: its records flow, those that were held first.

    The contract gets a new version, the stream is released, and a replay hands over what was held or set
    aside, without calling the ERP. Accepting again does nothing twice: it completes what was interrupted.
    """
    world = reach.deployment.world
    accept = accept_everywhere if given["everywhere"] else accept_change
    found = accept(world, given["id"], given["by"], given["reason"], patch=given["patch"])
    accepted = found if isinstance(found, list) else [found]
    if given["as_json"]:
        print_json([as_dict(one) for one in accepted])
    for one in [] if given["as_json"] else accepted:
        for line in _in_words(one):
            say(line)
    replays = [one.replay for one in accepted if one.replay]
    return follow(world, replays, quiet=given["as_json"]) if given["wait"] else 0


@click.command("reject")
@_decision
@pass_reach
def reject_command(reach: Reach, id: str, reason: str, by: str) -> int:  # noqa: A002
    """Take the change ID as wrong: the stream stays held until the change is accepted after all."""
    decided = reject_change(reach.deployment.world, id, by, reason)
    if decided.accepted:
        say(f"{id} was accepted by {decided.who} at {decided.at}, and stays accepted")
        return WORK_FAILED
    say(f"{id} is rejected; what it holds stays held until it is accepted after all")
    return 0


@click.command("export")
@click.argument("connector")
@click.argument("stream")
@click.option("--connection", help="The override of this connection, where they differ.")
@click.option("--write", is_flag=True, help="Write it over the mapping's file instead of printing it.")
@pass_reach
def export_command(reach: Reach, connector: str, stream: str, connection: str | None, write: bool) -> None:  # noqa: FBT001
    """Print the patched mapping of STREAM, so that it can be committed as the mapping's file.

    Once the file that is deployed says the same, the override is dropped by the next run. What the connector
    has to declare beside it, is said on standard error.
    """
    exported = export_override(reach.deployment.world, connector, stream, connection)
    for fault in exported.faults:
        say(f"connectors/{connector}/{stream}.yaml has to be changed with it: {fault.message}")
    if not write:
        click.echo(exported.text, nl=False)
        return
    if exported.stale:
        message = "the mapping's file was changed since the patch was made; print it, and bring it in by hand"
        raise click.ClickException(message)
    file = _file(connector, stream)
    file.write_text(exported.text, encoding="utf-8")
    names = ", ".join(exported.connections)
    say(f"written to {file}; once it is deployed the overrides of {names} are dropped by their next runs")


def _file(connector: str, stream: str) -> Path:
    return ROOT / "transformers" / connector / f"{stream}.yaml"


def follow(world: World, replays: list[str], *, quiet: bool) -> int:
    """Show each replay's progress until it has ended; return the exit code of the worst."""
    return max((conclude(world, name, watched(world, name), quiet=quiet) for name in replays), default=0)


def _in_words(accepted: Accepted) -> list[str]:
    incident, decided = accepted.incident, accepted.decided
    lines = [f"{incident.id} is accepted by {decided.who} at {decided.at}"]
    if accepted.together:
        lines.append(f"with it, at the same place: {', '.join(accepted.together)}")
    if accepted.contract:
        patch = ", and its mapping is patched" if decided.patched else ""
        lines.append(
            f"{incident.connection}/{incident.stream} has contract version {accepted.contract}{patch}"
        )
    if accepted.held_by:
        lines.append(f"the stream stays held by another change: sluice changes show {accepted.held_by}")
    elif accepted.replay:
        lines.append(f"the records are handed over by the replay {accepted.replay}")
    else:
        lines.append(f"no record waits; `sluice run {incident.connection}` reads on")
    return lines
