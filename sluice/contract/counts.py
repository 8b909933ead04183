"""How many records a stream's readings brought: whether a list was cut at a round number, or not filtered.

No reading is judged before others are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

_KEPT = 8
_LARGE = 1_000
_LEAST_LOST = 3
_SHARE_LOST = 0.05
_GROWTHS = 3
_LEAST_GROWTH = 5
_WHOLE_AT_LEAST = 50
_EVERYTHING = 0.95
_USUALLY = 0.5
_INCREMENTS = 2


def counted(before: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the counts of the latest whole and incremental readings, and where the last whole one ended.

    A list that shifted while it was read counts for nothing.
    """
    whole, parts = list(before.get("whole", ())), list(before.get("increments", ()))
    found = {"whole": whole, "increments": parts, "ends": dict(before.get("ends", {}))}
    if not facts.get("shifted"):
        (whole if facts.get("whole") else parts).append(_count(facts))
        if facts.get("whole"):
            found["ends"] = dict(facts.get("ends", {}))
    return {
        name: value[-_KEPT:] if isinstance(value, list) else value for name, value in found.items() if value
    }


def cut_at(before: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[int, int, str] | None:
    """Return where a whole reading seems cut, the count before, and why it seems so; None where it does not.

    It ended at a round number, where none ended before, though there were more; or it stays at one exactly
    where it had grown at each reading.
    """
    counts = [int(count) for count in before.get("whole", ())]
    if not counts or not facts.get("whole") or facts.get("shifted"):
        return None
    now, last = _count(facts), counts[-1]
    for end in sorted(map(int, facts.get("ends", {}))):
        lost = last - now
        # One or two deletes may end at a round number by accident.
        enough = lost >= _LEAST_LOST and (end >= _LARGE or lost / last >= _SHARE_LOST)
        if enough and str(end) not in before.get("ends", {}):
            return end, last, "ends at a round number, and there were more"
    at_round = str(now) in facts.get("ends", {})
    if at_round and now == last and _grew_each_time(counts):
        return now, last, "stays at a round number, and grew at each reading before"
    return None


def incremental_reads_everything(before: Mapping[str, Any], facts: Mapping[str, Any]) -> int | None:
    """Return how many records incremental readings brought at most, where this one brought all there are."""
    whole, parts = before.get("whole", ()), before.get("increments", ())
    if facts.get("whole") or facts.get("shifted") or not whole or len(parts) < _INCREMENTS:
        return None
    everything, usual = int(whole[-1]), max(map(int, parts))
    if everything < _WHOLE_AT_LEAST or usual > _USUALLY * everything:
        return None
    return usual if _count(facts) >= _EVERYTHING * everything else None


def _count(facts: Mapping[str, Any]) -> int:
    return int(facts.get("listed", facts.get("records", 0)))


def _grew_each_time(counts: Sequence[int]) -> bool:
    """Return whether the readings before the last grew so much that standing still is no accident."""
    growths = [after - before for before, after in pairwise(counts)][-_GROWTHS:]
    return len(growths) == _GROWTHS and min(growths) >= _LEAST_GROWTH
