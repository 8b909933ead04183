"""Handler of the lake's queue: events into Parquet."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.powers import logger, powered, world
from sluice.usecases.data.write_lake import Message, write_lake


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Write the batch; return the messages to be delivered again (partial batch response)."""
    messages = [Message(record["messageId"], record["body"]) for record in event["Records"]]
    given_back: dict[str, None] = {}
    for unwritten in write_lake(world(), messages):
        logger.error(
            "not written to the lake; given back",
            extra={"messages": unwritten.messages},
            exc_info=unwritten.reason,
        )
        given_back |= dict.fromkeys(unwritten.messages)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in given_back]}
