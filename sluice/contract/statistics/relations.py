"""Holds a relation against columns of numbers: how many say something about it, and which do not keep it.

Numbers near zero say nothing: any two of them are equal within a cent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import eq

from msgspec import Struct

from sluice.contract.statistics.invariant import Invariant, Path
from sluice.contract.statistics.rows import NAN, Column

LEAST = 2.0
"""The size from which a number says something, as a cent is half a per cent of it."""
_CENT = 0.011
_HALF = 0.51
"""Rounding to whole kroner, or a small fee: no change of meaning."""


class Count(Struct, frozen=True):
    """How many numbers say something of a relation, and the places of those that miss it by a cent."""

    seen: int
    misses: Sequence[int]


def count(invariant: Invariant, columns: Mapping[Path, Column], first: int | None = None) -> Count:
    """Return what the columns (or the ``first`` few numbers of each) show of a relation."""
    apart = _apart(invariant, columns, first)
    seen = sum(map(eq, apart, apart))  # NaN equals nothing
    return Count(seen, [place for place, off in enumerate(apart) if off > _CENT or off < -_CENT])


def broken_at(invariant: Invariant, columns: Mapping[Path, Column], misses: Sequence[int]) -> list[int]:
    """Return the misses that are too large for rounding or a fee: over half a unit and two per mille."""
    apart, right = _apart(invariant, columns, None), columns[invariant.paths[-1]].numbers
    return [place for place in misses if abs(apart[place]) > _tolerated(right[place])]


def _tolerated(right: float) -> float:
    return max(2 * _CENT, min(_HALF, 0.05 * abs(right)), 0.002 * abs(right))


def _apart(invariant: Invariant, columns: Mapping[Path, Column], first: int | None) -> list[float]:
    """Return by how much each left side is off, per rounded number in it; NaN where that says nothing.

    A sum says something if either side does: what is left to pay is nothing once it is paid, and so no sum.
    """
    left, right = columns[invariant.paths[0]], columns[invariant.paths[-1]]
    ones, wanted = left.numbers[:first], right.numbers[:first]
    if invariant.kind == "total":
        return _totals_apart(left, wanted)
    if left.inside != right.inside:
        return []
    if invariant.kind == "sum":
        others = columns[invariant.paths[1]].numbers[:first]
        return [
            (a + b - c) / 1.5 if a and b and (c >= LEAST or c <= -LEAST or abs(a + b) >= LEAST) else NAN
            for a, b, c in zip(ones, others, wanted, strict=False)
        ]
    factor = float(invariant.factor or 1)
    return [
        a * factor - c if a and not -LEAST < c < LEAST else NAN for a, c in zip(ones, wanted, strict=False)
    ]


def _totals_apart(left: Column, wanted: Sequence[float]) -> list[float]:
    return [
        (total - c) * 2 / (1 + length) if c >= LEAST or c <= -LEAST or abs(total) >= LEAST else NAN
        for total, c, length in zip(left.totals(), wanted, left.lengths, strict=False)
    ]
