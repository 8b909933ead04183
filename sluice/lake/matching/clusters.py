"""Groups of records that are one company: pairs joined, the surest first, unless numbers speak against it.

Nothing is merged: a group is a list of records. A group never has two organisation numbers that are both
right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from sluice.lake.matching.candidates import Pair
from sluice.lake.matching.parties import Party
from sluice.lake.matching.scoring import Rule, Verdict, conflict

TIE = 0.03
"""Two companies whose scores differ by less are one as likely as the other."""

Judged = tuple[Pair, Verdict]


class Clustering(Struct):
    """Groups of positions of two and more; the pairs in them; pairs refused, and why."""

    groups: list[list[int]] = field(default_factory=list)
    joined: list[Judged] = field(default_factory=list)
    refused: list[tuple[Pair, Verdict, str]] = field(default_factory=list)


def cluster(parties: Sequence[Party], judged: Iterable[Judged]) -> Clustering:
    """Return the groups that pairs above the threshold make."""
    found = Clustering()
    ordered = sorted(judged, key=lambda one: (-one[1].score, one[0]))
    undecided = _undecided(parties, ordered)
    groups = _Groups(parties)
    for pair, verdict in ordered:
        if pair in undecided:
            found.refused.append((pair, verdict, "another company of the same name is as likely"))
        elif groups.join(*pair):
            found.joined.append((pair, verdict))
        else:
            found.refused.append((pair, verdict, "its group has another number"))
    found.groups = groups.of_several()
    return found


def _undecided(parties: Sequence[Party], ordered: Sequence[Judged]) -> set[Pair]:
    """Return pairs of a record without a number with companies of different numbers, about as likely each."""
    choices: dict[int, list[tuple[int, Judged]]] = {}
    for pair, verdict in ordered:
        if verdict.rule is Rule.NAME_AND_ADDRESS:
            for at, other in (pair, pair[::-1]):
                if parties[at].registered is None:
                    choices.setdefault(at, []).append((other, (pair, verdict)))
    undecided: set[Pair] = set()
    for options in choices.values():
        best = options[0][1][1].score
        near = [(other, pair) for other, (pair, verdict) in options if verdict.score >= best - TIE]
        first = parties[near[0][0]]
        if any(conflict(first, parties[other]) for other, _ in near):
            undecided.update(pair for _, (pair, _) in options)
    return undecided


class _Groups:
    def __init__(self, parties: Sequence[Party]) -> None:
        self._parties = parties
        self._root = list(range(len(parties)))
        self._members: dict[int, list[int]] = {}

    def join(self, one: int, other: int) -> bool:
        """Make two groups one; False where their numbers are in conflict."""
        here, there = self._find(one), self._find(other)
        if here == there:
            return True
        ours, theirs = self._of(here), self._of(there)
        for at in ours:
            for to in theirs:
                if conflict(self._parties[at], self._parties[to]):
                    return False
        self._members[here] = ours + theirs
        self._root[there] = here
        self._members.pop(there, None)
        return True

    def of_several(self) -> list[list[int]]:
        """Return the groups of two and more, each in order."""
        return sorted(sorted(members) for members in self._members.values())

    def _of(self, root: int) -> list[int]:
        return self._members.get(root, [root])

    def _find(self, at: int) -> int:
        while self._root[at] != at:
            self._root[at] = self._root[self._root[at]]
            at = self._root[at]
        return at
