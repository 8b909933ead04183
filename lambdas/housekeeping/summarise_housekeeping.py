"""Handler of the state SummariseHousekeeping."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered, world
from sluice.usecases.data.summarise_housekeeping import SummariseHousekeeping, summarise_housekeeping


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Say what a housekeeping came to, and tell; see summarise_housekeeping."""
    wanted = SummariseHousekeeping(
        outcomes=tuple(partition["outcome"] for partition in event["partitions"]),
        waiting=event["waiting"],
        # An execution that began before there was this step says nothing of it.
        snapshots=event.get("snapshots", {}),
    )
    return summarise_housekeeping(world(), wanted)
