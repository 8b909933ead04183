"""A preview: what a connector and its mapping make of a reply that a person pasted. Nothing is sent or kept.

The reply is read as a run reads it, without what only a run has: filters, sessions, the parents of a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sluice.connector.expanding.detail import DetailReading
from sluice.connector.expanding.rows import check_rows, documents_of, rows_of
from sluice.connector.page_reading import PageReading
from sluice.connector.position import Position
from sluice.connector.replies.answer import Answer
from sluice.connector.replies.redaction import Redactor
from sluice.connector.replies.refusals import Refusal
from sluice.connector.replies.verdicts import judged
from sluice.connector.spec import Connector, Stream
from sluice.errors import ConfigurationInvalid, SluiceError
from sluice.faults import Fault
from sluice.model.http import Reply
from sluice.model.structs import shown
from sluice.registry.catalog import Catalog

MOST = 100
"""Records that a preview maps; a page of an ERP may have a thousand."""

_NAMED = "preview"
"""The name of the connection in the ids of what is previewed."""


class Previewed(Struct, frozen=True):
    """One record as it came, and what became of it: canonical ``data``, ``faults``, or ``skipped``."""

    source_id: str | None
    record: Mapping[str, Any]
    data: Mapping[str, Any] | None
    faults: tuple[Fault, ...] = ()
    skipped: bool = False

    def __repr__(self) -> str:
        return shown(self, without={"record", "data"})


class Preview(Struct, frozen=True):
    """What a reply came to: ``read`` records, of which MOST are mapped; or ``faults`` of the reply."""

    entity: str
    read: int
    records: tuple[Previewed, ...] = ()
    faults: tuple[Fault, ...] = ()


def preview(catalog: Catalog, connector: str, stream: str, reply: Reply) -> Preview:
    """Return what the stream's reader and mapper make of the reply; raises ConfigurationInvalid.

    A stream that asks for each record by itself (``details``) takes the reply with one record.
    """
    known = catalog.connector(connector)
    if stream not in known.streams:
        message = f"{connector} has no stream {stream!r}; it has: {', '.join(known.streams)}"
        raise ConfigurationInvalid(message, [Fault("unknown_stream", "/stream", message)])
    mapper = catalog.mapper(connector, stream)
    try:
        records = _records(known, known.streams[stream], reply)
    except SluiceError as error:
        return Preview(mapper.entity, 0, faults=(Fault("reply_not_read", "/reply", str(error)),))
    mapped = [(record, mapper.map(record, _NAMED)) for record in records[:MOST]]
    found = [Previewed(one.source_id, record, one.data, one.faults, one.skipped) for record, one in mapped]
    return Preview(mapper.entity, len(records), tuple(found))


def _records(connector: Connector, stream: Stream, reply: Reply) -> list[dict[str, Any]]:
    answer = Answer(reply)
    refusal = Refusal(f"the pasted reply of {stream.name}", reply, Redactor(()))
    if stream.details is not None:
        return list(rows_of(stream.rows, _one(connector, stream, answer, refusal)))
    verdict = judged(answer, stream.errors, connector.rate_limit)
    unreadable = None if verdict else refusal.of_body(answer)
    if verdict is not None or unreadable is not None:
        raise unreadable or ConfigurationInvalid(f"the reply is no good one: {refusal.said()}")
    position = Position(stream.name, "1970-01-01T00:00:00+00:00")
    reading = PageReading(connector, documents_of(stream), refusal)
    came = reading.read(answer, position, windows=1, empty=False)
    if came.records is None:
        raise ConfigurationInvalid(f"a run would ask for the reply once more: {came.why}")
    check_rows(stream.rows, came.records, refusal)
    return list(rows_of(stream.rows, came.records))


def _one(connector: Connector, stream: Stream, answer: Answer, refusal: Refusal) -> list[dict[str, Any]]:
    came = DetailReading(connector, stream, refusal).read(answer)
    if came.record is not None:
        return [came.record]
    if came.gone:
        return []
    raise (
        came.unlike or came.unreadable or ConfigurationInvalid(f"the reply is no good one: {refusal.said()}")
    )
