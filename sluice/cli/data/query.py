"""`sluice data query`: SQL asked of the lake."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import click

from sluice.cli.data.lake import OpenLake, canonical_schemas, opened
from sluice.cli.data.out_file import OutFile
from sluice.cli.data.showing import print_answer, print_json_lines
from sluice.cli.output import json_option
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.errors import ConfigurationInvalid
from sluice.lake.asking import ask, save_parquet
from sluice.lake.csv_text import csv_lines
from sluice.lake.views import named_in, views_of
from sluice.model.schema_faults import did_you_mean

_SHOWN = 100
"""Rows of a table for people, unless they ask for more."""
_UNKNOWN_TABLE = re.compile(r"Table with name (\S+) does not exist")


@click.command("query")
@click.argument("sql")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, with formulas neutralised.")
@click.option("--parquet", metavar="FILE", type=OutFile(), help="Write a Parquet file.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    help=f"At most so many rows; a table for people has {_SHOWN}, else all.",
)
@click.option("--all", "everything", is_flag=True, help="Every table, also those that SQL does not name.")
@pass_reach
def query_command(reach: Reach, /, sql: str, **given: Any) -> None:
    """Ask the lake: SQL is one query in DuckDB's dialect.

    The tables are each entity as it is now (`customer`) and its history (`customer_history`); `sluice data
    tables` shows them. The files of the tables that SQL names are fetched to this machine first, as far as
    they are not there.
    """
    forms = [name for name in ("as_json", "as_csv", "parquet") if given[name]]
    if len(forms) > 1:
        raise click.UsageError("--json, --csv and --parquet exclude each other")
    entities = list(canonical_schemas(reach))
    views = views_of(entities) if given["everything"] else named_in(sql, entities)
    try:
        with opened(reach, views) as lake:
            _answer(lake, sql, given)
    except ConfigurationInvalid as error:
        raise _with_tables(error, entities) from error


def _with_tables(error: ConfigurationInvalid, entities: Sequence[str]) -> ConfigurationInvalid:
    """Return the error with the name that was meant, where SQL names a table that there is not."""
    unknown = _UNKNOWN_TABLE.search(str(error))
    if unknown is None:
        return error
    # DuckDB knows only the tables that were fetched, and proposes others of its own.
    hint = did_you_mean(unknown[1], [view.name for view in views_of(entities)])
    return ConfigurationInvalid(f"{error}\nof the lake's tables: {hint}")


def _answer(lake: OpenLake, sql: str, given: dict[str, Any]) -> None:
    limit = given["limit"]
    if given["parquet"]:
        rows = save_parquet(lake.database, sql, lake.folder, given["parquet"], limit)
        say(f"{rows} rows written to {given['parquet']}")
    elif given["as_json"]:
        print_json_lines(ask(lake.database, sql, limit))
    elif given["as_csv"]:
        for line in csv_lines(ask(lake.database, sql, limit)):
            click.echo(line, nl=False)
    else:
        shown = limit or _SHOWN
        print_answer(ask(lake.database, sql, shown + 1), shown)
