"""How alike a field that is gone and one that is new are: by what stood in both, by form, and by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from msgspec import Struct

from sluice.contract import statistics
from sluice.contract.records.paths import LIST, Path, names_of, text_of
from sluice.contract.records.window import Window, value_at
from sluice.contract.records.witnesses import Witnesses, hash_of, hash_of_key
from sluice.contract.statistics import History, Summary

MIN_WITNESSES = 3
_AGREE = 0.8
_LEVEL = 0.5
_SAMPLE = 250
_LIKE = 0.6
_SAME_FIELDS = 0.5


class Likeness(Struct, frozen=True):
    """How alike two fields are, 0..1, with the words for it; ``proven`` by the same records' values."""

    score: float
    because: str
    proven: bool = False


def by_witnesses(window: Window, known: Witnesses, gone: Path, new: Path) -> Likeness | None:
    """Return the likeness by records known from before: what stood under one now stands under the other."""
    if LIST in gone or LIST in new:
        return None
    before = names_of(gone)
    compared = agreeing = 0
    seen = set()
    for record, key in zip(window.records, window.keys, strict=True):
        row = known.rows.get(hash_of_key(key)) if key is not None else None
        if row is None or before not in row or value_at(record, gone) is not None:
            continue
        found = hash_of(value_at(record, new))
        compared += found is not None
        agreeing += found == row[before]
        seen.add(found)
    if agreeing < MIN_WITNESSES or agreeing < _AGREE * compared:
        return None
    words = f"{agreeing} of {compared} records known from before have their former value under the new name"
    return Likeness(agreeing / compared, words, proven=len(seen) > 1)


def by_form(known: History | None, values: Sequence[Any], gone: Path, new: Path) -> Likeness | None:
    """Return the likeness by what the values look like, and a little by the names; None where it is small."""
    if known is None or not known.pooled.filled:
        return None
    now = statistics.summarise(values[:: -(-len(values) // _SAMPLE) or 1])
    alike = _alike(known.pooled, now)
    if alike < _LIKE:
        return None
    name = name_likeness(gone[-1], new[-1])
    words = f"{alike:.0%} of the values look as they did, and the names are {name:.0%} alike"
    return Likeness(0.6 * alike + 0.4 * name, words)


def by_fields(before: frozenset[str], now: frozenset[str], gone: Path, new: Path) -> Likeness | None:
    """Return the likeness of two objects by the names of their fields."""
    together = len(before & now) / max(1, len(before | now))
    if together < _SAME_FIELDS:
        return None
    name = name_likeness(gone[-1], new[-1])
    words = f"{len(before & now)} of {len(before)} fields of {text_of(gone)} stand in it"
    return Likeness(0.6 * together + 0.4 * name, words, proven=len(before & now) > 1)


def name_likeness(one: str, other: str) -> float:
    """Return how alike two names are, 0..1, without regard to case and signs."""
    plain = ["".join(sign for sign in name.lower() if sign.isalnum()) for name in (one, other)]
    if not all(plain):
        return 0.0
    one, other = sorted(plain)
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _alike(before: Summary, now: Summary) -> float:
    """Return which share of the values could be of the same field."""
    alike = _overlap(before.forms, now.forms)
    if before.codes and now.codes:
        alike *= 0.5 + 0.5 * _overlap(before.codes, now.codes)
    if (
        before.numbers.nonzero
        and now.numbers.nonzero
        and abs(before.numbers.level - now.numbers.level) > _LEVEL
    ):
        alike *= 0.5
    return alike


def _overlap(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """Return what two distributions have in common; two empty ones have all."""
    if not one or not other:
        return float(bool(one) == bool(other))
    ones, others = sum(one.values()), sum(other.values())
    return sum(min(count / ones, other.get(name, 0) / others) for name, count in one.items())
