"""`sluice up`, `down` and `status`: the embedded AWS on this machine, and what is deployed to it."""

from __future__ import annotations

from typing import Any

import click

from sluice.aws.stack_outputs import StackNotFound
from sluice.bootstrap import ROOT
from sluice.cli import sandboxes
from sluice.cli.failures import FINE, WORK_FAILED
from sluice.cli.output import json_option, print_fields, say
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.users.commands import FIRST, first_user
from sluice.local import embedded_aws
from sluice.local.deploy import deploy, stack_outputs
from sluice.usecases.report_ended_run import report_lost_runs


@click.command("up")
@json_option
@pass_reach
def up_command(reach: Reach, as_json: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Start the embedded AWS and deploy to it.

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
    """Stop the embedded AWS and the sandboxes.

    Only sandboxes in the background are stopped. The state of the embedded AWS stays on disk.
    """
    for connector in sandboxes.stop_all(reach.home):
        say(f"the sandbox {connector} has stopped")
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

    That is the embedded AWS, its stack and the sandboxes; exit code 1 if the embedded AWS is stopped.
    """
    print_fields(standing(reach), as_json=as_json)
    return FINE if embedded_aws.status(reach.home) else WORK_FAILED


def bring_up(reach: Reach) -> None:
    """Start the embedded AWS and deploy to it, saying what happens."""
    say("starting the embedded AWS")
    running = embedded_aws.start(reach.home)
    deploy(ROOT, reach.home, running, say)
    for run in report_lost_runs(reach.deployment.world):
        say(f"run {run} ended with the embedded AWS; its connection is free again")
    say(f"the API answers at {reach.deployment.api_url}")
    password = first_user(reach.deployment.users)
    if password is not None:
        say(f"its first user is {FIRST}, in the group admin; the password, shown this once: {password}")


def standing(reach: Reach) -> dict[str, Any]:
    """Return what runs here, as a JSON object."""
    running = embedded_aws.status(reach.home)
    return {
        "embedded_aws": "running" if running else "stopped",
        "endpoint": running.endpoint if running else None,
        "log": running.log if running else None,
        "api": _api_url(reach) if running else None,
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
