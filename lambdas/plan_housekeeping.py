"""Handler of the state PlanHousekeeping."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered, world
from sluice.usecases.data.plan_housekeeping import plan_housekeeping


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Say what there is to tidy in the lake; see plan_housekeeping."""
    return plan_housekeeping(world())
