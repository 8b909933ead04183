"""Nested objects that come as mere references, and lists that come empty (D40).

It is one change of how the list is served, so what it takes from the objects is not told field by field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sluice.contract.records.paths import LIST, Path
from sluice.contract.records.places import affected
from sluice.contract.structure.suspect import STRONG, Case, Suspect
from sluice.model.change import Action

REFERENCE = frozenset(
    {"id", "url", "href", "self", "link", "uri", "ref", "key", "code", "guid", "uuid", "number"}
)
_LINKS = frozenset({"url", "href", "self", "link", "uri", "ref"})
_TWO, _FEW, _HARDLY = 2, 3, 0.1


def judge_lists(case: Case) -> Iterator[Suspect]:
    """Yield the list that was never empty, or hardly ever, and now is in many records or in all."""
    was, now = case.was, case.now
    empty = now.empty.get("list", 0)
    if was is None or not empty or was.types.get("list", 0) < STRONG:
        return
    lists, before = now.types["list"], was.types["list"] - was.empty.get("list", 0)
    never = not was.empty.get("list") and case.is_new(empty)
    if never or (empty == lists and case.is_gone(before)):
        after = f"empty in {empty:,} of {lists:,} places"
        seen = f"filled in {before:,} of {was.types['list']:,} places"
        # A list that may be empty is so in a few records by chance: the last of a reading may all be drafts.
        by_chance = not never and now.parents < STRONG
        told = Action.NOTIFY if by_chance or (empty < lists and _is_of_a_kind(case)) else None
        yield Suspect("D40", case.path, seen, after, _is_empty, empty, action=told)


def _is_of_a_kind(case: Case) -> bool:
    """Return whether the records with empty lists are of a kind of their own, such as drafts.

    Then another field is null in them, or has one value, and hardly so in any other record.
    """
    records = case.window.records
    hit = affected(records, case.path, _is_empty).keys()
    others = [record for index, record in enumerate(records) if index not in hit]
    if len(hit) < _FEW or not others:
        return False
    for name in dict.fromkeys(name for index in hit for name in records[index]):
        values = [records[index].get(name) for index in hit]
        alike = name != case.path[0] and all(value == values[0] for value in values)
        if alike and sum(record.get(name) == values[0] for record in others) <= _HARDLY * len(others):
            return True
    return False


def judge_objects(cases: Mapping[Path, Case]) -> Iterator[tuple[Suspect, frozenset[Path]]]:
    """Yield each object that lost all but its reference, and the paths of the fields that it lost."""
    fields: dict[Path, list[Case]] = {}
    for path, case in cases.items():
        if len(path) > 1:
            fields.setdefault(path[:-1], []).append(case)
    for place, found in fields.items():
        holder = cases.get(place)
        if holder is None or not holder.now.types.get("object"):
            continue
        lost = [case for case in found if _is_lost(case)]
        left = {case.path[-1] for case in found if case.now.present and case.path[-1] != LIST}
        if _is_reduced(lost, found, left):
            yield _reduced(holder, lost, left), frozenset(case.path for case in lost)


def _is_lost(case: Case) -> bool:
    """Return whether the field was always in its object and is in fewer of them now."""
    was, now = case.was, case.now
    return was is not None and was.parents >= STRONG and not was.absent and now.absent > 0


def _is_reduced(lost: Sequence[Case], found: Sequence[Case], left: set[str]) -> bool:
    """Return whether what is left in the objects that lost fields is no more than a reference."""
    kept = {case.path[-1] for case in found if case.was is not None and not case.now.absent}
    new_link = any(
        case.path[-1].lower() in _LINKS for case in found if case.was is None or not case.was.present
    )
    others = [case for case in found if case.was is not None and case.was.present]
    if len({case.now.absent for case in lost}) != 1 or not {name.lower() for name in kept} <= REFERENCE:
        return False
    if not kept and not new_link:
        return False  # an empty object is something else
    everywhere = all(case in lost for case in others if case.path[-1] not in kept and not case.was_sparse)
    return everywhere and (len(lost) >= _TWO or new_link) and bool(left)


def _reduced(holder: Case, lost: Sequence[Case], left: set[str]) -> Suspect:
    names = sorted(case.path[-1] for case in lost)
    count = lost[0].now.absent
    after = f"without {', '.join(names[:4])}{' ...' if len(names) > 4 else ''} in {count:,} objects"
    return Suspect(
        "D40",
        holder.path,
        "objects with their fields",
        after,
        _Lacks(frozenset(names)),
        count,
        {"fields_gone": names, "fields_left": sorted(left)[:10]},
    )


def _is_empty(value: Any) -> bool:
    return bool(value == [])


class _Lacks:
    """Tells whether an object lacks these fields."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def __call__(self, value: Any) -> bool:
        return type(value) is dict and not self._names & value.keys()
