"""Handler of the state RecordUncompacted."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered, world
from sluice.usecases.data.record_uncompacted import RecordUncompacted, record_uncompacted
from sluice.usecases.failures import read_failure


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Write down why a partition could not be compacted; see record_uncompacted."""
    wanted = RecordUncompacted(
        entity=event["entity"],
        connection=event["connection"],
        failure=read_failure(event.get("failure")),
    )
    return record_uncompacted(world(), wanted)
