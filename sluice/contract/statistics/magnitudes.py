"""Counts signs, magnitudes and decimal places of numbers.

It never raises: what is no finite number is left out, and magnitudes that no ERP means are cut off.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from operator import mul

from sluice.contract.statistics.numbers import BINS, UNIT, Numbers

Number = int | float | Decimal

_LEAST, _MOST = 1e-9, 1e15
_NEAR = 0.001
"""A number of hundredths this near to a whole one has no more than two decimals; floats are not exact."""


def numbers_of(given: Sequence[Number]) -> Numbers:
    """Return the counts over numbers."""
    if not given:
        return Numbers()
    values = _readable(given)
    zero = values.count(0)
    if zero:
        values = [value for value in values if value]
    if not values:
        return Numbers(zero=zero, whole=zero)
    logs = list(map(math.log10, map(abs, values)))
    whole = sum(map(float.is_integer, values))
    fine = sum([_NEAR < value * 100 % 1 < 1 - _NEAR for value in values]) if whole < len(values) else 0
    return Numbers(
        zero=zero,
        nonzero=len(values),
        negative=sum([value < 0 for value in values]) if min(values) < 0 else 0,
        whole=whole + zero,
        fine=fine,
        logs=round(sum(logs) * UNIT),
        squares=round(sum(map(mul, logs, logs)) * UNIT),
        bins=Counter(map(math.floor, [log * BINS for log in logs])),
        low=round(min(logs) * UNIT),
        high=round(max(logs) * UNIT),
    )


def _readable(given: Sequence[Number]) -> list[float]:
    try:
        values = list(map(float, given))
        sizes = list(map(abs, values))
        if max(sizes) <= _MOST and min(filter(None, sizes), default=1.0) >= _LEAST and sum(sizes) < math.inf:
            return values
    except OverflowError:
        pass
    return list(_cut(given))


def _cut(given: Iterable[Number]) -> Iterable[float]:
    """Yield each value as a float within what can be counted; leave out what is not a number (NaN)."""
    for value in given:
        size = abs(float(value)) if type(value) is not int else abs(value)
        if size > _MOST:
            yield math.copysign(_MOST, value)
        elif size < _LEAST and size:
            yield math.copysign(_LEAST, value)
        elif size <= _MOST:
            yield float(value)
