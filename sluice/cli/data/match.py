"""`sluice data match`: which customers or suppliers of several connections are one company."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import click

from sluice.cli.data.lake import opened
from sluice.cli.data.lists import names_option
from sluice.cli.output import json_option, print_json, print_rows, print_table, table_of
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.lake.matching.finding import THRESHOLD
from sluice.lake.matching.reading import ENTITIES
from sluice.lake.views import View
from sluice.usecases.data.match import Matching, match

COUNTS = ("groups", "groups_with_doubles", "pairs", "to_look_at", "compared")
GROUPS = ("score", "connection", "source_id", "name", "organisation_number", "reasons")
LOOK = ("score", "one", "other", "not_joined", "reasons")
SHOWN = 50


def _a_number(ctx: click.Context, parameter: click.Parameter, value: float) -> float:
    """Refuse NaN, which is in every range: it is neither below its least nor above its most."""
    if math.isnan(value):
        raise click.BadParameter("nan is no score; right would be 0.01 to 1", ctx, parameter)
    return value


@click.command("match")
@click.option(
    "--entity", type=click.Choice(ENTITIES), default="customer", show_default=True, help="What to match."
)
@names_option(
    "--connections", required=True, help="One or more, with commas; one alone is searched for doubles."
)
@click.option(
    "--threshold",
    type=click.FloatRange(0.01, 1),
    callback=_a_number,
    default=THRESHOLD,
    show_default=True,
    help="Score from which two records are one company.",
)
@click.option("--limit", type=click.IntRange(0), help=f"Groups and pairs to show: all in JSON, else {SHOWN}.")
@json_option
@pass_reach
def match_command(reach: Reach, /, **given: Any) -> None:
    """Find one company over several ERPs: by organisation number, VAT number, then name and address.

    Each pair has a score and its reasons. Pairs below the threshold that may be one company are listed to
    look at. Nothing is merged and nothing is changed.
    """
    with opened(reach, [View(given["entity"])]) as lake:
        found = match(lake.database, given["entity"], given["connections"], given["threshold"])
    limit = given["limit"]
    if given["as_json"]:
        print_json(_as_json(found, limit))
    else:
        _show(found, SHOWN if limit is None else limit)


def _as_json(found: Matching, limit: int | None) -> dict[str, Any]:
    return {
        "entity": found.entity,
        "connections": list(found.connections),
        "threshold": found.threshold,
        "counts": found.counts(),
        "groups": list(islice(found.groups(), limit)),
        "to_look_at": list(islice(found.to_look_at(), limit)),
    }


def _show(found: Matching, limit: int) -> None:
    counts = found.counts()
    for connection, number in counts["records"].items():
        say(f"{number} records of {connection}")
    rules = ", ".join(f"{number} by {rule}" for rule, number in counts["pairs_by_rule"].items())
    say(f"pairs: {rules or 'none'}")
    print_table(table_of([counts], COUNTS))
    rows = [row for group in islice(found.groups(), limit) for row in _rows(group)]
    click.echo("\ngroups")
    none = "none are shown" if counts["groups"] else "no two records are one company"
    print_rows(rows, GROUPS, as_json=False, none=none)
    click.echo("\nto look at")
    doubts = [_looked_at(pair) for pair in islice(found.to_look_at(), limit)]
    none = "none are shown" if counts["to_look_at"] else "no pair is in doubt"
    print_rows(doubts, LOOK, as_json=False, none=none)


def _rows(group: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each record: with the first the group's score, with each the reasons that joined it."""
    for number, record in enumerate(group["records"]):
        joined = [pair for pair in group["pairs"] if pair["records"][1] == record]
        double = ["double"] if record["source_id"] in group["doubles"].get(record["connection"], []) else []
        yield {
            **record,
            "score": "" if number else group["score"],
            "reasons": [*double, *(joined[0]["reasons"] if joined else [])],
        }


def _looked_at(pair: Mapping[str, Any]) -> dict[str, Any]:
    one, other = (f"{r['connection']} {r['source_id']} {r['name']}" for r in pair["records"])
    return {**pair, "one": one, "other": other}
