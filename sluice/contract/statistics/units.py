"""Numbers of which some only have another unit (D63): those beyond all that ever came, or codes times a unit.

A large customer or an expensive product is beyond what came before too; but not by the very factor of a unit
from the usual size, with nothing in between. So only that is said here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from sluice.contract.statistics.chances import chance
from sluice.contract.statistics.comparison import ACTED_ON, Comparison, difference
from sluice.contract.statistics.difference import Difference
from sluice.contract.statistics.numbers import BINS, UNIT, Numbers

_FACTORS = {"100": 2.0, "1000": 3.0, "60": 1.778151, "3600": 3.556303}
"""Units that nobody's larger orders look like, with their decimal logarithms."""
_FEW = 10
_SEVERAL = 3
_MOST = 0.5
_OFF = 0.15
"""Decades by which the middle of a few values may be off that of all."""
_ALIKE = 0.5
"""What the spread of these is, at least, of that of all: one product's price has none."""
_FAR = 2.0
"""Decades; a large customer buys thirty times as much as others, hardly a hundred times."""
_MOVED_OFF = 0.12
"""The part of a unit's decades by which the estimate of what moved may be off, which is from variances."""
_ENOUGH = 100
_LEAST_PART = 0.1
_MISFIT = 1.2
"""What a sample of the very mixture exceeds once in ten times, in units of 1 by the root of its size."""
_BIN = 1 / BINS
_SAME = 1e-3


def some_in_another_unit(seen: Comparison) -> Difference | None:
    """Return a certain D63 where the numbers that never came before are known ones in another unit."""
    return _renumbered(seen) or _apart(seen) or _mixed(seen)


def _renumbered(seen: Comparison) -> Difference | None:
    """Return D63 where every new member of a short list of numbers is a known one times a unit."""
    known, now = seen.pooled.codes, seen.now.codes
    if not known or not now:
        return None
    new = {value: count for value, count in now.items() if value not in known}
    count, filled = sum(new.values()), seen.now.filled
    if count < _FEW or (len(new) < _SEVERAL and count < _MOST * filled):
        return None
    before, after = list(_read(known)), list(_read(new))
    for name, decades in _shifts():
        times = 10**decades
        if len(after) == len(new) and all(_is_one_of(value / times, before) for value in after):
            return _found(seen, count, name, decades)
    return None


def _apart(seen: Comparison) -> Difference | None:
    """Return D63 where some values are a unit away from the usual ones, and none are in between."""
    pooled, (low, high), far = seen.pooled.numbers, _usual(seen), _far(seen)
    count = sum(far.values())
    if count < _FEW or seen.pooled.codes is not None:
        return None
    middle = sum((number + 0.5) * _BIN * times for number, times in far.items()) / count
    spread = sum(((number + 0.5) * _BIN - middle) ** 2 * times for number, times in far.items()) / count
    if spread < (_ALIKE * pooled.width) ** 2:
        return None
    for name, decades in _shifts():
        inside = all(low - _BIN <= (number + 0.5) * _BIN - decades <= high + _BIN for number in far)
        if inside and max(_FAR, high - low) <= abs(decades) and abs(middle - decades - pooled.level) <= _OFF:
            return _found(seen, count, name, decades)
    return None


def _mixed(seen: Comparison) -> Difference | None:
    """Return D63 where sizes are as they were in one part, and the same times a unit in the other."""
    now, pooled, far = seen.now.numbers, seen.pooled.numbers, sum(_far(seen).values())
    shift = now.level - pooled.level
    if now.nonzero < _ENOUGH or far < _FEW or seen.pooled.codes is not None or not shift:
        return None
    # A part that moved by so much moves the mean by the part times it, and adds part x rest x its square.
    moved = (now.width**2 - pooled.width**2) / shift + shift
    for name, decades in _shifts():
        share = shift / decades
        if abs(decades) < _FAR or abs(moved - decades) > _MOVED_OFF * abs(decades):
            continue
        if _LEAST_PART <= share <= 1 - _LEAST_PART and _is_mixture(seen, share, decades):
            found = _found(seen, far, name, decades)
            return replace(found, share=round(share, 4)) if found else None
    return None


def _is_mixture(seen: Comparison, share: float, decades: float) -> bool:
    """Return whether the distribution is the known one in which this share moved (Kolmogorov and Smirnov)."""
    before, now = _Course(seen.pooled.numbers), _Course(seen.now.numbers)
    slack = _MISFIT / seen.now.numbers.nonzero**0.5
    return all(
        abs(now.below(at) - (1 - share) * before.below(at) - share * before.below(at - decades)) <= slack
        for at in [number * _BIN for number in seen.now.numbers.bins]
    )


class _Course:
    """How many numbers are below a size in decades, as a share."""

    def __init__(self, numbers: Numbers) -> None:
        self._bins = sorted(numbers.bins.items())
        self._total = numbers.nonzero

    def below(self, at: float) -> float:
        """Return the share; inside a bin numbers are taken as evenly spread."""
        parts = (count * min(1.0, max(0.0, at / _BIN - number)) for number, count in self._bins)
        return sum(parts) / self._total


def _usual(seen: Comparison) -> tuple[float, float]:
    """Return the least and the largest size that came before, in decades, with some room."""
    pooled = seen.pooled.numbers
    return (pooled.low or 0) / UNIT - _BIN, (pooled.high or 0) / UNIT + _BIN


def _far(seen: Comparison) -> dict[int, int]:
    """Return the bins of what is beyond all that came before."""
    low, high = _usual(seen)
    bins = seen.now.numbers.bins
    return {number: count for number, count in bins.items() if not low <= (number + 0.5) * _BIN <= high}


def _found(seen: Comparison, count: int, unit: str, decades: float) -> Difference | None:
    filled = seen.now.filled
    likely = chance(min(count, filled), filled, 0, seen.pooled.filled)
    if likely > ACTED_ON:
        return None
    seen_as = ("numbers of one unit", f"{count} of {filled} of them {unit}")
    evidence = seen.evidence(likely, unit=unit, decades=round(decades, 2))
    return difference("D63", seen_as, count / filled, certain=True, evidence=evidence)


def _shifts() -> Iterator[tuple[str, float]]:
    for name, decades in _FACTORS.items():
        yield f"x {name}", decades
        yield f"/ {name}", -decades


def _read(values: Iterable[str]) -> Iterator[float]:
    """Yield the numbers other than zero among the members."""
    for value in values:
        try:
            number = float(value)
        except ValueError:
            continue
        if number:
            yield number


def _is_one_of(value: float, known: Iterable[float]) -> bool:
    return any(abs(value - one) <= _SAME * abs(one) for one in known)
