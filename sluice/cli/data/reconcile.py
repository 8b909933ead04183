"""`sluice data reconcile`: the lake against what the ERPs answer themselves, now."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
from msgspec import Struct

from sluice.cli.data.lake import opened
from sluice.cli.data.lists import names_option
from sluice.cli.failures import FINE, WORK_FAILED
from sluice.cli.output import json_option, print_json, print_table, table_of
from sluice.cli.pull import obstacle_of
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.lake.reconciling.sums import SHAPES
from sluice.lake.views import View
from sluice.usecases.data.reconcile import Progress, Reconciliation, reconcile
from sluice.usecases.data.reconcile_plan import Reconciling, plan_reconcile

ROWS = ("month", "of", "sum", "lake", "erp", "difference", "changed_since")
STREAMS = ("stream", "outcome", "records", "quarantined", "last_good_read", "runs_held_by", "note")
_TELL_EVERY = 5.0
"""Seconds."""
RECORDS = ("source_id", "kind", "changed_since", "field", "lake", "erp")


@click.command("reconcile")
@names_option("--connections", help="These only; without, every connection that is not paused.")
@click.option("--entity", type=click.Choice(tuple(SHAPES)), help="This one only.")
@click.option(
    "--months", type=click.IntRange(1), default=12, show_default=True, help="Up to the current one."
)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Records of each row.")
@click.option("--differing", is_flag=True, help="Tell only the rows that differ.")
@click.option(
    "--fail-on-difference", is_flag=True, help="Exit code 1 if anything is other than it should be."
)
@json_option
@pass_reach
def reconcile_command(reach: Reach, /, **given: Any) -> int:
    """Hold the lake against what the ERPs answer now: amounts and open amounts by month, hours by project.

    Every stream of these entities is read whole from its ERP, within the connection's limits, and mapped as a
    run does it; nothing of it is published or kept. That takes as long as a first run. Records that differ
    are named; those that the ERP changed since the last good run are told as such. Exit code 1 where a stream
    could not be read to its end.
    """
    names = ("connections", "entity", "months", "limit", "differing")
    wanted = Reconciling(**{name: given[name] for name in names})
    found = list(_reconciled(reach, wanted, as_json=given["as_json"]))
    if given["as_json"]:
        print_json([dict(one.told) for one in found])
    failed = not all(one.whole for one in found)
    differs = given["fail_on_difference"] and any(one.differs for one in found)
    return WORK_FAILED if failed or differs else FINE


def _reconciled(reach: Reach, wanted: Reconciling, *, as_json: bool) -> Iterator[Reconciliation]:
    world = reach.deployment.world
    plan = plan_reconcile(world, wanted)
    telling = _Telling()
    with opened(reach, [View(entity) for entity in dict.fromkeys(one.entity for one in plan)]) as lake:
        for planned in plan:
            one = reconcile(world, lake.database, planned, wanted, telling)
            if not as_json:
                _show(one)
            yield one


class _Telling(Struct):
    """Tells how far the reading is: at the end of a stream, when it waits or fails, every few seconds."""

    last: float = 0.0

    def __call__(self, progress: Progress) -> None:
        now, obstacle = time.monotonic(), obstacle_of(progress.standing)
        if not (progress.ended or obstacle or now - self.last > _TELL_EVERY):
            return
        self.last = now
        where = f"{progress.connection}: {progress.standing.records:,} records of {progress.stream} read"
        say(f"{where}; {obstacle}" if obstacle else where)


def _show(found: Reconciliation) -> None:
    told = found.told
    click.echo(f"\n{told['connection']}: {told['entity']}, asked at {told['asked_at']}")
    _table(told["streams"], STREAMS)
    if not found.whole:
        click.echo("not every stream was read to its end: the ERP's sums are of a part of its records")
    if told["not_read"]:
        click.echo(f"not read, since the connection has them switched off: {', '.join(told['not_read'])}")
    aside = told["quarantined"]
    if aside["records"]:
        ids = ", ".join(aside["source_ids"]) + (
            f" and {aside['left_out']:,} more" if aside["left_out"] else ""
        )
        click.echo(f"in no sum of the ERP's: {aside['records']:,} quarantined records: {ids}")
    differing, rows = told["rows_differing"], told["rows_in_all"]
    click.echo(f"{differing:,} of {rows:,} rows differ")
    shape = SHAPES[told["entity"]]
    _table([line for row in told["rows"] for line in _lines(row, shape.by)], ROWS)
    for row in told["rows"]:
        _show_records(row, shape.by)


def _lines(row: Mapping[str, Any], by: str) -> Iterator[dict[str, Any]]:
    """Yield a line for each sum of a row; the first has what they share."""
    first = {"month": row["month"] or "none", "of": row[by] or "none", "changed_since": row["changed_since"]}
    for at, name in enumerate(row["lake"]):
        sums = {side: row[side][name] for side in ("lake", "erp", "difference")}
        yield {"sum": name.replace("_", " "), **{side: str(value) for side, value in sums.items()}} | (
            first if at == 0 else {}
        )


def _show_records(row: Mapping[str, Any], by: str) -> None:
    if not row["records"] and not row["left_out"]:
        return
    click.echo(f"\ndiffering: {row['month'] or 'no month'}, {row[by] or 'none'}")
    lines = [
        {**(record if at == 0 else {}), "field": name, **values}
        for record in row["records"]
        for at, (name, values) in enumerate(record["fields"].items())
    ]
    if lines:
        _table(lines, RECORDS)
    if row["left_out"]:
        say(f"and {row['left_out']:,} more: --limit shows them")


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    print_table(table_of(rows, columns))
