"""Walks over sorted lists of entries from one bound to the next, so that two sequences are held together."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from operator import itemgetter

from sluice.snapshot.receipts import Seen

PART_ENTRIES = 20_000
"""Entries that are given at a time at most."""

_id = itemgetter(0)


class Walk:
    """Where we are in ``lists``, which are sorted by id one after the other."""

    def __init__(self, lists: Iterable[list[Seen]]) -> None:
        self._lists = iter(lists)
        self._list: list[Seen] = []
        self._at = 0

    def before(self, bound: str | None) -> Iterator[list[Seen]]:
        """Yield what comes next with an id before ``bound`` (all for None), in lists of some length."""
        while self._is_more():
            end = len(self._list) if bound is None else bisect_left(self._list, bound, self._at, key=_id)
            end = min(end, self._at + PART_ENTRIES)
            if end == self._at:
                return
            part = self._list[self._at : end]
            self._at = end
            yield part

    def _is_more(self) -> bool:
        while self._at >= len(self._list):
            following = next(self._lists, None)
            if following is None:
                return False
            self._list, self._at = following, 0
        return True
