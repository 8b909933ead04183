"""Handler of the state PlanRun."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world_of
from sluice.usecases.plan_run import PlanRun, plan_run

_LONGEST = 200


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Plan the run; see plan_run."""
    wanted = PlanRun(
        # Whoever may start executions may write anything there; what is no name is nobody's.
        connection=str(event["connection"])[:_LONGEST],
        trigger=str(event.get("trigger", "manual"))[:_LONGEST],
        run=event["run"],
        started_at=event["started_at"],
    )
    return plan_run(world_of(wanted.connection), wanted)
