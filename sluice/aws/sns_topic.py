"""Topic on SNS: messages packed into as few PublishBatch calls as its limits allow.

A batch can be taken in part: what SNS does not name as taken is sent again, so a subscriber may see a
message twice (an event's id tells), never not at all.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from sluice.ports.topic import OutgoingMessage, PublishFailed

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import BatchResultErrorEntryTypeDef, PublishBatchRequestEntryTypeDef

MAX_ENTRIES = 10
MAX_BATCH_BYTES = 262_144
"""Of all messages of one call together, attributes included (SNS API reference, read 2026-11-21)."""
GROUPED_BY = "connection"
"""The attribute by which queues are fair: a connection with much to say does not keep others waiting."""
_ATTEMPTS = 5
_FIRST_PAUSE_SECONDS = 0.2


class SnsTopic:
    """The topic ``arn``; ``sleep`` waits between tries, a few seconds in all."""

    def __init__(self, client: SNSClient, arn: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._arn = arn
        self._sleep = sleep

    def publish(self, messages: Sequence[OutgoingMessage]) -> int:
        """Hand over every message; raises PublishFailed, before anything is sent where one is too large.

        Returns how many SNS named as taken.
        """
        batches = _batches([_entry(number, message) for number, message in enumerate(messages)])
        return sum(map(self._publish_batch, batches))

    def _publish_batch(self, batch: list[PublishBatchRequestEntryTypeDef]) -> int:
        left, taken = batch, 0
        for attempt in range(_ATTEMPTS):
            if attempt:
                # Full jitter: publishers that failed together do not come back together.
                self._sleep(random.uniform(0, _FIRST_PAUSE_SECONDS * 2**attempt))  # noqa: S311
            before = len(left)
            left, refusals = self._try(left)
            taken += before - len(left)
            if not left:
                return taken
            if any(refusal["SenderFault"] for refusal in refusals):
                break
        raise PublishFailed(_in_words(left, refusals))

    def _try(
        self, batch: list[PublishBatchRequestEntryTypeDef]
    ) -> tuple[list[PublishBatchRequestEntryTypeDef], Sequence[BatchResultErrorEntryTypeDef]]:
        try:
            reply = self._client.publish_batch(TopicArn=self._arn, PublishBatchRequestEntries=batch)
        except (ClientError, BotoCoreError) as error:
            raise PublishFailed(f"{len(batch)} messages to {self._arn}: {error}") from error
        taken = {entry["Id"] for entry in reply.get("Successful", ()) if "Id" in entry}
        return [entry for entry in batch if entry["Id"] not in taken], reply.get("Failed", [])


def _entry(number: int, message: OutgoingMessage) -> PublishBatchRequestEntryTypeDef:
    entry: PublishBatchRequestEntryTypeDef = {
        "Id": str(number),
        "Message": message.body,
        # SNS refuses an empty value; a filter cannot ask for one either.
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value}
            for name, value in message.attributes.items()
            if value
        },
    }
    if group := message.attributes.get(GROUPED_BY):
        entry["MessageGroupId"] = group
    if _size(entry) > MAX_BATCH_BYTES:
        raise PublishFailed(f"message {number} has {_size(entry)} bytes, SNS takes {MAX_BATCH_BYTES}")
    return entry


def _size(entry: PublishBatchRequestEntryTypeDef) -> int:
    texts = [entry["Message"]]
    for name, attribute in entry.get("MessageAttributes", {}).items():
        texts += [name, attribute["DataType"], attribute.get("StringValue", "")]
    return sum(len(text.encode()) for text in texts)


def _batches(
    entries: list[PublishBatchRequestEntryTypeDef],
) -> Iterator[list[PublishBatchRequestEntryTypeDef]]:
    batch: list[PublishBatchRequestEntryTypeDef] = []
    room = MAX_BATCH_BYTES
    for entry in entries:
        size = _size(entry)
        if batch and (len(batch) == MAX_ENTRIES or size > room):
            yield batch
            batch, room = [], MAX_BATCH_BYTES
        batch.append(entry)
        room -= size
    if batch:
        yield batch


def _in_words(
    left: list[PublishBatchRequestEntryTypeDef], refusals: Sequence[BatchResultErrorEntryTypeDef]
) -> str:
    reasons = {
        refusal["Id"]: f"{refusal['Code']} {refusal.get('Message', '')}".strip() for refusal in refusals
    }
    parts = (f"message {entry['Id']}: {reasons.get(entry['Id'], 'not acknowledged')}" for entry in left)
    return "; ".join(parts)
