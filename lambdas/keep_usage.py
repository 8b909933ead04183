"""Handler of the EventBridge rule on executions that ended, well or badly: keeps what each used."""

from __future__ import annotations

import functools
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered
from sluice.bootstrap.worlds import usage_world
from sluice.usecases.operating.usage import keep_usage
from sluice.usecases.world import World


@functools.cache
def world() -> World:
    """Return the world of this execution environment."""
    return usage_world()


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Keep what the ended execution used; what AWS does not answer is asked again by Lambda, twice."""
    return {"kept": keep_usage(world(), event["detail"]["name"])}
