"""Handler of the delivery queue: notifications to the people who subscribed."""

from __future__ import annotations

import functools
import traceback
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import logger, powered
from sluice.bootstrap.outboxes import lambda_outbox
from sluice.ports.queue import ReceivedMessage
from sluice.usecases.telling.people.deliver import deliver
from sluice.usecases.telling.people.outbox import Outbox


@functools.cache
def outbox() -> Outbox:
    """Return what this execution environment delivers with."""
    return lambda_outbox()


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Work off the batch; return the messages to be delivered again (partial batch response).

    When one comes again is decided here: its visibility is changed, which SQS keeps for what is given back.
    """
    failures = []
    for record in event["Records"]:
        message = ReceivedMessage(
            id=record["messageId"],
            body=record["body"],
            attributes={},
            receipt=record["receiptHandle"],
            deliveries=int(record["attributes"]["ApproximateReceiveCount"]),
        )
        try:
            wait = deliver(outbox(), message)
        except (ValueError, KeyError, TypeError) as error:
            # What is no notification of ours becomes a dead letter for a person to look at. The error's text
            # is not logged, as it may hold what came; where it arose tells a fault of ours apart.
            where = traceback.extract_tb(error.__traceback__)[-1]
            reason = f"{type(error).__name__} in {where.name}, line {where.lineno}"
            logger.error("not understood", extra={"message_id": message.id, "reason": reason})
            wait = 0
        if wait is not None:
            outbox().queue.hide(message, wait)
            failures.append({"itemIdentifier": message.id})
    return {"batchItemFailures": failures}
