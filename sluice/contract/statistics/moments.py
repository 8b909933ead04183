"""Mean and variance of a measure between windows, kept in whole numbers so that merging is exact.

What the measures are is said in sluice.contract.statistics.history.
"""

from __future__ import annotations

from msgspec import Struct

_UNIT = 10_000
"""A measure is kept in ten-thousandths: sums of them are exact, whatever the order they are added in."""


class Moments(Struct, frozen=True):
    """Count, sum and sum of squares of a measure over windows; the sums in units of 1/10,000."""

    count: int = 0
    total: int = 0
    squares: int = 0

    @classmethod
    def of(cls, value: float) -> Moments:
        """Return the moments of one window."""
        scaled = round(value * _UNIT)
        return cls(1, scaled, scaled * scaled)

    def merged(self, other: Moments) -> Moments:
        """Return the moments of both sets of windows together."""
        return Moments(self.count + other.count, self.total + other.total, self.squares + other.squares)

    @property
    def mean(self) -> float:
        """The mean over the windows; 0 where there are none."""
        return self.total / self.count / _UNIT if self.count else 0.0

    @property
    def deviations(self) -> float:
        """The sum of squared deviations from the mean (M2)."""
        if not self.count:
            return 0.0
        return max(0.0, (self.squares - self.total * self.total / self.count) / _UNIT / _UNIT)

    def spread(self, prior: float, weight: int = 4) -> float:
        """Return a standard deviation for the next window; ``prior`` counts as much as ``weight`` windows.

        A few windows that happen to be alike say little about the next one; the prior keeps that honest.
        """
        known = max(0, self.count - 1)
        variance = (self.deviations + weight * prior * prior) / (known + weight)
        return float((variance * (1 + 1 / max(1, self.count))) ** 0.5)

    def to_json(self) -> list[int]:
        """Return [count, sum, sum of squares]."""
        return [self.count, self.total, self.squares]
