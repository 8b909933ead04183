"""Raw records to events: examine, map, compare with what was last published. Knows no store and no AWS.

What is wrong or doubtful stops here, before anything of it is published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sluice.contract.breaker import fault_changes
from sluice.contract.detector import Detector
from sluice.contract.examination import Finding
from sluice.contract.judging import without_echoes
from sluice.contract.observation import Observation
from sluice.contract.policy import goes_on, strongest, with_policy
from sluice.errors import ApiChanged
from sluice.faults import Fault, pointer_of
from sluice.mapping.mapper import Mapped, Mapper
from sluice.messages.events import EventSource, EventTooLarge, encode, upserted
from sluice.messages.identity import content_hash
from sluice.model.change import Action, Change
from sluice.model.chunk import Counts
from sluice.snapshot.receipts import Seen, next_version
from sluice.usecases.contracts.refused import refused_changes

LookUp = Callable[[Iterable[str]], Mapping[str, Seen]]
"""Given source ids, returns what was last published of those known."""

Raw = Mapping[str, Any]

_STOPS_RECORDS = frozenset({Action.QUARANTINE, Action.HOLD, Action.FAIL})


@dataclass(frozen=True, slots=True)
class Judging:
    """What records are held against: the mapping, the contract's detector, the connection's policy.

    ``waived`` are the (code, path) of changes that an operator accepted; ``refused`` the paths of fields that
    the ERP refused by name, so that others were read in their place.
    """

    mapper: Mapper
    detector: Detector
    policy: Mapping[str, str] = field(default_factory=dict)
    waived: frozenset[tuple[str, str]] = frozenset()
    refused: tuple[str, ...] = ()

    def judged(self, changes: Iterable[Change]) -> list[Change]:
        """Return the changes that are not accepted, with the action that the policy gives them."""
        found = (change for change in changes if (change.code, change.path) not in self.waived)
        return [with_policy(change, self.policy) for change in found]


@dataclass(slots=True)
class Transformed:
    """What became of some records: encoded ``events`` in order, ``seen``, ``quarantined`` with faults.

    ``published`` are those of ``seen`` that have an event; ``changes`` what differs from the contract and yet
    stopped nothing; ``observed`` what the records that were not set aside showed; ``failed`` says which
    detector failed.
    """

    events: list[bytes] = field(default_factory=list)
    published: list[Seen] = field(default_factory=list)
    seen: dict[str, Seen] = field(default_factory=dict)
    quarantined: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[Fault, ...]] = field(default_factory=list)
    unidentified: int = 0
    fetched: int = 0
    changes: list[Change] = field(default_factory=list)
    observed: Observation | None = None
    failed: str = ""

    def counts(self) -> Counts:
        """Return the counts; they always add up (see Counts)."""
        mapped = self.fetched - len(self.quarantined)
        published = len(self.events)
        return Counts(self.fetched, mapped, mapped - published, len(self.quarantined), published)

    def set_aside(self, record: Raw, source_id: str | None, faults: tuple[Fault, ...]) -> None:
        """Quarantine a record for its faults."""
        told = [fault.to_json() for fault in faults]
        self.quarantined.append({"source_id": source_id, "faults": told, "record": record})
        self.unidentified += source_id is None


@dataclass(slots=True)
class _Batch:
    """Canonical data and raw record by source id, of an id met twice the later; and what cannot be mapped."""

    mapped: dict[str, tuple[dict[str, Any], Raw]] = field(default_factory=dict)
    refused: list[tuple[Raw, Mapped]] = field(default_factory=list)


def transform(records: Sequence[Raw], judging: Judging, source: EventSource, look_up: LookUp) -> Transformed:
    """Examine and map the records, and return the events of those that are new or changed.

    A record that cannot be mapped, or shows a change that sets it aside, is quarantined; the rest goes on.
    Raises ApiChanged with every change found if one of them holds the stream: then nothing of these records
    may be published.
    """
    result = Transformed(fetched=len(records))
    examination = judging.detector.examining(records)
    batch = _map(examination, judging.mapper, source.connection)
    rest = _examined(records, judging, examination.finding(), result)
    if len(rest) < len(records):
        batch = _map(rest, judging.mapper, source.connection)
    for record, refused in batch.refused:
        result.set_aside(record, refused.source_id, refused.faults)
        result.faults.append(refused.faults)
    mapped = batch.mapped
    result.changes += judging.judged(refused_changes(judging.refused, judging.mapper, result.changes))
    result.changes += _refused(fault_changes(len(rest), result.faults), judging, result.changes)
    stop_if_held(result.changes, source.entity)
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


def _examined(
    records: Sequence[Raw], judging: Judging, finding: Finding, result: Transformed
) -> Sequence[Raw]:
    """Judge what the records showed; return those that are not set aside for it."""
    judged = {number: judging.judged([change]) for number, change in enumerate(finding.changes)}
    result.changes = [change for found in judged.values() for change in found]
    result.failed = finding.failed
    # Whether to hold is decided once the mapping has said its word: people see every change at once.
    aside = {
        index: [change for number in numbers for change in judged[number] if _sets_aside(change)]
        for index, numbers in finding.aside.items()
    }
    aside = {index: changes for index, changes in aside.items() if changes}
    result.observed = finding.observation
    if not aside:
        return records
    for index, changes in aside.items():
        source_id = judging.mapper.source_id(records[index])
        result.set_aside(records[index], source_id, tuple(_fault(change) for change in changes))
    return [record for index, record in enumerate(records) if index not in aside]


def _sets_aside(change: Change) -> bool:
    return change.action is Action.QUARANTINE


def _fault(change: Change) -> Fault:
    return Fault(change.kind, pointer_of(*change.segments()), change.in_words())


def _refused(changes: Iterable[Change], judging: Judging, found: Sequence[Change]) -> list[Change]:
    """Return the changes that the mapping met, with the canonical fields that they touch.

    What the detector found at the same path says it already, and so does what an operator accepted there.
    """
    waived = {path for _, path in judging.waived}
    told = [change for change in found if change.action in _STOPS_RECORDS]
    used = judging.mapper.used
    named = (replace(change, used_by=used.fields_at(change.segments())) for change in changes)
    return judging.judged(without_echoes((one for one in named if one.path not in waived), told))


def stop_if_held(changes: Sequence[Change], entity: str) -> None:
    """Raise ApiChanged with all the changes if one of them holds the stream or fails it."""
    action = strongest(changes)
    if not goes_on(action):
        worst = next(change for change in changes if change.action is action)
        raise ApiChanged(f"{entity}: {worst.in_words()}", changes)


def _map(records: Iterable[Raw], mapper: Mapper, connection: str) -> _Batch:
    batch = _Batch()
    for record in records:
        found = mapper.map(record, connection)
        if found.skipped:
            continue
        if found.data is None or found.source_id is None or found.faults:
            batch.refused.append((record, found))
        else:
            batch.mapped[found.source_id] = (found.data, record)
    return batch


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
