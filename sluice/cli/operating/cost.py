"""`sluice cost`: what a connection will cost on AWS, before it is enabled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from sluice.bootstrap.documents import catalog
from sluice.cli.failures import Commands
from sluice.cli.output import json_option, print_json, print_table, table_of
from sluice.cli.reach import Reach, pass_reach
from sluice.connector.spec import Connector
from sluice.local.system_clock import SystemClock
from sluice.model.structs import as_dict
from sluice.usecases.operating.forecast import Forecast, Wanted, forecast_of


@click.group("cost", cls=Commands)
def cost_group() -> None:
    """Say what AWS will bill; what a run was billed: `sluice runs show RUN --cost`."""


@cost_group.command("forecast")
@click.argument("name", metavar="CONNECTOR")
@click.option("--records", type=click.IntRange(0), required=True, help="Records that the ERP has, in all.")
@click.option(
    "--changed-per-day", type=click.IntRange(0), help="Records that change a day; default a hundredth of all."
)
@click.option("--schedule", help="When it runs, in UTC: 'rate(1 hour)' or 'cron(0 5 * * ? *)'.")
@click.option("--stream", "streams", multiple=True, help="Read this stream only; may be repeated.")
@click.option(
    "--connections", type=click.IntRange(1), default=1, show_default=True, help="So many, all alike."
)
@click.option("--deployed", is_flag=True, help="The connector as it is registered on the deployment.")
@json_option
@pass_reach
def forecast_command(reach: Reach, /, name: str, **given: Any) -> None:
    """Forecast what a connection of CONNECTOR costs: its first run, a usual one, and thirty days.

    It is made from runs that were metered, and says what it assumes. No ERP is asked for anything.
    """
    connector = (reach.deployment.world.catalog if given["deployed"] else catalog()).connector(name)
    records, changed = given["records"], given["changed_per_day"]
    wanted = Wanted(
        connector=connector,
        streams=_streams(connector, given["streams"]),
        records=records,
        changed=records // 100 if changed is None else changed,
        schedule=given["schedule"],
        connections=given["connections"],
    )
    found = forecast_of(wanted, SystemClock())
    if given["as_json"]:
        print_json(as_dict(found))
    else:
        _print(found)


def _streams(connector: Connector, named: Sequence[str]) -> tuple[str, ...]:
    unknown = [stream for stream in named if stream not in connector.streams]
    if unknown:
        known = ", ".join(connector.streams)
        raise click.UsageError(f"{connector.name} has no stream {', '.join(unknown)}; it has {known}")
    return tuple(dict.fromkeys(named)) or tuple(connector.streams)


def _print(found: Forecast) -> None:
    click.echo(f"at the list prices of {found.region}, read {found.read}")
    for part in (found.first, found.usual, found.idle):
        click.echo(f"about ${part.dollars}: {part.what}")
    click.echo(f"\nabout ${found.month.dollars}: {found.month.what}, each with {found.runs:,} usual runs")
    print_table(table_of([as_dict(line) for line in found.month.lines], ("what", "quantity", "dollars")))
    for note in found.assumed:
        click.echo(f"- {note}")
