"""`sluice data tables`: which tables the lake has, what their columns mean, and how much is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from sluice.cli.data.lake import OpenLake, canonical_schemas, opened
from sluice.cli.output import json_option, print_json, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.lake.asking import ask
from sluice.lake.views import View, views_of
from sluice.model.schema_faults import did_you_mean
from sluice.usecases.data.entities import is_personal

TABLES = ("table", "rows", "connections", "what_it_is")
COLUMNS = ("column", "type", "personal", "what_it_is")


@click.command("tables")
@click.argument("table", required=False)
@json_option
@pass_reach
def tables_command(reach: Reach, table: str | None, as_json: bool) -> None:  # noqa: FBT001
    """List the lake's tables with what is in them, or the columns of one TABLE.

    Counting fetches the files of every table to this machine.
    """
    schemas = canonical_schemas(reach)
    views = {view.name: view for view in views_of(schemas)}
    if table is not None and table not in views:
        raise click.UsageError(f"the lake has no table {table!r}; {did_you_mean(table, list(views))}")
    wanted = list(views.values()) if table is None else [views[table]]
    with opened(reach, wanted) as lake:
        rows = [_table(lake, view, schemas[view.entity]) for view in wanted]
    if as_json:
        print_json([{**row, "columns": _columns(views[row["table"]], schemas)} for row in rows])
    elif table is None:
        print_rows(rows, TABLES, as_json=False, none="there are no tables")
    else:
        print_rows(_columns(views[table], schemas), COLUMNS, as_json=False, none="it has no columns")
        say(f"{rows[0]['rows']} rows of {rows[0]['connections']} connections")


def _table(lake: OpenLake, view: View, schema: Mapping[str, Any]) -> dict[str, Any]:
    sql = f'SELECT count(*), count(DISTINCT connection) FROM "{view.name}"'  # noqa: S608 - our names
    [(rows, connections)] = ask(lake.database, sql).rows
    what = "every version of: " if view.is_history else ""
    return {
        "table": view.name,
        "rows": rows,
        "connections": connections,
        "what_it_is": what + str(schema["description"]),
    }


def _columns(view: View, schemas: Mapping[str, Mapping[str, Any]]) -> Sequence[dict[str, Any]]:
    schema = schemas[view.entity]
    return [
        {
            "column": column.name,
            "type": column.kind.duckdb,
            "personal": column.name == "record" or is_personal(schema["properties"].get(column.name)),
            "what_it_is": column.description,
        }
        for column in view.columns(schema)
    ]
