"""Handler of the state RecordFailure."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world_of
from sluice.usecases.failures import read_failure
from sluice.usecases.record_failure import RecordFailure, record_failure


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Deal with what stopped a stream; see record_failure."""
    position = event.get("position") or {}
    wanted = RecordFailure(
        run=event["run"],
        connection=event["connection"],
        stream=event["stream"],
        failure=read_failure(event.get("failure")),
        sweep=position.get("sweep"),
    )
    return record_failure(world_of(wanted.connection), wanted)
