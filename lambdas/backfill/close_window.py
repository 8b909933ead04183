"""Handler of the state CloseWindow."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import powered_step, world
from sluice.usecases.backfill.window import close_window, window_of


@powered_step
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Note that the window was handed over; see close_window."""
    return close_window(world(), window_of(event, 0))
