"""`sluice data compare`: one entity in two connections or more, each against the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from sluice.cli.data.lake import opened
from sluice.cli.data.lists import names_option
from sluice.cli.failures import FINE, WORK_FAILED
from sluice.cli.output import json_option, print_json, print_table, table_of
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.lake.views import View
from sluice.usecases.data.compare import Comparing, compare

SIDES = ("connection", "records", "without_key", "doubled_keys", "records_of_doubled_keys")
PAIRS = ("here", "there", "in_both", "equal", "differing", "only_here", "only_there", "not_compared")
FIELDS = ("field", "differing", "empty_here", "empty_there")
DIFFERENCES = ("key", "field", "here", "there")
RECORDS = ("key", "source_ids")


@click.command("compare")
@click.option("--entity", required=True, help="What to compare: customer, invoice, ...")
@names_option(
    "--connections", required=True, help="Two or more, with commas; each is held against the first."
)
@names_option(
    "--by", help="The fields that say which records are the same thing; without, the entity's own key."
)
@names_option("--fields", help="Compare these fields only; an address means all of its fields.")
@click.option("--limit", type=click.IntRange(0), default=100, show_default=True, help="Details of each kind.")
@click.option("--fail-on-difference", is_flag=True, help="Exit code 1 if anything differs.")
@json_option
@pass_reach
def compare_command(reach: Reach, /, **given: Any) -> int:
    """Compare one entity in two connections: only here, only there, differing field by field, doubles.

    Records are joined by a key; the same key twice in one connection is a double, and is not compared. Text
    is compared trimmed, amounts as decimals, addresses field by field; ids, references and times of change
    are not.
    """
    wanted = Comparing(given["entity"], given["connections"], given["by"], given["fields"], given["limit"])
    schema = reach.deployment.world.catalog.canonical.entity(wanted.entity).schema
    with opened(reach, [View(wanted.entity)]) as lake:
        found = compare(lake.database, schema, wanted)
    if given["as_json"]:
        print_json(dict(found.told))
    else:
        _show(found.told)
    return WORK_FAILED if found.differs and given["fail_on_difference"] else FINE


def _show(told: Mapping[str, Any]) -> None:
    key = told["key"]
    say(f"{told['entity']} by {' and '.join(key['fields'])}: {key['reason']}")
    sides = told["connections"]
    _table([{"connection": name, **side["counts"]} for name, side in sides.items()], SIDES)
    _table([{**pair, **pair["counts"]} for pair in told["pairs"]], PAIRS)
    for pair in told["pairs"]:
        _show_pair(pair)
    for name, side in sides.items():
        _listed(f"doubles in {name}", side["doubles"], RECORDS)
        _listed(f"without a key in {name}", [{"source_ids": side["without_key"]}] * bool(side["without_key"]))


def _show_pair(pair: Mapping[str, Any]) -> None:
    between = f"{pair['here']} and {pair['there']}"
    fields = [{"field": name, **counts} for name, counts in pair["by_field"].items()]
    _listed(f"fields that differ between {between}", fields, FIELDS)
    differences = [
        {"key": " ".join(one["key"]), "field": name, **values}
        for one in pair["differing"]
        for name, values in one["fields"].items()
    ]
    _listed(f"differing between {between}", differences, DIFFERENCES)
    _listed(f"only in {pair['here']}", pair["only_here"], RECORDS)
    _listed(f"only in {pair['there']}", pair["only_there"], RECORDS)


def _listed(title: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ("source_ids",)) -> None:
    if rows:
        click.echo(f"\n{title}")
        _table(rows, columns)


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    print_table(table_of(rows, columns))
