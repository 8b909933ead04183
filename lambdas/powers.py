"""What every handler has: the world it works on, a logger, a tracer, and metrics of failures."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.bootstrap import OUTSIDE_FAILURES, lambda_world
from sluice.bootstrap import watching_world as lambda_watching_world
from sluice.errors import OutcomeUnknown, SluiceError
from sluice.usecases.world import World

logger = Logger()
tracer = Tracer()

_TOLD = ("connector", "connection", "stream", "run")
"""What of an event stands in every log line."""

Handler = Callable[[dict[str, Any], LambdaContext], Any]


@functools.cache
def world() -> World:
    """Return the world of this execution environment; it holds nothing of any one connection."""
    return lambda_world()


@functools.cache
def watching_world() -> World:
    """Return the world of an environment that reads published descriptions."""
    return lambda_watching_world()


def powered(handler: Handler) -> Handler:
    """Wrap a handler: context in every log line, a trace segment, and one line for what stopped it.

    The event is never logged: it is harmless today, and stays so by not being relied on.
    """

    @functools.wraps(handler)
    @tracer.capture_lambda_handler(capture_response=False, capture_error=False)
    @logger.inject_lambda_context(log_event=False, clear_state=True)
    def wrapped(event: dict[str, Any], context: LambdaContext) -> Any:
        known = {name: event[name] for name in _TOLD if isinstance(event.get(name), str)}
        logger.append_keys(**known)
        try:
            return handler(event, context)
        except SluiceError as error:
            logger.warning(type(error).__name__, extra={"reason": str(error)})
            raise
        except OUTSIDE_FAILURES as error:
            # After the adapters' own retries. Every step may be run again, and the state machine does so.
            raise OutcomeUnknown(f"{type(error).__name__}: {error}") from error

    return wrapped
