"""Handler of the state PlanWatch."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered, world
from sluice.usecases.watch.plan import PlanWatch, plan_watch


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Plan the watch; see plan_watch."""
    return plan_watch(world(), PlanWatch(connector=event["connector"]))
