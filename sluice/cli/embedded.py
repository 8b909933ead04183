"""`sluice up`, `down` and `status`: the embedded AWS on this machine, what is deployed to it, the console."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from sluice.aws.stack_not_found import StackNotFound
from sluice.bootstrap.documents import ROOT
from sluice.cli import sandboxes
from sluice.cli.console.here import bring_up_console
from sluice.cli.failures import FINE, WORK_FAILED
from sluice.cli.output import json_option, print_fields
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.users.commands import FIRST, first_user
from sluice.cli.words import say
from sluice.console import background
from sluice.console.server import origin
from sluice.local import embedded_aws
from sluice.local.deploy import deploy, stack_outputs
from sluice.usecases.deciding.changes import complete_index
from sluice.usecases.operating.report_ended_run import report_lost_runs


@click.command("up")
@json_option
@pass_reach
def up_command(reach: Reach, as_json: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Start the embedded AWS, deploy to it, and serve the console.

    What is deployed is serverless.yml. What the embedded AWS kept from last time is there again, and so
    are the sandboxes that `sluice down` stopped, with the records they first had.
    """
    bring_up(reach)
    for address in sandboxes.start_again(reach.home):
        say(f"a sandbox runs at {address}")
    print_fields(standing(reach), as_json=as_json)


@click.command("down")
@pass_reach
def down_command(reach: Reach) -> None:
    """Stop the embedded AWS, the console and the sandboxes.

    Only sandboxes in the background are stopped. The state of the embedded AWS stays on disk.
    """
    for connector in sandboxes.stop_all(reach.home):
        say(f"the sandbox {connector} has stopped")
    if background.stop(reach.home):
        say("the console has stopped")
    stopped = embedded_aws.stop(reach.home)
    say(
        "the embedded AWS has stopped; `sluice up` finds its state again"
        if stopped
        else "nothing was running"
    )


@click.command("status")
@json_option
@pass_reach
def status_command(reach: Reach, as_json: bool) -> int:  # noqa: FBT001
    """Say what runs on this machine.

    That is the embedded AWS, its stack, the console and the sandboxes; exit code 1 if the embedded AWS is
    stopped.
    """
    print_fields(standing(reach), as_json=as_json)
    return FINE if embedded_aws.status(reach.home) else WORK_FAILED


class BroughtUp(Struct, frozen=True):
    """``console`` is its origin or None; ``password`` is the first user's, None if it was told before."""

    console: str | None
    password: str | None


def bring_up(reach: Reach) -> BroughtUp:
    """Start the embedded AWS, deploy to it and serve the console, saying what happens."""
    say("starting the embedded AWS")
    _require_folder(reach.home)
    killed = embedded_aws.killed(reach.home)
    if killed is not None:
        say(f"the embedded AWS was killed; it goes on as it was at {killed:%H:%M:%S} (UTC)")
    running = embedded_aws.start(reach.home)
    port = background.port_for(reach.home)
    deploy(ROOT, reach.home, running, say, origin(port))
    complete_index(reach.deployment.world)
    for run in report_lost_runs(reach.deployment.world):
        say(f"run {run} ended with the embedded AWS; its connection is free again")
    say(f"the API answers at {reach.deployment.api_url}")
    console = bring_up_console(reach, port)
    if console is not None:
        say(f"the console is at {console}")
    password = first_user(reach.deployment.world, reach.deployment.users)
    if password is not None:
        say(f"its first user is {FIRST}, in the group admin; the password, shown this once: {password}")
    return BroughtUp(console, password)


def _require_folder(home: Path) -> None:
    """Raise UsageError where nothing can be kept in ``home``."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        writable = os.access(home, os.W_OK | os.X_OK)
    except OSError as error:
        raise click.UsageError(f"SLUICE_HOME {home} cannot be made: {error.strerror}") from error
    if not writable:
        raise click.UsageError(
            f"nothing can be written in SLUICE_HOME {home}; right would be a folder of yours"
        )


def standing(reach: Reach) -> dict[str, Any]:
    """Return what runs here, as a JSON object."""
    running = embedded_aws.status(reach.home)
    return {
        "embedded_aws": "running" if running else "stopped",
        "endpoint": running.endpoint if running else None,
        "log": running.log if running else None,
        "api": _api_url(reach) if running else None,
        "console": background.running(reach.home),
        "home": str(reach.home),
        "stack": stack_outputs(running.endpoint) if running else {},
        "sandboxes": sandboxes.running(reach.home),
    }


def _api_url(reach: Reach) -> str | None:
    """Return where the API answers; None where none is deployed yet."""
    try:
        return reach.deployment.api_url
    except (StackNotFound, KeyError):
        return None
