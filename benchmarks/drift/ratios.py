"""Counting: how many of how many, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Ratio:
    """So many ``hits`` of ``total``."""

    hits: int = 0
    total: int = 0

    def add(self, hit: object) -> None:
        """Count one more; it is a hit where ``hit`` is true."""
        self.hits += bool(hit)
        self.total += 1

    @property
    def share(self) -> float:
        """The share of hits; 1 where nothing was counted."""
        return self.hits / self.total if self.total else 1.0

    def __str__(self) -> str:
        return f"{100 * self.share:.1f} %" if self.total else "-"


def rule_of_three(total: int, hits: int) -> float:
    """Return an upper bound of a rare event's share, right in 95 of 100 cases: about (hits + 3) / total."""
    return (hits + 3) / total if total else 1.0
