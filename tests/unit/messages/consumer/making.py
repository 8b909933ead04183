"""Events and messages as Sluice itself makes them, and deliveries as Lambda hands them over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from msgspec.structs import replace

from sluice.consumer.event import Event
from sluice.consumer.reading import read_events
from sluice.messages.events import EventSource, deleted, encode, pack, upserted
from sluice.messages.identity import content_hash
from sluice.messages.notification import Notice, Notification

SOURCE = EventSource("acme", "tripletex", "customer", "urn:sluice:customer:1", "2026-11-20T10:00:00Z")
ATTRIBUTES = SOURCE.attributes()

_numbers = count(1)


def named(number: int | str, version: int, name: str = "", source: EventSource = SOURCE) -> dict[str, Any]:
    """Return the event that a customer is new or changed."""
    data = {
        "id": f"{source.connection}/{source.entity}/{number}",
        "source_id": str(number),
        "name": name or f"name {version}",
        "balance": "12.50",
        "extensions": {"z": 1.5, "a": [None, True]},
    }
    return upserted(source, data, version, content_hash(data))


def gone(number: int | str, version: int) -> dict[str, Any]:
    """Return the event that a customer was deleted."""
    return deleted(SOURCE, str(number), version)


def of(connection: str, entity: str = "customer") -> EventSource:
    """Return another source."""
    return replace(SOURCE, connection=connection, entity=entity, schema_id=f"urn:sluice:{entity}:1")


def body_of(*events: Mapping[str, Any]) -> str:
    """Return one message with the events, packed as Sluice packs it."""
    (message,) = pack([encode(dict(event)) for event in events], SOURCE)
    return message.body


def read_one(event: Mapping[str, Any]) -> Event:
    """Return an event after it was held to be right."""
    (found,) = read_events(json.dumps([event]), {})
    assert isinstance(found, Event), found
    return found


def notice() -> dict[str, Any]:
    """Return a notice, as Sluice makes it."""
    told = Notification(
        kind=Notice.STREAM_HELD,
        connection="acme",
        run="run-1",
        time="2026-11-20T10:00:00Z",
        title="acme/customer: held",
        stream="customer",
        incident="i-1",
        facts={"error": "ApiChanged"},
    )
    found: dict[str, Any] = json.loads(told.to_message().body)
    return found


def record(body: str, attributes: Mapping[str, str] = ATTRIBUTES, name: str = "") -> dict[str, Any]:
    """Return a message as Lambda hands it over."""
    return {
        "messageId": name or f"message-{next(_numbers)}",
        "receiptHandle": "handle",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1795000000000"},
        "messageAttributes": {
            key: {"stringValue": value, "dataType": "String"} for key, value in attributes.items()
        },
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-north-1:000000000000:crm-records",
        "awsRegion": "eu-north-1",
    }


def batch(*records: dict[str, Any]) -> dict[str, Any]:
    """Return what a Lambda is invoked with."""
    return {"Records": list(records)}


@dataclass
class Context:
    """What a handler asks its Lambda: ``left`` are the milliseconds of each next question."""

    left: Iterable[int] = ()
    function_name: str = "crm-records"

    def __post_init__(self) -> None:
        self._left = iter(self.left)

    def get_remaining_time_in_millis(self) -> int:
        return next(self._left, 60_000)


def failed(answer: Any) -> list[str]:
    """Return the names of the messages that a handler gave back."""
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]
