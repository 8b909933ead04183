"""Times that became midnight, or moved by hours (D61).

Summer time moves times by one hour; that is no change. Another form of times is found by their form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sluice.contract.statistics.chances import chance
from sluice.contract.statistics.comparison import ACTED_ON, TOLD, Comparison, difference, percent
from sluice.contract.statistics.difference import Difference

_MIN_NOW = 100
_MIN_BEFORE = 400
_DAY = 24


def clock_differences(seen: Comparison) -> Iterator[Difference]:
    """Yield at most one difference."""
    found = _midnight(seen) or _moved(seen)
    if found:
        yield found


def _midnight(seen: Comparison) -> Difference | None:
    times, known = sum(seen.now.hours.values()), sum(seen.pooled.hours.values())
    if not times or not known or seen.pooled.midnight > 0.02 * known:
        return None
    share = seen.now.midnight / times
    likely = chance(seen.now.midnight, times, seen.pooled.midnight, known)
    if seen.now.midnight < 3 or likely > TOLD:
        return None
    seen_as = ("times of day", f"00:00:00 in {percent(share)}")
    certain = share >= 0.9 and likely <= ACTED_ON
    return difference("D61", seen_as, share, certain=certain, evidence=seen.evidence(likely))


def _moved(seen: Comparison) -> Difference | None:
    """Return D61 where the day's course is the same, some hours off; told only, as working hours vary too."""
    if sum(seen.now.hours.values()) < _MIN_NOW or sum(seen.pooled.hours.values()) < _MIN_BEFORE:
        return None
    before, now = _course(seen.pooled.hours), _course(seen.now.hours)
    apart = {hours: _apart(before, now, hours) for hours in range(-11, 13)}
    best = min(apart, key=lambda hours: (apart[hours], abs(hours)))
    nearby = min(apart[-1], apart[0], apart[1])
    if abs(best) < 2 or nearby < 0.3 or apart[best] > 0.5 * nearby:
        return None
    seen_as = ("times of day", f"times of day {best:+d} hours off")
    return difference("D61", seen_as, 1.0, certain=False, evidence=seen.evidence(-99.0, hours=best))


def _course(hours: Mapping[str, int]) -> list[float]:
    total = sum(hours.values())
    return [hours.get(f"{hour:02}", 0) / total for hour in range(_DAY)]


def _apart(before: list[float], now: list[float], hours: int) -> float:
    return sum(abs(now[hour] - before[(hour - hours) % _DAY]) for hour in range(_DAY))
