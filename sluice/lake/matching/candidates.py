"""Which pairs are worth a look: those that share something, never all with all.

Blocks hold the records that share a number, a mailbox, a telephone number, a domain, the whole name or its
rarest words; and in three sorted lists (the name, the name from behind, the postal code with the name) each
record meets the few that follow it, so that a slip anywhere in a name still leaves a list in which the two
are neighbours. A block that is too large is cut by postal code, and by the name's beginning; what is too
large then is left out and counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from msgspec import Struct, field

from sluice.lake.matching.frequencies import Frequencies
from sluice.lake.matching.numbers import corrections
from sluice.lake.matching.parties import Party

LARGEST = 40
"""Records of one block; more are cut."""
WINDOW = 5
"""Records that each one meets in a sorted list."""

Pair = tuple[int, int]


class Candidates(Struct):
    """Pairs of positions, the lower first, each once; and how many records were in blocks left out."""

    pairs: set[Pair] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)


def candidates(parties: Sequence[Party], frequencies: Frequencies) -> Candidates:
    """Return the pairs worth a look; their number grows with that of the parties, not with its square."""
    found = Candidates()
    blocks: dict[tuple[str, Hashable], list[int]] = defaultdict(list)
    for at, party in enumerate(parties):
        for key in _keys(party, frequencies):
            blocks[key].append(at)
    for (kind, _), members in blocks.items():
        if len(members) > 1:
            _take(found, parties, kind, list(dict.fromkeys(members)))
    for pair in _neighbours(parties):
        found.pairs.add(pair)
    return found


def _keys(party: Party, frequencies: Frequencies) -> Iterator[tuple[str, Hashable]]:
    numbers = [number.text for number in (party.registered, party.vat) if number]
    numbers += corrections(party.registered) if party.registered else []
    for text in numbers:
        yield "number", text
    for sign in frequencies.own(party.phones | party.domains) | party.mailboxes:
        yield "contact", sign
    if party.name.words:
        yield "name", party.name.sorted
        yield "name", party.name.compact
    rarest = sorted(set(party.name.words), key=lambda word: (frequencies.count(word), -len(word), word))
    for word in rarest[:2]:
        yield "word", word
    for place in party.places:
        if place.postal_code and place.street:
            yield "address", (place.postal_code, place.street)


def _take(found: Candidates, parties: Sequence[Party], kind: str, members: list[int]) -> None:
    if len(members) <= LARGEST:
        found.pairs.update(combinations(sorted(members), 2))
        return
    if kind == "number":
        # They are one company whoever meets whom: a chain is enough to hold them together.
        found.pairs.update(pairwise(sorted(members)))
        return
    smaller: dict[Hashable, list[int]] = defaultdict(list)
    for at in members:
        for place in parties[at].places:
            smaller[place.postal_code or place.city].append(at)
        smaller[(parties[at].name.sorted[:6],)].append(at)
    for part in smaller.values():
        if len(part) <= LARGEST:
            found.pairs.update(combinations(sorted(set(part)), 2))
        else:
            found.left_out[kind] += len(part)


def _neighbours(parties: Sequence[Party]) -> Iterator[Pair]:
    names = [party.name.sorted.replace(" ", "") for party in parties]
    lists: Iterable[list[tuple[str, int]]] = (
        [(name, at) for at, name in enumerate(names)],
        [(name[::-1], at) for at, name in enumerate(names)],
        [
            (f"{place.postal_code} {party.name.compact}", at)
            for at, party in enumerate(parties)
            for place in party.places
        ],
    )
    for listed in lists:
        listed.sort()
        for start, (_, at) in enumerate(listed):
            for _, other in listed[start + 1 : start + 1 + WINDOW]:
                if at != other:
                    yield min(at, other), max(at, other)
