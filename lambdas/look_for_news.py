"""Handler of the state LookForNews."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world_of
from sluice.usecases.fetching.look_for_news import LookForNews, look_for_news

RESERVE_SECONDS = 60
"""Kept of the function's time for the look under way: its request, its commit, and the summary."""


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Look at the plan's streams; ``plan`` is the whole state, which is what PlanRun returned."""
    left = context.get_remaining_time_in_millis() / 1000
    wanted = LookForNews(
        run=event["run"],
        started_at=event["started_at"],
        plan=event["plan"],
        seconds=max(left - RESERVE_SECONDS, left / 4),
    )
    return look_for_news(world_of(event["connection"]), wanted)
