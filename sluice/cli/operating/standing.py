"""`sluice overview` and `sluice audit`: how everything stands, and who did what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from sluice.cli.failures import Commands
from sluice.cli.output import json_option, print_json, print_rows, print_table, table_of
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.model.structs import as_dict
from sluice.usecases.operating.auditing import audit_filter
from sluice.usecases.operating.overview import Health, Matter, overview

CONNECTIONS = (
    "connection",
    "connector",
    "last_run",
    "next_run",
    "oldest_lag",
    "held",
    "changes",
    "quarantined",
)
MATTERS = ("need", "connection", "stream", "reason", "target")
ENTRIES = ("at", "who", "action", "target", "state", "reason", "error")


@click.command("overview")
@json_option
@pass_reach
def overview_command(reach: Reach, as_json: bool) -> None:  # noqa: FBT001
    """Show how every connection is, and what needs a person first."""
    found = overview(reach.deployment.world)
    if as_json:
        needs = [{**as_dict(one), "need": one.need.name.lower()} for one in found.first]
        print_json(
            {**as_dict(found), "connections": [_whole(one) for one in found.connections], "first": needs}
        )
        return
    rows = [_row(one) for one in found.connections]
    print_rows(
        rows, CONNECTIONS, as_json=False, none="no connections yet; `sluice connections add` makes one"
    )
    if found.first:
        click.echo()
        print_table(table_of([_matter(one) for one in found.first], MATTERS))
    elif rows:
        say("nothing needs a person")


_FILTERS = ("connection", "who", "action", "since", "until")


@click.group("audit", cls=Commands)
def audit_group() -> None:
    """Look at who did what."""


@audit_group.command("list")
@click.option("--connection", help="Of this connection only.")
@click.option("--who", help="By this person only.")
@click.option("--action", help="Of this kind only: connections.pause, or all of connections.")
@click.option("--since", help="Then or later: a day or a time in UTC, 2026-11-21T08:00:00Z.")
@click.option("--until", help="Then or earlier.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="At most so many.")
@click.option("--after", help="Go on behind this place, as the page before named it.")
@json_option
@pass_reach
def list_command(reach: Reach, /, **given: Any) -> None:
    """List what people did, the newest first; entries are kept for 400 days.

    One that stays begun was interrupted: how far it came is not known.
    """
    audit = reach.deployment.world.audit
    wanted = audit_filter(**{name: given[name] or "" for name in _FILTERS})
    try:
        page = audit.page(wanted, after=given["after"], limit=given["limit"])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    rows = [entry.to_json() for entry in page.items]
    print_rows(rows, ENTRIES, as_json=given["as_json"], none=_none(given))
    if page.after:
        say(f"there are more: --after '{page.after}'")


def _none(given: dict[str, Any]) -> str:
    filtered = any(given[name] for name in (*_FILTERS, "after"))
    return "no such entries here" if filtered else "nobody did anything that is kept"


def _row(health: Health) -> dict[str, Any]:
    lags = [stream.lag for stream in health.streams if stream.lag is not None]
    last = health.last_run
    return {
        "connection": health.connection,
        "connector": health.connector,
        "last_run": f"{last.status} {last.started_at[:19]}Z" if last else "never",
        "next_run": "paused" if health.paused else health.next_run,
        "oldest_lag": str(timedelta(seconds=max(lags))) if lags else None,
        "held": [stream.stream for stream in health.streams if stream.held],
        "changes": health.changes,
        "quarantined": list(health.quarantined),
    }


def _whole(health: Health) -> dict[str, Any]:
    found = as_dict(health)
    del found["matters"]  # they stand in the order of their urgency beside the connections
    return found


def _matter(matter: Matter) -> dict[str, Any]:
    return {**as_dict(matter), "need": matter.need.name.lower().replace("_", " ")}
