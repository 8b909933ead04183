"""Handler of the state ForgetSnapshots."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered, world
from sluice.usecases.forget_snapshots import forget_snapshots

RESERVE_SECONDS = 30
"""Kept of the function's time for the stream that is under way then."""


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Remove snapshot indexes that are not in use any more; see forget_snapshots."""
    return forget_snapshots(world(), context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS)
