"""`sluice users`: who may sign in to the API and the console, and in which group they are."""

from __future__ import annotations

import click

from sluice.aws.cognito_users import random_password
from sluice.cli.failures import Commands
from sluice.cli.output import json_option, print_json, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.model.secret import Secret
from sluice.model.structs import as_dict
from sluice.ports.users import GROUPS, UserExists, UserNameInvalid, UserNotFound, Users
from sluice.usecases.access.users import add_user, remove_user, renew_password
from sluice.usecases.world import World

LISTED = ("name", "groups", "status", "created_at")
FIRST = "admin"
"""The user that `sluice up` makes where there is none."""

_permanent = click.option(
    "--permanent", is_flag=True, help="The password need not be changed at the next sign-in."
)


@click.group("users", cls=Commands)
def users_group() -> None:
    """Add, list and remove those who may sign in to the API and the console."""


@users_group.command("add")
@click.argument("name")
@click.option("--group", type=click.Choice(GROUPS), required=True, help="What the user may do at most.")
@_permanent
@json_option
@pass_reach
def add_command(reach: Reach, name: str, group: str, permanent: bool, as_json: bool) -> None:  # noqa: FBT001
    """Add the user NAME, with a random password that is printed once.

    viewer reads; ops starts, stops and replays, too; operator changes connections and connectors, too; admin
    reads the audit, too.
    """
    password = random_password()
    try:
        add_user(reach.deployment.world, reach.deployment.users, (name, group), password, permanent=permanent)
    except UserNameInvalid as error:
        raise click.UsageError(str(error)) from error
    except UserExists as error:
        message = f"there is a user {name!r} already; right would be `sluice users password`, or another name"
        raise click.UsageError(message) from error
    _print(name, password, as_json=as_json)


@users_group.command("list")
@json_option
@pass_reach
def list_command(reach: Reach, as_json: bool) -> None:  # noqa: FBT001
    """List the users."""
    rows = [as_dict(user) for user in sorted(reach.deployment.users.all(), key=lambda user: user.name)]
    print_rows(rows, LISTED, as_json=as_json, none="no users yet; `sluice users add` makes one")


@users_group.command("password")
@click.argument("name")
@_permanent
@json_option
@pass_reach
def password_command(reach: Reach, name: str, permanent: bool, as_json: bool) -> None:  # noqa: FBT001
    """Give NAME a new random password, which is printed once."""
    password = random_password()
    try:
        renew_password(reach.deployment.world, reach.deployment.users, name, password, permanent=permanent)
    except UserNotFound as error:
        raise _nobody(name) from error
    _print(name, password, as_json=as_json)


@users_group.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_reach
def remove_command(reach: Reach, name: str, yes: bool) -> None:  # noqa: FBT001
    """Remove NAME. Who is signed in stays so until the token ends: 15 minutes at most."""
    users = reach.deployment.users
    known = next((user for user in users.all() if user.name == name), None)
    if known is None:
        raise _nobody(name)
    if not yes:
        click.confirm(f"Remove the user {name}?", abort=True, err=True)
    try:
        remove_user(reach.deployment.world, users, known)
    except UserNotFound as error:
        raise _nobody(name) from error
    say(f"{name} is removed")


def first_user(world: World, users: Users) -> str | None:
    """Make a first user, in the group admin, where there is none; return its password, or None."""
    if next(iter(users.all()), None) is not None:
        return None
    password = random_password()
    add_user(world, users, (FIRST, "admin"), password, permanent=True)
    return password.reveal()


def _print(name: str, password: Secret, *, as_json: bool) -> None:
    if as_json:
        print_json({"name": name, "password": password.reveal()})
    else:
        say(f"the password of {name}, which is shown this once:")
        click.echo(password.reveal())


def _nobody(name: str) -> click.UsageError:
    return click.UsageError(f"there is no user {name!r}; `sluice users list` shows who there is")
