"""Handler of the state SummariseRun."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered, world
from sluice.usecases.failures import read_failure
from sluice.usecases.summarise_run import SummariseRun, summarise_run


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Sum up the run; ``state`` is the whole state of the execution, with results or a failure in it."""
    state = event["state"]
    failure = state.get("failure")
    wanted = SummariseRun(
        run=event["run"],
        connection=event["connection"],
        started_at=event["started_at"],
        results=tuple(state.get("results", ())),
        failure=read_failure(failure) if failure else None,
    )
    return summarise_run(world(), wanted)
