"""How far the records of a list were gone through, where each of them has requests of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

_FEWEST = 10


class Within(Struct, frozen=True):
    """Between two records of a list's page; the counts are of the whole reading.

    ``done`` records of the page are read, and ``last`` is the mark of the last of them (see
    sluice.connector.checks.shifts). ``asked`` counts the records that were asked for, ``gone`` those of them
    that were not there any more. ``shifts`` counts how often a page came otherwise than when it was begun.
    """

    done: int = 0
    last: str = ""
    asked: int = 0
    gone: int = 0
    shifts: int = 0

    def with_record(self, mark: str, *, gone: bool) -> Within:
        """Return it after one more record of the page."""
        return replace(self, done=self.done + 1, last=mark, asked=self.asked + 1, gone=self.gone + gone)

    def at_start(self, *, shifted: bool = False) -> Within:
        """Return it at the start of a page; ``shifted``: one that came otherwise than before."""
        return replace(self, done=0, last="", shifts=self.shifts + shifted)

    @property
    def too_many_gone(self) -> bool:
        """Return whether so many records were not there that it is not they who have gone."""
        return self.asked >= _FEWEST and self.gone * 2 > self.asked

    @property
    def none_was_there(self) -> bool:
        """Return whether of several records not one was there; parents are often fewer than ten."""
        return self.gone == self.asked > 1

    @classmethod
    def from_json(cls, found: Mapping[str, Any] | None) -> Within | None:
        """Read what a position's JSON holds; raises TypeError or ValueError for anything else."""
        if found is None:
            return None
        within = cls(**found)
        counts = (within.done, within.asked, within.gone, within.shifts)
        if not all(map(_is_count, counts)):
            raise ValueError("it counts the records of a list otherwise than in whole numbers")
        return within


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and value >= 0
