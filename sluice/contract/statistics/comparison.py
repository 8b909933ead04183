"""One window beside its history, as every test of a difference gets it. It tests nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sluice.contract.statistics.chances import chance
from sluice.contract.statistics.difference import Difference
from sluice.contract.statistics.history import History
from sluice.contract.statistics.role import Role
from sluice.contract.statistics.summary import Summary

TOLD = -5.0
"""Log10 of the chance below which a difference is told; some 200 tests are made in a window of a stream."""
ACTED_ON = -8.0
"""And below which it may be acted on, where natural variation cannot look the same."""


class Comparison(Struct, frozen=True):
    """The history, the window, and what is made of the values."""

    before: History
    now: Summary
    role: Role

    @property
    def pooled(self) -> Summary:
        """All good windows so far together."""
        return self.before.pooled

    def chance_of_form(self, form: str) -> float:
        """Return the log10 chance of so many values of this form."""
        known = self.pooled.forms.get(form, 0)
        return chance(self.now.forms.get(form, 0), self.now.filled, known, self.pooled.filled)

    def evidence(self, log_chance: float, **facts: Any) -> Mapping[str, Any]:
        """Return evidence: sizes of window and history, and the log10 chance (no less than -99)."""
        return {
            "values": self.now.places,
            "history": self.pooled.places,
            "windows": self.before.windows,
            "log10_chance": round(max(log_chance, -99.0), 1),
            **facts,
        }


def difference(
    code: str, seen: tuple[str, str], share: float, *, certain: bool, evidence: Mapping[str, Any]
) -> Difference:
    """Return a difference; ``seen`` is (before, after)."""
    return Difference(code, *seen, round(share, 4), dict(evidence), certain)


def percent(share: float) -> str:
    """Return a share in words: ``12 %``, ``0.5 %``."""
    return f"{100 * share:.2g} %" if 0 < share < 0.1 else f"{100 * share:.0f} %"
