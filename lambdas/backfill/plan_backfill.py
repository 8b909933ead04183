"""Handler of the state PlanBackfill."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world_of
from sluice.usecases.backfill.plan import plan_backfill
from sluice.usecases.backfill.start import asked


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Plan the backfill; ``asked`` is what the execution was started with."""
    wanted = asked(event["asked"], event["run"], event["started_at"])
    return plan_backfill(world_of(wanted.connection), wanted)
