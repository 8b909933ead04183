"""How unlikely it is that what came in one window is chance, whatever the distribution.

All answers are decimal logarithms of a probability: -6 is one in a million.
"""

from __future__ import annotations

import math

NEVER = -math.inf


def chance_of_first(times: int, window: int, history: int) -> float:
    """Return the chance that ``times`` events are all in a window of this size and none in the history.

    It holds for whatever share of events there is, as long as the places of both could be swapped.
    """
    if times > window:
        return NEVER
    return sum(math.log10((window - place) / (history + window - place)) for place in range(times))


def chance_of_more(times: int, window: int, share: float) -> float:
    """Return a bound (Chernoff) on the chance of ``times`` events or more, where ``share`` are usual."""
    seen = times / window
    if seen <= share:
        return 0.0
    if share <= 0:
        return NEVER
    against = (1 - seen) * math.log10((1 - seen) / (1 - share)) if seen < 1 else 0.0
    return -window * (seen * math.log10(seen / share) + against)


def chance(times: int, window: int, known: int, history: int) -> float:
    """Return the chance of ``times`` in the window, given ``known`` in the history.

    The history's share is taken a little too high, as few events do not tell it well.
    """
    if not times or not window:
        return 0.0
    if not known:
        return chance_of_first(times, window, history)
    return chance_of_more(times, window, (known + 2 * math.sqrt(known) + 1) / history)
