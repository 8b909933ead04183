"""Learns which sums hold in a window's records: pairs, sums of two, constant rates, totals of lists.

What it finds may be chance of one window; an invariant counts once later windows have confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from sluice.contract.statistics.invariant import MIN_SEEN, Invariant, Path
from sluice.contract.statistics.relations import LEAST, count
from sluice.contract.statistics.rows import Column, Record, columns_of

MAX_LEARNT = 20
_MAX_RECORDS = 250
_MAX_COLUMNS = 10
_MIN_DISTINCT = 10
_PROBES = 12
_LARGE = 100.0
"""The size from which the rate between two amounts is known to four decimals."""
_LEAST_FACTOR = 0.01

Columns = Mapping[Path, Column]


def learn_invariants(records: Sequence[Record], paths: Iterable[Path]) -> list[Invariant]:
    """Return at most 20 invariants that held in a sample of these records, sums and totals first.

    ``paths`` are names without list indices (``("lines", "amount")``); those that hold no amounts are passed
    over. An invariant held in at least 99.5 % of at least 50 records (or items) that are informative.
    """
    sample = records[:: -(-len(records) // _MAX_RECORDS) or 1]
    if len(sample) < MIN_SEEN:
        return []
    columns = columns_of(sample, sorted(set(paths)))
    found: list[Invariant] = []
    distinct: dict[Path, Columns] = {}
    for inside in sorted({column.inside for column in columns.values()}):
        here = [path for path, column in columns.items() if column.inside == inside]
        amounts = [path for path in here if _is_amount(columns[path].numbers)][:_MAX_COLUMNS]
        related, distinct[inside] = _related({path: columns[path] for path in amounts})
        found += related
    found += _totals(distinct)
    order = {"sum": 0, "total": 0, "ratio": 1, "equal": 2}
    return sorted(found, key=lambda one: (order[one.kind], one.relation))[:MAX_LEARNT]


def _is_amount(numbers: Sequence[float]) -> bool:
    """Return whether the numbers may be amounts: large enough, of many sizes, and not counted up."""
    known = [number for number in numbers if abs(number) >= LEAST]  # leaves out NaN
    distinct = set(known)
    if len(known) < MIN_SEEN or len(distinct) < _MIN_DISTINCT:
        return False
    return not (len(distinct) > 0.9 * len(known) and all(map(float.is_integer, known)))


def _related(columns: Columns) -> tuple[list[Invariant], Columns]:
    """Return what holds between columns of one list, and these columns without those that repeat another."""
    found: list[Invariant] = []
    kept: dict[Path, Column] = {}
    for path, column in columns.items():
        twins = (_held(Invariant("equal", (known, path)), columns) for known in kept)
        twin = next((one for one in twins if one), None)
        if twin:
            found.append(twin)
        else:
            kept[path] = column
    sums = [
        Invariant("sum", (*two, right)) for right in kept for two in combinations(kept, 2) if right not in two
    ]
    ratios = [ratio for pair in combinations(kept, 2) for ratio in [_ratio(kept, *pair)] if ratio]
    return [*found, *ratios, *(one for one in (_held(one, kept) for one in sums) if one)], kept


def _ratio(columns: Columns, left: Path, right: Path) -> Invariant | None:
    """Return the constant rate between two columns, from the smaller to the larger where that holds."""
    pairs = zip(columns[left].numbers, columns[right].numbers, strict=True)
    factors = sorted(b / a for a, b in pairs if a and abs(b) >= _LARGE)
    middle = factors[len(factors) // 2] if factors else 0.0
    if not _LEAST_FACTOR <= abs(middle) <= 1 / _LEAST_FACTOR:
        return None
    both = [((left, right), middle), ((right, left), 1 / middle)]
    for paths, factor in sorted(both, key=lambda one: -abs(one[1])):
        found = _held(Invariant("ratio", paths, f"{round(factor, 4):g}"), columns)
        if found:
            return found
    return None


def _held(one: Invariant, columns: Columns) -> Invariant | None:
    """Return the relation with its counts if it holds; a few numbers tell most that do not."""
    probe = count(one, columns, _PROBES)
    if len(probe.misses) > 1:
        return None
    found = count(one, columns)
    counted = one.counted(found.seen, found.seen - len(found.misses), confirmed=0)
    return counted if counted.holds else None


def _totals(distinct: dict[Path, Columns]) -> Iterator[Invariant]:
    for inside, items in distinct.items():
        pairs = [(left, right) for left in items for right in distinct.get((), ())] if inside else []
        for left, right in pairs:
            column = items[left]
            if sum([length > 1 for length in column.lengths]) < _MIN_DISTINCT:
                continue
            found = _held(Invariant("total", (left, right)), {left: column, right: distinct[()][right]})
            if found:
                yield found
