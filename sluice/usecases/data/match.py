"""Match: which customers or suppliers of several connections are one company, told with score and reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.lake.matching.clusters import Judged
from sluice.lake.matching.finding import THRESHOLD, Matches, find_matches
from sluice.lake.matching.parties import Party
from sluice.lake.matching.reading import ENTITIES, parties
from sluice.lake.presence import Database, require_connections


class Matching(Struct, frozen=True):
    """What was asked, and what was found."""

    entity: str
    connections: tuple[str, ...]
    threshold: float
    matches: Matches

    def counts(self) -> dict[str, Any]:
        """Return how many of everything."""
        matches = self.matches
        groups = [self._doubles(group) for group in matches.groups]
        return {
            "records": dict(Counter(party.connection for party in matches.parties)),
            "groups": len(groups),
            "groups_with_doubles": sum(bool(doubles) for doubles in groups),
            "pairs": len(matches.joined),
            "pairs_by_rule": dict(sorted(matches.rules().items())),
            "to_look_at": len(matches.doubts),
            "compared": matches.looked_at,
            "left_out_of_large_blocks": dict(matches.left_out),
        }

    def groups(self) -> Iterator[dict[str, Any]]:
        """Yield each group: its records, the doubles among them, its pairs, and the least of their scores."""
        pairs: dict[int, list[Judged]] = {}
        group_of = {at: number for number, group in enumerate(self.matches.groups) for at in group}
        for judged in self.matches.joined:
            pairs.setdefault(group_of[judged[0][0]], []).append(judged)
        for number, group in enumerate(self.matches.groups):
            yield {
                "score": min(verdict.score for _, verdict in pairs[number]),
                "records": [self._record(at) for at in group],
                "doubles": self._doubles(group),
                "pairs": [self._pair(judged) for judged in pairs[number]],
            }

    def to_look_at(self) -> Iterator[dict[str, Any]]:
        """Yield each pair that is worth a look and in no group, with the reason why not."""
        for doubt in self.matches.doubts:
            yield {**self._pair(doubt.judged), "not_joined": doubt.why}

    def _pair(self, judged: Judged) -> dict[str, Any]:
        (one, other), verdict = judged
        return {
            "records": [self._record(one), self._record(other)],
            "score": verdict.score,
            "rule": verdict.rule.value,
            "reasons": list(verdict.reasons),
        }

    def _record(self, at: int) -> dict[str, Any]:
        party: Party = self.matches.parties[at]
        number = party.registered.text if party.registered else None
        return {
            "connection": party.connection,
            "source_id": party.source_id,
            "name": party.title,
            "organisation_number": number,
        }

    def _doubles(self, group: Sequence[int]) -> dict[str, list[str]]:
        ids: dict[str, list[str]] = {}
        for at in group:
            party = self.matches.parties[at]
            ids.setdefault(party.connection, []).append(party.source_id)
        return {connection: found for connection, found in ids.items() if len(found) > 1}


def match(
    database: Database,
    entity: str,
    connections: Sequence[str],
    threshold: float = THRESHOLD,
) -> Matching:
    """Return which records of the connections are one company; nothing is changed.

    Raises ConfigurationInvalid for an entity that is no company, and for a connection without such records.
    """
    if entity not in ENTITIES:
        message = f"{entity!r} cannot be matched: only {' and '.join(ENTITIES)} have numbers and addresses"
        raise ConfigurationInvalid("Unknown entity", [Fault("unknown_entity", "/entity", message)])
    require_connections(database, entity, connections, least=1)
    found = find_matches(list(parties(database, entity, connections)), threshold)
    return Matching(entity, tuple(connections), threshold, found)
