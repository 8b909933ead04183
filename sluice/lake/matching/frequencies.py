"""How often words, domains and telephone numbers occur among the records at hand: rare ones say more."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from sluice.lake.matching.parties import OPEN_DOMAINS, Party

_GENERIC = """
bygg elektro service transport eiendom eiendommer invest holding norge norden norway nordic scandinavia
sverige danmark consulting konsult radgivning partner gruppen gruppe group entreprenor industri trading
handel shop butikk auto bil maskin teknikk rorlegger ror snekker maler tomrer byggmester anlegg data it
system systemer solutions drift regnskap revisjon media design frisor restaurant cafe hotell kommune
barnehage skole forening idrettslag stiftelsen international produkter utvikling management
"""
GENERIC = frozenset(_GENERIC.split())
"""Words that many names have, also where the lake is too small to show it."""

_SUPPOSED = 10_000
"""As if so many more names were known, each word once and a generic one a hundred times."""
_SUPPOSED_GENERIC = 100
SHARED_BY = 4
"""Records of one connection that may share a domain or a telephone number before it is nobody's own."""


class Frequencies:
    """Counts over all parties; the weight of a word, and what is shared by too many to say anything."""

    def __init__(self, parties: Iterable[Party]) -> None:
        self._words: Counter[str] = Counter()
        shared: Counter[tuple[str, str]] = Counter()
        self._names = 0
        for party in parties:
            self._names += 1
            self._words.update(set(party.name.words))
            shared.update((party.connection, sign) for sign in party.phones | party.domains)
        self._crowded = OPEN_DOMAINS | {sign for (_, sign), times in shared.items() if times > SHARED_BY}
        self._weights: dict[str, float] = {}

    def weigh(self, word: str) -> float:
        """Return how much a word counts: the logarithm of how rare it is, above 0."""
        if word not in self._weights:
            supposed = _SUPPOSED_GENERIC if word in GENERIC else 1
            seen = (self._words[word] + supposed) / (self._names + _SUPPOSED)
            self._weights[word] = max(-math.log(seen), 0.1)
        return self._weights[word]

    def count(self, word: str) -> int:
        """Return how many names have the word."""
        return self._words[word]

    def own(self, signs: Iterable[str]) -> set[str]:
        """Return those of some domains or telephone numbers that few records share."""
        return {sign for sign in signs if sign not in self._crowded}
