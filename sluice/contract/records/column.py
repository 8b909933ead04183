"""What one path of a stream's records showed: counts that can be added up, and no values.

Comparing two columns is the business of sluice.contract.structure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sluice.contract.statistics.numbers import added

Counts = Mapping[str, int]
NUMBERS = frozenset({"integer", "decimal"})


class Column(Struct, frozen=True):
    """Counts over the objects (or list elements) that could hold the path.

    Of ``parents`` of them ``present`` had it. ``types`` counts null, boolean, integer, decimal, text, object
    and list; ``empty`` the empty ones by type (``text``, ``object``, ``list``, and zeros as ``integer``).
    ``forms`` counts how dates, numbers in texts and keys are written, where that matters. ``padded``: texts
    of digits were seen that begin with 0. ``is_map``: the names in its objects are data, not fields.
    """

    parents: int = 0
    present: int = 0
    types: Counts = field(default_factory=dict)
    empty: Counts = field(default_factory=dict)
    forms: Counts = field(default_factory=dict)
    padded: bool = False
    is_map: bool = False

    @property
    def absent(self) -> int:
        """In how many places the field was not there."""
        return self.parents - self.present

    @property
    def nulls(self) -> int:
        """How many values were null."""
        return self.types.get("null", 0)

    @property
    def filled(self) -> int:
        """How many values were not null."""
        return self.present - self.nulls

    @property
    def kinds(self) -> frozenset[str]:
        """The types of the values that were not null."""
        return frozenset(self.types) - {"null"}

    def merged(self, other: Column) -> Column:
        """Return the counts of both."""
        return Column(
            self.parents + other.parents,
            self.present + other.present,
            added(self.types, other.types),
            added(self.empty, other.empty),
            added(self.forms, other.forms),
            self.padded or other.padded,
            self.is_map or other.is_map,
        )

    def halved(self) -> Column:
        """Return counts of half the weight; what was seen at all stays seen, and so does what never was."""
        present, missing = (self.present + 1) // 2, (self.absent + 1) // 2
        types = _halves(self.types)
        present = max(present, sum(types.values()))
        return Column(
            present + missing,
            present,
            types,
            _halves(self.empty),
            _halves(self.forms),
            self.padded,
            self.is_map,
        )

    def to_json(self) -> list[Any]:
        """Return a JSON list; what is empty at its end is left out."""
        flags = [*(["padded"] if self.padded else []), *(["map"] if self.is_map else [])]
        counts = [dict(sorted(found.items())) for found in (self.types, self.empty, self.forms)]
        found: list[Any] = [self.parents, self.present, *counts, flags]
        while not found[-1] and len(found) > 2:
            found.pop()
        return found

    @classmethod
    def from_json(cls, found: list[Any]) -> Column:
        """Read what :meth:`to_json` wrote."""
        parents, present, types, empty, forms, flags = found + [{}, {}, {}, []][len(found) - 2 :]
        return cls(parents, present, types, empty, forms, "padded" in flags, "map" in flags)


def _halves(counts: Counts) -> Counts:
    return {name: (count + 1) // 2 for name, count in counts.items()}
