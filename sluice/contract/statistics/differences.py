"""What a window shows that the history of good windows does not: all tests, and which of their answers count.

What is done about a difference is judged elsewhere.
"""

from __future__ import annotations

from sluice.contract.statistics.blank_values import blank_differences
from sluice.contract.statistics.clock import clock_differences
from sluice.contract.statistics.code_lists import code_differences
from sluice.contract.statistics.comparison import Comparison
from sluice.contract.statistics.difference import Difference
from sluice.contract.statistics.form_changes import form_differences, mark_differences
from sluice.contract.statistics.history import History
from sluice.contract.statistics.role import Role
from sluice.contract.statistics.scales import scale_differences
from sluice.contract.statistics.summary import Summary

MIN_WINDOWS = 3
MIN_PLACES = 200
MIN_NOW = 10

_TESTS = (
    form_differences,
    scale_differences,
    clock_differences,
    code_differences,
    mark_differences,
    blank_differences,
)
_ECHOES = {
    "D23": {"D54", "D55", "D56", "D67", "D68"},
    "D60": {"D55", "D56", "D61", "D63", "D67", "D68"},
    "D61": {"D67", "D68"},
    "D62": {"D55", "D56", "D63", "D66", "D67"},
    "D63": {"D55", "D56", "D66"},
    "D67": {"D55", "D56"},
    "D54": {"D68"},
    "D52": {"D68"},
    "D43": {"D68"},
    "D56": {"D68"},
}
"""What a change brings with it at the same path, and is not told again."""


def differences(before: History, now: Summary, *, role: Role = Role.ANY) -> list[Difference]:
    """Return what differs, one difference per code, by code; the same input gives the same answer.

    Nothing is said before the history has MIN_WINDOWS windows and MIN_PLACES values, nor of a window of fewer
    than MIN_NOW; tests of shares and magnitudes want more, and say so themselves.
    """
    if before.windows < MIN_WINDOWS or before.pooled.places < MIN_PLACES or now.places < MIN_NOW:
        return []
    seen = Comparison(before, now, role)
    found = [difference for test in _TESTS for difference in test(seen)]
    echoes = {echo for difference in found for echo in _ECHOES.get(difference.code, ())}
    if any(difference.evidence.get("respelt") for difference in found):
        echoes = (echoes - {"D56"}) | {"D67"}
    surest: dict[str, Difference] = {}
    for difference in sorted(found, key=lambda one: (not one.certain, -one.share, one.after)):
        surest.setdefault(difference.code, difference)
    return [surest[code] for code in sorted(surest) if code not in echoes]
