"""`sluice data freshness`: how fresh and complete the lake is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import click

from sluice.cli.data.lake import canonical_schemas, opened
from sluice.cli.output import json_option, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.lake.views import View
from sluice.usecases.data.freshness import Freshness, freshness

LISTED = (
    "connection", "entity", "records", "deleted", "newest_event", "last_good_run", "lag", "behind",
    "held", "complete",
)  # fmt: skip
FIELDS = ("connection", "entity", "field", "filled", "records", "complete")


@click.command("freshness")
@click.option("--connection", help="Of this connection only.")
@click.option("--fields", is_flag=True, help="A line for each field of the model: how many records have it.")
@json_option
@pass_reach
def freshness_command(reach: Reach, connection: str | None, fields: bool, as_json: bool) -> None:  # noqa: FBT001
    """Say how fresh and complete the lake is, by connection and entity.

    The lag is how much older the newest event is than the stream's last good run: it grows while nothing
    changes in the ERP. Behind means that a later run published what the lake does not have yet. Held names
    the API changes that hold a stream back: `sluice changes show` tells more.
    """
    schemas = canonical_schemas(reach)
    with opened(reach, [View(entity) for entity in schemas]) as lake:
        found = list(freshness(reach.deployment.world, lake.database, schemas, connection))
    none = "nothing is in the lake, and no connection reads anything"
    if as_json:
        print_rows([one.to_json() for one in found], (), as_json=True, none=none)
    elif fields:
        print_rows([row for one in found for row in _fields(one)], FIELDS, as_json=False, none=none)
    else:
        print_rows([_row(one) for one in found], LISTED, as_json=False, none=none)


def _row(one: Freshness) -> dict[str, Any]:
    lag = None if one.lag_seconds is None else str(timedelta(seconds=one.lag_seconds))
    return {
        **one.to_json(),
        "lag": lag,
        "held": ", ".join(one.held.values()),
        "complete": _share(one.completeness),
    }


def _fields(one: Freshness) -> Iterator[dict[str, Any]]:
    for name, filled in one.filled.items():
        share = filled / one.records if one.records else None
        yield {**one.to_json(), "field": name, "filled": filled, "complete": _share(share)}


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
