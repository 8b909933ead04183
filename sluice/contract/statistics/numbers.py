"""The numbers of one path: how many, their signs, magnitudes and decimal places.

Magnitudes are decimal logarithms of the values' size, zero left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec import Struct, field

Key = TypeVar("Key")

UNIT = 10_000
"""Logarithms are summed in ten-thousandths of a decade, as whole numbers."""
BINS = 8
"""Bins of the histogram of magnitudes per decade."""


class Numbers(Struct, frozen=True):
    """Counts over the numbers of one path.

    ``logs`` and ``squares`` are the sum of logarithms, and of their squares, of the ``nonzero`` values;
    ``bins`` counts them by eighths of a decade; ``low`` and ``high`` are the extremes (None: there are none).
    ``whole`` values have no decimals, ``fine`` ones more than two.
    Of a few values with decimals (``probed``), ``short`` ones have one decimal, ``noisy`` ones more than six.
    """

    zero: int = 0
    nonzero: int = 0
    negative: int = 0
    whole: int = 0
    fine: int = 0
    logs: int = 0
    squares: int = 0
    bins: Mapping[int, int] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None
    probed: int = 0
    short: int = 0
    noisy: int = 0

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return self.zero + self.nonzero

    @property
    def level(self) -> float:
        """The mean logarithm, in decades."""
        return self.logs / self.nonzero / UNIT if self.nonzero else 0.0

    @property
    def width(self) -> float:
        """The standard deviation of the logarithms, in decades."""
        if not self.nonzero:
            return 0.0
        variance = self.squares / self.nonzero / UNIT - self.level**2
        return math.sqrt(max(0.0, variance))

    def quantile(self, share: float) -> float:
        """Return the magnitude, in decades, below which this share of the values lies."""
        wanted, below = share * self.nonzero, 0
        for number, count in sorted(self.bins.items()):
            if below + count >= wanted:
                return (number + (wanted - below) / count) / BINS
            below += count
        return 0.0

    def merged(self, other: Numbers) -> Numbers:
        """Return the counts of both."""
        if not self.count or not other.count:
            return self if self.count else other
        lows = [low for low in (self.low, other.low) if low is not None]
        highs = [high for high in (self.high, other.high) if high is not None]
        return Numbers(
            self.zero + other.zero,
            self.nonzero + other.nonzero,
            self.negative + other.negative,
            self.whole + other.whole,
            self.fine + other.fine,
            self.logs + other.logs,
            self.squares + other.squares,
            added(self.bins, other.bins),
            min(lows, default=None),
            max(highs, default=None),
            self.probed + other.probed,
            self.short + other.short,
            self.noisy + other.noisy,
        )

    def to_json(self) -> list[Any]:
        """Return a list: counts, sums, extremes, then the first bin and the counts from there on."""
        first = min(self.bins, default=0)
        bins = [self.bins.get(number, 0) for number in range(first, max(self.bins, default=-1) + 1)]
        counts = [self.zero, self.nonzero, self.negative, self.whole, self.fine]
        probes = [self.probed, self.short, self.noisy]
        return [*counts, self.logs, self.squares, *probes, self.low, self.high, first, bins]

    @classmethod
    def from_json(cls, found: list[Any]) -> Numbers:
        """Read what :meth:`to_json` wrote; older lists have no ``probed``, ``short`` and ``noisy``."""
        *sums, low, high, first, counts = found
        bins = {first + place: count for place, count in enumerate(counts) if count}
        zero, nonzero, negative, whole, fine, logs, squares, *probes = sums
        return cls(zero, nonzero, negative, whole, fine, logs, squares, bins, low, high, *probes)


def added(one: Mapping[Key, int], other: Mapping[Key, int]) -> Mapping[Key, int]:
    """Return the counts of both."""
    if not one or not other:
        return one or other
    found = dict(one)
    for name, count in other.items():
        found[name] = found.get(name, 0) + count
    return found
