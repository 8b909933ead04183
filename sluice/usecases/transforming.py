"""Raw records to events: map, compare with what was last published, judge. Knows no store and no AWS."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sluice.contract.breaker import tripped
from sluice.errors import ApiChanged
from sluice.faults import Fault
from sluice.mapping.mapper import Mapper
from sluice.messages.events import EventSource, EventTooLarge, encode, upserted
from sluice.messages.identity import content_hash
from sluice.model.chunk import Counts
from sluice.snapshot.receipts import Seen, next_version

LookUp = Callable[[Iterable[str]], Mapping[str, Seen]]
"""Given source ids, returns what was last published of those known."""


@dataclass(slots=True)
class Transformed:
    """What became of some records: encoded ``events`` in order, ``seen``, ``quarantined`` with faults.

    ``published`` are those of ``seen`` that have an event.
    """

    events: list[bytes] = field(default_factory=list)
    published: list[Seen] = field(default_factory=list)
    seen: dict[str, Seen] = field(default_factory=dict)
    quarantined: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[Fault, ...]] = field(default_factory=list)
    unidentified: int = 0
    fetched: int = 0

    def counts(self) -> Counts:
        """Return the counts; they always add up (see Counts)."""
        mapped = self.fetched - len(self.quarantined)
        published = len(self.events)
        return Counts(self.fetched, mapped, mapped - published, len(self.quarantined), published)

    def set_aside(self, record: Mapping[str, Any], source_id: str | None, faults: tuple[Fault, ...]) -> None:
        """Quarantine a record for its faults."""
        told = [fault.to_json() for fault in faults]
        self.quarantined.append({"source_id": source_id, "faults": told, "record": record})
        self.faults.append(faults)
        self.unidentified += source_id is None


def transform(
    records: Iterable[Mapping[str, Any]],
    mapper: Mapper,
    source: EventSource,
    look_up: LookUp,
    accepted: Collection[str] = (),
) -> Transformed:
    """Map the records and return the events of those that are new or changed.

    A record that cannot be mapped is quarantined with its faults, the rest goes on. Raises ApiChanged if so
    many cannot that the ERP must have changed, unless that change is ``accepted``; then nothing of these
    records may be published.
    """
    result = Transformed()
    mapped = _map(records, mapper, source.connection, result)
    change = tripped(result.fetched, result.faults)
    if change is not None and change.code not in accepted:
        raise ApiChanged(f"{source.entity}: {change.in_words()}", [change])
    aside = [entry["source_id"] for entry in result.quarantined if entry["source_id"] is not None]
    known = look_up([*mapped, *aside])
    for source_id, (data, raw) in mapped.items():
        faults = _publish(source, data, known.get(source_id), result)
        if faults:
            result.set_aside(raw, source_id, faults)
            aside.append(source_id)
    # A quarantined record still exists: it keeps what was last published of it, and is no delete.
    result.seen = {source_id: known[source_id] for source_id in aside if source_id in known} | result.seen
    return result


def _map(
    records: Iterable[Mapping[str, Any]], mapper: Mapper, connection: str, result: Transformed
) -> dict[str, tuple[dict[str, Any], Mapping[str, Any]]]:
    """Return canonical data and raw record by source id; of an id met twice, the later."""
    mapped = {}
    for record in records:
        result.fetched += 1
        found = mapper.map(record, connection)
        if found.skipped:
            continue
        if found.data is None or found.source_id is None or found.faults:
            result.set_aside(record, found.source_id, found.faults)
        else:
            mapped[found.source_id] = (found.data, record)
    return mapped


def _publish(
    source: EventSource, data: dict[str, Any], last: Seen | None, result: Transformed
) -> tuple[Fault, ...]:
    """Add the record's event, if it is new or changed; return the faults of one that cannot be sent."""
    source_id = data["source_id"]
    try:
        content = content_hash(data)
        if last is not None and last.content == content:
            result.seen[source_id] = last
            return ()
        version = next_version(last, content)
        result.events.append(encode(upserted(source, data, version, content)))
    except (EventTooLarge, TypeError) as refused:
        return (Fault("event_refused", "", f"the event cannot be sent: {refused}"),)
    result.seen[source_id] = Seen(source_id, content, version)
    result.published.append(result.seen[source_id])
    return ()
