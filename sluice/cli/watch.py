"""`sluice watch`: what ERPs will change, as far as their vendors say so."""

from __future__ import annotations

import time
from typing import Any

import click

from sluice.cli.failures import FINE, WORK_FAILED, Commands
from sluice.cli.output import json_option, print_fields, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.registry.telling.announcements import Announcement
from sluice.usecases.watch.looking import (
    Source,
    find_announcement,
    list_announcements,
    list_sources,
    start_watch,
    watch_ended,
)
from sluice.usecases.watch.plan import EVERYTHING
from sluice.usecases.world import World

LISTED = (
    "id",
    "connector",
    "due",
    "days_left",
    "severity",
    "code",
    "path",
    "streams",
    "connections",
    "seen_at",
)
SOURCES = ("connector", "place", "address", "read_at", "changed_at", "versions", "failing")
POLL_SECONDS = 0.5


@click.group("watch", cls=Commands)
def watch_group() -> None:
    """See what ERPs will change before a run meets it."""


@watch_group.command("run")
@click.argument("connector", required=False)
@json_option
@pass_reach
def run_command(reach: Reach, connector: str | None, as_json: bool) -> int:  # noqa: FBT001
    """Read the published descriptions now, of CONNECTOR or of all, and list what is announced.

    A schedule does this once a day. No stream is held by what is found.
    """
    world, watching = reach.deployment.world, reach.deployment.watching
    name = start_watch(world, watching, connector or EVERYTHING)
    say(f"watch {name}")
    while (ended := watch_ended(watching, name)) is None:
        time.sleep(POLL_SECONDS)
    _list(world, connector, everything=False, as_json=as_json)
    if ended.status == "SUCCEEDED":
        return FINE
    say(f"error: the watch ended {ended.status}: {ended.error or ''}: {ended.cause or 'no further word'}")
    return WORK_FAILED


@watch_group.command("list")
@click.argument("connector", required=False)
@click.option("--all", "everything", is_flag=True, help="Also those that are taken back or over.")
@json_option
@pass_reach
def list_command(reach: Reach, connector: str | None, everything: bool, as_json: bool) -> None:  # noqa: FBT001
    """List what is announced, of CONNECTOR or of all; what happens soonest first."""
    _list(reach.deployment.world, connector, everything=everything, as_json=as_json)


@watch_group.command("show")
@click.argument("id")
@json_option
@pass_reach
def show_command(reach: Reach, id: str, as_json: bool) -> None:  # noqa: A002, FBT001 - the name in the usage
    """Show the announcement ID: what changes, when, which fields and connections it touches."""
    world = reach.deployment.world
    print_fields(_row(world, find_announcement(world, id)), as_json=as_json)


@watch_group.command("sources")
@click.argument("connector", required=False)
@json_option
@pass_reach
def sources_command(reach: Reach, connector: str | None, as_json: bool) -> None:  # noqa: FBT001
    """List the descriptions that are read, of CONNECTOR or of all, and which of them cannot be read."""
    rows = [_source(source, as_json=as_json) for source in list_sources(reach.deployment.world, connector)]
    none = "no description was read yet; `sluice watch run` reads them"
    print_rows(rows, SOURCES, as_json=as_json, none=none)


def _list(world: World, connector: str | None, *, everything: bool, as_json: bool) -> None:
    known = list_announcements(world, connector)
    rows = [_row(world, one) for one in known if everything or one.state == "open"]
    print_rows(rows, LISTED, as_json=as_json, none="nothing is announced")


def _row(world: World, one: Announcement) -> dict[str, Any]:
    found = one.to_json()
    change = found.pop("change")
    for between_tellers in ("telling_as", "telling_by", "telling_at"):
        del found[between_tellers]
    return {**found, "days_left": one.days_left(world.clock.now().date()), **change}


def _source(source: Source, *, as_json: bool) -> dict[str, Any]:
    row = source.to_json()
    if as_json:
        return row
    failing = source.described.failing or {}
    return {**row, "versions": len(source.history), "failing": failing.get("cause", "")}
