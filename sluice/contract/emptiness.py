"""Sudden emptiness: a stream that loses much at once is not believed until a person says so."""

from __future__ import annotations

from sluice.model.change import Change
from sluice.model.change_kinds import change_of

MAX_GONE_SHARE = 0.3
MIN_GONE = 10
REKEYED_SHARE = 0.8
"""So many new records beside those gone, and they are the same ones under other keys."""


def sudden_emptiness(live_before: int, gone: int, new: int, entity: str) -> Change | None:
    """Return the change if too many records of a stream read whole are gone, else None.

    Too many is: every one of them, or at least MIN_GONE and more than MAX_GONE_SHARE of them. It is D59 if
    about as many ``new`` ones came in their place, else D38.
    """
    if not gone:
        return None
    share = gone / live_before
    if gone < live_before and (gone < MIN_GONE or share <= MAX_GONE_SHARE):
        return None
    rekeyed = gone >= MIN_GONE and new >= REKEYED_SHARE * gone
    seen = (f"{live_before} records", f"{live_before - gone} of them left" + f" and {new} new ones" * rekeyed)
    change = change_of("D59" if rekeyed else "D38", "", seen, ("key",) if rekeyed else (entity,), share=share)
    return change.with_evidence(gone=gone, live_before=live_before, new=new)
