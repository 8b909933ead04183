"""`sluice notifications`: who is told when something needs a person, and by which channel."""

from __future__ import annotations

import sys
from typing import Any

import click

from sluice.cli.failures import Commands
from sluice.cli.output import json_option, print_fields, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.model.secret import Secret
from sluice.registry.telling.subscriptions import Channel, Subscriptions
from sluice.usecases.telling.people.changing import Change, change_subscription
from sluice.usecases.telling.people.subscribing import (
    SEVERITIES,
    Wanted,
    add_subscription,
    etag_of,
    pause_subscription,
    remove_subscription,
    rotate_signing_key,
    shown,
    try_subscription,
)

LISTED = (
    "name",
    "channel",
    "target",
    "severities",
    "kinds",
    "connections",
    "state",
    "last_sent_at",
    "last_error",
)


@click.group("notifications", cls=Commands)
def notifications_group() -> None:
    """Say who is told of what, by e-mail, Slack, Teams or signed webhooks."""


@notifications_group.command("add")
@click.argument("name")
@click.argument("channel", type=click.Choice([channel.value for channel in Channel]))
@click.option("--to", "target", help="The mail address, or the URL; without it is asked for, unseen.")
@click.option(
    "--severity", "severities", type=click.Choice(SEVERITIES), multiple=True,
    help="Of this severity; may be repeated. Without: warning and error.",
)  # fmt: skip
@click.option(
    "--kind", "kinds", multiple=True, help="Of this kind, such as stream.held or 'run.*'. Without: all."
)
@click.option(
    "--connection", "connections", multiple=True, help="Of this connection, or 'acme-*'. Without: all."
)
@click.option(
    "--ask-key", is_flag=True, help="Ask, unseen, for the signing key of the receiver; else one is made."
)
@json_option
@pass_reach
def add_command(reach: Reach, /, target: str | None, ask_key: bool, **given: Any) -> None:  # noqa: FBT001
    """Tell someone: add the subscription NAME by CHANNEL.

    A URL is kept in the secret store. The key that a webhook is signed with is printed once.
    """
    text = target or _asked("The mail address or URL", "--to")
    key = Secret(_asked("The signing key (whsec_...)", "--ask-key")) if ask_key else None
    wanted = Wanted(
        name=given["name"],
        channel=Channel(given["channel"]),
        target=Secret(text),
        severities=given["severities"],
        kinds=given["kinds"],
        connections=given["connections"],
        key=key,
    )
    added, signing = add_subscription(reach.deployment.world, wanted)
    found = shown(reach.deployment.world, added)
    if signing is not None and key is None:
        found["signing_key"] = signing.reveal()
    print_fields(found, as_json=given["as_json"])


@notifications_group.command("list")
@json_option
@pass_reach
def list_command(reach: Reach, as_json: bool) -> None:  # noqa: FBT001
    """List the subscriptions, and how they go."""
    world = reach.deployment.world
    rows = [shown(world, found) for found in Subscriptions(world.state).all()]
    print_rows(
        rows,
        LISTED,
        as_json=as_json,
        none="nobody is told yet; `sluice notifications add` makes a subscription",
    )


@notifications_group.command("show")
@click.argument("name")
@json_option
@pass_reach
def show_command(reach: Reach, name: str, as_json: bool) -> None:  # noqa: FBT001
    """Show the subscription NAME, and how it goes."""
    world = reach.deployment.world
    found = Subscriptions(world.state).get(name)
    print_fields({**shown(world, found), "etag": etag_of(found)}, as_json=as_json)


@notifications_group.command("test")
@click.argument("name")
@pass_reach
def test_command(reach: Reach, name: str) -> None:
    """Send a message to NAME at once, and say whether it arrived."""
    answer = try_subscription(reach.deployment.outbox, name)
    if answer.error:
        raise click.ClickException(f"it did not arrive: {answer.error}")
    say(f"{name}: the receiver took it")


@notifications_group.command("pause")
@click.argument("name")
@pass_reach
def pause_command(reach: Reach, name: str) -> None:
    """Send nothing to NAME; what is told meanwhile is not sent later."""
    pause_subscription(reach.deployment.world, name, paused=True)
    say(f"{name} is paused")


@notifications_group.command("resume")
@click.argument("name")
@pass_reach
def resume_command(reach: Reach, name: str) -> None:
    """Send to NAME again, also where its receiver had answered that it wants no more."""
    pause_subscription(reach.deployment.world, name, paused=False)
    say(f"{name} is told again")


@notifications_group.command("change")
@click.argument("name")
@click.option("--to", "target", help="Another mail address, or URL; its channel stays.")
@click.option(
    "--severity", "severities", type=click.Choice(SEVERITIES), multiple=True,
    help="Of these severities from now on; may be repeated. Without: as before.",
)  # fmt: skip
@click.option("--kind", "kinds", multiple=True, help="Of these kinds; '*' is all. Without: as before.")
@click.option(
    "--connection", "connections", multiple=True, help="Of these connections; '*' is all. Without: as before."
)
@json_option
@pass_reach
def change_command(reach: Reach, /, name: str, target: str | None, **given: Any) -> None:
    """Change what the subscription NAME is about, or where it goes; its keys stay.

    Where its receiver had answered that it wants no more, it is told again, unless it is paused.
    """
    world = reach.deployment.world
    before = Subscriptions(world.state).get(name)
    change = Change(
        target=Secret(target) if target else None,
        severities=given["severities"] or before.severities,
        kinds=given["kinds"] or before.kinds,
        connections=given["connections"] or before.connections,
        paused=before.paused,
    )
    changed = change_subscription(world, name, change, if_match=etag_of(before))
    print_fields(shown(world, changed), as_json=given["as_json"])


@notifications_group.command("rotate")
@click.argument("name")
@json_option
@pass_reach
def rotate_command(reach: Reach, name: str, as_json: bool) -> None:  # noqa: FBT001
    """Make a new signing key for the webhook NAME, printed once; the old one signs along for a day."""
    key = rotate_signing_key(reach.deployment.world, name)
    print_fields({"name": name, "signing_key": key.reveal()}, as_json=as_json)


@notifications_group.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_reach
def remove_command(reach: Reach, name: str, yes: bool) -> None:  # noqa: FBT001
    """Forget the subscription NAME and its secrets."""
    if not yes:
        click.confirm(f"Forget the subscription {name}?", abort=True, err=True)
    remove_subscription(reach.deployment.world, name)
    say(f"{name} is removed")


def _asked(what: str, option: str) -> str:
    """Ask for a secret, unseen; without a terminal nobody could answer, and nothing would hide it."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"{what.lower()} is missing, and there is no terminal to ask on ({option})")
    return str(click.prompt(what, hide_input=True, err=True))
