"""Names of companies and people: the words that count, and how alike two names are.

Words are compared by edits (Damerau's, with neighbours that changed places) with rapidfuzz: MIT-licensed,
with wheels for every platform, about a microsecond a pair. DuckDB's own ``jaro_winkler_similarity`` and
``jaccard`` see a text whole: a word that was put first costs as much as another company, and the chain's name
that two shops share weighs more than the towns that tell them apart. Here each word meets its best
counterpart and weighs by how rare it is among all names at hand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct
from rapidfuzz.distance import OSA

from sluice.lake.matching.legal_forms import BRANCH_WORDS, CONNECTIVES, FORMS, LEADING, LONGEST

Weigh = Callable[[str], float]

_LETTERS = str.maketrans(
    {
        "ø": "o",
        "å": "aa",
        "æ": "a",
        "ß": "ss",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "đ": "d",
        "œ": "o",
        "\u0131": "i",
    }
)
_INITIALS = re.compile(r"\b(\w)[./](?=\w\b)")
_APOSTROPHES = re.compile(r"['’`´]")  # noqa: RUF001 - as people type them
_UNWORDLY = re.compile(r"[^0-9a-z]+")
_VOWELS = re.compile(r"(a)[ae]+|([ou])e+")
_FIRST_LETTER = 0.15
_JOINED = 0.97
_APART = 0.75
"""What is left of the likeness of two names that each have a word that the other lacks: sisters, or shops."""


class Name(Struct, frozen=True):
    """A name's words without its legal form, that form, and the words that name a branch of the company."""

    words: tuple[str, ...]
    form: tuple[str, ...] = ()
    branch: tuple[str, ...] = ()

    @property
    def compact(self) -> str:
        """The words without blanks, as written: ``Elektro Service`` and ``Elektroservice`` are the same."""
        return "".join(self.words)

    @property
    def sorted(self) -> str:
        """The words in the order of the alphabet: ``Hansen, Per`` and ``Per Hansen`` are the same."""
        return " ".join(sorted(self.words))


def folded(text: str | None) -> str:
    """Return a text as words of a to z and digits with single blanks: no case, accents or punctuation.

    The ways to write å, ä, ö, ø and ü fall together (``Ås``, ``Aas``); ``A/S`` and ``A.S.`` become ``as``.
    """
    return _VOWELS.sub(r"\1\2", _plain(text))


def _plain(text: str | None) -> str:
    """Return a folded text in which Ås is still ``aas``, and so no legal form."""
    composed = unicodedata.normalize("NFKC", text or "").casefold()
    plain = unicodedata.normalize("NFKD", composed.translate(_LETTERS)).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_LETTERS)
    return _UNWORDLY.sub(" ", _APOSTROPHES.sub("", _INITIALS.sub(r"\1", plain))).strip()


@lru_cache(maxsize=100_000)
def name_of(text: str) -> Name:
    """Return a name's parts; one that is nothing but a legal form keeps its words."""
    words = [word for word in _plain(text).split() if word not in CONNECTIVES]
    words, branch = _without_branch(words)
    kept, form = _without_form(words)
    return Name(tuple(map(folded, kept)), form, tuple(map(folded, branch)))


def similarity(one: Name, other: Name, weigh: Weigh) -> float:
    """Return from 0 to 1 how alike two names are; the same whichever comes first.

    ``weigh`` says how much a word counts, more than 0. Numbers in names must be the same: ``Rema 1000``.
    """
    if one.words == other.words:
        return 1.0 if one.words else 0.0
    if other.words < one.words:
        one, other = other, one
    aligned = _aligned(one.words, other.words, weigh)
    if _numbers(one) and _numbers(other) and _numbers(one) != _numbers(other):
        return aligned * _APART
    if len(one.words) != len(other.words) and _numbers(one) == _numbers(other):
        joined = OSA.normalized_similarity(one.compact, other.compact)
        enough = 1 - 1 / max(len(one.compact), 8)
        aligned = max(aligned, joined * _JOINED if joined >= enough else 0.0)
    return aligned


@lru_cache(maxsize=200_000)
def word_similarity(one: str, other: str) -> float:
    """Return from 0 to 1 how alike two words are; 0 for more slips than a word of that length has."""
    if one == other:
        return 1.0
    longest, shortest = max(len(one), len(other)), min(len(one), len(other))
    if not (one + other).isalpha() or shortest < 4:
        return 0.0
    slips = 1 if shortest < 8 else 2
    distance = OSA.distance(one, other, score_cutoff=slips)
    if distance > slips:
        return 0.0
    return 1 - distance / longest - (_FIRST_LETTER if one[0] != other[0] else 0.0)


def _aligned(ones: tuple[str, ...], others: tuple[str, ...], weigh: Weigh) -> float:
    pairs = [
        (word_similarity(one, other), one, other, at, to)
        for at, one in enumerate(ones)
        for to, other in enumerate(others)
    ]
    pairs.sort(key=lambda pair: (-pair[0], pair[1:]))
    taken, given, found = set(), set(), 0.0
    for alike, one, other, at, to in pairs:
        if alike and at not in taken and to not in given:
            taken.add(at)
            given.add(to)
            found += alike * (weigh(one) + weigh(other))
    whole = sum(weigh(word) for word in (*ones, *others))
    apart = _APART if len(taken) < len(ones) and len(given) < len(others) else 1.0
    return min(apart * found / whole, 1.0) if whole else 0.0


def _without_branch(words: list[str]) -> tuple[list[str], list[str]]:
    at = next((at for at, word in enumerate(words) if at and word in BRANCH_WORDS), len(words))
    return words[:at], words[at + 1 :]


def _without_form(words: list[str]) -> tuple[list[str], tuple[str, ...]]:
    form: tuple[str, ...] = ()
    kept = list(words)
    while kept:
        length = next((n for n in range(LONGEST, 0, -1) if tuple(kept[-n:]) in FORMS and n <= len(kept)), 0)
        if not length:
            break
        form, kept = (*kept[-length:], *form), kept[:-length]
    if len(kept) > 1 and kept[0] in LEADING:
        form, kept = (*form, kept[0]), kept[1:]
    return (kept, form) if kept else (list(words), ())


def _numbers(name: Name) -> frozenset[str]:
    return frozenset(word for word in name.words if not word.isalpha())
