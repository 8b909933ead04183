"""Sums up outcomes: what was found, by class, size and share, what was missed, what was blocked wrongly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.drift.expected import DECOY, MEANING, STRUCTURE, UNUSED
from benchmarks.drift.judging import Verdict
from benchmarks.drift.mutated import Outcome
from benchmarks.drift.ratios import Ratio
from sluice.contract.policy import goes_on
from sluice.model.change_kinds import KINDS

EXAMPLES = 3
Key = tuple[str, int, float]
"""Class, window size, share of the records."""


@dataclass(slots=True)
class Cell:
    """What became of the cases of one class, size and share."""

    found: Ratio = field(default_factory=Ratio)
    code: Ratio = field(default_factory=Ratio)
    exact: Ratio = field(default_factory=Ratio)
    blocked: Ratio = field(default_factory=Ratio)
    by_mapping: int = 0
    silent: int = 0
    warned: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one case."""
        self.found.add(outcome.found)
        self.blocked.add(outcome.blocked)
        if outcome.found:
            self.code.add(outcome.code)
        if outcome.found and not outcome.by_mapping:
            self.exact.add(outcome.exact)
        self.by_mapping += outcome.by_mapping
        self.silent += outcome.silent
        self.warned += outcome.warned

    def to_json(self) -> dict[str, Any]:
        """Return the cell as a JSON object; shares are 0 to 1."""
        return {
            "cases": self.found.total,
            "found": round(self.found.share, 4),
            "own_code": round(self.code.share, 4),
            "exact_path": round(self.exact.share, 4),
            "blocked": round(self.blocked.share, 4),
            "by_mapping": self.by_mapping,
            "wrong_records_silent": self.silent,
            "wrong_records_told": self.warned,
        }


@dataclass
class Measures:
    """Everything that was counted over the mutations."""

    cells: dict[Key, Cell] = field(default_factory=lambda: defaultdict(Cell))
    rows: dict[tuple[str, str], Cell] = field(default_factory=lambda: defaultdict(Cell))
    misses: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    inexact: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)
    wrong_structure: list[str] = field(default_factory=list)
    right_blocks: int = 0
    wrong_blocks: int = 0
    decoys: Ratio = field(default_factory=Ratio)
    failed: list[str] = field(default_factory=list)

    def decoy(self, name: str, verdict: Verdict) -> None:
        """Count one window that only looks as if something had changed."""
        self.decoys.add(not verdict.blocking)
        if verdict.blocking:
            self.forbidden.append(f"{name}: said {_said(verdict.blocking)}")
            self.wrong_blocks += 1
        if verdict.failed:
            self.failed.append(f"{name}: {verdict.failed}")

    def add(self, outcome: Outcome) -> None:
        """Count one case."""
        case = outcome.case
        key = (case.code, case.variant.name)
        self.cells[outcome.kind, case.size, case.share].add(outcome)
        self.rows[outcome.kind, case.code].add(outcome)
        if outcome.failed:
            self.failed.append(f"{case.name}: {outcome.failed}")
        if outcome.kind in {UNUSED, DECOY}:
            self._quiet(outcome)
        else:
            self._counted(outcome, key)
        if outcome.astray:
            self.astray.append(f"{case.name}: {_said(outcome.astray)}")

    def recall(self, kind: str, sizes: Iterable[int] | None = None, share: float | None = None) -> Ratio:
        """Return what was found of a class, in these sizes and with this share of records changed."""
        wanted = set(sizes) if sizes is not None else None
        found = Ratio()
        for (one, size, part), cell in self.cells.items():
            if one == kind and (wanted is None or size in wanted) and share in {None, part}:
                found.hits, found.total = found.hits + cell.found.hits, found.total + cell.found.total
        return found

    def exact(self) -> Ratio:
        """Return how often the very path was named, of what was found at used paths."""
        found = Ratio()
        for (kind, _, _), cell in self.cells.items():
            if kind in {STRUCTURE, MEANING}:
                found.hits, found.total = found.hits + cell.exact.hits, found.total + cell.exact.total
        return found

    def _counted(self, outcome: Outcome, key: tuple[str, str]) -> None:
        case = outcome.case
        if not outcome.found:
            self.missed[key] += 1
            self.misses[key].append(f"{case.name} ({outcome.changed} changed); said: {_said(outcome.said)}")
        elif not outcome.by_mapping and not outcome.exact:
            self.inexact.append(f"{case.name}: said {_said(outcome.said)}")
        blocks = not goes_on(KINDS[case.code].used.action)
        if outcome.kind == STRUCTURE and blocks and outcome.silent + outcome.warned:
            self.wrong_structure.append(f"{case.name}: {outcome.silent + outcome.warned} records")
        self.right_blocks += outcome.blocked
        self.wrong_blocks += bool(outcome.astray) and not outcome.blocked

    def _quiet(self, outcome: Outcome) -> None:
        if outcome.blocked or outcome.astray:
            self.forbidden.append(f"{outcome.case.name}: said {_said(outcome.said)}")
            self.wrong_blocks += 1


def _said(changes: Iterable[Any]) -> str:
    told = [f"{change.code} {change.path or '-'} {change.action.value}" for change in changes]
    return "; ".join(told[:4]) + (f"; and {len(told) - 4} more" if len(told) > 4 else "") or "nothing"
