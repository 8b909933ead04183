"""How likely a difference between what was seen before and what is seen now would be by chance."""

from __future__ import annotations

from math import exp, lgamma

UNLIKELY = 1e-4
"""A difference this unlikely is taken as a change: thousands of paths and windows are looked at."""


def all_on_one_side(side: int, other: int, odd: int) -> float:
    """Return the chance that all ``odd`` of ``side + other`` records fall on ``side`` by chance alone."""
    if odd > side:
        return 0.0
    return exp(_log_ways(side, odd) - _log_ways(side + other, odd))


def _log_ways(of: int, some: int) -> float:
    return lgamma(of + 1) - lgamma(some + 1) - lgamma(of - some + 1)
