"""Tries targets in turns, and counts what came of it."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

TOLD_AFTER = 100
"""Tries after which it is told again how many there were."""


class Target(Protocol):
    """Something that is given spoilt input: the same number and seed spoil it in the same way."""

    def tried(self, number: int, seed: str) -> str:
        """Return the name of the outcome; whatever is raised is a fault."""


@dataclass(slots=True)
class Tally:
    """How often each outcome came, and of each place that raised what it may not the first time.

    ``watch`` is told now and then how many were tried.
    """

    watch: Callable[[int], None] = lambda _: None
    tried: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)

    def add(self, target: Target, number: int, seed: str) -> None:
        self.tried += 1
        if self.tried % TOLD_AFTER == 0:
            self.watch(self.tried)
        try:
            self.outcomes[target.tried(number, seed)] += 1
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            place = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__} at {place.filename}:{place.lineno}"
            self.outcomes["FAULT"] += 1
            self.faults.setdefault(
                what, f"{_name(target)}, number {number}, seed {seed!r}: {str(error)[:200]}"
            )


def try_all(
    targets: Sequence[Target], count: int, seed: str, tally: Tally, until: float = float("inf")
) -> None:
    """Try ``count`` in all, each target in its turn; stop at the monotonic moment ``until``."""
    for number in range(count):
        if time.monotonic() > until:
            return
        tally.add(targets[number % len(targets)], number // len(targets), seed)


def _name(target: Target) -> str:
    return " ".join(str(getattr(target, part, "")) for part in ("name", "stream"))
