"""What happens at a company over a few runs: plots by name, and the readings that follow from one.

In none of them does the API change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from benchmarks.drift.natural.company import FIRST_DAY, PAST
from benchmarks.drift.natural.moment import Moment

HISTORY = 3
"""How many whole readings come before the plot begins."""

LATER = 3
_SEASON = (1.6, 0.6, 1.3)
_LEAST = 240

Plot = Callable[[Moment, int], Moment]
"""(the moment as usual, how many runs the plot goes on) to the moment."""

PLOTS: dict[str, Plot] = {
    "steady": lambda now, _: now,
    "growth": lambda now, _: now,
    "first_run": lambda now, _: now,
    "new_customers": lambda now, _: now,
    "archiving": lambda now, step: replace(now, archived=0.04 * (step + 1)),
    "month_end": lambda now, step: replace(now, amounts=(2.2, 1.4, 1.0)[step], credit=0.12),
    "seasons": lambda now, step: replace(now, amounts=_SEASON[step]),
    "price_increase": lambda now, _: replace(now, price=1.04),
    "big_customer": lambda now, _: replace(now, big=0.08),
    "new_currency": lambda now, step: replace(now, foreign=("EUR", "USD", "GBP")[: step + 2]),
    "new_member": lambda now, _: replace(now, new_member=True),
    "long_texts": lambda now, _: replace(now, long_texts=True),
    "gap": lambda now, step: replace(now, gap=step == 1),
    "custom_field": lambda now, _: replace(now, custom=True),
    "first_null": lambda now, _: replace(now, first_null=True),
    "drafts": lambda now, _: replace(now, drafts=True),
    "holiday": lambda now, step: replace(now, few_hours=step == 0, amounts=(0.7, 1.0, 1.0)[step]),
    "summer_time": lambda now, step: replace(now, day=date(2026, 4, 1) + timedelta(days=7 * step)),
    "credit_season": lambda now, _: replace(now, credit=0.2),
    "everything": lambda now, step: replace(
        now, amounts=_SEASON[step], price=1.04, credit=0.1, archived=0.05, foreign=("EUR", "USD"), custom=True
    ),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What one run reads: the numbers of the records, and when."""

    moment: Moment
    which: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A sequence of readings; ``births`` tells of every record made on the way which run it was made in."""

    readings: tuple[Reading, ...]
    births: dict[int, Moment]


def story(plot: str, size: int, seed: int, *, whole: bool) -> Story:
    """Return the readings of a plot: three whole ones, then three more, whole or of what is new and changed.

    ``size`` is the window's: a whole reading has at least as many records, an increment about as many.
    """
    random = Random(f"{plot}/{size}/{seed}/{whole}")  # noqa: S311 (the same every time, not secret)
    base = max(size, _LEAST) if plot != "first_run" else 5
    step_day = timedelta(days=7)
    births: dict[int, Moment] = {}
    readings: list[Reading] = []
    end = PAST
    for run in range(HISTORY + LATER):
        now = Moment(FIRST_DAY + run * step_day)
        later = run >= HISTORY
        now = PLOTS[plot](now, run - HISTORY) if later else now
        grown = end + (_growth(plot, base, run) if whole or not later else max(size * 7 // 10, 1))
        births.update(dict.fromkeys(range(end, grown), now))
        kept = _whole(plot, (PAST - base, grown), random, later=later)
        which = kept if whole or not later else _increment((end, grown), (PAST - base, size), random)
        readings.append(Reading(now, tuple(which)))
        end = grown
    return Story(tuple(readings), births)


def _growth(plot: str, base: int, run: int) -> int:
    if plot == "first_run":
        return (0, 12, 40, 90, 200, 300)[run]
    if plot == "growth" and run >= HISTORY:
        return base * 35 // 100
    return max(base * 3 // 100, 2) if run else 0


def _whole(plot: str, between: tuple[int, int], random: Random, *, later: bool) -> list[int]:
    start, end = between
    if plot == "archiving" and later:  # some records are deleted for good
        return [number for number in range(start, end) if random.random() > 0.03]
    return list(range(start, end))


def _increment(new: tuple[int, int], old: tuple[int, int], random: Random) -> list[int]:
    """Return what changed since the run before: what is new, and some of what was there."""
    start, size = old
    changed = random.sample(range(start, new[0]), min(size - (new[1] - new[0]), new[0] - start))
    return sorted([*changed, *range(*new)])
