"""Precision and recall of what was matched, held against the truth, pair by pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from benchmarks.matching.lake import ENTITY, lake_of
from benchmarks.matching.planting import Planted
from sluice.lake.matching.finding import THRESHOLD, Matches
from sluice.usecases.data.match import match

Pair = tuple[int, int]


@dataclass(slots=True)
class Score:
    """Pairs that were found and are true, found and false, true and not found."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is true."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of what is true that was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    def add(self, other: Score) -> None:
        """Count another's pairs as well."""
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed


@dataclass(slots=True)
class Measured:
    """The score as a whole; of pairs in which both have a number, and of others; and of each rule.

    ``told`` are pairs of the others that share more than a name: a domain, a telephone number, a postal code.
    A rule has only right and wrong pairs, for what is missed is no rule's. ``doubts`` are what was told as
    worth a look, ``compared`` how many pairs were judged at all.
    """

    whole: Score = field(default_factory=Score)
    numbered: Score = field(default_factory=Score)
    unnumbered: Score = field(default_factory=Score)
    told: Score = field(default_factory=Score)
    rules: defaultdict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    doubts: Score = field(default_factory=Score)
    records: int = 0
    compared: int = 0
    examples: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, other: Measured) -> None:
        """Count another's as well."""
        for name in ("whole", "numbered", "unnumbered", "told", "doubts"):
            getattr(self, name).add(getattr(other, name))
        for rule, score in other.rules.items():
            self.rules[rule].add(score)
        self.records += other.records
        self.compared += other.compared
        self.examples += other.examples


def measure(planted: Planted, threshold: float = THRESHOLD) -> Measured:
    """Match what was planted, through a lake of files, and hold it against the truth."""
    with lake_of(planted.records) as database:
        matches = match(database, ENTITY, planted.connections, threshold).matches
    truth = [planted.truth[party.connection, party.source_id] for party in matches.parties]
    true = set(_pairs_of(truth))
    found = {pair for group in matches.groups for pair in combinations(group, 2)}
    measured = Measured(records=len(truth), compared=matches.looked_at)
    for pair in found | true:
        score = Score(pair in found & true, pair in found - true, pair in true - found)
        measured.whole.add(score)
        numbered = _numbered(matches, pair)
        (measured.numbered if numbered else measured.unnumbered).add(score)
        if not numbered and _shares(matches, pair):
            measured.told.add(score)
    for pair, verdict in matches.joined:
        measured.rules[verdict.rule.value].add(Score(pair in true, pair not in true))
    for doubt in matches.doubts:
        pair = doubt.judged[0]
        measured.doubts.add(Score(pair in true, pair not in true))
    measured.examples = list(_examples(matches, found, true))
    return measured


def _pairs_of(truth: list[int]) -> Iterator[Pair]:
    members: dict[int, list[int]] = {}
    for at, company in enumerate(truth):
        members.setdefault(company, []).append(at)
    for together in members.values():
        yield from combinations(together, 2)


def _numbered(matches: Matches, pair: Pair) -> bool:
    return all(matches.parties[at].registered or matches.parties[at].vat for at in pair)


def _shares(matches: Matches, pair: Pair) -> bool:
    one, other = (matches.parties[at] for at in pair)
    codes = [{place.postal_code for place in party.places if place.postal_code} for party in (one, other)]
    return bool(one.phones & other.phones or one.domains & other.domains or codes[0] & codes[1])


def _examples(matches: Matches, found: set[Pair], true: set[Pair]) -> Iterator[tuple[str, str, str]]:
    for kind, pairs in (("wrong", found - true), ("missed", true - found)):
        for one, other in sorted(pairs):
            yield kind, _told(matches, one), _told(matches, other)


def _told(matches: Matches, at: int) -> str:
    party = matches.parties[at]
    number = party.registered.text if party.registered else "-"
    places = ", ".join(f"{place.street} {place.postal_code} {place.city}" for place in party.places)
    signs = " ".join(sorted(party.mailboxes | party.phones))
    return f"{party.title} | {number} | {places} | {signs}"
