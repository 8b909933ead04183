"""An observation: what one window of records (a chunk, a page, a file) showed, without its values.

It is made by sluice.contract.records.window, and compares with nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from sluice.contract import statistics
from sluice.contract.records.column import Column
from sluice.contract.records.paths import LIST, Path, key_of, path_of
from sluice.contract.records.witnesses import Witnesses
from sluice.contract.statistics import History, Invariant

SAMPLE = 200
"""Values per path and window that are summarised."""


class Observation(Struct, frozen=True):
    """Counts by path; of used paths also ``histories`` (what the values look like) and ``sums`` (which hold).

    Merging is associative, so that chunks can be added up; ``overflow`` says that there were too many paths.
    """

    records: int = 0
    columns: Mapping[Path, Column] = field(default_factory=dict)
    histories: Mapping[Path, History] = field(default_factory=dict)
    witnesses: Witnesses = field(default_factory=Witnesses)
    sums: tuple[Invariant, ...] = ()
    overflow: bool = False

    def merged(self, other: Observation) -> Observation:
        """Return what both windows showed; ``other`` is the later one."""
        return Observation(
            self.records + other.records,
            _merged_columns(self, other),
            merged_histories(self.histories, other.histories),
            self.witnesses.merged(other.witnesses),
            merged_sums(self.sums, other.sums),
            self.overflow or other.overflow,
        )

    def at(self, path: Path) -> Column:
        """Return the column of a path; of one that never showed, how often it could have."""
        return self.columns.get(path) or Column(self.places(path))

    def places(self, path: Path) -> int:
        """Return how many objects could have held the path."""
        if len(path) == 1:
            return self.records
        holder = self.columns.get(path[:-1])
        return holder.types.get("object", 0) if holder and path[-1] != LIST and not holder.is_map else 0

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object."""
        return {
            "records": self.records,
            "columns": {key_of(path): one.to_json() for path, one in sorted(self.columns.items())},
            "histories": {key_of(path): one.to_json() for path, one in sorted(self.histories.items())},
            "witnesses": self.witnesses.to_json(),
            "sums": [one.to_json() for one in self.sums],
            "overflow": self.overflow,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Observation:
        """Read what :meth:`to_json` wrote."""
        return cls(
            found["records"],
            {path_of(key): Column.from_json(one) for key, one in found["columns"].items()},
            {path_of(key): History.from_json(one) for key, one in found["histories"].items()},
            Witnesses.from_json(found["witnesses"]),
            tuple(Invariant.from_json(one) for one in found["sums"]),
            found["overflow"],
        )


def merged_histories(one: Mapping[Path, History], other: Mapping[Path, History]) -> dict[Path, History]:
    """Return the histories of both."""
    found = dict(one)
    for path, history in other.items():
        found[path] = found[path].merged(history) if path in found else history
    return found


def merged_sums(one: Sequence[Invariant], other: Sequence[Invariant]) -> tuple[Invariant, ...]:
    """Return the sums of both, their counts added."""
    return tuple(statistics.merged_invariants(one, other)) if one and other else tuple(one or other)


def _merged_columns(one: Observation, other: Observation) -> dict[Path, Column]:
    """Return the columns of both; a path that only one shows could have been in the other, and was absent."""
    if one.columns.keys() == other.columns.keys():
        return {path: column.merged(other.columns[path]) for path, column in one.columns.items()}
    return {path: one.at(path).merged(other.at(path)) for path in {**one.columns, **other.columns}}
