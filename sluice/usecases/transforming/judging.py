"""What records are held against, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from sluice.contract.detector import Detector
from sluice.contract.observation import Observation
from sluice.contract.policy import goes_on, strongest, with_policy
from sluice.errors import ApiChanged, CountsDiffer
from sluice.faults import Fault
from sluice.mapping.mapper import Mapper
from sluice.messages.events import Envelope, Identities, Upserts
from sluice.model.change import Change
from sluice.model.chunk import Counts
from sluice.snapshot.receipts import Seen

Raw = Mapping[str, Any]


class Judging(Struct, frozen=True):
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


class Transformed(Struct):
    """What became of some records: encoded ``events`` in order, ``quarantined`` with faults.

    ``identities`` are those of the events; ``kept`` is what was last published of records that have none;
    ``changes`` what differs from the contract and yet stopped nothing; ``observed`` what the records that
    were not set aside showed; ``failed`` says which detector failed. ``unchanged`` counts the records of
    which nothing new is said: as published, left out by the mapping, or come again in the same chunk.
    """

    events: Sequence[bytes] = ()
    identities: Identities = ((), (), ())
    kept: dict[str, Seen] = field(default_factory=dict)
    quarantined: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[Fault, ...]] = field(default_factory=list)
    unidentified: int = 0
    fetched: int = 0
    unchanged: int = 0
    changes: list[Change] = field(default_factory=list)
    observed: Observation | None = None
    failed: str = ""

    def counts(self) -> Counts:
        """Return the counts; raises CountsDiffer unless they add up (see Counts)."""
        published = len(self.events)
        mapped = self.unchanged + published
        counts = Counts(self.fetched, mapped, self.unchanged, len(self.quarantined), published)
        if not counts.add_up:
            raise CountsDiffer(f"{self.fetched} records of a chunk, of which became {counts.in_words()}")
        return counts

    def published(self) -> list[Seen]:
        """Return what is published with the events."""
        return [*map(Seen._make, zip(*self.identities, strict=True))]

    def seen(self) -> list[Seen]:
        """Return what is published of all records once the events are, none twice."""
        return list((self.kept | {one.id: one for one in self.published()}).values())

    def published_as(self, envelope: Envelope, identities: Identities, texts: Sequence[bytes]) -> None:
        """Take the events of records with these identities and canonical texts."""
        self.identities, self.events = identities, Upserts(envelope, identities, texts)

    def set_aside(self, record: Raw, source_id: str | None, faults: tuple[Fault, ...]) -> None:
        """Quarantine a record for its faults."""
        told = [fault.to_json() for fault in faults]
        self.quarantined.append({"source_id": source_id, "faults": told, "record": record})
        self.unidentified += source_id is None


def stop_if_held(changes: Sequence[Change], entity: str) -> None:
    """Raise ApiChanged with all the changes if one of them holds the stream or fails it."""
    action = strongest(changes)
    if not goes_on(action):
        worst = next(change for change in changes if change.action is action)
        raise ApiChanged(f"{entity}: {worst.in_words()}", changes)
