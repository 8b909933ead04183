"""Counts signs, magnitudes and decimal places of numbers.

It never raises: what is no finite number is left out, and magnitudes that no ERP means are cut off.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import filterfalse
from operator import mul

import orjson

from sluice.contract.statistics.numbers import BINS, UNIT, Numbers

Number = int | float | Decimal

_LEAST, _MOST = 1e-9, 1e15
_TOO_LOW = -9.001
"""The logarithm of what is less than the least, with room for rounding."""
_NEAR = 0.001
"""A number of hundredths this near to a whole one has no more than two decimals; floats are not exact."""
_PROBED = 48
_MOST_DECIMALS = 6
"""More decimals than this are what binary arithmetic leaves: 12.340000000000003."""


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
    low = min(logs)
    if low < _TOO_LOW:
        return numbers_of(list(_cut(given)))
    parted = list(filterfalse(float.is_integer, values))
    fine = sum([_NEAR < value * 100 % 1 < 1 - _NEAR for value in parted])
    places = _places(parted[:: -(-len(parted) // _PROBED) or 1])
    return Numbers(
        zero=zero,
        nonzero=len(values),
        negative=sum([value < 0 for value in values]) if min(values) < 0 else 0,
        whole=len(values) - len(parted) + zero,
        fine=fine,
        logs=round(sum(logs) * UNIT),
        squares=round(sum(map(mul, logs, logs)) * UNIT),
        bins=Counter(map(math.floor, [log * BINS for log in logs])),
        low=round(low * UNIT),
        high=round(max(logs) * UNIT),
        probed=len(places),
        short=places.count(1),
        noisy=sum(map(_MOST_DECIMALS.__lt__, places)),
    )


def _places(values: list[float]) -> list[int]:
    """Return how many decimals each value is written with; orjson writes many faster than repr does one."""
    if not values:
        return []
    return [len(text.partition(b".")[2]) for text in orjson.dumps(values)[1:-1].split(b",")]


def _readable(given: Sequence[Number]) -> list[float]:
    try:
        values = list(map(float, given))
        sizes = list(map(abs, values))
        if max(sizes) <= _MOST and sum(sizes) < math.inf:
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
