"""`sluice data export`: an entity's records as they are now, into a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sluice.cli.data.lake import OpenLake, opened
from sluice.cli.data.lists import names_option
from sluice.cli.data.out_file import OutFile
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.lake.asking import ask, save_parquet
from sluice.lake.csv_text import csv_lines
from sluice.lake.presence import connections_in
from sluice.lake.views import View


@click.command("export")
@click.option("--entity", required=True, help="Of which entity, such as customer.")
@names_option("--connections", help="Of these connections only.")
@click.option("--where", metavar="SQL", help="Only records for which this SQL condition holds.")
@click.option("--history", is_flag=True, help="Every event instead of the records as they are now.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True,
    help="What is written; CSV has formulas neutralised.",
)  # fmt: skip
@click.option(
    "--out", metavar="FILE", type=OutFile(), required=True, help="The file; one that is there is replaced."
)
@pass_reach
def export_command(reach: Reach, /, **given: Any) -> None:
    """Write the records of an entity, as they are now, to a file.

    All fields of the canonical model are columns, lists among them as JSON; the order is by connection and
    source id.
    """
    canonical = reach.deployment.world.catalog.canonical
    view = View(canonical.entity(given["entity"]).name, given["history"])
    with opened(reach, [view]) as lake:
        for name in set(given["connections"]) - set(connections_in(lake.database, view.name)):
            reach.deployment.world.connections.get(name)  # raises where there is none at all
        rows = _write(lake, _selection(view, given), given)
    say(f"{rows} rows written to {given['out']}")


def _write(lake: OpenLake, sql: str, given: Mapping[str, Any]) -> int:
    out: Path = given["out"]
    if given["form"] == "parquet":
        return save_parquet(lake.database, sql, lake.folder, out)
    rows = -1  # the first line is no row
    answer = ask(lake.database, sql)
    partial = out.with_name(f".{out.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            for rows, line in enumerate(csv_lines(answer)):  # noqa: B007 - counts
                file.write(line)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return rows


def _selection(view: View, given: Mapping[str, Any]) -> str:
    conditions = []
    if given["connections"]:
        names = (name.replace("'", "''") for name in given["connections"])
        conditions.append("connection IN (" + ", ".join(f"'{name}'" for name in names) + ")")
    if given["where"]:
        # On lines of its own: a comment at its end would take what follows with it.
        conditions.append(f"(\n{given['where']}\n)")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return (
        f'SELECT * EXCLUDE (record) FROM "{view.name}" {where} '  # noqa: S608 - asked as a person's SQL is
        f"ORDER BY connection, source_id, event_version"
    )
