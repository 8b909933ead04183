"""Canonical records as CloudEvents 1.0, packed into messages of up to 64 KB.

SNS and SQS bill by 64 KB, so a message carries a batch of events; no entity or connection is ever mixed
within one. What the events mean is the canonical model's business (transformers/canonical/).
Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md, read 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from msgspec import Struct

from sluice.messages.identity import begun_id, event_id
from sluice.ports.topic import OutgoingMessage

MAX_MESSAGE_BYTES = 64 * 1024


class EventTooLarge(ValueError):
    """One event alone is larger than a message may be; the text names its subject and size."""


class EventSource(Struct, frozen=True):
    """What the events of one chunk share. ``time`` is ISO 8601 UTC: when the records were fetched.

    ``first_version`` is the version of a record of which none was published.
    """

    connection: str
    connector: str
    entity: str
    schema_id: str
    time: str
    first_version: int = 1

    def attributes(self) -> dict[str, str]:
        """Return the message attributes that consumers filter by."""
        return {"connection": self.connection, "connector": self.connector, "entity": self.entity}


def upserted(source: EventSource, data: dict[str, Any], version: int, content: str) -> dict[str, Any]:
    """Return the event of a record that is new or has changed; ``data`` is canonical."""
    return _event(source, "upserted", (data["source_id"], version, content), data)


def deleted(source: EventSource, source_id: str, version: int) -> dict[str, Any]:
    """Return the event of a record that is gone from a stream that was read whole."""
    data = {"id": f"{source.connection}/{source.entity}/{source_id}", "source_id": source_id}
    return _event(source, "deleted", (source_id, version, ""), data)


def _event(
    source: EventSource, what: str, identity: tuple[str, int, str], data: dict[str, Any]
) -> dict[str, Any]:
    source_id, version, content = identity
    return {
        "specversion": "1.0",
        "id": event_id((source.connection, source.entity, source_id), version, content),
        "source": f"/sluice/{source.connection}",
        "type": f"{source.entity}.{what}",
        "subject": source_id,
        "time": source.time,
        "datacontenttype": "application/json",
        "dataschema": source.schema_id,
        "connection": source.connection,
        "connector": source.connector,
        "entityversion": version,
        "data": data,
    }


class Envelope:
    """The upserts of one source, put around canonical JSON that is written already.

    The same bytes as :func:`encode` gives for :func:`upserted`, without writing each record twice.
    """

    def __init__(self, source: EventSource) -> None:
        known = _event(source, "upserted", ("", 1, ""), {})
        self._identity = begun_id(source.connection, source.entity)
        third = _members(known, "time", "datacontenttype", "dataschema", "connection", "connector")
        self._first = b'{%b,"id":"' % _members(known, "specversion")
        self._second = b'",%b,"subject":' % _members(known, "source", "type")
        self._third = b',%b,"entityversion":' % third

    def around(self, source_id: str, version: int, content: str, text: bytes) -> bytes:
        """Return the event of a record with this canonical ``text``; raises EventTooLarge over 64 KB."""
        identity = self._identity.copy()
        identity.update(f"{source_id}\x1f{version}\x1f{content}".encode())
        parts = (
            self._first,
            identity.hexdigest().encode(),
            self._second,
            orjson.dumps(source_id),
            self._third,
            b'%d,"data":' % version,
            text,
            b"}",
        )
        return _sendable(b"".join(parts), source_id)


def _members(event: dict[str, Any], *names: str) -> bytes:
    return orjson.dumps({name: event[name] for name in names})[1:-1]


def encode(event: dict[str, Any]) -> bytes:
    """Return the event as UTF-8 JSON that SQS accepts; raises EventTooLarge over 64 KB."""
    return _sendable(orjson.dumps(event), event["subject"])


def _sendable(raw: bytes, subject: str) -> bytes:
    # JSON escapes control characters itself; SQS refuses U+FFFE and U+FFFF as well.
    if b"\xef" in raw and b"\xef\xbf" in raw:  # one byte alone is looked for much faster
        raw = raw.replace(b"\xef\xbf\xbe", b"\\ufffe").replace(b"\xef\xbf\xbf", b"\\uffff")
    if len(raw) + 2 > MAX_MESSAGE_BYTES:
        raise EventTooLarge(f"event of {subject} has {len(raw)} bytes, a message holds {MAX_MESSAGE_BYTES}")
    return raw


def pack(
    encoded: Iterable[bytes], source: EventSource, per_message: int | None = None
) -> Iterator[OutgoingMessage]:
    """Yield messages, each a JSON array of up to 64 KB (and ``per_message`` events, where given)."""
    batch: list[bytes] = []
    size = 2
    for event in encoded:
        full = size + len(event) + 1 > MAX_MESSAGE_BYTES or (
            per_message is not None and len(batch) >= per_message
        )
        if batch and full:
            yield _message(batch, source)
            batch, size = [], 2
        batch.append(event)
        size += len(event) + 1
    if batch:
        yield _message(batch, source)


def _message(batch: list[bytes], source: EventSource) -> OutgoingMessage:
    return OutgoingMessage(body=(b"[" + b",".join(batch) + b"]").decode(), attributes=source.attributes())
