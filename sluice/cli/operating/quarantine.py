"""`sluice quarantine`: the records that were set aside, and why."""

from __future__ import annotations

import itertools
from typing import Any

import click

from sluice.cli.changes.decide import follow
from sluice.cli.failures import Commands
from sluice.cli.output import json_option, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.erp_json import write
from sluice.model.schema_faults import did_you_mean
from sluice.usecases.operating.quarantine import Quarantined, list_quarantined
from sluice.usecases.replay.starting import replay_quarantine
from sluice.usecases.world import World

LISTED = ("stream", "run", "source_id", "faults")


@click.group("quarantine", cls=Commands)
def quarantine_group() -> None:
    """Look at quarantined records."""


@quarantine_group.command("list")
@click.argument("connection")
@click.option("--stream", help="Of this stream only.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@json_option
@pass_reach
def list_command(reach: Reach, /, connection: str, **given: Any) -> None:
    """List the quarantined records of CONNECTION with their faults; not the records themselves."""
    world = reach.deployment.world
    _require(world, connection, given["stream"])
    found = itertools.islice(list_quarantined(world, connection, given["stream"]), given["limit"])
    rows = [_row(quarantined, in_words=not given["as_json"]) for quarantined in found]
    print_rows(rows, LISTED, as_json=given["as_json"], none=f"nothing of {connection} is quarantined")


@quarantine_group.command("show")
@click.argument("connection")
@click.argument("stream")
@click.argument("source_id")
@pass_reach
def show_command(reach: Reach, connection: str, stream: str, source_id: str) -> None:
    """Print the record SOURCE_ID of STREAM with its faults: a line of JSON each time it was set aside."""
    world = reach.deployment.world
    world.connections.get(connection)
    found = [one for one in list_quarantined(world, connection, stream) if one.source_id == source_id]
    if not found:
        raise click.UsageError(f"no quarantined record {source_id!r} in {stream} of {connection}")
    for one in found:
        click.echo(write({**_row(one, in_words=False), "record": one.record}))


@quarantine_group.command("replay")
@click.argument("connection")
@click.argument("stream", required=False)
@click.option("--wait", is_flag=True, help="Show the progress until the records are handed over.")
@pass_reach
def replay_command(reach: Reach, connection: str, stream: str | None, wait: bool) -> int:  # noqa: FBT001
    """Hand the quarantined records of CONNECTION over again, of one STREAM or of all.

    The ERP is not called. For after a mapping was mended. Records that would be set aside again stay set
    aside; those that were read again later are dropped.
    """
    world = reach.deployment.world
    _require(world, connection, stream)
    replays = replay_quarantine(world, connection, stream)
    if not replays:
        say(f"nothing of {connection} is quarantined")
    for name in replays:
        say(f"replay {name}")
    return follow(world, replays, quiet=False) if wait else 0


def _require(world: World, connection: str, stream: str | None) -> None:
    """Raise ConfigurationInvalid for an unknown connection, or a stream that its connector does not have."""
    known = world.connector_of(world.connections.get(connection)).streams
    if stream is not None and stream not in known:
        message = f"there is no stream {stream!r}; {did_you_mean(stream, sorted(known))}"
        raise ConfigurationInvalid("Unknown stream", [Fault("unknown_stream", "stream", message)])


def _row(quarantined: Quarantined, *, in_words: bool) -> dict[str, Any]:
    faults = [f"{fault['pointer']}: {fault['message']}" for fault in quarantined.faults]
    return {
        "connection": quarantined.connection,
        "stream": quarantined.stream,
        "run": quarantined.run,
        "source_id": quarantined.source_id,
        "faults": "; ".join(faults) if in_words else list(quarantined.faults),
    }
