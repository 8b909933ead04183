"""Sudden emptiness: a stream that loses much at once is not believed until a person says so."""

from __future__ import annotations

from sluice.model.change import Action, Change, Severity

MAX_GONE_SHARE = 0.3
MIN_GONE = 10


def sudden_emptiness(live_before: int, gone: int) -> Change | None:
    """Return the change (D38) if too many records of a stream read whole are gone, else None.

    Too many is: every one of them, or at least MIN_GONE and more than MAX_GONE_SHARE of them.
    """
    if not gone:
        return None
    share = gone / live_before
    if gone < live_before and (gone < MIN_GONE or share <= MAX_GONE_SHARE):
        return None
    return Change(
        code="D38",
        kind="record_count_collapse",
        path="",
        before=f"{live_before} records",
        after=f"{live_before - gone} of them left",
        severity=Severity.CRITICAL,
        action=Action.HOLD,
        share=share,
        evidence={"gone": gone, "live_before": live_before},
    )
