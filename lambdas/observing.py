"""What is observed of an invocation: a segment of its trace, where there is one, and what it used."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.aws.meter import METER
from sluice.bootstrap.log_line import line_of
from sluice.model.metered import KEY
from sluice.settings import is_traced

Handler = Callable[[dict[str, Any], LambdaContext], Any]

logger = Logger(json_serializer=line_of)
# Not made where nothing is traced: the SDK of X-Ray takes a third of the time that a handler takes to load.
tracer = Tracer() if is_traced() else None

_BY_ITSELF = frozenset({"Records", "detail"})
"""What events have that come from a queue, or from EventBridge."""

_HTTP = "requestContext"
"""What requests of the API have: a person waits for them, and they are part of no run."""


def traced(handler: Handler) -> Handler:
    """Wrap a handler in a segment of its trace, where there is one."""
    if tracer is None:
        return handler
    wrapped: Handler = tracer.capture_lambda_handler(handler, capture_response=False, capture_error=False)
    return wrapped


def metered(handler: Handler) -> Handler:
    """Wrap a handler: what it uses is counted, and logged where no run's history can know of it."""

    @functools.wraps(handler)
    def wrapped(event: dict[str, Any], context: LambdaContext) -> Any:
        if _HTTP in event:
            return handler(event, context)
        METER.begin(int(context.memory_limit_in_mb), event.get("Records", ()))
        try:
            return handler(event, context)
        finally:
            if not event.keys().isdisjoint(_BY_ITSELF):
                logger.info(KEY, extra=used())

    return wrapped


def used() -> dict[str, Any]:
    """Return what this invocation has used so far, under the key by which histories and logs tell it."""
    return {KEY: METER.so_far().to_json()}
