"""Queue on SQS. Redrive and visibility are the queue's own settings, not this adapter's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

from botocore.exceptions import ClientError

from sluice.aws.client_error import code_of
from sluice.ports.queue import ReceivedMessage
from sluice.usecases.world import iso

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_MAX_A_CALL = 10
_DEPTHS: tuple[QueueAttributeNameType, ...] = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
_GONE = frozenset({"ReceiptHandleIsInvalid", "InvalidParameterValue"})
_NOT_INFLIGHT = frozenset({"MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"})


class _Hidden(TypedDict, total=False):
    VisibilityTimeout: int


class _Grouped(TypedDict, total=False):
    MessageGroupId: str


class SqsQueue:
    """The queue at ``url``; subscribed to a topic with raw message delivery."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def receive(
        self, limit: int = 10, wait_seconds: int = 0, hidden_seconds: int | None = None
    ) -> list[ReceivedMessage]:
        """Return up to ``limit`` messages, waiting up to ``wait_seconds`` (0..20) for the first."""
        hidden: _Hidden = {} if hidden_seconds is None else {"VisibilityTimeout": hidden_seconds}
        found: list[ReceivedMessage] = []
        while len(found) < limit:
            reply = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=min(_MAX_A_CALL, limit - len(found)),
                WaitTimeSeconds=0 if found else wait_seconds,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp", "MessageGroupId"],
                **hidden,
            )
            messages = reply.get("Messages", [])
            if not messages:
                break
            found += [_received(message) for message in messages]
        return found

    def send(self, body: str, attributes: Mapping[str, str], delay_seconds: int = 0, group: str = "") -> None:
        """Put a message into the queue; nobody receives it before ``delay_seconds`` (0..900) are over."""
        grouped: _Grouped = {"MessageGroupId": group} if group else {}
        self._client.send_message(
            QueueUrl=self._url,
            MessageBody=body,
            DelaySeconds=delay_seconds,
            # SQS refuses an empty value.
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in attributes.items()
                if value
            },
            **grouped,
        )

    def hide(self, message: ReceivedMessage, seconds: int) -> None:
        """Let the message come again in so many seconds (0..43200) from now; no error where it is gone."""
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=message.receipt, VisibilityTimeout=seconds
            )
        except ClientError as error:
            if code_of(error) not in _GONE | _NOT_INFLIGHT:
                raise

    def delete(self, message: ReceivedMessage) -> None:
        """Remove the message; no error where it is gone already."""
        try:
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message.receipt)
        except ClientError as error:
            if code_of(error) not in _GONE:
                raise

    def depth(self) -> int:
        """Return about how many messages the queue holds, those being worked on included."""
        reply = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=list(_DEPTHS))
        return sum(int(reply["Attributes"].get(name, "0")) for name in _DEPTHS)


def _received(message: MessageTypeDef) -> ReceivedMessage:
    attributes, told = message.get("MessageAttributes", {}), message.get("Attributes", {})
    milliseconds = told.get("SentTimestamp")
    return ReceivedMessage(
        id=message["MessageId"],
        body=message["Body"],
        attributes={name: found.get("StringValue", "") for name, found in attributes.items()},
        receipt=message["ReceiptHandle"],
        deliveries=int(told.get("ApproximateReceiveCount", "1")),
        sent_at=iso(datetime.fromtimestamp(int(milliseconds) / 1000, UTC)) if milliseconds else "",
        group=told.get("MessageGroupId", ""),
    )
