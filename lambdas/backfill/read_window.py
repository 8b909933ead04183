"""Handler of the state ReadWindow."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.fetch_pages import RESERVE_SECONDS
from lambdas.powers import powered_step, world_of
from sluice.usecases.backfill.window import read_window, window_of
from sluice.usecases.contracts.noted_changes import remembering_changes


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Read on from ``position``; see read_window."""
    left = context.get_remaining_time_in_millis() / 1000
    wanted = window_of(event, max(left - RESERVE_SECONDS, left / 4))
    world = world_of(wanted.connection)
    with remembering_changes(world, wanted.stream, wanted.run):
        return read_window(world, wanted)
