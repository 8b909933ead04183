"""Handler of the state FetchPages."""

from __future__ import annotations

import functools
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world_of
from sluice.settings import FetchSettings
from sluice.usecases.contracts.noted_changes import remembering_changes
from sluice.usecases.fetching.fetch_pages import FetchPages, fetch_pages
from sluice.usecases.fetching.standing import HISTORY_EVENTS

RESERVE_SECONDS = 40
"""Kept of the function's time for the request under way (its deadline) and for storing the last chunk."""


@functools.cache
def history_events() -> int:
    """Return what an execution's streams may write into its history."""
    return FetchSettings.from_environment().history_events or HISTORY_EVENTS


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Read on from ``position``; see fetch_pages."""
    left = context.get_remaining_time_in_millis() / 1000
    wanted = FetchPages(
        run=event["run"],
        connection=event["connection"],
        stream=event["stream"],
        position=event.get("position"),
        seconds=max(left - RESERVE_SECONDS, left / 4),
        events=history_events(),
    )
    world = world_of(wanted.connection)
    with remembering_changes(world, wanted.stream, wanted.run):
        return fetch_pages(world, wanted)
