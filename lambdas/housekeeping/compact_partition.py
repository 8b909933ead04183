"""Handler of the state CompactPartition."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered, world
from sluice.usecases.data.compact_partition import CompactPartition, compact_partition

RESERVE_SECONDS = 30
"""Kept of the function's time for the removals of the last round."""


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Compact one entity of one connection; see compact_partition."""
    wanted = CompactPartition(
        entity=event["entity"],
        connection=event["connection"],
        seconds=context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS,
        # The rest is for Python, and for what DuckDB does not count.
        memory_mb=int(context.memory_limit_in_mb) * 2 // 3,
    )
    return compact_partition(world(), wanted)
