"""`sluice data compact`: the housekeeping of the lake, started by hand."""

from __future__ import annotations

import time

import click

from sluice.cli.failures import FINE, WORK_FAILED
from sluice.cli.output import json_option, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.usecases.data.housekeeping import housekeeping_ended, list_parts, start_housekeeping

LISTED = ("entity", "connection", "files", "fresh", "bytes", "trouble")
POLL_SECONDS = 0.5


@click.command("compact")
@json_option
@pass_reach
def compact_command(reach: Reach, as_json: bool) -> int:  # noqa: FBT001
    """Make few large files of the lake's small ones now, and list what there is then.

    A schedule does this every hour. What queries answer is the same before, meanwhile and after.
    """
    world, housekeeping = reach.deployment.world, reach.deployment.housekeeping
    before = sum(part.files for part in list_parts(world))
    name = start_housekeeping(world, housekeeping)
    say(f"housekeeping {name}")
    while (ended := housekeeping_ended(housekeeping, name)) is None:
        time.sleep(POLL_SECONDS)
    parts = list_parts(world)
    say(f"{before} files have become {sum(part.files for part in parts)}")
    print_rows([part.to_json() for part in parts], LISTED, as_json=as_json, none="nothing is in the lake")
    if ended.status == "SUCCEEDED":
        return FINE
    why = f"{ended.error or ''}: {ended.cause or 'no further word'}"
    say(f"error: the housekeeping ended {ended.status}: {why}")
    return WORK_FAILED
