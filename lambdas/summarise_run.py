"""Handler of the state SummariseRun."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world
from sluice.usecases.failures import read_failure
from sluice.usecases.summarise_run import SummariseRun, summarise_run


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Sum up the run; ``state`` is the whole state: in it are ``looked``, ``results``, or a ``failure``."""
    state = event["state"]
    failure = state.get("failure")
    wanted = SummariseRun(
        run=event["run"],
        connection=event["connection"],
        started_at=event["started_at"],
        results=(*state.get("looked", ()), *state.get("results", ())),
        failure=read_failure(failure) if failure else None,
    )
    return summarise_run(world(), wanted)
