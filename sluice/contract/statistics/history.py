"""What is known of a path from the good windows so far: all of them pooled, and how much they vary.

Windows of a sorted or clustered list differ more than samples of one lot would; that is why the variance
between windows is kept and not worked out from the pool. Nothing is compared here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sluice.contract.statistics.moments import Moments
from sluice.contract.statistics.summary import Summary

MIN_WINDOW = 50
"""A window with fewer values goes into the pool, but says too little about variation between windows."""


class History(Struct, frozen=True):
    """The pool of all windows, how many they were, and the moments of each measure between them.

    Merging is exact and in any order. A caller that reads a list in several windows keeps a History of the
    sweep (``History().with_window(first).with_window(second)``) and merges that into the contract's, so that
    the variation inside a sweep is known too.
    """

    pooled: Summary = field(default_factory=Summary)
    windows: int = 0
    moments: Mapping[str, Moments] = field(default_factory=dict)

    def with_window(self, window: Summary) -> History:
        """Return the history with one more good window."""
        moments = {name: Moments.of(value) for name, value in measures(window).items()}
        return self.merged(History(window, 1, moments))

    def merged(self, other: History) -> History:
        """Return the history of the windows of both."""
        names = sorted({*self.moments, *other.moments})
        return History(
            self.pooled.merged(other.pooled),
            self.windows + other.windows,
            {name: self.of(name).merged(other.of(name)) for name in names},
        )

    def of(self, measure: str) -> Moments:
        """Return the moments of a measure; empty ones where it was never measured."""
        return self.moments.get(measure) or Moments()

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object of at most 2 KB."""
        moments = {name: found.to_json() for name, found in sorted(self.moments.items())}
        return {"windows": self.windows, "pooled": self.pooled.to_json(), "moments": moments}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> History:
        """Read what :meth:`to_json` wrote."""
        moments = {name: Moments(*sums) for name, sums in found["moments"].items()}
        return cls(Summary.from_json(found["pooled"]), found["windows"], moments)


def measures(window: Summary) -> dict[str, float]:
    """Return the measures of a window: shares, and ``level`` in decades; without those that cannot be had."""
    if window.places < MIN_WINDOW:
        return {}
    found = {"filled": window.filled / window.places}
    numbers = window.numbers
    if numbers.count >= MIN_WINDOW:
        found |= {"zero": numbers.zero / numbers.count, "whole": numbers.whole / numbers.count}
    if numbers.nonzero >= MIN_WINDOW:
        found |= {"level": numbers.level, "negative": numbers.negative / numbers.nonzero}
    if window.filled >= MIN_WINDOW:
        found["top"] = window.top / window.filled
        if "true" in window.forms or "false" in window.forms:
            found["true"] = window.forms.get("true", 0) / window.filled
    return found
