"""Canonical records as CloudEvents 1.0, packed into messages of up to 64 KB.

SNS and SQS bill by 64 KB, so a message carries a batch of events; no entity or connection is ever mixed
within one. What the events mean is the canonical model's business (transformers/canonical/).
Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md, read 2026-11-21.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import orjson
from msgspec import Struct

from sluice.messages.identity import begun_id, event_id
from sluice.ports.topic import OutgoingMessage

MAX_MESSAGE_BYTES = 64 * 1024
_LEAD = 0xEF
"""The first byte of U+FFFE and U+FFFF in UTF-8: bytes are searched for a number in a tenth of the time."""

Identities = tuple[Sequence[str], Sequence[str], Sequence[int]]
"""Of events: their source ids, contents and versions, as columns."""

_ELSE = 100
"""Bytes of an event that are neither its record's, its subject's nor those of all its source: id, version."""

LONGEST_ESCAPE = 6
"""Bytes that JSON makes of one character at most."""


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

    The same bytes as :func:`encode` gives for :func:`upserted`, no record written twice. Into ``room`` go
    texts of which none becomes an event that is too large: a record's, and its id's as JSON.
    """

    def __init__(self, source: EventSource) -> None:
        known = _event(source, "upserted", ("", 1, ""), {})
        self._identity = begun_id(source.connection, source.entity)
        third = _members(known, "time", "datacontenttype", "dataschema", "connection", "connector")
        self._first = b'{%b,"id":"' % _members(known, "specversion")
        self._second = b'",%b,"subject":' % _members(known, "source", "type")
        self._third = b',%b,"entityversion":' % third
        rest = MAX_MESSAGE_BYTES - sum(map(len, (self._first, self._second, self._third))) - _ELSE
        self.room = rest // 2  # as many bytes as they have become of U+FFFE and U+FFFF

    def around(self, source_id: str, version: int, content: str, text: bytes) -> bytes:
        """Return the event of a record with this canonical ``text``; raises EventTooLarge over 64 KB."""
        (raw,) = self.each([(source_id, content, version, text)])
        return _of_a_messages_size(raw, source_id)

    def each(self, rows: Iterable[tuple[str, str, int, bytes]]) -> Iterator[bytes]:
        """Yield the event of each record, of whatever size: source id, content, version, text."""
        begun, dumps, join = self._identity.copy, orjson.dumps, b"".join
        first, second, third, told, version_before = self._first, self._second, b"", "", None
        for source_id, content, version, text in rows:
            if version != version_before:
                third, told = b'%b%d,"data":' % (self._third, version), f"\x1f{version}\x1f"
                version_before = version
            identity = begun()
            identity.update(f"{source_id}{told}{content}".encode())
            number = identity.hexdigest().encode()
            event = join((first, number, second, dumps(source_id), third, text, b"}"))
            yield _sendable(event) if _LEAD in event else event


class Upserts(Sequence[bytes]):
    """Events that are each made when it is their turn: a window has more than a processor's cache holds.

    Of records stand their identities and their texts; no event may be too large.
    """

    def __init__(self, envelope: Envelope, known: Identities, texts: Sequence[bytes]) -> None:
        self._envelope, self._known, self._texts = envelope, known, texts

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._texts)

    def __iter__(self) -> Iterator[bytes]:
        """Yield each."""
        return self._envelope.each(zip(*self._known, self._texts, strict=True))

    def __eq__(self, other: object) -> bool:
        """Return whether the other has the same events."""
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    @overload
    def __getitem__(self, at: int) -> bytes: ...
    @overload
    def __getitem__(self, at: slice) -> Upserts: ...
    def __getitem__(self, at: int | slice) -> bytes | Upserts:
        """Return one, or some."""
        ids, contents, versions = self._known
        if isinstance(at, slice):
            return Upserts(self._envelope, (ids[at], contents[at], versions[at]), self._texts[at])
        (event,) = self._envelope.each([(ids[at], contents[at], versions[at], self._texts[at])])
        return event


def _members(event: dict[str, Any], *names: str) -> bytes:
    return orjson.dumps({name: event[name] for name in names})[1:-1]


def encode(event: dict[str, Any]) -> bytes:
    """Return the event as UTF-8 JSON that SQS accepts; raises EventTooLarge over 64 KB."""
    return _of_a_messages_size(_sendable(orjson.dumps(event)), event["subject"])


def _sendable(raw: bytes) -> bytes:
    # JSON escapes control characters itself; SQS refuses U+FFFE and U+FFFF as well.
    if b"\xef\xbf" in raw:
        return raw.replace(b"\xef\xbf\xbe", b"\\ufffe").replace(b"\xef\xbf\xbf", b"\\uffff")
    return raw


def _of_a_messages_size(raw: bytes, subject: str) -> bytes:
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
