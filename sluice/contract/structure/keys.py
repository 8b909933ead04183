"""Keys that are not unique any more (D57), and the same records under other keys (D59)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from sluice.contract.records.window import Window, value_at
from sluice.contract.records.witnesses import Hashes, Witnesses, hash_of
from sluice.contract.reliance import Segments

FEW_TWICE = 0.02
"""Up to this share of records may share a key: one that changes while its list is read comes twice."""
ENOUGH = 5
"""So many records must be known again by their content, under other keys."""
_TELLING = 5
_MOST = 0.9
_ALIKE = 0.8


class Rekeyed(Struct, frozen=True):
    """How many of the witnesses came again under other keys, and by which path they were known."""

    records: int
    path: Segments


def repeated(window: Window) -> list[int]:
    """Return the indices of records that share a key with another record of other content.

    A list that shifts while it is read shows a record twice, and perhaps edited in between: a few that are
    alike but for that are no change.
    """
    keys = window.keys
    if len(set(keys)) == len(keys):
        return []
    places = defaultdict(list)
    for index, key in enumerate(keys):
        if key is not None:
            places[key].append(index)
    records = window.records
    groups = [found for found in places.values() if len(found) > 1]
    other = [found for found in groups if any(records[one] != records[found[0]] for one in found)]
    strange = [found for found in other if not all(_is_edited(records, found[0], one) for one in found[1:])]
    many = sum(map(len, other)) > max(2, FEW_TWICE * len(keys))
    # Where one key stands for two records, another pair that is much alike is more likely one too.
    return sorted(index for found in other for index in found) if many or strange else []


def _is_edited(records: Sequence[Any], one: int, other: int) -> bool:
    """Return whether two records are more alike than records are that have nothing to do with each other."""
    strangers = (one * 7 + 13, one * 31 + 5, one * 3 + 1)
    usual = [_equal_share(records[one], records[at % len(records)]) for at in strangers]
    usual = sorted(share for share in usual if share < 1)
    known = usual[len(usual) // 2] if usual else 0.0
    return _equal_share(records[one], records[other]) >= (1 + known) / 2


def _equal_share(one: Any, other: Any) -> float:
    """Return which share of the fields is equal in both."""
    names = {**one, **other}
    missing = object()
    equal = sum(bool(one.get(name, missing) == other.get(name, missing)) for name in names)
    return equal / max(1, len(names))


def rekeyed(window: Window, known: Witnesses) -> Rekeyed | None:
    """Return the records that are there under other keys, None where that is not evident.

    They are looked up by a value that tells records apart, and known by nearly all their other values.
    """
    if len(known.rows) < ENOUGH or len(window.keys) < ENOUGH:
        return None
    strangers = known.rows.keys().isdisjoint(window.observation.witnesses.rows)
    path = _telling(known) if strangers else None
    if path is None:
        return None
    wanted = {row[path]: row for row in known.rows.values() if path in row}
    again = set()
    for record, key in zip(window.records, window.keys, strict=True):
        found = hash_of(value_at(record, path)) if key is not None else None
        if found in wanted and _is_same(record, wanted[found]):
            again.add(found)
    return Rekeyed(len(again), path) if len(again) >= ENOUGH else None


def _telling(known: Witnesses) -> Segments | None:
    """Return the path by which the witnesses are known apart best; None where no path does."""
    by_path: dict[Segments, set[int]] = defaultdict(set)
    for row in known.rows.values():
        for path, value in row.items():
            by_path[path].add(value)
    best = max(sorted(by_path), key=lambda path: len(by_path[path]), default=())
    return best if len(by_path[best]) >= _MOST * len(known.rows) else None


def _is_same(record: Any, row: Hashes) -> bool:
    """Return whether a record is the one that a witness saw, but for its key."""
    same = sum(hash_of(value_at(record, path)) == value for path, value in row.items())
    return same >= max(_TELLING, _ALIKE * len(row))
