"""What a connection knows before something changes: a contract of clean runs, and the window after them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from benchmarks.drift.judging import Verdict, judge, run, windows_of
from benchmarks.drift.natural.company import Company
from benchmarks.drift.natural.plots import story
from benchmarks.drift.stage import Stage
from sluice.contract.contract import Contract

RUNS = 4
PAGE = 200


@dataclass
class Baseline:
    """One stream of one company: four clean whole readings are learnt, the windows come from the fifth.

    With an odd seed the window is of what is new and changed, with an even one a stretch of a whole reading.
    """

    stage: Stage
    seed: int
    _contracts: dict[int, Contract] = field(default_factory=dict)
    _windows: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    _verdicts: dict[int, Verdict] = field(default_factory=dict)

    def contract(self, size: int) -> Contract:
        """Return the contract that a window of this size is held against."""
        page = max(size, PAGE)
        if page not in self._contracts:
            self._learn(page)
        return self._contracts[page]

    def window(self, size: int) -> list[dict[str, Any]]:
        """Return the clean window: fresh at each call would cost time, so it must not be changed."""
        if size not in self._windows:
            self._make_window(size)
        return self._windows[size]

    def verdict(self, size: int) -> Verdict:
        """Return what is said of the clean window."""
        if size not in self._verdicts:
            self._verdicts[size] = judge(self.stage, self.contract(size), self.window(size))
        return self._verdicts[size]

    def _learn(self, page: int) -> None:
        company, known = (
            Company(self.stage, self.seed),
            story("steady", max(page, 400), self.seed, whole=True),
        )
        contract = None
        for reading in known.readings[:RUNS]:
            records = company.read(reading.which, reading.moment, known.births)
            _, contract = run(self.stage, contract, windows_of(records, page))
        self._contracts[page] = contract or Contract()

    def _make_window(self, size: int) -> None:
        company = Company(self.stage, self.seed)
        whole = self.seed % 2 == 0
        told = story("steady", max(size, PAGE, 400), self.seed, whole=True)
        reading = told.readings[RUNS]
        which = reading.which
        if whole:
            start = (len(which) - size) * (self.seed % 7) // 7 if len(which) > size else 0
            which = which[start : start + size]
        else:
            newest = which[-max(size * 7 // 10, 1) :]
            older = which[: len(which) - len(newest)]
            step = max(len(older) // max(size - len(newest), 1), 1)
            which = (*older[::step][: size - len(newest)], *newest)
        self._windows[size] = company.read(which, reading.moment, told.births)
