"""Handler of the state PlanRun."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world
from sluice.usecases.plan_run import PlanRun, plan_run


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Plan the run; see plan_run."""
    wanted = PlanRun(
        connection=event["connection"],
        trigger=event.get("trigger", "manual"),
        run=event["run"],
        started_at=event["started_at"],
    )
    return plan_run(world(), wanted)
