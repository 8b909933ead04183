"""What is used of something: by the second, at once, or of a bucket that refills."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


class Rate:
    """Counts by the second; ``peak`` is the most of a second, ``total`` is all."""

    __slots__ = ("_seconds", "peak", "total")

    def __init__(self) -> None:
        self.peak = self.total = 0.0
        self._seconds: dict[int, float] = {}

    def add(self, moment: float, amount: float = 1.0) -> None:
        """Count at a second, which may be one to come."""
        second = int(moment)
        self._seconds[second] = count = self._seconds.get(second, 0.0) + amount
        self.total += amount
        self.peak = max(self.peak, count)

    def busiest(self, seconds: int) -> float:
        """Return the most a second, over spans of so many whole seconds one after the other."""
        spans: dict[int, float] = defaultdict(float)
        for second, count in self._seconds.items():
            spans[second // seconds] += count
        return max(spans.values(), default=0.0) / seconds


@dataclass(slots=True)
class Level:
    """How many there are at once; ``peak`` is the most."""

    now: int = 0
    peak: int = 0

    def change(self, by: int) -> None:
        """Let so many more, or fewer, be there."""
        self.now += by
        self.peak = max(self.peak, self.now)


class Bucket:
    """A token bucket of AWS's: ``size`` tokens, ``refill`` come back a second. ``used`` is the most; 1: all.

    A bucket that is not ``kept`` to lends what it does not have: so it is known how much would be wanted.
    """

    def __init__(self, size: float, refill: float, *, kept: bool = True) -> None:
        self._size, self._refill, self._kept = size, refill, kept
        self._full_at = 0.0
        self.used = 0.0
        self.refused = 0
        self.rate = Rate()

    def try_take(self, now: float) -> bool:
        """Take a token if there is one; else count that it was refused."""
        if self._kept and (self._full_at - now) * self._refill > self._size - 1:
            self.refused += 1
            self.used = max(self.used, 1.0)
            return False
        self._take(now, 1)
        return True

    def wait(self, now: float, tokens: int = 1) -> float:
        """Take tokens in the order of asking; return for how many seconds one has to wait for the last."""
        self._take(now, tokens)
        late = (self._full_at - now) - self._size / self._refill
        if late <= 1e-9 or not self._kept:
            return 0.0
        self.refused += tokens
        return late

    def _take(self, now: float, tokens: int) -> None:
        self._full_at = max(self._full_at, now) + tokens / self._refill
        self.used = max(self.used, (self._full_at - now) * self._refill / self._size)
        self.rate.add(now, tokens)


@dataclass(slots=True)
class Gauges:
    """All that is counted, by name: ``rates`` by the second, ``levels`` at once, ``counts`` in all."""

    rates: dict[str, Rate] = field(default_factory=lambda: defaultdict(Rate))
    levels: dict[str, Level] = field(default_factory=lambda: defaultdict(Level))
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
