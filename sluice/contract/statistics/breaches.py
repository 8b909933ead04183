"""Counts known invariants in new records, and finds those that do not hold any more (D65).

What a sum means (lines and total, net and VAT) holds whoever buys; that two amounts are equal or one rate
is between them holds until somebody buys in another currency. So the latter must break nearly everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from sluice.contract.statistics.chances import chance
from sluice.contract.statistics.comparison import ACTED_ON, TOLD, percent
from sluice.contract.statistics.difference import Difference
from sluice.contract.statistics.invariant import Invariant, Path
from sluice.contract.statistics.relations import Count, broken_at, count
from sluice.contract.statistics.rows import Column, Record, columns_of

_MAX_RECORDS = 200
_MIN_BROKEN = 3
_MIN_SEEN = 10
_EVERYWHERE = 0.98
_SOME = 0.04
_UNITS = (-1.0, 10.0, 100.0, 1000.0, 0.1, 0.01, 0.001)


class Breach(Struct, frozen=True):
    """An invariant that does not hold any more: at which path, and in which records (by index)."""

    path: Path
    difference: Difference
    records: tuple[int, ...]


def recounted(known: Iterable[Invariant], records: Sequence[Record]) -> list[Invariant]:
    """Return the known invariants with what a sample of these records alone shows of them.

    They are added to the contract's with ``merged_invariants``; one that fails loses its arms that way.
    """
    known = list(known)
    columns = columns_of(_sampled(records), _paths(known))
    return [_recounted(one, count(one, columns)) for one in known]


def broken(invariants: Iterable[Invariant], records: Sequence[Record]) -> list[Breach]:
    """Return one breach for each path at which armed invariants are broken, by path; the surest of each.

    A sample is looked at first, and all records only for what is broken there. The path is the one that
    most of the broken and fewest of the unbroken invariants have in common.
    """
    armed = [invariant for invariant in invariants if invariant.armed]
    columns = columns_of(_sampled(records), _paths(armed))
    suspects = [one for one in armed if broken_at(one, columns, count(one, columns).misses)]
    if not suspects:
        return []
    columns = columns_of(records, _paths(suspects))
    found = [(one, breach) for one in suspects for breach in _breach(one, columns)]
    guilty = [one for one, _ in found]
    kept = [one for one in armed if one not in guilty]
    best: dict[Path, Breach] = {}
    for invariant, breach in found:
        path = _blamed(invariant, guilty, kept)
        known = best.get(path)
        if known is None or _strength(breach) > _strength(known):
            best[path] = Breach(path, breach.difference, breach.records)
    return [best[path] for path in sorted(best)]


def _recounted(one: Invariant, found: Count) -> Invariant:
    return one.counted(found.seen, found.seen - len(found.misses), confirmed=int(found.seen >= _MIN_SEEN))


def _breach(invariant: Invariant, columns: Mapping[Path, Column]) -> Iterator[Breach]:
    found = count(invariant, columns)
    places = broken_at(invariant, columns, found.misses)
    if len(places) < _MIN_BROKEN:
        return
    share = len(places) / found.seen
    likely = chance(len(places), found.seen, invariant.seen - invariant.held, invariant.seen)
    if likely > TOLD:
        return
    means = invariant.is_identity and share >= _SOME
    evidence = {
        "invariant": invariant.in_words(),
        "held": invariant.held,
        "of": invariant.seen,
        "broken": len(places),
        "log10_chance": round(max(likely, -99.0), 1),
    }
    if not invariant.is_identity and share >= _EVERYWHERE:
        times = _times(invariant, columns, places)
        evidence |= {"times": f"{times:.4g}"} if times else {}
        means = _is_other_meaning(times, float(invariant.factor or 1))
    difference = Difference(
        "D65",
        invariant.in_words(),
        f"not so in {percent(share)}",
        round(share, 4),
        evidence,
        certain=means and likely <= ACTED_ON and found.seen >= _MIN_SEEN,
    )
    column = columns[invariant.paths[-1]]
    yield Breach(invariant.paths[-1], difference, tuple(column.records_of(places)))


def _times(invariant: Invariant, columns: Mapping[Path, Column], places: Sequence[int]) -> float:
    """Return the one factor by which the right side differs from what it was, 0 where there is none."""
    left, right = (columns[path].numbers for path in invariant.paths)
    factor = float(invariant.factor or 1)
    times = sorted(right[place] / (left[place] * factor) for place in places)
    middle = times[len(times) // 2]
    alike = sum(abs(one - middle) <= 0.005 * abs(middle) for one in times)
    return middle if alike >= 0.9 * len(times) else 0.0


def _is_other_meaning(times: float, factor: float) -> bool:
    """Return whether one side became the other (net for gross), or has another unit or sign.

    Another rate is none: VAT rates and currencies differ by what is sold, and to whom.
    """
    wanted = [1 / factor, factor, *_UNITS] if factor != 1 else _UNITS
    return any(abs(times - one) <= 0.005 * abs(one) for one in wanted)


def _blamed(invariant: Invariant, guilty: Sequence[Invariant], kept: Sequence[Invariant]) -> Path:
    def weight(path: Path) -> int:
        return sum(path in one.paths for one in guilty) - 2 * sum(path in one.paths for one in kept)

    return max(reversed(invariant.paths), key=weight)


def _strength(breach: Breach) -> tuple[bool, int]:
    return breach.difference.certain, len(breach.records)


def _sampled(records: Sequence[Record]) -> Sequence[Record]:
    return records[:: -(-len(records) // _MAX_RECORDS) or 1]


def _paths(invariants: Iterable[Invariant]) -> list[Path]:
    return sorted({path for invariant in invariants for path in invariant.paths})
