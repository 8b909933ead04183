"""`sluice connections change`: what is given becomes another, what is not given stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from sluice.cli.assignments import Assignment, SecretAssignment
from sluice.cli.failures import FINE, WORK_FAILED
from sluice.cli.output import json_option, print_fields
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.connector.settings import text_settings
from sluice.model.connection import Changes, Connection
from sluice.ports.table import Conflict
from sluice.usecases.connections import ConnectionDesk

Command = Callable[..., Any]

_GIVEN = (
    click.option("--set", "settings", type=Assignment(), multiple=True, help="A setting of the connector."),
    click.option(
        "--secret",
        "secrets",
        type=SecretAssignment(),
        multiple=True,
        help="A secret of the connector; without =VALUE it is asked for, unseen. Kept in the secret store "
        "only.",
    ),
    click.option("--schedule", help="When to run, in UTC: 'rate(1 hour)' or 'cron(0 5 * * ? *)'."),
    click.option("--stream", "streams", multiple=True, help="Read this stream only; may be repeated."),
    click.option(
        "--policy", type=Assignment(), multiple=True, help="What to do about a kind of change: D21=hold."
    ),
    click.option(
        "--events-per-message", type=click.IntRange(1, 1000), help="At most so many events in a message."
    ),
)
_TAKEN_AWAY = (
    click.option(
        "--unset", multiple=True, help="Take a setting away, by its name: its default holds, if it has one."
    ),
    click.option("--no-schedule", is_flag=True, help="Run it by hand only."),
    click.option("--all-streams", is_flag=True, help="Read every stream."),
    click.option(
        "--no-policy", multiple=True, help="Do about a kind of change, by its code, what is done by itself."
    ),
    click.option("--any-events-per-message", is_flag=True, help="As many events in a message as fit."),
)


def given_options(command: Command) -> Command:
    """Add the options that say what a connection is to be."""
    for option in reversed(_GIVEN):
        command = option(command)
    return command


def _taking_away(command: Command) -> Command:
    for option in reversed(_TAKEN_AWAY):
        command = option(command)
    return command


@click.command("change")
@click.argument("name")
@given_options
@_taking_away
@json_option
@pass_reach
def change_command(reach: Reach, /, **given: Any) -> int:
    """Change the connection NAME: what is given becomes another, all else stays as it is.

    --set and --policy change single settings and kinds; --stream names all streams that are read from now on.
    Everything is checked before anything is stored. With other settings its streams are read whole next.
    """
    for other, flag in (("schedule", "no_schedule"), ("streams", "all_streams")):
        if given[other] and given[flag]:
            raise click.UsageError(
                f"--{other.removesuffix('s')} and --{flag.replace('_', '-')} exclude each other"
            )
    desk = reach.deployment.desk
    known = desk.world.connections.get(given["name"])
    try:
        changed = put_changed(desk, known, given)
    except Conflict:
        say(f"error: somebody else has changed {known.name} meanwhile; look at it, then try again")
        return WORK_FAILED
    print_fields({**changed.to_json(), "note": desk.note_on(changed)}, as_json=given["as_json"])
    return FINE


def put_changed(desk: ConnectionDesk, known: Connection, given: dict[str, Any]) -> Connection:
    """Store the connection as the options change it; raises ConfigurationInvalid, and Conflict.

    ``given`` holds the options by name; those that take away may be absent.
    """
    found = desk.world.connections.find(known.name)
    connector = desk.world.connector_of(known)
    changes = Changes(
        settings=text_settings(connector, dict(given["settings"])),
        streams=given["streams"] or None,
        schedule=given["schedule"],
        policy=dict(given["policy"]),
        events_per_message=given["events_per_message"],
        no_settings=frozenset(given.get("unset", ())),
        no_policy=frozenset(given.get("no_policy", ())),
        no_schedule=given.get("no_schedule", False),
        all_streams=given.get("all_streams", False),
        any_events_per_message=given.get("any_events_per_message", False),
    )
    expected = found[1] if found else None
    changed = known.changed(changes)
    return desk.add(changed, dict(given["secrets"]), update=True, expected=expected)
