"""Handler of the state PlanHousekeeping."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered, world
from sluice.usecases.data.plan_housekeeping import plan_housekeeping
from sluice.usecases.deciding.changes import complete_index


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Complete the index of incidents, and say what there is to tidy in the lake; see plan_housekeeping."""
    complete_index(world())
    return plan_housekeeping(world())
