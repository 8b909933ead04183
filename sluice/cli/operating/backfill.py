"""`sluice backfill`: a long history, read in windows side by side."""

from __future__ import annotations

import re
from typing import Any

import click

from sluice.cli.failures import Commands
from sluice.cli.output import json_option, print_json
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.run import conclude, watched
from sluice.cli.words import say
from sluice.usecases.backfill.start import resume_backfill, start_backfill
from sluice.usecases.operating.runs import show_run
from sluice.usecases.world import World


def _keys(context: click.Context, option: click.Parameter, given: str | None) -> list[int] | None:
    """Return the two numbers of FIRST:LAST."""
    if given is None:
        return None
    found = re.fullmatch(r"(-?\d{1,16}):(-?\d{1,16})", given)
    if found is None:
        raise click.BadParameter(f"{given} is no span of keys; should be such as 0:5000000", context, option)
    return [int(found[1]), int(found[2])]


_day = click.DateTime(["%Y-%m-%d"])
_wait = click.option("--wait", is_flag=True, help="Show the progress until it has ended.")


@click.group("backfill", cls=Commands)
def backfill_group() -> None:
    """Read a long history of a stream."""


@backfill_group.command("start")
@click.argument("connection")
@click.argument("stream")
@click.option("--from", "since", type=_day, help="From this day on; else from where the stream begins.")
@click.option("--to", "until", type=_day, help="To before this day; else to where the stream ends.")
@click.option("--days", type=click.IntRange(1), help="Length of a window; else as the stream says.")
@click.option(
    "--keys", metavar="FIRST:LAST", callback=_keys, help="Where ranges of keys begin, such as 0:5000000."
)
@click.option("--size", type=click.IntRange(1), help="How many keys a range has.")
@_wait
@json_option
@pass_reach
def start_command(reach: Reach, /, connection: str, stream: str, **given: Any) -> int:
    """Read the history of STREAM of CONNECTION in windows, four at once, within the ERP's rate budget.

    Meanwhile runs of the connection leave the stream out. Without --from and --to all of it is read, and it
    counts as a whole read: what is gone is deleted, and the next run asks for changes only. Of some days only
    what came is kept; the stream's cursor stays where it was.

    A stream without dates may be read in ranges of its keys: --keys 0:5000000 --size 100000 makes 50. They
    only say where it is split: keys below and above are read with the first and the last range, so it is
    always read whole.
    """
    days = {name: given[name].date().isoformat() for name in ("since", "until") if given[name]}
    split = {name: given[name] for name in ("days", "keys", "size")}
    wanted = {"connection": connection, "stream": stream, **split, **days}
    world = reach.deployment.world
    return _ended(world, start_backfill(world, wanted), wait=given["wait"], as_json=given["as_json"])


@backfill_group.command("resume")
@click.argument("backfill")
@_wait
@json_option
@pass_reach
def resume_command(reach: Reach, /, backfill: str, *, wait: bool, as_json: bool) -> int:
    """Read the windows that BACKFILL has left: its id, or that of any run of it.

    As long as no run has read the stream since; then a new backfill has to be begun.
    """
    world = reach.deployment.world
    return _ended(world, resume_backfill(world, backfill), wait=wait, as_json=as_json)


def _ended(world: World, run: str, *, wait: bool, as_json: bool) -> int:
    say(f"run {run}")
    if not wait:
        if as_json:
            print_json({"run": run})
        else:
            say(f"see how far it is: sluice runs show {run}")
        return 0
    view = watched(world, run)
    if as_json:
        print_json(view.to_json())
    return conclude(world, run, show_run(world, run), quiet=as_json)
