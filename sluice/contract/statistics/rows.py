"""Numbers of records as columns, by path; the items of a list make a column of their own.

Numbers are read as floats: relations between amounts are held against cents, not against the last digit.
Where there is no number stands NaN, so that whatever is worked out from it is NaN too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct

from sluice.contract.statistics.invariant import Path

Record = Mapping[str, Any]

NAN = math.nan
_WRITTEN = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")
_PLAIN = frozenset({int, float})
_LOOKED_AT = 20
_BITS = 1000
"""An int of more bits may be more than a float can hold."""


class Column(Struct, frozen=True):
    """The numbers at one path: one per record, or one per item where ``inside`` names the list they are in.

    ``lengths`` holds how many items each record has; it is empty for a column of records.
    """

    path: Path
    inside: Path
    numbers: Sequence[float]
    lengths: Sequence[int] = ()

    def totals(self) -> list[float]:
        """Return the total of each record's items; NaN where there are none, or one is no number."""
        found, start = [], 0
        for length in self.lengths:
            found.append(sum(self.numbers[start : start + length]) if length else NAN)
            start += length
        return found

    def records_of(self, places: Iterable[int]) -> list[int]:
        """Return the records that the numbers at these places (ascending) belong to, each once."""
        if not self.inside:
            return list(places)
        owners = [record for record, length in enumerate(self.lengths) for _ in range(length)]
        return sorted({owners[place] for place in places})


def columns_of(records: Sequence[Record], paths: Iterable[Path]) -> dict[Path, Column]:
    """Return the columns of these paths; for a list inside a list there are no numbers."""
    lists: dict[Path, list[list[Any]]] = {}
    found = {}
    few = records[:: -(-len(records) // _LOOKED_AT) or 1]
    for path in paths:
        inside = next((place for place in (list_at(record, path) for record in few) if place), ())
        if not inside:
            found[path] = Column(path, (), numbers_at(records, path))
            continue
        if inside not in lists:
            holders = [_below(record, inside) for record in records]
            lists[inside] = [holder if isinstance(holder, list) else [] for holder in holders]
        items = [item for holder in lists[inside] for item in holder]
        numbers = numbers_at(items, path[len(inside) :])
        found[path] = Column(path, inside, numbers, [len(holder) for holder in lists[inside]])
    return found


def numbers_at(holders: Sequence[Any], path: Path) -> list[float]:
    """Return the number at a path in each holder."""
    if len(path) == 1 and all(type(holder) is dict for holder in holders):
        values = [holder.get(path[0]) for holder in holders]
    else:
        values = [_below(holder, path) for holder in holders]
    return values if set(map(type, values)) == {float} else [number_of(value) for value in values]


def number_of(value: Any) -> float:
    """Return a number, also one written as text, as a float; NaN for anything else."""
    if type(value) in _PLAIN or isinstance(value, Decimal):
        return float(value) if type(value) is not int or value.bit_length() < _BITS else NAN
    return float(value) if type(value) is str and _WRITTEN.fullmatch(value) else NAN


def list_at(record: Any, path: Path) -> Path:
    """Return the names that lead to the list which the path enters in this record, empty for none."""
    for place, name in enumerate(path):
        if not isinstance(record, Mapping):
            return ()
        record = record.get(name)
        if isinstance(record, list):
            return path[: place + 1]
    return ()


def _below(value: Any, path: Path) -> Any:
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
