"""Handler of the state PlanReplay."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world_of
from sluice.usecases.replay.plan import Replay
from sluice.usecases.replay.plan_replay import PlanReplay, plan_replay


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Plan the replay, or go on with its plan; ``state`` is the whole state of the execution."""
    state = event["state"]
    wanted = PlanReplay(
        replay=Replay(event["run"], state["connection"], state["stream"], state.get("sweep")),
        started_at=event["started_at"],
        after=state.get("planned", {}).get("after", 0),
    )
    return plan_replay(world_of(wanted.replay.connection), wanted)
