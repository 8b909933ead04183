"""Handler of the EventBridge rule on executions that ended, well or badly: keeps what each used."""

from __future__ import annotations

import functools
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered
from sluice.bootstrap.worlds import usage_world
from sluice.usecases.operating.usage import keep_usage
from sluice.usecases.world import World

RESERVE_SECONDS = 20
"""Kept of the function's time for the window under way, of up to 25 requests, and for storing the sum."""


@functools.cache
def world() -> World:
    """Return the world of this execution environment."""
    return usage_world()


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Keep what the ended execution used; what AWS does not answer is asked again by Lambda, twice.

    ``lacks`` says what of it could not be read in time (Used).
    """
    left = context.get_remaining_time_in_millis() / 1000
    usage = keep_usage(world(), event["detail"]["name"], max(left - RESERVE_SECONDS, left / 2))
    return {"kept": usage is not None, "lacks": usage.used.lacks if usage else ""}
