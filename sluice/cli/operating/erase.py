"""`sluice erase`: a person's record goes from all that is stored."""

from __future__ import annotations

from typing import Any

import click

from sluice.cli.failures import FINE, WORK_FAILED
from sluice.cli.output import json_option, print_json
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.registry.leases import LeaseTaken
from sluice.usecases.erasing.erase import erase, lift
from sluice.usecases.erasing.lake import StillWritten
from sluice.usecases.erasing.person import Person


@click.command("erase")
@click.argument("person", metavar="RECORD")
@click.option("--reason", default="", help="Why, for the receipt and the audit: the number of a request.")
@click.option("--lift", "is_lifted", is_flag=True, help="Let an erased record be published again.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@pass_reach
def erase_command(reach: Reach, /, person: str, **given: Any) -> int:
    """Erase the record of a person: acme/employee/17, which is its id in every event.

    It goes from raw chunks, quarantine and lake; consumers are told that it is deleted, and nothing of it is
    published again. What it does not reach is told with the receipt. Again, it finds what came since.
    """
    whose = Person.named(person)
    world = reach.deployment.world
    if not given["is_lifted"] and not given["yes"]:
        click.confirm(f"Erase {whose} for good?", abort=True, err=True)
    try:
        if given["is_lifted"]:
            lifted = lift(world, whose, given["reason"])
            say(f"{whose} is published again once it is read" if lifted else f"{whose} was not erased")
            return FINE if lifted else WORK_FAILED
        receipt = erase(world, whose, given["reason"], lambda line: say(f"erasing: {line}"))
    except LeaseTaken as taken:
        say(f"error: {taken} has {whose.connection}: wait until it has ended, or stop it (sluice runs stop)")
        return WORK_FAILED
    except StillWritten as written:
        say(f"error: {written}")
        return WORK_FAILED
    if given["as_json"]:
        print_json(receipt)
    else:
        _show(receipt)
    return FINE


def _show(receipt: dict[str, Any]) -> None:
    """Print what went, what consumers were told, and what remains."""
    raw, aside, lake = receipt["raw"], receipt["quarantine"], receipt["lake"]
    click.echo(f"erased       {receipt['person']}  {receipt['erased_at']}  by {receipt['by']}")
    click.echo(f"raw chunks   records taken out: {raw['records']}, of chunks: {raw['objects']}")
    click.echo(f"quarantine   records taken out: {aside['records']}, of objects: {aside['objects']}")
    click.echo(f"lake         rows taken out: {lake['rows']}, of files: {lake['files']}")
    for stream, told in receipt["events"].items():
        click.echo(f"published    {stream}: deleted, version {told['version']}, event {told['event']}")
    if not receipt["events"]:
        click.echo("published    nothing: consumers never had it")
    if unreadable := raw["unreadable"] + aside["unreadable"]:
        click.echo(f"unreadable   records whose id cannot be read: {unreadable}; they may be anybody's")
    click.echo(f"receipt      {receipt['receipt']}")
    click.echo("remains")
    for line in receipt["remains"]:
        click.echo(f"  - {line}")
