"""A Lambda behind an SQS queue: batches with partial failures, by Powertools for AWS Lambda.

The event source mapping has to have `FunctionResponseTypes: [ReportBatchItemFailures]`. A message that
failed comes again after the queue's visibility timeout, and ends with the dead letters after its
maxReceiveCount.

Where all messages of a batch failed, all are returned as failures, and nothing is raised. Raising would
bring back the same messages and lose why: Lambda would see one failed invocation, count it as an error of
the function, and with partial failures switched on it does not even slow down for that (AWS Lambda
Developer Guide, "Handling errors for an SQS event source", read 2026-11-22). One poisoned message in a
batch of one is no failing function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.consumer.reading import ANY, Expecting, read_events, read_notice
from sluice.consumer.refusal import Refused
from sluice.consumer.taking import NotTaken, OutOfTime, Take, take_all

RESERVE_MS = 5_000
"""So many milliseconds before an invocation ends no event is begun: being cut off brings all back."""

Handler = Callable[[dict[str, Any], LambdaContext], Any]
Give = Callable[[str, Mapping[str, str], Callable[[], bool]], None]

_logger = Logger()


class NeedsContext(Protocol):
    """What has to know of each invocation: :class:`sluice.consumer.once.Once`."""

    def register(self, context: LambdaContext) -> None:
        """Take the context of the invocation that begins."""


def consuming(
    take: Take, expecting: Expecting = ANY, needing: Iterable[NeedsContext] = (), reserve_ms: int = RESERVE_MS
) -> Handler:
    """Return the handler of a queue behind the information topic; ``take`` is given each event."""

    def give(body: str, attributes: Mapping[str, str], is_late: Callable[[], bool]) -> None:
        take_all(read_events(body, attributes, expecting), take, is_late)

    return _handler(give, tuple(needing), reserve_ms)


def noticing(
    take: Callable[..., object],
    expecting: Expecting = ANY,
    needing: Iterable[NeedsContext] = (),
    reserve_ms: int = RESERVE_MS,
) -> Handler:
    """Return the handler of a queue behind the notification topic; ``take`` is given each notice."""

    def give(body: str, attributes: Mapping[str, str], is_late: Callable[[], bool]) -> None:
        notice = read_notice(body, attributes, expecting)
        if is_late():
            raise OutOfTime("the notice comes again")
        take(notice)

    return _handler(give, tuple(needing), reserve_ms)


def _handler(give: Give, needing: tuple[NeedsContext, ...], reserve_ms: int) -> Handler:
    # One for each handler: it keeps the state of the batch that is being worked on.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

    def handler(event: dict[str, Any], context: LambdaContext) -> Any:
        for one in needing:
            one.register(context)

        def is_late() -> bool:
            return context.get_remaining_time_in_millis() < reserve_ms

        def take(record: SQSRecord) -> None:
            try:
                give(record.body, _attributes(record), is_late)
            except Exception as failed:
                _tell(record, failed)
                raise

        return process_partial_response(
            event=event, record_handler=take, processor=processor, context=context
        )

    return handler


def _attributes(record: SQSRecord) -> dict[str, str]:
    given = record.raw_event.get("messageAttributes") or {}
    return {name: str(one.get("stringValue", "")) for name, one in given.items()}


def _tell(record: SQSRecord, failed: Exception) -> None:
    """Log why a message is given back, without what records hold; alarms count reason and security.

    Powertools keeps failures to itself.
    """
    deliveries = record.attributes.approximate_receive_count
    about: dict[str, Any] = {"message_id": record.message_id, "deliveries": deliveries}
    failures = failed.failures if isinstance(failed, NotTaken) else (("message", failed),)
    for place, why in failures:
        if isinstance(why, Refused):
            known = {"place": place, "reason": why.reason.value, "security": why.security}
            _logger.error("refused: %s", why.detail, extra=about | known)
        else:
            known = {"place": place, "reason": type(why).__name__, "security": False}
            _logger.warning("not taken, comes again", exc_info=why, extra=about | known)
