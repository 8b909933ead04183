"""Handler of the state JudgeChange."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world_of
from sluice.usecases.failures import read_failure
from sluice.usecases.judge_change import JudgeChange, judge_change


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Deal with what stopped a stream; see judge_change."""
    position = event.get("position") or {}
    wanted = JudgeChange(
        run=event["run"],
        connection=event["connection"],
        stream=event["stream"],
        failure=read_failure(event.get("failure")),
        sweep=position.get("sweep"),
        may_go_on=event.get("step") == "handed_over",
        earlier=position.get("earlier", 0),
    )
    return judge_change(world_of(wanted.connection), wanted)
