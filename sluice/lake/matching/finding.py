"""Which parties are one company: candidates, verdicts and groups in one go.

Memory grows with the number of parties, by a few kilobytes each, and with that of the pairs worth a look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from sluice.lake.matching.candidates import candidates
from sluice.lake.matching.clusters import Judged, cluster
from sluice.lake.matching.frequencies import Frequencies
from sluice.lake.matching.parties import Party
from sluice.lake.matching.scoring import judge

THRESHOLD = 0.85
"""Score from which two records are one company."""
WORTH_A_LOOK = 0.4
"""Score from which a pair is worth a person's look."""


class Doubt(Struct, frozen=True):
    """A pair that is worth a look, and why it is not in a group."""

    judged: Judged
    why: str


class Matches(Struct, frozen=True):
    """Groups of positions; the pairs that made them; doubts, the likeliest first; what was looked at."""

    parties: Sequence[Party]
    groups: Sequence[Sequence[int]]
    joined: Sequence[Judged]
    doubts: Sequence[Doubt]
    looked_at: int
    left_out: Mapping[str, int]

    def rules(self) -> Mapping[str, int]:
        """Return how many pairs each rule joined."""
        return Counter(verdict.rule.value for _, verdict in self.joined)


def find_matches(parties: Sequence[Party], threshold: float = THRESHOLD) -> Matches:
    """Return which of the parties are one company, the pairs that are worth a look beside it."""
    frequencies = Frequencies(parties)
    found = candidates(parties, frequencies)
    sure: list[Judged] = []
    unsure: list[Judged] = []
    for one, other in sorted(found.pairs):
        verdict = judge(parties[one], parties[other], frequencies)
        if verdict.score >= threshold:
            sure.append(((one, other), verdict))
        elif verdict.score >= min(WORTH_A_LOOK, threshold):
            unsure.append(((one, other), verdict))
    clustering = cluster(parties, sure)
    group_of = {at: number for number, group in enumerate(clustering.groups) for at in group}
    doubts = [Doubt((pair, verdict), why) for pair, verdict, why in clustering.refused]
    doubts += [Doubt(one, "below the threshold") for one in unsure]
    apart = [doubt for doubt in doubts if not _together(doubt.judged, group_of)]
    return Matches(
        parties=parties,
        groups=clustering.groups,
        joined=clustering.joined,
        doubts=sorted(apart, key=lambda doubt: (-doubt.judged[1].score, doubt.judged[0])),
        looked_at=len(found.pairs),
        left_out=found.left_out,
    )


def _together(judged: Judged, group_of: Mapping[int, int]) -> bool:
    one, other = judged[0]
    return one in group_of and group_of[one] == group_of.get(other)
