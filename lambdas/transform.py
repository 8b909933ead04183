"""Handler of the ERP_SYSTEM queue: the transformer."""

from __future__ import annotations

from typing import Any

import orjson
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.observing import used
from lambdas.powers import logger, powered, world, world_of
from sluice.errors import WIRE_NAMES, ApiChanged, ConfigurationInvalid, CountsDiffer, LeaseLost
from sluice.ports.workflow import TokenExpired
from sluice.usecases.failures import CAUSE_LENGTH
from sluice.usecases.transform_chunk import HandedOver, transform_chunk

LAST_TRY = 5
"""The queue's maxReceiveCount: after this try a message is a dead letter, so the run must be told."""

_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@powered
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Work on each message's chunk; return those to be delivered again (partial batch response)."""
    return process_partial_response(event=event, record_handler=_take, processor=_processor, context=context)


def _take(record: SQSRecord) -> None:
    body = orjson.loads(record.body)
    message = HandedOver.from_json(body)
    logger.append_keys(connection=message.connection, stream=message.stream, run=message.run)
    token = str(body["task_token"])
    try:
        counts = transform_chunk(world_of(message.connection), message)
    except (ApiChanged, ConfigurationInvalid, CountsDiffer, LeaseLost) as final:
        _fail(token, final)
        return
    except Exception as error:
        # The batch processor keeps it to itself: it gives the message back and says no more.
        logger.exception("the chunk could not be worked on; its message is given back")
        if int(record.attributes.approximate_receive_count) >= LAST_TRY:
            _fail(token, error)
        raise
    try:
        answer = {"number": message.chunk.number, "counts": counts.to_json(), **used()}
        world().workflow.succeed(token, answer)
    except TokenExpired:
        logger.warning("nobody waits for this chunk any more; its receipt is kept")


def _fail(token: str, error: Exception) -> None:
    try:
        name = type(error).__name__
        told = (name, str(error)) if name in WIRE_NAMES else ("OutcomeUnknown", f"{name}: {error}")
        world().workflow.fail(token, told[0], told[1][:CAUSE_LENGTH])
    except TokenExpired:
        logger.warning("nobody waits for this chunk any more")
