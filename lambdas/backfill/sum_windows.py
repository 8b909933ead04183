"""Handler of the state SumWindows."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world_of
from sluice.usecases.backfill.sum_windows import SumWindows, sum_windows


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Sum up what the windows came to; see sum_windows."""
    wanted = SumWindows(event["run"], event["connection"], event["stream"], event["sweep"])
    return sum_windows(world_of(wanted.connection), wanted)
