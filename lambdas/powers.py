"""What every handler has: the world it works on, a logger, and what observes it (observing.py)."""

from __future__ import annotations

import functools
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.observing import Handler, metered, traced, used
from sluice.bootstrap.worlds import OUTSIDE_FAILURES, full_disk_told, lambda_worlds
from sluice.errors import OutcomeUnknown, SluiceError
from sluice.usecases.world import World

logger = Logger()  # writes as observing.py has set it up

_TOLD = ("connector", "connection", "stream", "run")  # what of an event stands in every log line


def world() -> World:
    """Return the world of this execution environment; it holds nothing of any one connection."""
    return lambda_worlds().shared


def world_of(connection: str) -> World:
    """Return the world in which IAM refuses what is of any other connection; of this invocation alone.

    ``connection`` is the one that the state machine names, not one that a use case came to.
    """
    return lambda_worlds().of(connection)


def powered(handler: Handler) -> Handler:
    """Wrap a handler: observed, context in every log line, and one line for what stopped it."""

    # The event is never logged: it is harmless today, and stays so by not being relied on.
    @functools.wraps(handler)
    @traced
    @logger.inject_lambda_context(log_event=False, clear_state=True)
    @metered
    def wrapped(event: dict[str, Any], context: LambdaContext) -> Any:
        known = {name: event[name] for name in _TOLD if isinstance(event.get(name), str)}
        logger.append_keys(**known)
        try:
            with full_disk_told():
                return handler(event, context)
        except SluiceError as error:
            logger.warning(type(error).__name__, extra={"reason": str(error)})
            raise
        except OUTSIDE_FAILURES as error:
            # After the adapters' own retries. Every step may be run again, and the state machine does so.
            raise OutcomeUnknown(f"{type(error).__name__}: {error}") from error

    return wrapped


def powered_step(handler: Handler) -> Handler:
    """Wrap the handler of a state of `sync` or `replay`: it tells the execution's history what it used."""
    return powered(lambda event, context: {**handler(event, context), **used()})
