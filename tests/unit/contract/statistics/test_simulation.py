"""How often clean windows are held, and how many changes of meaning are found, on made-up companies."""

from __future__ import annotations

from random import Random

import pytest

from sluice.contract.statistics import Difference, History, differences, summarise
from sluice.model.change import Action
from sluice.model.change_kinds import KINDS
from tests.effort import THOROUGH, examples, some, thorough
from tests.unit.contract.statistics.ledger import ROLES, Columns, Company
from tests.unit.contract.statistics.meanings import MEANINGS, Meaning

pytestmark = thorough

STOPS = {Action.QUARANTINE, Action.HOLD, Action.FAIL}
WINDOWS = 36
SEEDS = range(1000, 1000 + examples(20))
COMPANIES = 14 if THOROUGH else 3


class Known:
    """The histories of a company's columns."""

    def __init__(self, seed: int) -> None:
        self.company = Company(seed)
        self.histories = {name: History() for name in ROLES}

    def next(self, *, good: bool = True) -> list[Difference]:
        """Return the differences of the next window, which then is part of the histories."""
        found = []
        for name, values in self.company.window().items():
            now, before = summarise(values), self.histories[name]
            found += differences(before, now, role=ROLES[name]) if good else []
            self.histories[name] = before.with_window(now)
        return found


def blocks(found: list[Difference]) -> list[Difference]:
    return [one for one in found if one.certain and KINDS[one.code].used.action in STOPS]


@pytest.mark.parametrize("first", some([0, 100, 200, 300], 1))
def test_clean_windows_are_not_held(first: int) -> None:
    """Of 504 windows with all that changes by itself none is held; told are at most 15 of 100."""
    held = told = 0
    for seed in range(first, first + COMPANIES):
        known = Known(seed)
        for _ in range(3):
            known.next(good=False)
        for _ in range(WINDOWS):
            found = known.next()
            held += bool(blocks(found))
            told += bool(found)
    seen = f"seeds {first} to {first + COMPANIES - 1}: {held} held and {told} told of {COMPANIES * WINDOWS}"
    assert held == 0, seen
    assert told <= 0.15 * COMPANIES * WINDOWS, seen


def changed(values: list[object], meaning: Meaning, share: float, random: Random) -> list[object]:
    """Return the values with the meaning changed in this share of all, where it makes a difference."""
    places = [place for place, value in enumerate(values) if meaning.change(value) != value]
    if share < 1:
        places = random.sample(places, min(len(places), round(share * len(values))))
    chosen = set(places)
    return [meaning.change(value) if place in chosen else value for place, value in enumerate(values)]


def recall(columns: Columns, known: Known, share: float, random: Random) -> list[bool]:
    """Return for each meaning whether its change shows in a window."""
    found = []
    for meaning in MEANINGS:
        now = summarise(changed(columns[meaning.column], meaning, share, random))
        seen = differences(known.histories[meaning.column], now, role=ROLES[meaning.column])
        found.append(any(one.code in meaning.codes for one in seen))
    return found


@pytest.mark.thorough(most=2)
@pytest.mark.parametrize(("share", "wanted"), [(1.0, 0.95), (0.05, 0.6)])
@pytest.mark.parametrize("windows", [4, 12])
def test_changes_of_meaning_are_found(share: float, wanted: float, windows: int) -> None:
    """Windows of 200 records, all or 5 % of them changed, after few windows and after some."""
    found: list[bool] = []
    for seed in SEEDS:
        known = Known(seed)
        for _ in range(windows):
            known.next(good=False)
        found += recall(known.company.window(), known, share, Random(seed))  # noqa: S311
    assert sum(found) >= wanted * len(found), f"{SEEDS}: {sum(found)} of {len(found)}"
